/**
 * Small hashes that are the same on every machine. They tell texts apart and spread them evenly; they keep no
 * secrets and stop nobody who wants two texts to meet. (`node:crypto` costs 3 ms at each start.)
 */

/** Two independent lanes of 32 bits: the n-th text meets another by chance with n / 2⁶⁴. */
export class Digest {
  private a = 0x811c9dc5;
  private b = 0x9e3779b9;

  update(bytes: Uint8Array): this {
    let { a, b } = this;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] as number;
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul((b << 13) | (b >>> 19), 5) ^ byte;
    }
    this.a = a;
    this.b = b;
    return this;
  }

  /** 16 hexadecimal digits. */
  get hex(): string {
    return hexOf(mix(this.a)) + hexOf(mix(this.b ^ this.a));
  }
}

/** 16 hexadecimal digits for a text. */
export function hashText(text: string): string {
  let [a, b] = [0x811c9dc5, 0x9e3779b9];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul((b << 13) | (b >>> 19), 5) ^ unit;
  }
  return hexOf(mix(a)) + hexOf(mix(b ^ a));
}

/** 0 ≤ x < 1, for what should look random and be repeatable. */
export function hashFraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash) / 0x1_0000_0000;
}

/** Spreads every bit over all of them (the end of MurmurHash3). */
function mix(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function hexOf(number: number): string {
  return (number >>> 0).toString(16).padStart(8, '0');
}
