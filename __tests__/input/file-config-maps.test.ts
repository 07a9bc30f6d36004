/** Agents and prices that are kept for a project. */
import { describe, expect, test } from '@jest/globals';
import { problemText } from '../../src/core/problem.js';
import { readConfig } from '../../src/input/file-config.js';
import { readMaps } from '../../src/input/file-config-maps.js';
import type { Located } from '../../src/input/place.js';

function read(text: string): ReturnType<typeof readMaps> {
  const { withMaps, problems } = readConfig('c.yml', text);
  expect(problems).toEqual([]);
  return readMaps(withMaps as Located);
}

describe('agents and prices that are kept', () => {
  test('are read in the words of a plan file, beside settings', () => {
    const { maps, problems } = read(`
max-concurrent: 2
agents: {claude: {model: opus}, mine: {command: 'mine {prompt}', args: --x}}
prices: {gpt-9: {input: 2, output: 4}}`);
    expect(problems).toEqual([]);
    expect(maps).toEqual({
      agents: { claude: { model: 'opus' }, mine: { command: ['mine', '{prompt}'], args: ['--x'] } },
      prices: { 'gpt-9': { inputUsd: 2, cachedInputUsd: 2, outputUsd: 4 } },
    });
  });

  test('are not looked for in a file without them', () => {
    expect(readConfig('c.yml', 'max-concurrent: 2')).not.toHaveProperty('withMaps');
  });

  test.each([
    ['agents: {claude: {modl: x}}', 'c.yml:1:19: agents.claude: unknown key "modl"', 'did you mean "model"?'],
    ['agents: {claud: {model: x}}', 'c.yml:1:10: agents: unknown agent "claud"', 'did you mean claude?'],
    ['prices: {gpt: {input: free}}', 'c.yml:1:23: prices.gpt.input: expected a number of US dollars', ''],
    ['prices: 5', 'c.yml:1:9: prices: expected a map of models and their prices', ''],
  ])('%j is told with its place', (text, message, hint) => {
    const [first] = read(text).problems.map(problemText);
    expect(first).toContain(message);
    expect(first).toContain(hint);
  });

  test('are what a key is taken for that misses them', () => {
    const [first] = readConfig('c.yml', 'price: {}').problems.map(problemText);
    expect(first).toContain('did you mean "prices"?');
  });
});
