import { expect, test } from '@jest/globals';
import { problem } from '../../src/core/problem.js';
import { inInputs } from '../../src/input/input-words.js';

test.each([
  ['--agent: unknown agent "nobody"', 'input agent: unknown agent "nobody"'],
  ['check the path given with -f', 'check the path given with input file'],
  ['for example --env STAGE=test', 'for example input env STAGE=test'],
  ['`--tag a` and --pass-env', '`input tags a` and input pass-env'],
  [
    '--rate-limit-wait, --timeouts and x-f are no inputs',
    '--rate-limit-wait, --timeouts and x-f are no inputs',
  ],
])('an option is called by its input: %s', (said, shown) => {
  expect(inInputs(problem(said, said), [])).toEqual(problem(shown, shown));
});

test('an option that was typed in the input run is called as it was typed', () => {
  const said = problem('--agent: unknown agent "nobody"', 'see --timeout');
  expect(inInputs(said, ['--agent=nobody', 'x'])).toEqual({ ...said, hint: 'see input timeout' });
});
