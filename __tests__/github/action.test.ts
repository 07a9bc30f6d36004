/** The step as a whole: inputs in; log, outputs and summary out. */
import { chmodSync, cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { INPUTS, OUTPUTS } from '../../src/input/action-names.js';
import { readInputs } from '../../src/input/inputs.js';
import { putFiles } from './checkout.js';
import { errorsOf, METADATA, ROOT, seen, useStep } from './step.js';

const step = useStep();

interface Shown {
  readonly inputs: Readonly<Record<string, string>>;
  /** Names of variables that the step is given. */
  readonly variables: readonly string[];
}

/** The steps of a page that use this action. */
function stepsOf(page: string): Shown[] {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const documents = page.endsWith('.yml')
    ? [text]
    : [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map((found) => found[1] ?? '');
  return documents.flatMap((document) => usesIn(parse(document)));
}

function usesIn(node: unknown): Shown[] {
  if (typeof node !== 'object' || node === null) return [];
  const { uses, with: inputs = {}, env = {} } = node as { uses?: unknown; with?: object; env?: object };
  if (uses !== './' && !String(uses).startsWith('org/batchtool-action@'))
    return Object.values(node).flatMap(usesIn);
  const given = Object.entries(inputs).map(([name, value]) => [name, String(value)]);
  return [{ inputs: Object.fromEntries(given), variables: Object.keys(env) }];
}

describe('action.yml', () => {
  it('names the inputs and outputs that there are, each described in one sentence', () => {
    expect(Object.keys(METADATA.inputs)).toEqual([...INPUTS]);
    expect(Object.keys(METADATA.outputs)).toEqual([...OUTPUTS]);
    for (const { description } of [...Object.values(METADATA.inputs), ...Object.values(METADATA.outputs)])
      expect(description).toMatch(/^[A-Z][^\n]*\.$/);
  });

  it('runs on Node 24', () => {
    expect(METADATA.runs).toEqual({
      using: 'node24',
      main: 'dist/main/index.js',
      post: 'dist/post/index.js',
      'post-if': '!cancelled()',
    });
  });
});

describe('a workflow of the docs', () => {
  const pages = ['docs/action.md', 'README.md', '.github/workflows/ci.yml'];
  const ours = pages.flatMap((page) => stepsOf(page).map((step, index) => ({ page, index, ...step })));

  it('is there', () => {
    expect(ours.map(({ page }) => page)).toEqual(expect.arrayContaining(pages));
  });

  it.each(ours)('has inputs that are understood: $page, step $index', async ({ inputs, variables }) => {
    expect(readInputs(new Map(Object.entries(inputs)))).toMatchObject({ ok: true });
    const { here, run } = step();
    cpSync(join(ROOT, 'examples'), here.path('examples'), { recursive: true });
    const env = Object.fromEntries(variables.map((name) => [name, `a value of ${name}`]));
    const end = await run({ ...inputs, 'dry-run': 'true' }, env);
    expect([end.code, errorsOf(end), end.outputs.status]).toEqual([0, [], 'planned']);
  });
});

describe('what to run', () => {
  it('is several commands, one in a line', async () => {
    const end = await step().run({ run: 'echo one\n\n  echo two \\\n    three\n' });
    expect(end.code).toBe(0);
    expect(end.log.groups.map((name) => name.split(' succeeded')[0])).toEqual([
      '✔ 1 (echo one)',
      '✔ 2 (echo two three)',
    ]);
    expect(seen(end)).toEqual(expect.arrayContaining(['one', 'two three']));
  });

  it('is a whole command line, of which quotes make words and nothing else', async () => {
    const run = `batchtool run --sequential --tag '$HOME *' \\\n  'echo "got $WORD"' "echo \\"~\\"; echo 'b  b'"`;
    const { here, run: go } = step();
    const end = await go({ run }, { WORD: 'a word' });
    expect(end.code).toBe(0);
    expect(seen(end)).toEqual(expect.arrayContaining(['got a word', '~', 'b  b']));
    expect((await here.status()).run.tags).toEqual(['$HOME *']);
  });

  it('is the steps of an orchestration', async () => {
    const end = await step().run({ run: "batchtool orchestrate --build 'echo built' --test 'echo tested'" });
    expect(end.code).toBe(0);
    expect(seen(end).filter((line) => /^(built|tested)$/.test(line))).toEqual(['built', 'tested']);
  });

  it('is a task in a SPARC mode, with the inputs that say how', async () => {
    const { here, run } = step();
    const report = { type: 'result', subtype: 'success', is_error: false, result: 'Guard added.' };
    putFiles(here.dir, { 'bin/claude': `#!/bin/sh\ncat > told\necho '${JSON.stringify(report)}'\n` });
    chmodSync(here.path('bin/claude'), 0o755);
    const path = { PATH: `${here.path('bin')}:${process.env.PATH}` };
    const end = await run({ run: `batchtool sparc run tester "add 'x'"`, 'max-retries': '2' }, path);
    expect([end.code, errorsOf(end)]).toEqual([0, []]);
    expect(here.read('told')).toMatch(/^You .*\n\nadd 'x'$/s);
    expect(
      JSON.parse(here.read('.batchtool', 'runs', here.runs()[0] ?? '', 'plan.json')).tasks,
    ).toMatchObject([{ work: { kind: 'prompt', mode: 'tdd' }, retry: { max: 2 } }]);
  });

  it('is a plan in the workflow', async () => {
    const plan = 'tasks:\n  a: {run: "echo made >> made"}\n  b: {run: cat made, needs: [a]}\n';
    const end = await step().run({ plan });
    expect(end.code).toBe(0);
    expect(seen(end)).toContain('made');
  });

  it('is a file in the folder to work in, or the usual one there', async () => {
    const { here, run } = step();
    mkdirSync(here.path('sub'));
    here.write('sub/other.yml', 'tasks: {a: {run: pwd}}');
    here.write('sub/batchtool.yml', 'tasks: {a: {run: echo usual}}');
    const named = await run({ file: 'other.yml', 'working-directory': 'sub' });
    expect(seen(named)).toContain(here.path('sub'));
    const usual = await run({ 'working-directory': 'sub' });
    expect(seen(usual)).toContain('usual');
  });

  it('is only shown in a dry run', async () => {
    const { here, run } = step();
    const end = await run({ run: 'touch made', 'dry-run': 'true' });
    expect(end.code).toBe(0);
    expect(seen(end).join('\n')).toContain('touch made');
    expect(end.outputs).toEqual({ status: 'planned' });
    expect([here.has('made'), here.has('.batchtool')]).toEqual([false, false]);
  });

  it('is run where the input says so, and shown where only a variable says something', async () => {
    const env = { BATCHTOOL_DRY_RUN: 'true' };
    expect(seen(await step().run({ run: 'echo ran', 'dry-run': 'false' }, env))).toContain('ran');
    expect((await step().run({ run: 'echo ran' }, env)).outputs).toEqual({ status: 'planned' });
  });
});

describe('a wrong request', () => {
  it.each([
    ['an unknown input', { run: 'true', timeuot: '5m' }, /unknown input timeuot.*did you mean timeout\?/s],
    ['a malformed time', { run: 'true', timeout: 'soon' }, /input timeout/],
    ['a malformed count', { run: 'true', 'max-concurrent': 'many' }, /input max-concurrent/],
    ['a malformed size', { run: 'true', 'memory-limit': '-3' }, /input memory-limit/],
    ['a malformed choice', { run: 'true', 'on-error': 'panic' }, /input on-error/],
    ['a malformed variable', { run: 'true', env: 'NAME' }, /input env/],
    ['a malformed flag', { run: 'true', summary: 'yes' }, /input summary: expected true or false/],
    ['another word', { run: 'true', 'workflow-commands': 'obey' }, /input workflow-commands/],
    [
      'another time',
      { run: 'true', artifact: 'sometimes' },
      /input artifact: expected never, failure or always/,
    ],
    ['no flag', { run: 'true', cache: 'read' }, /input cache: expected true or false/],
    ['a folder that is not there', { run: 'true', 'working-directory': 'gone' }, /input working-directory/],
    ['two command lines', { run: "batchtool run 'a'\nbatchtool run 'b'" }, /input run: there are two/],
    ['a command line among texts', { run: "echo a\nbatchtool run 'b'" }, /input run: .*beside other lines/],
    ['a shell operator', { run: 'batchtool run a && b' }, /input run: & outside quotes/],
    ['an open quote', { run: "batchtool run 'a" }, /input run: a ' is never closed/],
    ['a verb that runs nothing', { run: 'batchtool status' }, /input run: .*runs nothing/],
    [
      'a part of sparc that runs nothing',
      { run: 'batchtool sparc modes' },
      /input run: .*sparc modes runs nothing/,
    ],
    [
      'a mode that is none',
      { run: "batchtool sparc run cdoe 'a'" },
      /unknown mode "cdoe".*did you mean code\?/s,
    ],
    [
      'a file beside a SPARC task',
      { run: "batchtool sparc run code 'a'", file: 'a.yml' },
      /inputs run and file/,
    ],
    ['an option that has no place', { run: "batchtool run --detach 'a'" }, /input run: --detach/],
    ['two sources', { run: 'true', file: 'a.yml' }, /inputs run and file exclude each other/],
    ['a plan beside texts', { run: "batchtool run 'a'", plan: 'tasks: {}' }, /inputs run and plan/],
    ['a limit said twice', { run: "batchtool run --timeout 1s 'a'", timeout: '2s' }, /input timeout/],
    [
      'a dry run that is and is none',
      { run: "batchtool run --dry-run 'a'", 'dry-run': 'false' },
      /input dry-run: --dry-run stands/,
    ],
    ['nothing to run', {}, /nothing to run/],
    ['a variable that is not there', { run: 'true', 'pass-env': 'NOT_SET' }, /NOT_SET/],
  ])('starts nothing and is an error by name: %s', async (_, inputs: Record<string, string>, said) => {
    const { here, run } = step();
    const end = await run(inputs);
    expect(end.code).toBe(1);
    expect(errorsOf(end).map(({ data }) => data)).toEqual([expect.stringMatching(said)]);
    expect(here.has('.batchtool')).toBe(false);
    expect(end.outputs).toEqual({});
  });

  it('tells all that is wrong at once', async () => {
    const end = await step().run({ run: 'true', timeout: 'soon', summary: 'yes', wrong: 'x' });
    expect(errorsOf(end)).toHaveLength(3);
  });

  it('points into the plan file', async () => {
    const { here, run } = step();
    here.write('plan.yml', 'tasks:\n  a:\n    run: true\n    needs: [nobody]\n');
    const [error] = errorsOf(await run({ file: 'plan.yml' }));
    expect(error?.properties).toMatchObject({ file: 'plan.yml', line: expect.stringMatching(/^[234]$/) });
  });

  it('points into the plan file of the folder to work in', async () => {
    const { here, run } = step();
    mkdirSync(here.path('sub'));
    here.write('sub/plan.yml', 'tasks: {a: {rnu: "true"}}\n');
    const [error] = errorsOf(await run({ file: 'plan.yml', 'working-directory': './sub' }));
    expect(error?.properties).toMatchObject({ file: 'sub/plan.yml', line: '1' });
  });

  it('points into no file where the plan stands in the workflow', async () => {
    const [error] = errorsOf(await step().run({ plan: 'tasks:\n  a: {rnu: "true"}\n' }));
    expect(error?.data).toMatch(/^input plan, line 2, column 7: .*rnu/);
    expect(Object.keys(error?.properties ?? {})).toEqual(['title']);
  });
});

describe('the answer', () => {
  it('marks lines of files that tools complain about, by matchers that are built in or given', async () => {
    const { here, run } = step();
    here.write('own.json', {
      problemMatcher: [
        { owner: 'mine', pattern: [{ regexp: '^(\\S+) line (\\d+): (.*)$', file: 1, line: 2, message: 3 }] },
      ],
    });
    here.write('a.ts', 'x\n');
    const text = `echo "a.ts(1,2): error TS1: wrong type"; echo "a.ts line 1: bad word"; exit 1`;
    const end = await run({ run: text, 'problem-matchers': 'own.json' });
    const placed = errorsOf(end).filter(({ properties }) => properties.file !== undefined);
    expect(placed.map(({ properties, data }) => [properties.file, properties.line, data])).toEqual(
      expect.arrayContaining([
        ['a.ts', '1', 'wrong type'],
        ['a.ts', '1', 'bad word'],
      ]),
    );
  });

  it.each([
    ['gone.json', /^input problem-matchers: cannot read "gone\.json"/],
    ['bad.json', /^input problem-matchers: bad\.json is no JSON/],
    ['other.json', /^input problem-matchers: other\.json: expected/],
  ])('is that the input names no problem matchers: %s', async (file, said) => {
    const { here, run } = step();
    here.write('bad.json', 'x');
    here.write('other.json', {});
    const errors = errorsOf(await run({ run: 'true', 'problem-matchers': file }));
    expect(errors.map(({ data }) => data)).toEqual([expect.stringMatching(said)]);
  });

  it('has the words of the run as outputs', async () => {
    const { here, run } = step();
    const plan =
      'tasks:\n  a: {run: "echo k=v >> $BATCHTOOL_OUTPUT"}\n  b: {run: exit 3}\n  c: {run: "true", needs: [b]}\n';
    const end = await run({ plan });
    expect(end.code).toBe(1);
    const { report = '', 'run-id': id, duration, results = '', ...rest } = end.outputs;
    expect(rest).toEqual({
      status: 'failed',
      succeeded: '1',
      failed: '1',
      skipped: '1',
      cost: '',
      branch: '',
      commit: '',
    });
    expect(id).toBe(here.runs()[0]);
    expect(Number(duration)).toBeGreaterThan(0);
    expect(JSON.parse(results).tasks).toMatchObject([
      { id: 'a', status: 'succeeded', attempts: 1, outputs: { k: 'v' } },
      { id: 'b', status: 'failed', reason: 'exited with code 3' },
      { id: 'c', status: 'skipped', attempts: 0 },
    ]);
    expect(readFileSync(report, 'utf8')).toBe(end.summary);
    expect(end.summary).toContain('1 of 3 tasks failed');
  });

  it('writes no summary and no annotations when told so', async () => {
    const end = await step().run({ run: 'exit 1', summary: 'false', annotations: 'false' });
    expect(end.code).toBe(1);
    expect([end.summary, errorsOf(end)]).toEqual(['', []]);
  });

  it('has an error for each failed task, at most ten, the last of which counts the others', async () => {
    const few = await step().run({ run: 'exit 3\ntrue' });
    expect(errorsOf(few)).toMatchObject([
      { properties: { title: '1 (exit 3) failed' }, data: '1 (exit 3) failed: exited with code 3' },
    ]);
    const many = await step().run({ run: 'exit 3\n'.repeat(300), 'on-error': 'continue' });
    expect(errorsOf(many)).toHaveLength(10);
    expect(errorsOf(many).at(-1)?.properties.title).toBe('291 more failed');
    expect(many.outputs.failed).toBe('300');
  });
});
