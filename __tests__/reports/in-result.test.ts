/** Whose work is in the end of a run whose tasks build on each other: stages, loops, and what was done anew. */
import { describe, expect, it } from '@jest/globals';
import type { Plan, TaskId } from '../../src/core/plan.js';
import { tasksInResult } from '../../src/reports/in-result.js';
import { tasksApart } from '../../src/reports/who-changed.js';
import { asked, right } from '../input/typed.js';
import { changes, file, IsolatedStory } from './isolated.js';

const HERE = { hasRepository: () => true };
const steps = (...argv: string[]): Plan => right(asked('orchestrate', argv, { machine: HERE }));
const planFile = (text: string): Plan => right(asked('run', [], { machine: HERE, file: text }));

/** Tells runs by words, one after the other: `a` succeeded and left a commit, `a!` failed and left one all the same. */
class Tale extends IsolatedStory {
  readonly #attempts = new Map<TaskId, number>();
  readonly #rounds = new Map<TaskId, number>();

  did(...words: string[]): this {
    for (const word of words) this.#one(word.replace('!', ''), word.endsWith('!'));
    return this;
  }

  /** All of these begin anew. */
  again(loop: string | undefined, ...tasks: TaskId[]): this {
    for (const id of tasks) this.#rounds.set(id, this.#roundOf(id) + 1);
    if (loop === undefined) return this.add(1, { type: 'round.started', tasks, because: 'request' });
    return this.add(1, { type: 'round.started', tasks, loop, because: 'loop' });
  }

  skipped(id: TaskId, because: TaskId): this {
    return this.ended(
      1,
      id,
      { kind: 'skipped', because: { kind: 'need', task: because } },
      this.#roundOf(id),
    );
  }

  #roundOf(id: TaskId): number {
    return this.#rounds.get(id) ?? 1;
  }

  #one(id: TaskId, isFailed: boolean): void {
    const attempt = (this.#attempts.get(id) ?? 0) + 1;
    this.#attempts.set(id, attempt);
    const exit = { kind: 'code', code: isFailed ? 1 : 0 } as const;
    const commit = `${id}.${attempt}`;
    const outputs = id === 'integrate' ? { outputs: { commit, branch: 'b', landed: 'no' } } : {};
    const left = { commit, changes: changes(file(`${id}.txt`, 1)), ...outputs };
    this.started(1, id, attempt, this.#roundOf(id))
      .add(1, { type: 'attempt.exited', task: id, attempt, exit, ...left })
      .ended(1, id, isFailed ? { kind: 'failed', exit } : { kind: 'succeeded' }, this.#roundOf(id));
  }
}

/** Ids of those in it, without merges. */
function inResult(tale: Tale): TaskId[] | undefined {
  const found = tasksInResult(tale.state());
  return found && [...found].flatMap(({ task }) => (task.work.kind === 'integrate' ? [] : [task.id])).sort();
}

const apartIn = (tale: Tale): TaskId[] => tasksApart(tale.state()).map(({ task }) => task.id);

describe('in the result of stages', () => {
  const flags = ['--progressive', '--checkpoint-on-failure', '--mvp', 'sh: x'];
  const three = steps(...flags, '--more', 'sh: y', '--most', 'sh: z');
  const wide = steps(...flags, '--more-parallel', 'sh: y', 'sh: z', '--most', 'sh: w');

  it('are all that succeeded, down to the first', () => {
    expect(inResult(new Tale(three).did('mvp', 'more', 'most', 'integrate'))).toEqual([
      'more',
      'most',
      'mvp',
    ]);
  });

  it('is not the one that failed, whatever it left', () => {
    const tale = new Tale(three).did('mvp', 'more', 'most!', 'integrate');
    expect(inResult(tale)).toEqual(['more', 'mvp']);
    expect(apartIn(tale)).toEqual(['most']);
  });

  it('are all tasks of one that succeeded as a whole', () => {
    const tale = new Tale(wide).did('mvp', 'more-1', 'more-2', 'integrate-most', 'most!', 'integrate');
    expect(inResult(tale)).toEqual(['more-1', 'more-2', 'mvp']);
  });

  it('is no task of one that did not, not even one that succeeded', () => {
    const tale = new Tale(wide)
      .did('mvp', 'more-1', 'more-2!')
      .skipped('integrate-most', 'more-2')
      .skipped('most', 'more-2')
      .did('integrate');
    expect(inResult(tale)).toEqual(['mvp']);
  });

  it('is not what was built on work that has been done anew since', () => {
    const tale = new Tale(three)
      .did('mvp', 'more', 'most!', 'integrate')
      .again(undefined, 'mvp', 'more', 'most', 'integrate')
      .did('mvp', 'more!')
      .skipped('most', 'more')
      .did('integrate');
    expect(inResult(tale)).toEqual(['mvp']);
  });
});

describe('in the result of a loop', () => {
  const loop = steps(
    '--boomerang',
    '--checkpoint-on-failure',
    '--p1',
    'sh: x',
    '--p2',
    'sh: y',
    '--until',
    'sh: z',
  );
  const all = ['p1', 'p2', 'until'];

  it('is what all of its rounds left', () => {
    const tale = new Tale(loop)
      .did('p1', 'p2', 'until!')
      .again('boomerang', ...all)
      .did(...all, 'integrate');
    expect(inResult(tale)).toEqual(all);
  });

  it('is what an earlier round left, where the next one went on from it', () => {
    const tale = new Tale(loop)
      .did(...all)
      .again('boomerang', ...all)
      .did('p1', 'p2!')
      .skipped('until', 'p2')
      .did('integrate');
    expect(inResult(tale)).toEqual(all);
  });

  it('is not what failed in all of them', () => {
    const tale = new Tale(loop)
      .did('p1', 'p2!')
      .skipped('until', 'p2')
      .again('boomerang', ...all)
      .did('p1', 'p2!')
      .skipped('until', 'p2')
      .did('integrate');
    expect(inResult(tale)).toEqual(['p1']);
  });

  it('is what was reviewed, also where the review was content with no round of it', () => {
    const review = planFile(
      'defaults: {isolate: worktree}\ntasks: {a: {run: x, review: {run: y}}, b: {run: z}}',
    );
    const tale = new Tale(review)
      .did('b', 'a', 'a-review!')
      .again('a-review', 'a', 'a-review')
      .did('a', 'a-review!', 'integrate');
    expect(inResult(tale)).toEqual(['a', 'b']);
    expect(apartIn(tale)).toEqual(['a-review']);
  });
});

describe('in the result of a graph', () => {
  const graph = planFile(`defaults: {isolate: worktree}
tasks: {a: {run: x}, b: {run: x}, c: {run: x, needs: [a, b]}, d: {run: x, needs: c}}`);

  it('are tasks through the merges that stand between', () => {
    const tale = new Tale(graph).did('a', 'b', 'integrate-c', 'c', 'd!', 'integrate');
    expect(inResult(tale)).toEqual(['a', 'b', 'c']);
  });

  it('is not what did not fit, nor what builds on it', () => {
    const tale = new Tale(graph).did('a', 'b', 'integrate-c', 'c', 'd');
    const conflict = { kind: 'conflict', files: ['f'], task: 'c', against: ['a'], onto: 'x' } as const;
    const exit = { ...conflict, more: [{ task: 'd' }] };
    const outputs = { branch: 'b', landed: 'no' };
    tale
      .started(1, 'integrate')
      .add(1, { type: 'attempt.exited', task: 'integrate', attempt: 1, exit, commit: 'm', outputs });
    expect(inResult(tale)).toEqual(['a', 'b']);
  });

  it('is nobody as long as nothing is merged', () => {
    expect(inResult(new Tale(graph).did('a', 'b'))).toBeUndefined();
  });
});
