import { describe, expect, it } from '@jest/globals';
import { fullMeasure, measureFor } from '../../src/terminal/measure.js';

const PLAIN = ['', 'npm test', 'a label that was cut…', '…'];
const OTHER = ['測試', 'e\u0301', '👩‍👩‍👧', 'größe', 'plain and 測試…'];

describe('the width of a text', () => {
  it('is told alike by the quick measure and by the one that knows all text', async () => {
    const quick = await measureFor(PLAIN);
    const full = await fullMeasure();
    expect(PLAIN.map(quick.width)).toEqual([0, 8, 21, 1]);
    expect(PLAIN.map(full.width)).toEqual([0, 8, 21, 1]);
  });

  it('counts columns, not characters', async () => {
    const { width } = await measureFor(OTHER);
    expect(OTHER.map(width)).toEqual([4, 1, 2, 5, 15]);
  });

  it('of long labels is found quickly: a plan of thousands has thousands of them', async () => {
    const { width } = await fullMeasure();
    const label = `${'x'.repeat(80)}…`;
    const began = process.cpuUsage();
    for (let i = 0; i < 100_000; i++) width(label);
    expect(process.cpuUsage(began).user / 1000).toBeLessThan(1000);
  });
});

describe('a cut', () => {
  it.each([
    ['npm test', 8, 'npm test'],
    ['npm test', 5, 'npm …'],
    ['npm test', 1, '…'],
    ['npm test', 0, ''],
    ['already cut…', 6, 'alrea…'],
    ['測試測試', 5, '測試…'],
    ['測試測試', 4, '測…'],
  ])('of %j to %i columns', async (text, columns, cut) => {
    const measure = await fullMeasure();
    expect(measure.cut(text, columns)).toBe(cut);
    expect(measure.width(cut)).toBeLessThanOrEqual(columns);
  });
});
