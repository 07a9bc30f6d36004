/**
 * The one loop that sees every byte of output, in WebAssembly: it looks at 16 bytes at a time, which is several times as
 * fast as what can be written in JavaScript. It is put together here, instruction by instruction, so that it can be read
 * and changed without a further tool. Each function below stands for an instruction of the text format.
 */

type Code = readonly number[];

const NO_VALUE = 0x40;
const [I32, V128] = [0x7f, 0x7b];
/** Parameters and further variables, by number. */
const [FROM, END, TO, PREFIX, PREFIX_BYTES, ENDS, STEP, CHUNK] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

const get = (variable: number): Code => [0x20, variable];
const set = (variable: number, value: Code): Code => [...value, 0x21, variable];
const number = (value: number): Code => [0x41, value];
const add = (a: Code, b: Code): Code => [...a, ...b, 0x6a];
const move = (variable: number, by: Code): Code => set(variable, add(get(variable), by));
const isLess = (a: Code, b: Code): Code => [...a, ...b, 0x49];
const isZero = (value: Code): Code => [...value, 0x45];
const lowestBit = (bits: Code): Code => [...bits, 0x68];
/** 16 bytes, wherever they lie. */
const load = (from: Code): Code => [...from, 0xfd, 0x00, 0, 0];
const store = (to: Code, chunk: Code): Code => [...to, ...chunk, 0xfd, 0x0b, 0, 0];
const sixteen = (byte: number): Code => [0xfd, 0x0c, ...Array<number>(16).fill(byte)];
/** A bit for each of 16 bytes: whether it is the same in both. */
const sameBytes = (a: Code, b: Code): Code => [...a, ...b, 0xfd, 0x23, 0xfd, 0x64];
const loop = (...body: Code[]): Code => [0x03, NO_VALUE, ...body.flat(), 0x0b];
const when = (condition: Code, ...body: Code[]): Code => [
  ...condition,
  ...[0x04, NO_VALUE, ...body.flat(), 0x0b],
];
/** From within a `when`: once more through the loop around it. */
const again: Code = [0x0c, 1];

/** What is copied beyond an end is overwritten by what comes next. */
const PUT_LINES: Code = [
  ...loop(
    when(
      isLess(get(FROM), get(END)),
      set(STEP, number(0)),
      loop(
        store(add(get(TO), get(STEP)), load(add(get(PREFIX), get(STEP)))),
        move(STEP, number(16)),
        when(isLess(get(STEP), get(PREFIX_BYTES)), again),
      ),
      move(TO, get(PREFIX_BYTES)),
      loop(
        set(CHUNK, load(get(FROM))),
        store(get(TO), get(CHUNK)),
        set(ENDS, sameBytes(get(CHUNK), sixteen(10))),
        when(isZero(get(ENDS)), move(FROM, number(16)), move(TO, number(16)), again),
      ),
      set(STEP, add(lowestBit(get(ENDS)), number(1))),
      move(FROM, get(STEP)),
      move(TO, get(STEP)),
      again,
    ),
  ),
  ...get(TO),
];

const name = (text: string): Code => [text.length, ...Buffer.from(text)];

/** A number in seven bits a byte, the lowest first. */
function varying(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varying(value >>> 7)];
}

function section(id: number, ...content: Code[]): Code {
  const bytes = content.flat();
  return [id, ...varying(bytes.length), ...bytes];
}

/**
 * A module with one page of memory and one function, both exported. `putLines(from, end, to, prefix, prefixBytes)` copies
 * whole lines, the last one's end included, from `from` up to `end` to `to`, each after the prefix, and returns where what
 * it put ends; all are places in the memory. It reads and writes up to 16 bytes beyond each end.
 */
export function lineProgram(): Uint8Array {
  const body = [2, 2, I32, 1, V128, ...PUT_LINES, 0x0b];
  return Uint8Array.from([
    ...[0, ...Buffer.from('asm'), 1, 0, 0, 0],
    ...section(1, [1, 0x60, 5, I32, I32, I32, I32, I32, 1, I32]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, 1]),
    ...section(7, [2], name('memory'), [2, 0], name('putLines'), [0, 0]),
    ...section(10, [1], varying(body.length), body),
  ]);
}
