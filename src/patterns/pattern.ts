/**
 * A pattern is a small compiler from what the user wrote to tasks and needs.
 * After it has run, patterns do not exist: the plan is all there is.
 */
import type { Loop, Need, RetryPolicy, Task, TaskId, Work } from '../core/plan.js';
import type { Result } from '../core/problem.js';

/** One text of the user, understood. */
export interface Item {
  readonly work: Work;
  readonly label: string;
}

/** Texts that belong together: those of one step, of one `--task`, or all texts of a `run`. */
export interface Section {
  readonly id?: TaskId;
  readonly items: readonly Item[];
  /** Ids that it names itself; `all` stands for every section that names none. */
  readonly needs?: readonly TaskId[] | 'all';
}

/** What a task says about itself. What it leaves out comes from the settings of the run. */
export type Draft = Pick<Task, 'id' | 'label' | 'work' | 'needs'> &
  Partial<Omit<Task, 'id' | 'label' | 'work' | 'needs' | 'retry'>> & {
    readonly retry?: Partial<RetryPolicy>;
  };

export interface Blueprint {
  readonly tasks: readonly Draft[];
  readonly loops: readonly Loop[];
}

export interface Pattern {
  /** What `Plan.pattern` and a plan file's `pattern` say. */
  readonly name: string;
  /** Words that choose it on the command line, without the dashes; the first is the one that help shows. */
  readonly flags: readonly string[];
  /** One sentence for help. */
  readonly help: string;
  /** True when each of its texts must come with an id (`--task ID:TEXT`). */
  readonly named?: boolean;
  compile(sections: readonly Section[]): Result<Blueprint>;
}

/** A dependency without which the task makes no sense. */
export function dataNeed(task: TaskId): Need {
  return { task, kind: 'data' };
}

/** A dependency that only says when, and that `--on-error continue` may let go. */
export function orderNeed(task: TaskId): Need {
  return { task, kind: 'order' };
}

/** One draft for each text, in the order written: `1`, `2`… or, for a section with an id, `id`, or `id-1`, `id-2`… */
export function draftsOf(sections: readonly Section[]): Draft[] {
  let count = 0;
  return sections.flatMap(({ id, items }) =>
    items.map(({ work, label }, index) => {
      count++;
      const own = id === undefined ? String(count) : items.length === 1 ? id : `${id}-${index + 1}`;
      return { id: own, label, work, needs: [] };
    }),
  );
}
