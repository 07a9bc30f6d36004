/** Finds parts of long texts again that somebody has wrapped: `base64` breaks its lines, wherever in them a secret stands. */

/** A shorter part of base64 is found by chance. */
export const LEAST_PIECE = 16;

/** So many bytes that follow each other say where to look. */
const KEY = 4;
/** Looked at so far apart, one of the keys lies within each piece. */
const STRIDE = LEAST_PIECE - KEY + 1;
/** Of a key that stands in many places these are looked at: they are alike. */
const MOST_PLACES = 16;
/** Between the texts: no text holds it. */
const BORDER = 0xff;

/** From a first byte to the one behind the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export class Pieces {
  readonly #texts: Buffer;
  /** Where in the texts a key stands. */
  readonly #places = new Map<number, number[]>();

  constructor(texts: readonly string[]) {
    const border = Buffer.of(BORDER);
    this.#texts = Buffer.concat([border, ...texts.flatMap((text) => [Buffer.from(text), border])]);
    for (let at = 0; at + KEY <= this.#texts.length; at++) {
      const key = this.#texts.readInt32LE(at);
      const places = this.#places.get(key);
      if (places === undefined) this.#places.set(key, [at]);
      else if (places.length < MOST_PLACES) places.push(at);
    }
  }

  /** The next piece, with the line breaks in it. */
  find(bytes: Buffer, from: number): Span | undefined {
    for (let at = from; at + KEY <= bytes.length; at += STRIDE)
      for (const place of this.#places.get(bytes.readInt32LE(at)) ?? []) {
        const before = this.#reach(bytes, { at: at - 1, place: place - 1, step: -1, from });
        const behind = this.#reach(bytes, { at, place, step: 1, from });
        if (before.count + behind.count >= LEAST_PIECE) return { start: before.last, end: behind.last + 1 };
      }
    return undefined;
  }

  /** Where the last bytes begin that may go on as a piece. */
  tail(bytes: Buffer): number {
    const key = Buffer.alloc(KEY);
    let [at, left, last] = [bytes.length - 1, KEY, -1];
    for (; at >= 0 && left > 0; at--) {
      const byte = bytes[at] as number;
      if (isBreak(byte)) continue;
      key[--left] = byte;
      last = Math.max(last, at);
    }
    if (left > 0) return bytes.length;
    const starts = (this.#places.get(key.readInt32LE()) ?? []).map(
      (place) => this.#reach(bytes, { at: last, place: place + KEY - 1, step: -1, from: 0 }).last,
    );
    return Math.min(bytes.length, ...starts);
  }

  /** How many bytes are as in the texts from a place on, and where the last of them is. */
  #reach(
    bytes: Buffer,
    { at, place, step, from }: { at: number; place: number; step: 1 | -1; from: number },
  ): { readonly count: number; readonly last: number } {
    let [count, last] = [0, at - step];
    for (; at >= from && at < bytes.length; at += step) {
      const wanted = this.#texts[place];
      if (bytes[at] === wanted && wanted !== BORDER) {
        [count, last] = [count + 1, at];
        place += step;
      } else if (!isBreak(bytes[at])) break;
    }
    return { count, last };
  }
}

function isBreak(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d;
}
