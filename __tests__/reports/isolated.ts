/** Stories of runs whose tasks worked in worktrees of their own. */
import type { Changes, FileChange } from '../../src/core/changes.js';
import type { Conflict } from '../../src/core/exit.js';
import type { Integrate, Plan, Task } from '../../src/core/plan.js';
import { plan, task } from '../fakes/plan.js';
import { Story } from './story.js';

/** `file('src/app.ts', 3, 1)`; without numbers a binary file. */
export function file(
  path: string,
  added?: number,
  deleted = 0,
  kind: FileChange['kind'] = 'changed',
): FileChange {
  return { path, kind, ...(added === undefined ? {} : { added, deleted }) };
}

export function changes(...files: FileChange[]): Changes {
  const sum = (measure: 'added' | 'deleted'): number =>
    files.reduce((all, one) => all + (one[measure] ?? 0), 0);
  return { files, omitted: 0, added: sum('added'), deleted: sum('deleted') };
}

export function isolatedPlan(
  tasks: Task[],
  integrate: Partial<Integrate> = {},
  rest: Partial<Plan> = {},
): Plan {
  const members = tasks.map(({ id }) => id);
  const last = task('integrate', {
    needs: members.map((id) => ({ task: id, kind: 'order' })),
    work: { kind: 'integrate', members, into: 'worktree', ...integrate },
    when: 'always',
  });
  const isolation = {
    asked: true,
    includeDirty: false,
    onConflict: 'fail',
    keepMillis: 604_800_000,
  } as const;
  return plan([...tasks.map((one) => ({ ...one, isolate: 'worktree' as const })), last], {
    isolation,
    ...rest,
  });
}

/** Its methods add what isolated attempts leave. */
export class IsolatedStory extends Story {
  /** Succeeded, and left a commit with these changes. */
  left(seconds: number, id: string, commit: string, ...files: FileChange[]): this {
    return this.started(0, id)
      .add(seconds, {
        type: 'attempt.exited',
        task: id,
        attempt: 1,
        exit: { kind: 'code', code: 0 },
        commit,
        changes: changes(...files),
      })
      .ended(seconds, id, { kind: 'succeeded' });
  }

  merged(seconds: number, outputs: Record<string, string>, what?: Changes): this {
    const { commit } = outputs;
    return this.started(seconds, 'integrate')
      .add(seconds, {
        type: 'attempt.exited',
        task: 'integrate',
        attempt: 1,
        exit: { kind: 'code', code: 0 },
        outputs,
        ...(commit === undefined ? {} : { commit }),
        ...(what === undefined ? {} : { changes: what }),
      })
      .ended(seconds, 'integrate', { kind: 'succeeded' });
  }

  met(seconds: number, conflict: Conflict): this {
    return this.broke(seconds, seconds, 'integrate', { kind: 'conflict', ...conflict });
  }
}

/** What the two of `twoTasks` come to. */
export const MERGED = changes(
  file('src/app.ts', 5, 1),
  file('src/auth.ts', 40, 0, 'added'),
  file('logo.png'),
);

/** Two tasks, one file that both changed, all of it on a branch. */
export const twoTasks = (): IsolatedStory =>
  new IsolatedStory(isolatedPlan([task('auth'), task('db')]))
    .left(2, 'auth', 'c1', file('src/app.ts', 3, 1), file('src/auth.ts', 40, 0, 'added'))
    .left(3, 'db', 'c2', file('src/app.ts', 2), file('logo.png'));

/** Two variants and a judge. */
export const variantsPlan = (): Plan =>
  isolatedPlan([task('a'), task('b'), task('compare')], {
    members: ['a', 'b'],
    pick: { judge: 'compare', among: ['a', 'b'].map((name) => ({ name, tasks: [name] })) },
  });

/** One of two was taken. */
export const twoVariants = (): IsolatedStory =>
  new IsolatedStory(variantsPlan())
    .left(2, 'a', 'c1', file('app.ts', 30, 2))
    .left(3, 'b', 'c2', file('app.ts', 10, 1), file('util.ts', 5, 0, 'added'))
    .ran(3, 4, 'compare')
    .merged(5, { commit: 'c2', branch: 'main', landed: 'yes', winner: 'b' }, changes(file('app.ts', 10, 1)));
