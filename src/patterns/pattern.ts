/**
 * A pattern is a small compiler from what the user wrote to tasks and needs.
 * After it has run, patterns do not exist: the plan is all there is.
 */
import type { Loop, Need, RetryPolicy, Task, TaskId, Pick as VariantPick, Work } from '../core/plan.js';
import type { Result } from '../core/problem.js';

/** One text of the user, understood. */
export interface Item {
  readonly work: Work;
  readonly label: string;
  /** Ids that this one text of a section names; `all` as in `Section`. */
  readonly needs?: readonly TaskId[] | 'all';
}

/** Texts that belong together: those of one step, of one `--task`, or all texts of a `run`. */
export interface Section {
  readonly id?: TaskId;
  readonly items: readonly Item[];
  /** Ids that it names itself; `all` stands for every section that names none. */
  readonly needs?: readonly TaskId[] | 'all';
  /** How the texts of one step stand to each other; default: one after the other. */
  readonly flow?: 'in-order' | 'side-by-side';
  /** What the user calls a group of texts, besides its name. */
  readonly label?: string;
}

/** When a pattern that comes back to its beginning does so. At least one of `phases` and `until` says something. */
export interface WayBack {
  /** The phases whose failure asks for another round: steps, stages of a file, or its tasks that are in none. */
  readonly phases: readonly TaskId[];
  /** What is run after each round; another one follows while it fails. */
  readonly until?: Item;
  /** All rounds, the first one included. */
  readonly max: number;
}

/** What a task says about itself. What it leaves out comes from the settings of the run. */
export type Draft = Pick<Task, 'id' | 'label' | 'work' | 'needs'> &
  Partial<Omit<Task, 'id' | 'label' | 'work' | 'needs' | 'retry'>> & {
    readonly retry?: Partial<RetryPolicy>;
  };

export interface Blueprint {
  readonly tasks: readonly Draft[];
  readonly loops: readonly Loop[];
  /** Variants of which one is taken, where each works in a tree of its own. */
  readonly picks?: readonly VariantPick[];
}

export interface Pattern {
  /** What `Plan.pattern` and a plan file's `pattern` say. */
  readonly name: string;
  /** The verb whose mode it is; verbs that only look at plans take those of both. */
  readonly verb: 'run' | 'orchestrate';
  /** Words that choose it on the command line, without the dashes; the first is the one that help shows. */
  readonly flags: readonly string[];
  /** What stands after its flag and names the run. */
  readonly value?: string;
  /** One sentence for help. */
  readonly help: string;
  /** How its texts are given: bare, each with an id (`--task ID:TEXT`), as steps of any name, or as steps of these names. */
  readonly takes: 'texts' | 'tasks' | 'steps' | RegExp;
  /** True when the texts of its steps may end in `:depends=A,B`. */
  readonly suffixes?: boolean;
  /** True when it can come back to its beginning. */
  readonly comesBack?: boolean;
  /** True when it has variants, which work apart from each other where they can. */
  readonly apart?: true;
  /** What it makes of the tasks of a plan file; absent: it cannot be used with one. */
  arrange?(drafts: readonly Draft[], back?: WayBack): Blueprint;
  /** `apart`: each variant works in a tree of its own. */
  compile(sections: readonly Section[], back?: WayBack, apart?: boolean): Result<Blueprint>;
}

/** More edges than this fill the memory; stages of thousands of tasks multiply. */
export const MAX_NEEDS = 5_000_000;

/** Tasks of a plan file just as they stand there. */
export function asWritten(tasks: readonly Draft[]): Blueprint {
  return { tasks, loops: [] };
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
  return sections.flatMap(({ id, items, label: group }) =>
    items.map(({ work, label }, index) => {
      count++;
      const own = id === undefined ? String(count) : items.length === 1 ? id : `${id}-${index + 1}`;
      return { id: own, label, work, needs: [], ...(group === undefined ? {} : { group }) };
    }),
  );
}
