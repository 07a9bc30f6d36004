/** Takes secret values out of what a task writes, wherever the chunks of its output happen to be cut. */

/** Shorter values would mask half of every log; they are left alone. */
export const MIN_SECRET_LENGTH = 4;

const STARS = Buffer.from('***');

/**
 * All byte forms in which secrets may show up: as they are, in base64 (at any place in a longer text),
 * URL-encoded and inside JSON. A secret of several lines is masked line by line. Longest first.
 */
export function secretForms(secrets: Readonly<Record<string, string>>): Buffer[] {
  const forms = new Set<string>();
  for (const value of Object.values(secrets)) {
    for (const line of value.split(/\r?\n/)) {
      for (const form of formsOf(line.trim())) if (form.length >= MIN_SECRET_LENGTH) forms.add(form);
    }
  }
  return [...forms].map((form) => Buffer.from(form)).sort((a, b) => b.length - a.length);
}

function formsOf(line: string): string[] {
  if (line.length < MIN_SECRET_LENGTH) return [];
  const url = encodeURIComponent(line);
  const base64 = [0, 1, 2].map((shift) => base64Core(Buffer.from(line), shift));
  return [
    line,
    url,
    url.replaceAll('%20', '+'),
    JSON.stringify(line).slice(1, -1),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

/** The characters of a base64 text that do not depend on what stands before (so many bytes, modulo 3) or behind. */
function base64Core(bytes: Buffer, shift: number): string {
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  return encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}

/** One stream of output. Holds back only what may be the beginning of a secret. */
export class Masker {
  readonly #forms: readonly Buffer[];
  #held: Buffer = Buffer.alloc(0);

  constructor(forms: readonly Buffer[]) {
    this.#forms = forms;
  }

  /** What of the stream can be shown now. The result may share memory with the chunk. */
  push(chunk: Buffer): Buffer {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    return this.#mask(bytes, this.#suspiciousTail(bytes));
  }

  /** The rest, when the stream has ended. */
  end(): Buffer {
    return this.#mask(this.#held, this.#held.length);
  }

  /** Masks every secret that starts before `until`; holds back the rest. */
  #mask(bytes: Buffer, until: number): Buffer {
    const parts: Buffer[] = [];
    const next = this.#forms.map((form) => bytes.indexOf(form));
    let at = 0;
    for (;;) {
      let found = -1;
      for (let i = 0; i < next.length; i++) {
        const form = this.#forms[i] as Buffer;
        if ((next[i] as number) >= 0 && (next[i] as number) < at) next[i] = bytes.indexOf(form, at);
        const where = next[i] as number;
        // Forms are sorted by length, so that the first of several at one place is the longest.
        if (where >= 0 && where < until && (found < 0 || where < (next[found] as number))) found = i;
      }
      if (found < 0) break;
      const where = next[found] as number;
      parts.push(bytes.subarray(at, where), STARS);
      at = where + (this.#forms[found] as Buffer).length;
    }
    const end = Math.max(at, until);
    parts.push(bytes.subarray(at, end));
    this.#held = Buffer.from(bytes.subarray(end));
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
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
export function masked(text: string, forms: readonly Buffer[]): string {
  if (forms.length === 0) return text;
  const masker = new Masker(forms);
  const shown = masker.push(Buffer.from(text));
  return Buffer.concat([shown, masker.end()]).toString();
}
