/** Plan files that cannot be meant: each fault is told with its place, all at once, and nothing has been started. */
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Bench, useBench } from './harness.js';
import { expectNothingDone, expectRefused, says } from './refusal.js';

const bench = useBench();
async function expectFileRefused(content: string, said: string): Promise<void> {
  const here = bench();
  here.write('p.yml', content);
  await expectRefused(here, ['run', '-f', 'p.yml'], said);
}

describe('a file that is no YAML', () => {
  it.each([
    [
      'an indent of tabs',
      'tasks:\n\ta: {run: touch ran}\n',
      'p.yml:2:1: Tabs are not allowed as indentation',
      'indent with spaces',
    ],
    [
      'a list that is not closed',
      'tasks:\n  a: [touch\n  b: {run: touch ran}\n',
      'p.yml:3:3: Flow sequence in block collection must be sufficiently indented and end with a ]',
      'lines of one map or list begin in the same column',
    ],
    [
      'an alias without an anchor',
      'tasks:\n  a: {run: *x}\n',
      'p.yml:2:12: the alias *x stands before its anchor',
      undefined,
    ],
    [
      'a tag that means nothing here',
      'tasks:\n  a: !!js/function "touch ran"\n',
      'p.yml:2:6: Unresolved tag: tag:yaml.org,2002:js/function',
      'leave the tag out',
    ],
    [
      'two documents',
      'tasks:\n  a: {run: touch ran}\n---\ntasks: {}\n',
      'p.yml:3:1: a second document begins here',
      'a plan is one document',
    ],
    ['an empty file', '', 'p.yml: the file is empty', 'for example tasks: {build: {run: npm run build}}'],
    ['a list', '- a\n- b\n', 'p.yml:1:1: expected a map with "tasks", found a list', undefined],
  ])('%s', async (_what, content, message, hint) => {
    await expectFileRefused(content, says(message, hint));
  });

  it('bytes that are not UTF-8', async () => {
    const here = bench();
    writeFileSync(here.path('p.yml'), Buffer.from('tasks:\n  a: {run: "echo \xe9"}\n', 'latin1'));
    const said = says('p.yml:2:18: the file is not UTF-8', 'save it as UTF-8');
    await expectRefused(here, ['run', '-f', 'p.yml'], said);
  });
});

describe('a file with faults', () => {
  it('is told together with what is wrong with values of options and variables', async () => {
    const here = bench();
    here.write('p.yml', 'tasks:\n  a: {rum: touch ran}\n');
    const args = ['run', '-f', 'p.yml', '--timeout', 'soon'];
    const { code, stderr } = await here.run(args, { env: { BATCHTOOL_GRACE: 'x' } });
    expect(code).toBe(2);
    for (const said of [
      '--timeout: expected',
      'BATCHTOOL_GRACE: expected',
      'p.yml:2:7: task "a": unknown key',
    ])
      expect(stderr).toContain(said);
    expectNothingDone(here);
  });

  it('names unknown keys, with the nearest word', async () => {
    const content =
      'max-concurent: 3\ntasks:\n  a:\n    run: touch ran\n    need: b\n  b: {rum: touch ran}\n';
    const said =
      says('p.yml:1:1: unknown key "max-concurent"', 'did you mean "max-concurrent"?') +
      says('p.yml:5:5: task "a": unknown key "need"', 'did you mean "needs"?') +
      says('p.yml:6:7: task "b": unknown key "rum"', 'did you mean "run"?');
    await expectFileRefused(content, said);
  });

  it('names values of a wrong type', async () => {
    const content = [
      'tasks:',
      '  a: {run: 5}',
      '  b: {run: [touch, ran]}',
      '  c: {run: touch ran, timeout: 5, memory: lots, needs: {a: 1}}',
      '  d: {run: touch ran, retry: -1, env: [X], continue-on-error: maybe}',
      '  e: touch ran',
    ];
    const said =
      says('p.yml:2:12: task "a", run: expected a text, found the number 5') +
      says('p.yml:3:12: task "b", run: expected a text, found a list') +
      says(
        'p.yml:4:32: task "c", timeout: expected a time such as 30m, found the number 5',
        'with its unit, for example 5s',
      ) +
      says(
        'p.yml:4:43: task "c", memory: expected a size above zero, found "lots"',
        'sizes are written 512MB, 2GB, 1.5GiB, or as plain bytes',
      ) +
      says('p.yml:4:56: task "c", needs: expected an id or a list of ids, found a map') +
      says('p.yml:5:30: task "d", retry: expected a whole number from 0 to 1000000, found -1') +
      says('p.yml:5:39: task "d", env: expected a map of variables, found a list') +
      says('p.yml:5:63: task "d", continue-on-error: expected true or false, found the text "maybe"') +
      says(
        'p.yml:6:6: task "e": expected a map such as {run: npm test}, found the text "touch ran"',
        'write e: {run: "touch ran"}',
      );
    await expectFileRefused(content.join('\n'), said);
  });

  it('names what is wrong with its graph', async () => {
    const content =
      'tasks:\n  ../x: {run: touch ran}\n  con: {run: touch ran}\n  a: {run: touch ran, needs: [build, a]}\n';
    const said =
      says(
        'p.yml:2:3: task id "../x" may hold only letters, digits, ".", "_" and "-", and starts with a letter or digit',
        'an id like "build-api" works',
      ) +
      says('p.yml:3:3: task id "con" is not a file name on every system', 'an id like "build-api" works') +
      says('p.yml:4:31: task "a" needs "build", which is not in the plan', 'known: ../x, con, a') +
      says('p.yml:4:38: task "a" needs itself', 'remove this dependency');
    await expectFileRefused(content, said);
  });

  it('names a circle in full', async () => {
    const content = 'tasks:\n  a: {run: touch ran, needs: b}\n  b: {run: touch ran, needs: [a]}\n';
    const message = 'p.yml:2:3: the tasks need each other in a circle: a → b → a';
    await expectFileRefused(content, says(message, 'remove one of these dependencies'));
  });

  it('names a key that stands there twice', async () => {
    const content = 'tasks:\n  a: {run: touch ran}\n  a: {run: touch ran}\n';
    await expectFileRefused(content, says('p.yml:3:3: duplicate key "a"', 'it stands in line 2 too'));
  });

  it('holds a NUL', async () => {
    const message = 'p.yml:2:12: task "a", run: the text holds a NUL character';
    await expectFileRefused('tasks:\n  a: {run: "touch ran; echo \\0"}\n', says(message));
    await expectFileRefused('tasks:\n  a: {run: "touch ran; echo \0"}\n', says(message));
    await expectFileRefused(
      '{"tasks": {"a":\n {"run": "touch ran; echo \\u0000"}}}',
      says('p.yml:2:10: task "a", run: the text holds a NUL character'),
    );
  });

  it("wants GitHub's expressions replaced", async () => {
    const expression = ['$', '{{ matrix.node }}'].join('');
    const said = says(
      `p.yml:2:12: task "a", run: ${'$'}{{ }} is not replaced in a plan file`,
      'a matrix value arrives as $BATCHTOOL_MATRIX_<KEY>, an output as $BATCHTOOL_OUTPUT_<ID>_<KEY>, our own variables with pass-env',
    );
    await expectFileRefused(`tasks:\n  a: {run: "touch ran; echo ${expression}"}\n`, said);
  });
});

describe('a file of a size that would hurt', () => {
  /** Refused or run, it must not take long or much. */
  const SECONDS = 10;

  async function expectSoonRefused(content: string, said: string): Promise<void> {
    const began = Date.now();
    await expectFileRefused(content, said);
    expect(Date.now() - began).toBeLessThan(SECONDS * 1000);
  }

  it('10 MB of YAML: refused, with what to do', async () => {
    const line = (i: number): string => `  t${i}: {run: "touch ran # ${'x'.repeat(70)}"}\n`;
    const content = `tasks:\n${Array.from({ length: 104_000 }, (_, i) => line(i)).join('')}`;
    expect(content.length).toBeGreaterThan(10e6);
    const hint = 'write it as JSON, which is read at any size, or split the plan';
    await expectSoonRefused(content, says('p.yml: the YAML file is larger than 4 MB', hint));
  });

  it('10 MB of JSON: read', async () => {
    const here = bench();
    const run = `touch ran # ${'x'.repeat(70)}`;
    const ids = Array.from({ length: 104_000 }, (_, i) => `t${i}`);
    const content = JSON.stringify({ tasks: Object.fromEntries(ids.map((id) => [id, { run }])) });
    expect(content.length).toBeGreaterThan(10e6);
    here.write('p.json', content);
    const { code, stdout } = await here.run(['run', '-f', 'p.json', '--dry-run', '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as { tasks: unknown[] }).tasks).toHaveLength(104_000);
    expectNothingDone(here);
  });

  it('a text of 10 MB in JSON: runs as it is', async () => {
    const here = bench();
    const filler = `# ${'x'.repeat(98)}\n`.repeat(100_000);
    here.write('p.json', { tasks: { a: { run: `${filler}wc -c < "$0" > seen` } } });
    const { code, stderr } = await here.run(['run', '-f', 'p.json', '--output', 'quiet']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('1 task succeeded') });
    expect(Number(here.read('seen'))).toBe(filler.length + 'wc -c < "$0" > seen'.length);
  });

  it.each([
    ['lists', (name: string) => `[${Array(9).fill(`*${name}`).join(', ')}]`],
    ['maps', (name: string) => `{a: *${name}, b: *${name}, c: *${name}, d: *${name}}`],
    ['merges', (name: string) => `{<<: [*${name}, *${name}, *${name}, *${name}], k${name}: 1}`],
  ])('aliases of aliases, as %s', async (_what, next) => {
    const levels = Array.from({ length: 30 }, (_, i) => `x-a${i + 1}: &a${i + 1} ${next(`a${i}`)}\n`);
    const content = `x-a0: &a0 {k: 1}\n${levels.join('')}tasks:\n  a: {run: touch ran, env: *a30}\n`;
    const message = 'p.yml:1:1: its aliases stand for more than 2,000,000 values';
    await expectSoonRefused(content, says(message, 'aliases of aliases multiply; write fewer of them'));
  });

  it.each([
    ['YAML', `tasks: ${'['.repeat(100_000)}`, 'p.yml:1:107: nested deeper than 100 levels'],
    [
      'JSON',
      `{"tasks":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      'p.yml:1:109: nested deeper than 100 levels',
    ],
  ])('100,000 levels of %s', async (_what, content, message) => {
    await expectSoonRefused(content, says(message));
  });
});

describe('anchors, aliases and merges', () => {
  it('mean what they mean in YAML', async () => {
    const here = bench();
    here.write(
      'p.yml',
      [
        'x-base: &base',
        '  env: &env {A: base, B: base}',
        '  timeout: 1m',
        'tasks:',
        '  a: &a',
        '    <<: *base',
        '    run: &text echo "$A $B" >> seen',
        '  b:',
        '    <<: [*a, *base]',
        '    needs: [a]',
        '    env: {<<: *env, B: own}',
        '  c: {run: *text, needs: b}',
      ].join('\n'),
    );
    const { code, stderr } = await here.run(['run', '-f', 'p.yml']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('3 tasks succeeded') });
    expect(here.read('seen')).toBe('base base\nbase own\n \n');
    expect(limitsOf(here)).toEqual([60_000, 60_000, undefined]);
  });
});

function limitsOf(here: Bench): (number | undefined)[] {
  const plan = here.read('.batchtool', 'runs', here.runs()[0] ?? '', 'plan.json');
  const { tasks } = JSON.parse(plan) as { tasks: { limits: { timeoutMillis?: number } }[] };
  return tasks.map(({ limits }) => limits.timeoutMillis);
}
