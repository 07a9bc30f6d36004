import { describe, expect, test } from '@jest/globals';
import { type ActionRequest, readInputs } from '../../src/input/inputs.js';
import { withoutRunnersOwn } from '../../src/input/withheld.js';

function read(inputs: Record<string, string>): ActionRequest {
  const request = readInputs(new Map(Object.entries(inputs)));
  if (!request.ok) throw new Error(request.problems.map(({ message }) => message).join('\n'));
  return request.value;
}

function problemsOf(inputs: Record<string, string>): string[] {
  const request = readInputs(new Map(Object.entries(inputs)));
  return request.ok ? [] : request.problems.map(({ message }) => message);
}

describe('inputs as words of the command line', () => {
  test.each([
    ['texts', { run: 'a\nb' }, ['--', 'a', 'b']],
    ['a text that looks like an option', { run: '--a' }, ['--', '--a']],
    ['a file', { file: 'ci.yml' }, ['-f', 'ci.yml']],
    ['limits', { timeout: ' 5m ', 'memory-limit': '2GB' }, ['--timeout=5m', '--memory-limit=2GB']],
    ['tags by commas and lines', { tags: 'a, b\nc' }, ['--tag=a', '--tag=b', '--tag=c']],
    ['variables by lines', { env: 'A=1, 2\n\nB==' }, ['--env=A=1, 2', '--env=B==']],
    ['variables to pass', { 'pass-env': 'A,B' }, ['--pass-env=A', '--pass-env=B']],
    ['a dry run', { 'dry-run': 'true' }, ['--dry-run']],
    [
      'options before a command line',
      { run: "batchtool run -f 'x'", 'max-retries': '2' },
      [...['--max-retries=2', '-f', 'x']],
    ],
    ['inputs that are empty', { run: 'a', file: '', timeout: ' ' }, ['--', 'a']],
  ])('%s', (_, inputs, words) => {
    expect(read(inputs as Record<string, string>).words).toEqual(words);
  });

  test('and what only the action knows', () => {
    expect(read({ plan: 'tasks: {}', mask: 'a b\n\nc', 'problem-matchers': 'x.json, y.json' })).toMatchObject(
      {
        ...{
          verb: 'run',
          words: [],
          plan: 'tasks: {}',
          mask: ['a b', 'c'],
          summary: true,
          annotations: true,
        },
        ...{ problemMatchers: ['x.json', 'y.json'], workflowCommands: 'stop' },
        ...{ comment: 'failure', token: '', trustedOnly: true, matrix: 'null' },
      },
    );
  });
});

test('every malformed input is told by its name, all at once', () => {
  const bad = {
    ...{ timeout: 'x', 'max-concurrent': '0', annotations: 'on', 'on-error': '?', nmae: 'x' },
    ...{ comment: 'sometimes', 'trusted-only': 'no' },
  };
  expect(problemsOf(bad)).toEqual([
    expect.stringContaining('unknown input nmae'),
    ...['max-concurrent', 'on-error', 'timeout', 'annotations', 'comment', 'trusted-only'].map((name) =>
      expect.stringContaining(`input ${name}`),
    ),
  ]);
});

test('tasks lack what belongs to the runner, whatever its case, unless it is passed on', () => {
  const env = {
    ...{ PATH: 'p', INPUT_RUN: 'r', input_x: 'x', ACTIONS_CACHE_URL: 'c', GITHUB_ENV: 'e', STATE_a: 's' },
    ...{ GITHUB_TOKEN: 't', GITHUB_REF: 'ref', ACTIONS_STEP_DEBUG: 'd' },
  };
  expect(withoutRunnersOwn(env, ['GITHUB_TOKEN', 'ACTIONS_STEP_DEBUG'])).toEqual({
    ...{ PATH: 'p', GITHUB_TOKEN: 't', GITHUB_REF: 'ref', ACTIONS_STEP_DEBUG: 'd' },
  });
});
