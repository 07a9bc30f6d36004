import { expect, test } from '@jest/globals';
import { handedIn } from '../../src/core/handed.js';
import { smallerOf } from '../../src/core/ledger.js';

test('what the run around hands over is part of the budget, also when it is nothing', () => {
  const handed = handedIn({ BATCHTOOL_LEFT_COST: '0.000000', BATCHTOOL_LEFT_TOKENS: '900' });
  expect(handed).toEqual({ costUsd: 0, tokens: 900 });
  expect(smallerOf({ costUsd: 50, tokens: 10 }, handed)).toEqual({ costUsd: 0, tokens: 10 });
  expect(smallerOf({}, handed)).toEqual(handed);
});

test('there is none without a run around', () => {
  expect(handedIn({ BATCHTOOL_LEFT_COST: '', BATCHTOOL_LEFT_TOKENS: 'many' })).toEqual({});
  expect(smallerOf({ costUsd: 5 }, {})).toEqual({ costUsd: 5 });
  expect(smallerOf({}, {})).toEqual({});
});
