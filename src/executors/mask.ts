/** Takes secret values out of what a task writes, wherever the chunks of its output happen to be cut. */
import { SHORTEST_SECRET } from '../core/secret.js';
import { LEAST_PIECE, Pieces, type Span } from './pieces.js';

const STARS = Buffer.from('***');

/** All byte forms of some secrets, longest first. */
export type SecretForms = readonly Buffer[] & {
  /** Those in base64 once more, for when lines are broken within them. */
  readonly pieces?: Pieces;
};

/**
 * All forms in which secrets may show up: as they are, in base64 (at any place in a longer text), URL-encoded, inside XML and
 * inside JSON. A secret of several lines is masked line by line.
 */
export function secretForms(secrets: Readonly<Record<string, string>>): SecretForms {
  const forms = new Set<string>();
  const wrapped = new Set<string>();
  for (const value of Object.values(secrets)) {
    for (const line of value.split(/\r?\n/).map((part) => part.trim())) {
      if (line.length < SHORTEST_SECRET) continue;
      const base64 = inBase64(line);
      for (const form of [...writtenForms(line), ...base64])
        if (form.length >= SHORTEST_SECRET) forms.add(form);
      for (const form of base64) if (form.length >= LEAST_PIECE) wrapped.add(form);
    }
  }
  const all = [...forms].map((form) => Buffer.from(form)).sort((a, b) => b.length - a.length);
  return wrapped.size === 0 ? all : Object.assign(all, { pieces: new Pieces([...wrapped]) });
}

function writtenForms(line: string): string[] {
  const inJson = jsonEscaped(line);
  return [line, inJson, jsonEscaped(inJson), ...inUrls(line), ...inXml(line)];
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** As JavaScript encodes it, and as the standard has it, with slashes as a path or not; each with both signs for a blank. */
function inUrls(line: string): string[] {
  const url = encodeURIComponent(line);
  const strict = url.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const kinds = [url, strict, strict.replaceAll('%2F', '/')].flatMap((form) => [
    form,
    form.replaceAll('%20', '+'),
  ]);
  return kinds.flatMap((form) => [form, form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())]);
}

/** As text, as an attribute, and with the three ways to write an apostrophe. */
function inXml(line: string): string[] {
  const text = line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const quoted = text.replaceAll('"', '&quot;');
  return [text, quoted, ...['&#39;', '&#x27;', '&apos;'].map((sign) => quoted.replaceAll("'", sign))];
}

function inBase64(line: string): string[] {
  const forms = [0, 1, 2].map((shift) => base64Core(Buffer.from(line), shift));
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

/** The characters of a base64 text that do not depend on what stands before (so many bytes, modulo 3) or behind. */
function base64Core(bytes: Buffer, shift: number): string {
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  return encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}

/** One stream of output. Holds back only what may be the beginning of a secret. */
export class Masker {
  readonly #forms: SecretForms;
  #held: Buffer = Buffer.alloc(0);

  constructor(forms: SecretForms) {
    this.#forms = forms;
  }

  /** What of the stream can be shown now. The result may share memory with the chunk. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const tail = this.#suspiciousTail(bytes);
    return this.#mask(bytes, Math.min(tail, this.#forms.pieces?.tail(bytes) ?? tail));
  }

  /** The rest, when the stream has ended. */
  end(): Buffer {
    return this.#mask(this.#held, this.#held.length);
  }

  /** Masks every secret that starts before `until`; holds back the rest. */
  #mask(bytes: Buffer, until: number): Buffer {
    const parts: Buffer[] = [];
    const next = this.#forms.map((form) => bytes.indexOf(form));
    let piece = this.#forms.pieces?.find(bytes, 0);
    let at = 0;
    for (;;) {
      if (piece !== undefined && piece.start < at) piece = this.#forms.pieces?.find(bytes, at);
      const whole = this.#nextWhole(bytes, next, at);
      const found = whole === undefined || (piece !== undefined && piece.start < whole.start) ? piece : whole;
      if (found === undefined || found.start >= until) break;
      parts.push(bytes.subarray(at, found.start), STARS);
      at = found.end;
    }
    const end = Math.max(at, until);
    parts.push(bytes.subarray(at, end));
    this.#held = Buffer.from(bytes.subarray(end));
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  /** The first form from `at` on. `next` holds where each was found last, and is brought up to date. */
  #nextWhole(bytes: Buffer, next: number[], at: number): Span | undefined {
    let found: Span | undefined;
    for (const [i, form] of this.#forms.entries()) {
      if ((next[i] as number) >= 0 && (next[i] as number) < at) next[i] = bytes.indexOf(form, at);
      const start = next[i] as number;
      // Forms are sorted by length, so that the first of several at one place is the longest.
      if (start >= 0 && (found === undefined || start < found.start))
        found = { start, end: start + form.length };
    }
    return found;
  }

  /** Where the first suffix begins that is a true beginning of some secret. */
  #suspiciousTail(bytes: Buffer): number {
    const longest = this.#forms[0]?.length ?? 0;
    for (let at = Math.max(0, bytes.length - longest + 1); at < bytes.length; at++) {
      const size = bytes.length - at;
      for (const form of this.#forms) {
        if (form.length <= size) break;
        if (form[0] === bytes[at] && form.compare(bytes, at, bytes.length, 0, size) === 0) return at;
      }
    }
    return bytes.length;
  }
}

/** A whole text at once. */
export function masked(text: string, forms: SecretForms): string {
  if (forms.length === 0) return text;
  const masker = new Masker(forms);
  const shown = masker.push(Buffer.from(text));
  return Buffer.concat([shown, masker.end()]).toString();
}
