import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { UnfoldingTail, unfolding } from '../../src/terminal/unfolding.js';

/** A log that hands out as much as it is asked for, or the pieces that it is made of. */
class Pieces {
  isClosed = false;
  constructor(private readonly left: Uint8Array[]) {}

  read(maxBytes: number): Uint8Array {
    const [first = new Uint8Array(0)] = this.left.splice(0, 1);
    if (first.length > maxBytes) this.left.unshift(first.subarray(maxBytes));
    return first.subarray(0, maxBytes);
  }

  close(): void {
    this.isClosed = true;
  }
}

function whole(pieces: (string | Uint8Array)[], maxBytes: number): Buffer {
  const tail = new UnfoldingTail(new Pieces(pieces.map((piece) => Buffer.from(piece as string))));
  const read: Uint8Array[] = [];
  for (let bytes = tail.read(maxBytes); bytes.length > 0; bytes = tail.read(maxBytes)) {
    expect(bytes.length).toBeLessThanOrEqual(maxBytes);
    read.push(bytes);
  }
  return Buffer.concat(read);
}

describe('a text', () => {
  it.each([
    ['##[group]a', '##[\\group]a'],
    ['a [endgroup] [GROUP]', 'a [\\endgroup] [\\GROUP]'],
    ['[[group]] [groups] [error] [ group]', '[[\\group]] [groups] [error] [ group]'],
  ])('folds nothing: %j', (text, shown) => {
    expect(unfolding(text)).toBe(shown);
  });
});

describe('a log', () => {
  it('folds nothing, wherever it is cut', () => {
    const text = Buffer.from('ä##[group]漢[[endgroup]\n[endgrou] [gro');
    for (let at = 0; at <= text.length; at++)
      for (let then = at; then <= text.length; then++)
        expect(
          whole(
            [text.subarray(0, at), text.subarray(at, then), text.subarray(then)].filter(
              ({ length }) => length > 0,
            ),
            64,
          ).toString(),
        ).toBe('ä##[\\group]漢[[\\endgroup]\n[endgrou] [gro');
  });

  it('keeps every byte, and hands out no more than it is asked for', () => {
    const part = fc.oneof(
      fc.constantFrom('[group]', '[endgroup]', '[', '[end', 'group]', '##', '\u001b[31m', '\n'),
      fc.uint8Array({ maxLength: 30 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), fc.integer({ min: 32, max: 200 }), (parts, most) => {
        const text = Buffer.concat(parts.map((one) => Buffer.from(one as string)));
        expect(
          whole(
            parts.filter(({ length }) => length > 0),
            most,
          ).toString('latin1'),
        ).toBe(unfolding(text.toString('latin1')));
      }),
    );
  });

  it('is closed with what it reads', () => {
    const inner = new Pieces([]);
    new UnfoldingTail(inner).close();
    expect(inner.isClosed).toBe(true);
  });
});
