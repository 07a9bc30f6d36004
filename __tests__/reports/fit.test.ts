import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { byteLength, fitted, type Part } from '../../src/reports/fit.js';

const part = (rank: number, share: number, ...forms: string[]): Part => ({
  rank,
  share,
  forms: forms.map((form) => () => form),
});

describe('parts that have to fit', () => {
  it('are all whole when there is room', () => {
    expect(fitted([part(2, 0.5, 'two', 't'), part(1, 0.5, 'one', 'o')], 100)).toBe('two\n\none');
  });

  it('shrink, the least important one first', () => {
    expect(fitted([part(2, 1, '2'.repeat(60), '2'), part(1, 1, '1'.repeat(60), '1')], 100)).toBe(
      `2\n\n${'1'.repeat(60)}`,
    );
  });

  it('leave each other their share, though one is a flood', () => {
    const flood = part(1, 0.5, '1'.repeat(90), '1'.repeat(40), '1');
    expect(fitted([flood, part(2, 0.5, '2'.repeat(40), '2')], 100)).toBe(
      `${'1'.repeat(40)}\n\n${'2'.repeat(40)}`,
    );
  });

  it('are left out when even their shortest form is too long', () => {
    expect(fitted([part(1, 1, 'xxxxxxxx'), part(2, 1, 'y')], 5)).toBe('y');
  });

  it('never have more bytes than they may', () => {
    const anyPart = fc.record({
      rank: fc.nat(5),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      forms: fc.array(
        fc.string({ unit: 'grapheme', maxLength: 200 }).map((form) => () => form),
        { maxLength: 5 },
      ),
    });
    fc.assert(
      fc.property(fc.array(anyPart, { maxLength: 6 }), fc.nat(400), (parts, limit) => {
        expect(byteLength(fitted(parts, limit))).toBeLessThanOrEqual(limit);
      }),
    );
  });
});
