import { expect, it } from '@jest/globals';
import { cleanLine } from '../../src/reports/clean.js';

it('a line of a log is what a terminal would have left of it', () => {
  expect(cleanLine('10 %\r50 %\r100 %\r')).toBe('100 %');
  expect(cleanLine('x'.repeat(100_000))).toHaveLength(2000);
});
