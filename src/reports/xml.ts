/** Text within XML 1.0: what it cannot hold is gone, what means something in it is escaped. */
import { cleanText } from '../core/clean-text.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
};

/** Between two tags. Line ends stay. */
export function xmlText(text: string): string {
  return legal(text).replace(/[&<>]/g, (sign) => ENTITIES[sign] as string);
}

/** ` name="value"`, with the blank before it; nothing for a value that is not known. */
export function attribute(name: string, value: string | number | undefined): string {
  if (value === undefined) return '';
  return ` ${name}="${legal(String(value)).replace(/[&<>"'\t\n]/g, (sign) => ENTITIES[sign] as string)}"`;
}

/** No controls, no halves of characters and none of those that are no characters in any plane. */
function legal(text: string): string {
  return cleanText(text).replace(/[\p{Noncharacter_Code_Point}]/gu, '');
}
