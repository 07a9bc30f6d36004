import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineBuffer, READ_BYTES } from '../../src/terminal/line-buffer.js';
import { LineMachine } from '../../src/terminal/line-machine.js';

const withoutMachine = (): LineBuffer => new LineBuffer(() => undefined);

/** What is to come out, as plainly as it can be said. */
function expected(prefix: string, lines: Buffer): Buffer {
  const text = lines.toString('latin1');
  return Buffer.from(
    text.replace(/[^\n]*\n/g, (line) => prefix + line),
    'latin1',
  );
}

/** Whole lines of any bytes, short and long, as many as make a flood or not. */
const someLines = fc
  .record({
    lengths: fc.array(
      fc.oneof(fc.integer({ max: 40, min: 0 }), fc.integer({ max: 300, min: 100 }), fc.constant(5000)),
      { minLength: 1, maxLength: 60 },
    ),
    seed: fc.uint8Array({ minLength: 7, maxLength: 7 }),
    times: fc.constantFrom(1, 40),
  })
  .map(({ lengths, seed, times }) => {
    let at = 0;
    const byte = (): number => {
      const next = (seed[at++ % seed.length] as number) ^ (at & 0xff);
      return next === 10 ? 11 : next;
    };
    const lines = lengths.map((length) => Buffer.from([...Array.from({ length }, byte), 10]));
    const block = Buffer.concat(lines);
    const count = Math.max(1, Math.min(times, Math.floor(READ_BYTES / block.length)));
    return Buffer.concat(Array<Buffer>(count).fill(block));
  });

const somePrefix = fc.oneof(
  fc.constantFrom('', '[1] ', 'x'.repeat(15), 'x'.repeat(16), 'x'.repeat(17), 'x'.repeat(5000)),
  fc.integer({ min: 1, max: 60 }).map((length) => 'name '.repeat(length)),
);

describe('lines that are put', () => {
  it.each([
    ['by a machine', () => new LineBuffer()],
    ['without one', withoutMachine],
  ])('%s stand each after the prefix, byte for byte', (_, make) => {
    fc.assert(
      fc.property(fc.array(someLines, { minLength: 1, maxLength: 4 }), somePrefix, (pieces, prefix) => {
        const buffer = make();
        buffer.reserve(prefix.length);
        for (const lines of pieces) {
          const around = Buffer.concat([Buffer.from('not\n'), lines, Buffer.from('that')]);
          buffer.put(Buffer.from('before '));
          buffer.putLines(Buffer.from(prefix), around, 4, 4 + lines.length);
          buffer.putByte(33);
          const want = Buffer.concat([Buffer.from('before '), expected(prefix, lines), Buffer.of(33)]);
          expect(Buffer.compare(buffer.take(), want)).toBe(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('may be as many as there are bytes', () => {
    const buffer = new LineBuffer();
    const prefix = Buffer.from('[a task] ');
    buffer.reserve(prefix.length);
    for (const size of [READ_BYTES, buffer.room?.length ?? READ_BYTES]) {
      const lines = Buffer.alloc(size, 10);
      buffer.putLines(prefix, lines, 0, size);
      expect(buffer.take()).toHaveLength(size * (prefix.length + 1));
    }
  });
});

describe('a flood', () => {
  const flood = Buffer.from('a line\n'.repeat(READ_BYTES / 7));
  const prefix = Buffer.from('[a] ');

  /** Puts one flood, so that there is a machine if there can be one. */
  function flooded(buffer = new LineBuffer()): LineBuffer {
    buffer.reserve(prefix.length);
    buffer.putLines(prefix, flood, 0, flood.length);
    buffer.take();
    return buffer;
  }

  it('makes a room, in which lines are put without a copy', () => {
    const buffer = flooded();
    const { room } = buffer;
    expect(room?.length).toBeGreaterThan(READ_BYTES);
    const end = 2 * flood.length;
    room?.set(Buffer.concat([flood, flood]));
    if (room !== undefined) buffer.putLines(prefix, room, 7, end);
    expect(Buffer.compare(buffer.take(), expected('[a] ', Buffer.concat([flood, flood]).subarray(7)))).toBe(
      0,
    );
  });

  it('is no reason for a machine while it is a trickle', () => {
    const buffer = new LineBuffer();
    buffer.reserve(prefix.length);
    buffer.putLines(prefix, flood, 0, 700);
    expect(buffer.room).toBeUndefined();
  });

  it('takes more space when a longer prefix comes, and a smaller room', () => {
    const buffer = flooded();
    const before = buffer.room?.length ?? 0;
    const longer = 'n'.repeat(100);
    buffer.reserve(longer.length);
    expect(buffer.room?.length).toBeLessThan(before);
    buffer.putLines(Buffer.from(longer), flood, 0, flood.length);
    expect(Buffer.compare(buffer.take(), expected(longer, flood))).toBe(0);
  });

  it('goes on without a machine when its memory cannot grow', () => {
    class Full extends (LineMachine as unknown as new (program: object) => LineMachine) {}
    const memory = {
      buffer: new ArrayBuffer(0),
      grow: () => {
        throw new RangeError('out of memory');
      },
    };
    const buffer = flooded(new LineBuffer(() => new Full({ memory })));
    expect(buffer.room).toBeUndefined();
    buffer.putLines(prefix, flood, 0, flood.length);
    expect(Buffer.compare(buffer.take(), expected('[a] ', flood))).toBe(0);
  });
});
