import { expect, test } from '@jest/globals';
import { costOfTokens, priceOf } from '../../src/core/prices.js';

test('a model has the price that the plan gives it, else the one that is built in', () => {
  const own = { 'gpt-5.5': { inputUsd: 1, cachedInputUsd: 1, outputUsd: 1 } };
  expect(priceOf('gpt-5.5', own)?.inputUsd).toBe(1);
  expect(priceOf('gpt-5.5')?.inputUsd).toBe(5);
});

test('a model that nobody knows has no price', () => {
  expect(priceOf('gpt-99')).toBeUndefined();
  expect(priceOf('toString')).toBeUndefined();
});

test('input from the cache costs less, and is part of all input', () => {
  const price = { inputUsd: 2, cachedInputUsd: 0.2, outputUsd: 10 };
  expect(costOfTokens({ input: 1_000_000, cached: 0, output: 0 }, price)).toBe(2);
  expect(costOfTokens({ input: 1_000_000, cached: 1_000_000, output: 100_000 }, price)).toBeCloseTo(1.2, 10);
});
