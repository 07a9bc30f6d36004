/** Reads the form of a JSON text: where each value and key stands, which keys stand twice, where the form breaks. */

export interface JsonNode {
  /** Offset of its first character. */
  readonly start: number;
  readonly keys?: ReadonlyMap<string, { readonly start: number; readonly node: JsonNode }>;
  readonly items?: readonly JsonNode[];
}

export interface JsonScan {
  readonly root: JsonNode;
  /** Keys that stood before in the same map, and `__proto__`, which is none. */
  readonly duplicates: readonly { readonly key: string; readonly offset: number }[];
  readonly fault?: { readonly message: string; readonly hint?: string; readonly offset: number };
}

/** Thrown and caught in this file only: it leaves a deep recursion at the first fault. */
class Fault extends Error {
  constructor(
    message: string,
    readonly offset: number,
    readonly hint?: string,
  ) {
    super(message);
  }
}

export function scanJson(text: string, maxDepth: number): JsonScan {
  const scanner = new Scanner(text, maxDepth);
  try {
    return { root: scanner.document(), duplicates: scanner.duplicates };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const { message, hint, offset } = error;
    const fault = { message, offset, ...(hint === undefined ? {} : { hint }) };
    return { root: { start: 0 }, duplicates: scanner.duplicates, fault };
  }
}

/** How many keys a valid JSON text holds: strings with a colon behind them. */
export function countKeys(text: string): number {
  let count = 0;
  for (let open = text.indexOf('"'); open >= 0; ) {
    const close = closingQuote(text, open);
    let next = close + 1;
    while (text.charCodeAt(next) <= 32) next++;
    if (text.charCodeAt(next) === 58) count++;
    open = text.indexOf('"', next);
  }
  return count;
}

/** The quote that ends the string which begins at `open`; the text's length if none does. */
function closingQuote(text: string, open: number): number {
  for (let end = text.indexOf('"', open + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let back = end - 1;
    while (text.charCodeAt(back) === 92) back--;
    if ((end - back) % 2 === 1) return end;
  }
  return text.length;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$][\w$]*/y;

class Scanner {
  readonly duplicates: { key: string; offset: number }[] = [];
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  document(): JsonNode {
    const root = this.value(0);
    this.space();
    if (this.at < this.text.length) throw this.unexpected('the end');
    return root;
  }

  private value(depth: number): JsonNode {
    this.space();
    if (depth > this.maxDepth) throw new Fault(`nested deeper than ${this.maxDepth} levels`, this.at);
    const start = this.at;
    switch (this.text[this.at]) {
      case '{':
        return this.map(start, depth);
      case '[':
        return this.list(start, depth);
      case '"':
        this.string();
        return { start };
      default:
        this.scalar();
        return { start };
    }
  }

  private map(start: number, depth: number): JsonNode {
    const keys = new Map<string, { start: number; node: JsonNode }>();
    this.at++;
    this.space();
    if (this.take('}')) return { start, keys };
    for (;;) {
      this.space();
      const keyStart = this.at;
      if (this.text[this.at] !== '"') throw this.unexpected('a key in double quotes');
      const key = this.string();
      if (keys.has(key) || key === '__proto__') this.duplicates.push({ key, offset: keyStart });
      this.space();
      if (!this.take(':')) throw this.unexpected('":"');
      keys.set(key, { start: keyStart, node: this.value(depth + 1) });
      this.space();
      if (this.take('}')) return { start, keys };
      if (!this.take(',')) throw this.unexpected('"," or "}"');
    }
  }

  private list(start: number, depth: number): JsonNode {
    const items: JsonNode[] = [];
    this.at++;
    this.space();
    if (this.take(']')) return { start, items };
    for (;;) {
      items.push(this.value(depth + 1));
      this.space();
      if (this.take(']')) return { start, items };
      if (!this.take(',')) throw this.unexpected('"," or "]"');
    }
  }

  private string(): string {
    const end = closingQuote(this.text, this.at);
    const source = this.text.slice(this.at, end + 1);
    try {
      const value = JSON.parse(source) as string;
      this.at = end + 1;
      return value;
    } catch {
      throw end >= this.text.length
        ? new Fault('expected the closing " of a text', this.at)
        : new Fault(
            'expected a text in double quotes, found one with a line break or a wrong escape',
            this.at,
            'write a line break as \\n and a backslash as \\\\',
          );
    }
  }

  private scalar(): void {
    WORD.lastIndex = this.at;
    NUMBER.lastIndex = this.at;
    const word = WORD.exec(this.text)?.[0] ?? NUMBER.exec(this.text)?.[0];
    const known = word === 'true' || word === 'false' || word === 'null' || /^[-\d]/.test(word ?? '');
    if (word === undefined || !known) throw this.unexpected('a value');
    this.at += word.length;
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return;
      this.at++;
    }
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private unexpected(expected: string): Fault {
    const found = this.text.slice(this.at, this.at + 12).split('\n', 1)[0] ?? '';
    const hint =
      found.startsWith('}') || found.startsWith(']')
        ? 'a comma before the end is one too many'
        : found.startsWith("'")
          ? 'JSON knows double quotes only'
          : found.startsWith('/')
            ? 'JSON knows no comments'
            : undefined;
    return new Fault(
      `expected ${expected}, found ${found === '' ? (this.at < this.text.length ? 'a line break' : 'the end') : JSON.stringify(found)}`,
      this.at,
      hint,
    );
  }
}
