import { describe, expect, test } from '@jest/globals';
import { compile } from '../../src/input/compile.js';
import { isolationNotices } from '../../src/input/isolation-notices.js';
import type { VerbName } from '../../src/input/option.js';
import { type Around, faultsOf, machine, requestOf, right } from './typed.js';

const HERE = { machine: { hasRepository: () => true } };
const NO_EFFECT = 'has no effect: no task is isolated (--isolate worktree)';

function notices(argv: readonly string[], around: Around = {}, verb: VerbName = 'run'): string[] {
  const request = right(requestOf(argv, around, verb));
  const here = machine(around.machine);
  return isolationNotices(right(compile(request, here)), request, here);
}

describe('before a run is said', () => {
  const ab = ['--ab-test', '--variant-a', 'sh: x', '--variant-b', 'sh: y'];

  test('that variants share their files where there is no repository', () => {
    expect(notices(ab)).toEqual(['there is no git repository here: all tasks work on the same files']);
    expect(notices([...ab, '--isolate', 'none'])).toEqual([]);
    expect(notices(ab, HERE)).toEqual([]);
  });

  test('that a repository is bare, and what makes files of it', () => {
    const bare = { machine: { hasRepository: () => false, isInBare: () => true } };
    expect(notices(ab, bare)).toEqual(['the git repository here is bare: all tasks work on the same files']);
    const refused = compile(right(requestOf(['--isolate', 'worktree', 'x'], bare)), machine(bare.machine));
    expect(faultsOf(refused)).toEqual([
      expect.stringMatching(
        /needs a git repository with files, and the one around \/home\/me is bare.*git worktree add/s,
      ),
    ]);
  });

  test('the same of steps whose good states were to be kept', () => {
    const argv = ['--progressive', '--checkpoint-on-failure', '--mvp', 'sh: x'];
    expect(notices(argv, {}, 'orchestrate')).toEqual([
      'there is no git repository here: all tasks work on the same files',
    ]);
    expect(notices(argv, HERE, 'orchestrate')).toEqual([]);
  });

  test('that nothing is put back where the tree was to stay as it was, and there is no repository', () => {
    const argv = ['--progressive', '--rollback-enabled', '--mvp', 'sh: x'];
    expect(notices(argv, {}, 'orchestrate')).toEqual([
      'there is no git repository here: all tasks work on the same files, and --rollback-enabled puts nothing back',
    ]);
    expect(notices(argv, HERE, 'orchestrate')).toEqual([]);
  });

  test('that the step after ideas compares them, where its name does not', () => {
    const ideas = ['--prototypes', '--idea-1', 'sh: x', '--idea-2', 'sh: y'];
    const build = ['--build', 'sh: z'];
    expect(notices([...ideas, ...build], HERE, 'orchestrate')).toEqual([
      "build compares idea-1, idea-2, and what it changes itself is not merged; to have it go on from the winner put a step before it: --compare 'TEXT'",
    ]);
    expect(notices([...ideas, '--compare', 'sh: c', ...build], HERE, 'orchestrate')).toEqual([]);
    expect(notices([...ideas, ...build, '--isolate', 'none'], HERE, 'orchestrate')).toEqual([]);
  });

  test('which tasks do not see what isolated ones before them changed', () => {
    const file = 'tasks: {a: {run: x, isolate: worktree}, b: {run: x, needs: a, isolate: none}}';
    expect(notices([], { ...HERE, file })).toEqual([
      'b: not isolated, so what isolated tasks before changed is not there until the run ends',
    ]);
  });

  test('that words of graph plans need isolation', () => {
    const argv = ['--checkpoint-on-failure', '--rollback-enabled', '--checkpoint-strategy', 'tag', 'x'];
    const unknown = '--checkpoint-strategy "tag" is not known; commit is meant';
    expect(notices(argv)).toEqual([
      `--checkpoint-on-failure ${NO_EFFECT}`,
      `--rollback-enabled ${NO_EFFECT}`,
      `--checkpoint-strategy ${NO_EFFECT}`,
      unknown,
    ]);
    expect(notices([...argv, '--isolate', 'worktree'], HERE)).toEqual([unknown]);
  });

  test('such words of a plan file too, but not those of config each time', () => {
    const file = 'rollback-enabled: true\ncheckpoint-strategy: tag\ntasks: {a: {run: x}}';
    const config = { 'checkpoint-on-failure': 'true' };
    expect(notices([], { file, config })).toEqual([
      `"rollback-enabled" ${NO_EFFECT}`,
      `"checkpoint-strategy" ${NO_EFFECT}`,
      '"checkpoint-strategy" "tag" is not known; commit is meant',
    ]);
  });
});
