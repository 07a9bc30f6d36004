import { describe, expect, test } from '@jest/globals';
import { editDistance, nearest, wordMeant } from '../../src/core/nearest.js';

describe('the nearest word', () => {
  test.each([
    ['biuld', 'build'],
    ['buid', 'build'],
    ['builds', 'build'],
    ['BUILD', 'build'],
    ['sequental', 'sequential'],
    ['squentail', 'sequential'],
    ['bold', undefined],
    ['', undefined],
    ['tset', 'test'],
  ])('to %j is %j', (word, near) => {
    expect(nearest(word, ['build', 'test', 'sequential'])).toBe(near);
  });

  test('is the closer of two', () => {
    expect(nearest('deployed1', ['deployer1', 'deployed'])).toBe('deployer1');
    expect(nearest('deploy-app', ['deploy-ap', 'deploy-app1x'])).toBe('deploy-ap');
  });

  test('counts a swap of neighbours as one change', () => {
    expect(editDistance('gti', 'git')).toBe(1);
    expect(editDistance('abc', 'cba')).toBe(2);
    expect(editDistance('', 'abc')).toBe(3);
  });
});

describe('the word that was meant', () => {
  const known = ['max-concurrent', 'max-cost', 'status', 'stats', 'logs'];

  test.each([
    ['max-conc', 'max-concurrent'],
    ['max-csot', 'max-cost'],
    ['max-', undefined],
    ['stat', 'stats'],
    ['log', 'logs'],
    ['lo', undefined],
  ])('of %j is %j', (word, meant) => {
    expect(wordMeant(word, known)).toBe(meant);
  });
});
