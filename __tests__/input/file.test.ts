import { describe, expect, test } from '@jest/globals';
import { readPlanFile } from '../../src/input/file.js';
import type { TaskFile } from '../../src/input/plan-file.js';
import type { Draft } from '../../src/patterns/pattern.js';
import { faultsOf, right } from './typed.js';

const bytes = (...parts: (string | number[])[]): Uint8Array =>
  new Uint8Array(
    parts.flatMap((part) => (typeof part === 'string' ? [...new TextEncoder().encode(part)] : part)),
  );

function fileOf(content: string | Uint8Array, name = 'p.yml'): TaskFile {
  const file = right(readPlanFile(name, content));
  if (file.kind !== 'tasks') throw new Error('an exported plan');
  return file;
}

function taskOf(lines: string): Draft | undefined {
  return fileOf(`tasks:\n  a: ${lines}`).tasks[0];
}

const needsOf = (file: TaskFile): Record<string, string[]> =>
  Object.fromEntries(
    file.tasks.map(({ id, needs }) => [
      id,
      needs.map(({ task, kind }) => (kind === 'order' ? `~${task}` : task)),
    ]),
  );

/** What GitHub replaces and we do not; in one piece it would look like a mistake to the linter. */
const open = `$${'{{'}`;

const faults = (content: string | Uint8Array, name = 'p.yml'): string =>
  faultsOf(readPlanFile(name, content)).join('\n');
/** Faults of one task, without the name of the file. */
const taskFaults = (lines: string): string => faults(`tasks:\n  a: ${lines}`).replaceAll('p.yml:', '');

describe('a task in a plan file', () => {
  test.each<[string, Partial<Draft>]>([
    ['{run: \'echo "x: y"\'}', { work: { kind: 'command', text: 'echo "x: y"' } }],
    ['{run: x, timeout: 30m}', { limits: { timeoutMillis: 1_800_000 } }],
    ['{run: x, timeout-minutes: 1.5}', { limits: { timeoutMillis: 90_000 } }],
    [
      '{run: x, idle-timeout: 5s, memory: 2GB, max-output: 1000}',
      { limits: { idleMillis: 5000, memoryBytes: 2e9, outputBytes: 1000 } },
    ],
    ['{run: x, retry: 2}', { retry: { max: 2 } }],
    [
      '{run: x, retry: {max: 1, delay: 1s, max-delay: 2m}}',
      { retry: { max: 1, delayMillis: 1000, maxDelayMillis: 120_000 } },
    ],
    ['{run: x, priority: critical}', { priority: 200 }],
    ['{run: x, priority: -7}', { priority: -7 }],
    ['{run: x, if: always()}', { when: 'always' }],
    [`{run: x, if: " ${open} failure() }} "}`, { when: 'failure' }],
    ['{run: x, continue-on-error: true}', { mayFail: true }],
    ['{run: x, env: {A: 1, B: yes, C: true, D: 1.10}}', { env: { A: '1', B: 'yes', C: 'true', D: '1.10' } }],
    [
      '{run: x, shell: bash -eo pipefail -c}',
      { work: { kind: 'command', text: 'x', shell: ['bash', '-eo', 'pipefail', '-c'] } },
    ],
    ['{run: x, shell: python3}', { work: { kind: 'command', text: 'x', shell: ['python3', '-c'] } }],
    ['{run: x, working-directory: sub/a}', { cwd: 'sub/a' }],
    ['{run: x, tags: quick}', { tags: ['quick'] }],
    ['{run: x, tags: [a, b, a]}', { tags: ['a', 'b'] }],
    ['{run: x, namespace: ns, isolate: none}', { namespace: 'ns', isolate: 'none' }],
    ['{run: x, once: true, keep: true}', { once: true, keep: true }],
    [
      '{run: x, expect: {files: a.txt, output: [ok, "^done"], not-output: error}}',
      { expect: { files: ['a.txt'], output: ['ok', '^done'], notOutput: ['error'] } },
    ],
    [
      '{run: x, expect: {changed: [a, b], schema: {type: object}, check: npm test}}',
      { expect: { changed: ['a', 'b'], schema: { type: 'object' }, check: 'npm test' } },
    ],
    ['{run: x, expect: {schema: result.schema.json}}', { expect: { schema: 'result.schema.json' } }],
    [
      '{prompt: do it, mode: tdd, agent: claude}',
      { work: { kind: 'prompt', text: 'do it', mode: 'tdd', agent: 'claude' } },
    ],
    ['{prompt: do it}', { work: { kind: 'prompt', text: 'do it', mode: 'code' } }],
    ['{run: x, stage: s}', { stage: 's' }],
  ])('%s is understood', (lines, draft) => {
    expect(taskOf(lines)).toMatchObject(draft);
  });

  test('says nothing that it does not say', () => {
    expect(taskOf('{run: x, if: success(), once: false, continue-on-error: false}')).toEqual({
      id: 'a',
      label: 'x',
      work: { kind: 'command', text: 'x' },
      needs: [],
    });
  });

  test.each([
    [
      '{run: x, timeout: 30}',
      '2:24: task "a", timeout: expected a time such as 30m, found the number 30\n  hint: with its unit, for example 30s',
    ],
    [
      '{run: x, timeout: 5 min}',
      '2:24: task "a", timeout: expected a time above zero with its unit, found "5 min"\n  hint: times are written',
    ],
    ['{run: x, timeout: 0s}', 'expected a time above zero with its unit, found "0s"'],
    ['{run: x, timeout: 60d}', 'expected a time of at most 24 days'],
    ['{run: x, timeout: 1m, timeout-minutes: 1}', '"timeout" and "timeout-minutes" say the same'],
    ['{run: x, timeout-minutes: 0}', 'expected a number of minutes above zero'],
    ['{run: x, memory: 2XB}', 'memory: expected a size above zero, found "2XB"'],
    ['{run: x, memory: -1}', 'memory: expected a size above zero, found -1'],
    ['{run: x, memory: [1]}', 'memory: expected a size such as 2GB, found a list'],
    ['{run: x, retry: -1}', 'retry: expected a whole number from 0 to 1000000, found -1'],
    [
      '{run: x, retry: often}',
      'retry: expected a number or a map (max, delay, max-delay), found the text "often"',
    ],
    [
      '{run: x, retry: {max: 1, wait: 5s}}',
      'retry: unknown key "wait"\n  hint: known keys: max, delay, max-delay',
    ],
    ['{run: x, priority: urgent}', 'priority: expected a priority, found "urgent"'],
    ['{run: x, if: cancelled()}', 'if: expected success(), failure() or always(), found "cancelled()"'],
    [`{run: x, if: "${open} success()"}`, 'if: expected success(), failure()'],
    ['{run: x, continue-on-error: yes}', 'continue-on-error: expected true or false, found the text "yes"'],
    ['{run: x, env: {A: [1]}}', 'env.A: expected a text, a number, true or false, found a list'],
    ['{run: x, env: {A B: 1}}', '2:21: task "a", env.A B: "A B" is no name of a variable'],
    [`{run: x, env: {A: "${open} secrets.X }}"}}`, `env.A: ${open} }} is not replaced in a plan file`],
    [
      `{run: "echo ${open} matrix.node }}"}`,
      `run: ${open} }} is not replaced in a plan file\n  hint: a matrix value arrives as $BATCHTOOL_MATRIX_<KEY>`,
    ],
    [`{run: x, working-directory: "${open} x }}"}`, `working-directory: ${open} }} is not replaced`],
    ['{run: x, shell: foo}', 'shell: "foo" does not say how it takes a text'],
    ['{run: x, shell: "bash {0}"}', 'shell: expected a shell, found "bash {0}"'],
    ['{run: x, isolate: tree}', 'isolate: expected none or worktree, found the text "tree"'],
    ['{run: x, expect: {output: "("}}', 'expect.output: expected a regular expression, found "("'],
    ['{run: x, expect: {file: a}}', 'expect: unknown key "file"\n  hint: did you mean "files"?'],
    ['{run: [a]}', 'run: expected a text, found a list'],
    ['{run: " "}', 'run: expected a text, found an empty one'],
    ['{run: "a\\0b"}', 'run: the text holds a NUL character'],
    ['{}', '2:3: task "a": the task has neither "run" nor "prompt"'],
    ['{run: x, prompt: y}', 'the task has both "run" and "prompt"'],
    ['{run: x, mode: tdd}', '"mode" belongs to "prompt", not to "run"'],
    ['{rn: x}', '2:7: task "a": unknown key "rn"\n  hint: did you mean "run"?'],
    ['{run: x, depends_on: b}', 'unknown key "depends_on"\n  hint: did you mean "needs"?'],
    ['{run: x, cwd: b}', 'unknown key "cwd"\n  hint: did you mean "working-directory"?'],
    ['{run: x, strategy: {matrix: {}}}', 'unknown key "strategy"\n  hint: put "matrix" right under the task'],
    [
      '{run: x, max-concurrent: 1}',
      'unknown key "max-concurrent"\n  hint: "max-concurrent" stands at the top level',
    ],
    ['{run: x, constructor: 1}', 'unknown key "constructor"'],
    [
      'npm test',
      '2:6: task "a": expected a map such as {run: npm test}, found the text "npm test"\n  hint: write a: {run: "npm test"}',
    ],
    ['', '2:6: task "a": expected a map such as {run: npm test}, found nothing'],
    [
      '{run: x, needs: 1}',
      'needs: expected an id or a list of ids, found the number 1\n  hint: an id is a text: write "1"',
    ],
    ['{run: x, needs: [a]}', '2:23: task "a" needs itself'],
    ['{run: x, needs: gone}', '2:22: task "a" needs "gone", which is not in the plan\n  hint: known: a'],
    ['{run: x, pool: gpu}', 'pool "gpu" is not listed under "pools"\n  hint: pools: {gpu: 1}'],
    ['{run: x, matrix: {v: 1}}', 'matrix.v: expected a list of values, found the number 1'],
    ['{run: x, matrix: {v: [[1]]}}', 'matrix.v.0: expected a text, a number, true or false, found a list'],
    ['{run: x, matrix: {v: []}}', 'matrix: the matrix gives no task'],
    ['{run: x, matrix: {v: [1], exclude: [{w: 1}]}}', '"exclude" names "w", which the matrix does not have'],
    [
      '{run: x, matrix: {a-b: [1], a_b: [2]}}',
      'the matrix keys "a-b" and "a_b" give the same variable BATCHTOOL_MATRIX_A_B',
    ],
  ])('%s is refused', (lines, message) => {
    expect(taskFaults(lines)).toContain(message);
  });
});

describe('a plan file', () => {
  test('reads YAML and JSON alike', () => {
    const json = fileOf('{"name":"n","tasks":{"a":{"run":"x"},"b":{"run":"y","needs":["a"]}}}', 'p.json');
    const yaml = fileOf('name: n\ntasks:\n  a: {run: x}\n  b: {run: y, needs: a}');
    expect(json.tasks).toEqual(yaml.tasks);
    expect(json.settings.name?.value).toBe('n');
  });

  test.each([
    ['a byte order mark', bytes([0xef, 0xbb, 0xbf], 'tasks: {a: {run: x}}')],
    ['Windows line ends', 'tasks:\r\n  a:\r\n    run: x\r\n'],
    ['braces without quotes', '{tasks: {a: {run: x}}}'],
    ['JSON in a .yml', '{"tasks":{"a":{"run":"x"}}}'],
    ['x- keys for anchors', 'x-c: &c {run: x}\ntasks:\n  a: *c'],
    ['merge keys', 'x-c: &c {timeout: 1m}\ntasks:\n  a: {<<: *c, run: x}'],
  ])('may have %s', (_, content) => {
    expect(fileOf(content).tasks[0]?.work).toEqual({ kind: 'command', text: 'x' });
  });

  test('says for the run as a whole what options say', () => {
    const { settings, env, pools, pattern } = fileOf(`
name: n
tags: [t]
namespace: ns
max-concurrent: 3
on-error: retry
pass-env: [HOME, X]
working-directory: sub
grace: 1s
output: grouped
pattern: sequential
pools: {gpu: 2}
env: {A: 010}
defaults: {timeout: 1m, idle-timeout: 2s, memory: 1GB, max-output: 5MB, retry: {max: 2, delay: 3s}, priority: low, shell: bash, isolate: none}
tasks: {a: {run: x, pool: gpu}}
`);
    const values = Object.fromEntries(Object.entries(settings).map(([name, said]) => [name, said?.value]));
    expect(values).toEqual({
      name: 'n',
      env: { A: '010' },
      tag: ['t'],
      namespace: 'ns',
      'max-concurrent': 3,
      'on-error': 'retry',
      'pass-env': ['HOME', 'X'],
      cwd: 'sub',
      grace: 1000,
      output: 'grouped',
      timeout: 60_000,
      'idle-timeout': 2000,
      'memory-limit': 1e9,
      'max-output': 5e6,
      'max-retries': 2,
      'retry-delay': 3000,
      priority: -100,
      shell: 'bash',
      isolate: 'none',
    });
    expect([env, pools, pattern?.name]).toEqual([{ A: '010' }, { gpu: 2 }, 'sequential']);
  });

  test('takes the defaults of GitHub under run too', () => {
    const file = fileOf('defaults: {run: {shell: bash, working-directory: d}}\ntasks: {a: {run: x}}');
    expect(file.settings.shell?.value).toBe('bash');
    expect(file.tasks[0]?.cwd).toBe('d');
  });

  test('lets tasks override what defaults say', () => {
    const file = fileOf(`
defaults: {env: {A: 1, B: 1}, tags: d, continue-on-error: true, namespace: n, retry: {max-delay: 9s}}
tasks:
  a: {run: x}
  b: {run: x, env: {B: 2}, tags: own, continue-on-error: false, namespace: m, retry: 1}
`);
    expect(file.tasks[0]).toMatchObject({
      env: { A: '1', B: '1' },
      tags: ['d'],
      mayFail: true,
      namespace: 'n',
      retry: { maxDelayMillis: 9000 },
    });
    expect(file.tasks[1]).toMatchObject({
      env: { A: '1', B: '2' },
      tags: ['own'],
      namespace: 'm',
      retry: { max: 1, maxDelayMillis: 9000 },
    });
    expect(file.tasks[1]?.mayFail).toBeUndefined();
  });

  test('keeps the order of its tasks, also of ids that look like numbers', () => {
    for (const content of [
      'tasks: {b: {run: x}, 10: {run: x}, 2: {run: x}}',
      '{"tasks":{"10":{"run":"x"},"b":{"run":"x"},"2":{"run":"x"}}}',
    ])
      expect(fileOf(content).tasks.map(({ id }) => id)).toEqual(
        content.startsWith('{') ? ['10', 'b', '2'] : ['b', '10', '2'],
      );
  });

  test('knows where its tasks stand', () => {
    const file = fileOf('tasks:\n  a: {run: x}\n  b: {run: y}');
    expect(file.placeOf(['tasks', 'b'], 'key')).toEqual({ file: 'p.yml', line: 3, column: 3 });
    expect(file.placeOf(['tasks', 'c'], 'key')).toBeUndefined();
  });

  test('takes ids that are names of JavaScript', () => {
    const file = fileOf('tasks: {constructor: {run: x}, toString: {run: y, needs: constructor}}');
    expect(needsOf(file)).toEqual({ constructor: [], toString: ['constructor'] });
    expect(faults('tasks: {a: {run: x, needs: valueOf, pool: toString}}')).toMatch(
      /pool "toString"[\s\S]*needs "valueOf"|needs "valueOf"[\s\S]*pool "toString"/,
    );
  });

  test.each([
    ['', 'p.yml: the file is empty'],
    ['\n \n', 'p.yml: the file is empty'],
    ['# only this', 'p.yml:1:1: expected a map with "tasks", found nothing'],
    ['hello', 'p.yml:1:1: expected a map with "tasks", found the text "hello"'],
    ['- a', 'p.yml:1:1: expected a map with "tasks", found a list'],
    ['name: x', 'p.yml:1:1: tasks: expected a map of tasks, each with its id as key, found nothing'],
    ['tasks:', 'p.yml:1:7: tasks: expected a map of tasks'],
    ['tasks: {}', 'p.yml:1:1: "tasks" holds no task'],
    [
      'tasks: [{run: x}]',
      'tasks: expected a map of tasks, each with its id as key, found a list\n  hint: a list of tasks is an exported plan',
    ],
    [
      'model: x\ntasks: {a: {prompt: x}}',
      'p.yml:1:1: unknown key "model"\n  hint: it is said about an agent: agents: {claude: {model: …}}',
    ],
    [
      'defaults: {args: x}\ntasks: {a: {prompt: x}}',
      'p.yml:1:12: defaults: unknown key "args"\n  hint: it is said about an agent: agents: {claude: {args: …}}',
    ],
    ['nme: x\ntasks: {a: {run: x}}', 'p.yml:1:1: unknown key "nme"\n  hint: did you mean "name"?'],
    [
      'timeout: 5m\ntasks: {a: {run: x}}',
      'p.yml:1:1: unknown key "timeout"\n  hint: it belongs to a task, or under "defaults"',
    ],
    ['jobs: {}\ntasks: {a: {run: x}}', 'unknown key "jobs"\n  hint: tasks are under "tasks"'],
    ['cwd: x\ntasks: {a: {run: x}}', 'unknown key "cwd"\n  hint: did you mean "working-directory"?'],
    ['max-retries: 2\ntasks: {a: {run: x}}', '"max-retries"\n  hint: did you mean "retry" under "defaults"?'],
    ['max-parallel: 2\ntasks: {a: {run: x}}', 'hint: did you mean "max-concurrent"?'],
    ['dry-run: true\ntasks: {a: {run: x}}', 'hint: it is said for one run and has no key: --dry-run'],
    [
      'max-concurrent: 0\ntasks: {a: {run: x}}',
      'p.yml:1:17: max-concurrent: expected a whole number from 1 to 1000000, found 0',
    ],
    [
      'max-concurrent: many\ntasks: {a: {run: x}}',
      'max-concurrent: expected a whole number, found the text "many"',
    ],
    [
      'on-error: die\ntasks: {a: {run: x}}',
      'on-error: expected skip, stop, fail-fast, continue or retry, found the text "die"',
    ],
    [
      'pattern: prototypes\ntasks: {a: {run: x}}',
      'pattern: expected parallel, sequential, dependency-aware, component-parallel, pipeline, boomerang, sprint, progressive; found "prototypes"',
    ],
    ['pools: {main: 3}\ntasks: {a: {run: x}}', 'the pool "main" is sized by "max-concurrent"'],
    ['pools: {gpu: 0}\ntasks: {a: {run: x}}', 'pools.gpu: expected a whole number from 1'],
    ['stages: [a, a]\ntasks: {a: {run: x}}', 'duplicate stage "a"'],
    ['stages: [a, {name: a}]\ntasks: {a: {run: x}}', 'p.yml:1:13: duplicate stage "a"'],
    ['stages: [{isolate: worktree}]\ntasks: {a: {run: x}}', 'stages.0.name: expected a text, found nothing'],
    [
      'stages: [{name: a, isolate: on}]\ntasks: {a: {run: x}}',
      'stages.0.isolate: expected none or worktree, found the text "on"',
    ],
    [
      'stages: [{name: a, isolat: none}]\ntasks: {a: {run: x}}',
      'stages.0: unknown key "isolat"\n  hint: did you mean "isolate"?',
    ],
    [
      'stages: [{name: a, timeout: 1m}]\ntasks: {a: {run: x}}',
      'stages.0: unknown key "timeout"\n  hint: known keys: name, isolate, copy, setup',
    ],
    [
      'stages: {a: {isolate: worktree}}\ntasks: {a: {run: x}}',
      'expected a list of stages, found a map\n  hint: for example [plan, {name: build, isolate: worktree}]',
    ],
    ['stages: [3]\ntasks: {a: {run: x}}', 'stages.0: expected a name, or a map (name, isolate, copy, setup)'],
    [
      'stages: [{name: build}]\ntasks: {a: {run: x, stage: biuld}}',
      'which "stages" does not list\n  hint: did you mean "build"?',
    ],
    [
      'stages: [build]\ntasks: {a: {run: x, stage: biuld}}',
      'task "a" is in stage "biuld", which "stages" does not list\n  hint: did you mean "build"?',
    ],
    ['tasks: {../x: {run: x}}', 'p.yml:1:9: task id "../x" may hold only'],
    ['tasks: {con: {run: x}}', 'task id "con" is not a file name on every system'],
    [`tasks: {${'a'.repeat(300)}: {run: x}}`, 'is longer than 100 characters'],
    [
      'tasks: {a-b: {run: x}, a_b: {run: x}}',
      'p.yml:1:24: task ids "a-b" and "a_b" give the same variable name',
    ],
    ['tasks: {a: {run: x}}\n---\nb: 1', 'a second document begins here'],
  ])('%j is refused', (content, message) => {
    expect(faults(content)).toContain(message);
  });

  test('is told all its faults at once, in the order of its lines', () => {
    const found = faultsOf(
      readPlanFile(
        'p.yml',
        'on-error: x\ntasks:\n  a: {rn: x}\n  b: {run: y, needs: z, timeout: 1}\n  con: {run: z}\nfoo: 1',
      ),
    );
    expect(found.map((text) => text.split(' ')[0])).toEqual([
      'p.yml:1:11:',
      'p.yml:3:7:',
      'p.yml:4:22:',
      'p.yml:4:34:',
      'p.yml:5:3:',
      'p.yml:6:1:',
    ]);
  });

  test('with thousands of faults is told some, and how many more', () => {
    const tasks = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [`t${i}`, { run: 'x', needs: [`gone${i}`] }]),
    );
    const found = faultsOf(readPlanFile('p.json', JSON.stringify({ tasks })));
    expect(found).toHaveLength(51);
    expect(found[50]).toBe('p.json: … and 50 more problems');
  });

  test('with a list of hundreds of thousands of faults is refused as well', () => {
    const tags = Array(300_000).fill(1);
    expect(faults(JSON.stringify({ tasks: { a: { run: 'x', tags } } }))).toContain(
      'tags.0: expected a text, found the number 1',
    );
  });

  test.each([
    ['UTF-16', new Uint8Array([0xff, 0xfe, 0x74, 0]), 'p.yml: the file is UTF-16\n  hint: save it as UTF-8'],
    ['Latin-1', bytes('tasks:\n  a: {run: "', [0xe9], '"}'), 'p.yml:2:13: the file is not UTF-8'],
  ])('in %s is refused', (_, content, message) => {
    expect(faults(content)).toBe(message.includes('hint') ? message : `${message}\n  hint: save it as UTF-8`);
  });

  test('of 10 MB is refused as YAML, before it is read, and read as JSON', () => {
    const line = (i: number): string =>
      `"t${i}": {"run": "echo a number ${i} of a task that says a little more"}`;
    const tasks = Array.from({ length: 130_000 }, (_, i) => line(i));
    const yaml = `tasks:\n${tasks.map((task) => `  ${task}`).join('\n')}`;
    expect(yaml.length).toBeGreaterThan(10e6);
    expect(faults(yaml)).toContain('the YAML file is larger than 4 MB\n  hint: write it as JSON');
    expect(fileOf(`{"tasks":{${tasks.join(',\n')}}}`, 'p.json').tasks).toHaveLength(130_000);
  });

  test('that is broken JSON is told so when it is called JSON or too long for YAML', () => {
    expect(faults('{"tasks": {a: 1}}', 'p.json')).toContain('expected a key in double quotes');
    expect(faults(`{"tasks": {${'"a": 1, '.repeat(600_000)}}}`)).toContain('so this is no JSON');
  });
});

describe('a matrix in a plan file', () => {
  const file = fileOf(`
tasks:
  lint: {run: x}
  test: {run: x, needs: lint, tags: t, matrix: {node: [20, 1.10], os: [linux, mac os]}}
  one: {run: x, needs: test-node20-linux}
  all: {run: x, needs: [test, test-node20-linux]}
`);
  const instances = [
    'test-node20-linux',
    'test-node20-mac-os',
    'test-node1.10-linux',
    'test-node1.10-mac-os',
  ];

  test('gives readable ids, which others may need together or one by one', () => {
    expect(needsOf(file)).toEqual({
      lint: [],
      ...Object.fromEntries(instances.map((id) => [id, ['lint']])),
      one: ['test-node20-linux'],
      all: instances,
    });
  });

  test('gives each instance its values as variables, as they were written', () => {
    expect(file.tasks[4]?.env).toEqual({ BATCHTOOL_MATRIX_NODE: '1.10', BATCHTOOL_MATRIX_OS: 'mac os' });
  });

  test('leaves its id to its instances as a tag', () => {
    expect(file.tasks[1]?.tags).toEqual(['t', 'test']);
  });

  test('gives ids that are free', () => {
    const ids = fileOf('tasks: {test-v1: {run: x}, test: {run: x, matrix: {v: [1, "1", "🙂"]}}}').tasks.map(
      ({ id }) => id,
    );
    expect(ids).toEqual(['test-v1', 'test-v1-2', 'test-v1-3', 'test-1']);
  });

  test('gives ids that are not too long', () => {
    const tasks = fileOf(`tasks: {${'a'.repeat(99)}: {run: x, matrix: {v: [${'b'.repeat(50)}, c]}}}`).tasks;
    expect(tasks.map(({ id }) => id)).toEqual(['a'.repeat(90), `${'a'.repeat(90)}-2`]);
  });

  test('is told about an instance that is not there', () => {
    expect(faults('tasks:\n  t: {run: x, matrix: {v: [10, 20]}}\n  u: {run: x, needs: t-v30}')).toContain(
      'p.yml:3:22: task "u" needs "t-v30", which is not in the plan\n  hint: did you mean "t-v10"?',
    );
  });
});

describe('stages in a plan file', () => {
  const TASKS = `
tasks:
  d: {run: x, stage: deploy}
  b1: {run: x, stage: build}
  b2: {run: x, stage: build, needs: b1}
  t: {run: x, stage: test, needs: b1, matrix: {v: [1, 2]}}
  free: {run: x}
`;

  test('make each task wait for all of the stage before, as mere order', () => {
    expect(needsOf(fileOf(`stages: [build, empty, test, deploy]${TASKS}`))).toEqual({
      d: ['~t-v1', '~t-v2'],
      b1: [],
      b2: ['b1'],
      't-v1': ['b1', '~b2'],
      't-v2': ['b1', '~b2'],
      free: [],
    });
  });

  test('come in the order of the tasks when nothing lists them', () => {
    expect(
      needsOf(fileOf('tasks: {a: {run: x, stage: one}, b: {run: x, stage: two}, c: {run: x, stage: one}}')),
    ).toEqual({
      a: [],
      b: ['~a', '~c'],
      c: [],
    });
  });

  test('that multiply to millions of dependencies are refused', () => {
    const tasks = Object.fromEntries(
      Array.from({ length: 6000 }, (_, i) => [`t${i}`, { run: 'x', stage: i < 3000 ? 'a' : 'b' }]),
    );
    expect(faults(JSON.stringify({ tasks }))).toContain('the plan has more than 5,000,000 dependencies');
  });
});
