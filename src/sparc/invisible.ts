/**
 * Characters that nobody sees and a model reads all the same: zero-width ones, marks that reorder text, tags (U+E0000 and
 * on), variation selectors, soft hyphens. Joiners between the parts of an emoji or of Persian and Indic words go too, which
 * people notice little.
 */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;

export function withoutInvisible(text: string): string {
  return text.replace(INVISIBLE, '');
}
