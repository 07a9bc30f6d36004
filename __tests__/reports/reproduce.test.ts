import { describe, expect, it } from '@jest/globals';
import type { Plan, Prompt, Task } from '../../src/core/plan.js';
import type { Material } from '../../src/reports/material.js';
import { reproduction } from '../../src/reports/reproduce.js';
import { plan, task } from '../fakes/plan.js';
import { type Around, planned } from '../input/typed.js';
import { wordsTyped } from './typed-command.js';

type Place = Pick<Material, 'folder' | 'source'>;

const prompt: Prompt = { kind: 'prompt', text: 'fix it', mode: 'tdd', agent: 'codex' };
const fromFile =
  '# PLAN is the plan file: no command line says all that it says of this task.\nnpx batchtool run -f PLAN --only a';
const MATRIX = 'env: {A: b}\ntasks: {t: {run: make, matrix: {p: [a, b]}, needs: [gen]}, gen: {run: gen}}';

function commandOf(
  parts: Parameters<typeof task>[1],
  rest: Partial<Plan> = {},
  place: Place = {},
): string | undefined {
  const one: Task = task('a', parts);
  return reproduction(plan([one], rest), one, place);
}

/** Of a task whatever decides what it does. */
function doings(
  { work, limits, isolate, env, cwd, setup, copy, expect }: Task,
  { cwd: folder, ...of }: Plan,
) {
  const where = [folder, ...(cwd === undefined ? [] : [cwd])].join('/');
  const agent = work.kind === 'prompt' ? { agent: work.agent ?? of.agent } : {};
  const given = { passEnv: of.passEnv, secrets: of.secrets, runner: of.runner, env: { ...of.env, ...env } };
  return { work: { ...work, ...agent }, where, limits, isolate, setup, copy, expect, ...given };
}

function first({ tasks }: Plan, id = tasks[0]?.id): Task {
  return tasks.find((one) => one.id === id) as Task;
}

describe('the command that repeats a task', () => {
  it('says its limits, and the agent that took its prompt', () => {
    const limits = { timeoutMillis: 60_000, outputBytes: 1000 };
    expect(commandOf({ work: prompt, limits })).toBe(
      "npx batchtool run --agent codex --timeout 1m --max-output 1000 'tdd: fix it'",
    );
  });

  const resolves = (word: string) => /^(make|bash|flowx|python3|codex|claude|\/home\/me.*)$/.test(word);
  const KEY = { KEY_A: 'x', A_TOKEN: 'correct horse' };
  const READY = ['--isolate=worktree', "--isolate-setup=npm ci && echo 'x'"];
  const many = Array.from({ length: 12 }, (_, place) => `--env=V${place}=${place} '"$x"\nand more`);

  it.each<[string, string[], Around?]>([
    ['a command', ['make test']],
    ['one with quotes and lines', ['sh: echo "it\'s $HOME" `date`\nmake  # !']],
    ['every limit', ['--timeout=1h1m1.5s', '--idle-timeout=90250ms', '--memory-limit=2GB', 'make']],
    ['many variables', [...many, '--max-output=1MB', 'make']],
    ['an empty variable', ['--env', 'A=', 'make']],
    ['a shell', ['--shell', "bash -eo pipefail -O 'a b' -c", 'make | cat']],
    ['a shell by its name', ['--shell', 'python3', 'sh: print(1)']],
    ['a folder', ['--cwd', 'sub', 'make']],
    ['a prompt', ['prompt: Fix the --login: now']],
    ['a prompt of a mode, for an agent', ['--agent', 'codex', 'tdd: fix -it']],
    ['a runner', ['--runner', 'as-written', "flowx sparc run code 'x y'"]],
    ['a runner through npx', ["npx flowx sparc run code 'x y'"]],
    ['a clean environment', ['--pass-env', 'KEY_A', 'make']],
    ['a secret', ['--pass-env', 'KEY_A,A_TOKEN', '--env', 'A=b', 'make']],
    ['a task that follows others', ['--sequential', 'make', 'make test']],
    ['an isolated task', ['--isolate', 'worktree', 'make']],
    ['what makes its folder ready', [...READY, '--isolate-copy=.env', '--isolate-copy=a b', 'make']],
    ['a variant', ['--ab-test', '--variant-a', 'Try it so', '--variant-b', 'Try it otherwise']],
    [
      'a task of a file',
      ['-f', 'p'],
      { file: 'working-directory: sub\ntasks: {t: {run: make, env: {A: b}}}' },
    ],
    ['a folder in a file', ['-f', 'p'], { file: 'tasks: {t: {run: make, working-directory: sub}}' }],
    ['a prompt of a file', ['-f', 'p'], { file: 'tasks: {t: {prompt: Fix it, mode: debug, agent: claude}}' }],
  ])('is taken by the command line, and is the same task: %s', (_, argv, around = {}) => {
    const here: Around = { machine: { resolves, env: KEY, hasRepository: () => true } };
    const was = planned(argv, { ...here, ...around });
    const folder = was.cwd.replace(/^\/home\/me\/?/, '');
    for (const one of was.tasks.filter(({ work }) => work.kind !== 'integrate')) {
      const [verb, ...words] = wordsTyped(reproduction(was, one, { folder }) ?? '');
      expect(verb).toBe('run');
      const again = planned(words, here);
      expect(doings(first(again), again)).toEqual(doings(one, was));
    }
  });

  it.each<[string, Partial<Omit<Task, 'needs'>>]>([
    ['what it must deliver', { expect: { files: ['dist/a.js'] } }],
    ['its leg of a matrix', { env: { BATCHTOOL_MATRIX_P: 'a' } }],
    ['what it may cost', { budget: { costUsd: 1 } }],
    ['a model', { work: { ...prompt, model: 'gpt-5' } }],
    ['what the agent may do', { work: { ...prompt, permission: 'acceptEdits' } }],
    ['arguments of the agent', { work: { ...prompt, args: ['--verbose'] } }],
    ['an agent of its own', { work: { ...prompt, command: ['mine', '{prompt}'] } }],
  ])('is the task of its file where that says more than options can: %s', (_, parts) => {
    expect(commandOf(parts, { pattern: 'file' })).toBe(fromFile);
    expect(commandOf(parts, { pattern: 'file' }, { folder: 'sub' })).toMatch(/ -f PLAN --cwd sub --only a$/);
    const source = { kind: 'file', path: 'ci/it.yml', options: ['--cwd', 'sub'] } as const;
    expect(commandOf(parts, {}, { source })).toBe('npx batchtool run -f ci/it.yml --cwd sub --only a');
    expect(commandOf(parts, { pattern: 'file' }, { source: { kind: 'other' } })).toBeUndefined();
  });

  it('is the task of a known file with what it needs, its leg of a matrix too', () => {
    const here: Around = { machine: { resolves }, file: MATRIX, name: 'ci/it.yml' };
    const was = planned(['-f', 'ci/it.yml', '--timeout=5m'], here);
    const source = { kind: 'file', path: 'ci/it.yml', options: ['--timeout=5m'] } as const;
    const one = first(was, 't-b');
    const command = reproduction(was, one, { source });
    expect(command).toBe('npx batchtool run -f ci/it.yml --timeout=5m --only t-b');
    const again = planned(wordsTyped(command ?? '').slice(1), here);
    expect(again.tasks.map(({ id }) => id).sort()).toEqual(['gen', 't-b']);
    expect(doings(first(again, 't-b'), again)).toEqual(doings(one, was));
  });

  it('names the variables that must be set, and results that are not there', () => {
    expect(commandOf({ needs: ['build'] }, { secrets: ['API_KEY'] })).toBe(
      '# Set first, for their values are kept nowhere: API_KEY\n' +
        "# It can use results of build, which it lacks here.\nnpx batchtool run 'sh: echo a'",
    );
  });

  it('is left out where nothing that could be typed says the same', () => {
    expect(commandOf({ expect: { winner: ['1', '2'] } }, { pattern: 'race' })).toBeUndefined();
    expect(commandOf({ work: { kind: 'command', text: 'echo \u001b[1m' } })).toBeUndefined();
    expect(commandOf({ work: prompt }, { agents: { codex: { model: 'gpt-5' } } })).toBeUndefined();
    expect(commandOf({ work: prompt }, { modes: { tdd: { args: ['-v'] } } })).toBeUndefined();
    expect(
      commandOf({ work: { kind: 'command', text: 'cd x; flowx sparc run code y', runner: 'flowx' } }),
    ).toBeUndefined();
    expect(commandOf({ work: { ...prompt, mode: 'my_mode' } })).toBeUndefined();
  });
});
