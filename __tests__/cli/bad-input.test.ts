/** Arguments that cannot be meant: each is refused in words that say what to type, and nothing has been started. */
import { describe, expect, it } from '@jest/globals';
import { useBench } from './harness.js';
import { expectRefused, says } from './refusal.js';

const bench = useBench();
const SIZES = 'sizes are written 512MB, 2GB, 1.5GiB, or as plain bytes';
const TIMES = 'times are written 500ms, 5s, 30m, 2h, 1h30m or 7d';
const PRIORITIES = 'priorities are critical, high, normal, low, or a whole number such as 50 or -10';

describe('a value that cannot be read', () => {
  it.each([
    ['--memory-limit', '5XB', 'expected a size above zero, found "5XB"', SIZES],
    ['--memory-limit', '1e9', 'expected a size above zero, found "1e9"', SIZES],
    ['--memory-limit', '0', 'expected a size above zero, found "0"', SIZES],
    ['--memory-limit', '-5MB', 'expected a size above zero, found "-5MB"', SIZES],
    ['--max-output', '0MB', 'expected a size above zero, found "0MB"', SIZES],
    ['--max-output', 'lots', 'expected a size above zero, found "lots"', SIZES],
    ['--timeout', '5', 'expected a time above zero with its unit, found "5"', TIMES],
    ['--timeout', '0s', 'expected a time above zero with its unit, found "0s"', TIMES],
    ['--timeout', '-1s', 'expected a time above zero with its unit, found "-1s"', TIMES],
    ['--timeout', '1h30', 'expected a time above zero with its unit, found "1h30"', TIMES],
    ['--timeout', '999d', 'expected a time of at most 24 days, found "999d"', 'no limit: leave it out'],
    ['--idle-timeout', '0', 'expected a time above zero with its unit, found "0"', TIMES],
    ['--retry-delay', 'soon', 'expected a time above zero with its unit, found "soon"', TIMES],
    ['--grace', '-1s', 'expected a time above zero with its unit, found "-1s"', TIMES],
    ['--max-concurrent', '0', 'expected a whole number from 1 to 1000000, found "0"', undefined],
    ['--max-concurrent', '-1', 'expected a whole number from 1 to 1000000, found "-1"', undefined],
    ['--max-parallel', '1.5', 'expected a whole number from 1 to 1000000, found "1.5"', undefined],
    ['--max-concurrent', 'many', 'expected a whole number from 1 to 1000000, found "many"', undefined],
    [
      '--max-concurrent',
      '99999999999',
      'expected a whole number from 1 to 1000000, found "99999999999"',
      undefined,
    ],
    ['--max-retries', '-1', 'expected a whole number from 0 to 1000000, found "-1"', undefined],
    ['--priority', 'urgent', 'expected a priority, found "urgent"', PRIORITIES],
    ['--output', 'loud', 'expected stream, grouped, quiet; found "loud"', undefined],
  ])('%s %s', async (option, value, message, hint) => {
    await expectRefused(bench(), ['run', option, value, 'touch ran'], says(`${option}: ${message}`, hint));
  });

  it('is told with the variable that it came from', async () => {
    const env = { BATCHTOOL_TIMEOUT: '0' };
    const said = says('BATCHTOOL_TIMEOUT: expected a time above zero with its unit, found "0"', TIMES);
    await expectRefused(bench(), ['run', 'touch ran'], said, { env });
  });

  it('is told together with all others', async () => {
    const said =
      says('--timeout: expected a time above zero with its unit, found "5"', TIMES) +
      says('--max-retries: expected a whole number from 0 to 1000000, found "-1"');
    await expectRefused(bench(), ['run', '--timeout', '5', '--max-retries', '-1', 'touch ran'], said);
  });

  it('that is missing is told with the form', async () => {
    const said = says('--max-concurrent has no value', 'it is written --max-concurrent N');
    await expectRefused(bench(), ['run', 'touch ran', '--max-concurrent'], said);
  });
});

describe('a word that is not known', () => {
  it.each([
    [['rum', 'touch ran'], 'unknown verb "rum"', 'did you mean "batchtool run"?'],
    [['run', '--timout', '5s', 'touch ran'], 'unknown option --timout', 'did you mean --timeout?'],
    [
      ['run', '--max-cocurrent=3', 'touch ran'],
      'unknown option --max-cocurrent',
      'did you mean --max-concurrent?',
    ],
  ])('%j', async (args, message, hint) => {
    await expectRefused(bench(), args, says(message, hint));
  });
});

/** `a:echo` becomes `--task a:echo`. */
const tasks = (...values: string[]): string[] => [
  'run',
  '--dependency-aware',
  ...values.flatMap((value) => ['--task', value]),
];

describe('dependencies', () => {
  it.each([
    [
      'an unknown id, with the nearest one',
      tasks('build:touch ran', 'test:touch ran:depends=biuld'),
      'task "test" needs "biuld", which is not in the plan',
      'did you mean "build"?',
    ],
    [
      'an unknown id, with those that are known',
      tasks('build:touch ran', 'test:touch ran:depends=deploy'),
      'task "test" needs "deploy", which is not in the plan',
      'known ids: build, test',
    ],
    [
      'a duplicate id',
      tasks('a:touch ran', 'a:touch ran'),
      'duplicate task id "a"',
      'give each task an id of its own',
    ],
    [
      'a circle, in full',
      tasks('a:touch ran:depends=c', 'b:touch ran:depends=a', 'c:touch ran:depends=b', 'd:touch ran'),
      'the tasks need each other in a circle: a → c → b → a',
      'remove one of these dependencies',
    ],
    [
      'a task that needs itself',
      tasks('a:touch ran:depends=a'),
      'task "a" needs itself',
      'remove one of these dependencies',
    ],
    [
      'a malformed suffix',
      tasks('a:touch ran:depends=b, c'),
      '--task a: ":depends=b, c" is malformed',
      'it is written :depends=a,b or :depends=none or :wait-for=all, without spaces',
    ],
  ])('%s', async (_what, args, message, hint) => {
    await expectRefused(bench(), args, says(message, hint));
  });

  it('are refused in JSON as well', async () => {
    const graph = ['--dependency-graph', '{"lint":[],"test":["lint"],"deploy":["test"]}'];
    const texts = ['--tasks', '{"lint":"touch ran","test":"touch ran"}'];
    const said = says('--dependency-graph: task "deploy" has no text in --tasks', 'give it one');
    await expectRefused(bench(), ['run', '--dependency-aware', ...graph, ...texts], said);
  });
});

describe('an id that is no file name', () => {
  const ODD = 'may hold only letters, digits, ".", "_" and "-", and starts with a letter or digit';
  const HINT = 'an id like "build-api" works';

  it.each([
    ['../x', `task id "../x" ${ODD}`],
    ['..', `task id ".." ${ODD}`],
    ['a/b', `task id "a/b" ${ODD}`],
    ['a b', `task id "a b" ${ODD}`],
    ['.x', `task id ".x" ${ODD}`],
    ['con', 'task id "con" is not a file name on every system'],
    ['Lpt1.txt', 'task id "Lpt1.txt" is not a file name on every system'],
    ['a'.repeat(300), `task id "${'a'.repeat(60)}…" is longer than 100 characters`],
  ])('%s', async (id, message) => {
    await expectRefused(bench(), tasks(`${id}:touch ran`), says(message, HINT));
  });

  it('is told with all others at once', async () => {
    const said = ['../x', 'a b'].map((id) => says(`task id "${id}" ${ODD}`, HINT)).join('');
    await expectRefused(bench(), tasks('../x:touch ran', 'fine:touch ran', 'a b:touch ran'), said);
  });

  it('two ids may not share a variable name', async () => {
    const said = says(
      'task ids "a-b" and "a_b" give the same variable name BATCHTOOL_OUTPUT_A_B_…',
      'rename one of them',
    );
    await expectRefused(bench(), tasks('a-b:touch ran', 'a_b:touch ran'), said);
  });

  it('letters of any language and 100 characters are fine', async () => {
    const here = bench();
    const ids = ['größe', '測試', 'a'.repeat(100)];
    const { code } = await here.run(tasks(...ids.map((id) => `${id}:echo ${id}`)));
    expect(code).toBe(0);
    expect((await here.status()).tasks.map(({ id }) => id)).toEqual(ids);
    expect((await here.run(['logs', '--task', '測試'])).stdout).toBe('測試\n');
  });
});

describe('nothing to run', () => {
  it('no text at all', async () => {
    const said = says(
      'nothing to run: no text, no -f, and no batchtool.yml here',
      "for example batchtool run --parallel 'npm run lint' 'npm test'",
    );
    await expectRefused(bench(), ['run'], said);
  });

  it('an empty text', async () => {
    const said = says('text 2 is empty', 'leave it out, or write what is to be run');
    await expectRefused(bench(), ['run', 'touch ran', ' '], said);
  });

  it('a folder that is not there', async () => {
    const here = bench();
    const said = says(`--cwd: the folder ${here.path('nowhere')} does not exist`);
    await expectRefused(here, ['run', '--cwd', 'nowhere', 'touch ran'], said);
  });
});
