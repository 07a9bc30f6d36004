/** Puts a text together from parts so that it never has more bytes than it may. */

export interface Part {
  /** 1 is chosen first. */
  readonly rank: number;
  /** Of all bytes, how many it may take before others had their turn: 0 to 1. */
  readonly share: number;
  /** The same said ever shorter. Each is made only when it may be wanted; after the last the part is left out. */
  readonly forms: readonly (() => string)[];
}

const encoder = new TextEncoder();

/** How many bytes it has as UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/**
 * First each part, the most important one first, takes its longest form within its share; then what is left is given
 * out in the same order. So what matters least shrinks first, and a flood in one part leaves the others their place.
 */
export function fitted(parts: readonly Part[], limitBytes: number): string {
  const chosen = parts.map(() => '');
  const order = parts.map((part, place) => ({ part, place })).sort((a, b) => a.part.rank - b.part.rank);
  let left = limitBytes;
  for (const share of [(part: Part) => part.share, () => 1])
    for (const { part, place } of order) {
      const had = costOf(chosen[place] as string);
      const room = Math.min(left + had, share(part) * limitBytes);
      const text = longest(part, room, had);
      if (text === undefined) continue;
      chosen[place] = text;
      left += had - costOf(text);
    }
  return chosen.filter((text) => text !== '').join(SEPARATOR);
}

const SEPARATOR = '\n\n';

/** With what stands behind it, or closes the whole. */
function costOf(text: string): number {
  return text === '' ? 0 : byteLength(text) + SEPARATOR.length;
}

/** The longest form that fits and is longer than what it has already. */
function longest({ forms }: Part, roomBytes: number, hadBytes: number): string | undefined {
  for (const form of forms) {
    const text = form();
    const cost = costOf(text);
    if (cost <= hadBytes) return undefined;
    if (cost <= roomBytes) return text;
  }
  return undefined;
}
