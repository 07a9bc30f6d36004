/** What a report is made of: the run, and what its tasks wrote. */
import type { EpochMillis } from '../core/event.js';
import type { TaskId } from '../core/plan.js';
import type { RunState } from '../core/state.js';
import type { Baseline } from './baseline.js';

export interface Material {
  readonly state: RunState;
  readonly now: EpochMillis;
  /** The run is not over and its process is gone. */
  readonly interrupted: boolean;
  /** The last lines of the newest attempt's log, at least of the tasks that failed. As they were written: nothing is escaped. */
  readonly tails: ReadonlyMap<TaskId, readonly string[]>;
  /** What tasks wrote to BATCHTOOL_SUMMARY, perhaps cut. */
  readonly summaries: ReadonlyMap<TaskId, string>;
  /**
   * Where the branches of the run are for who reads the report; absent: in the repository at hand. `gone`: on a machine that is no
   * more; `unpushed`: there too, though they were to be pushed.
   */
  readonly branches?: 'pushed' | 'gone' | 'unpushed';
  /** Of branches that are gone, the patches. `kept`: in an artifact, if it can be made; `offered`: who asks for one has them. */
  readonly patches?: 'kept' | 'offered';
  /** From the top of the repository to the folder of the plan; empty: that is the top, or there is none. */
  readonly folder?: string;
  /** What the plan was made of; absent: nobody knows. */
  readonly source?: PlanSource;
  /** An earlier run to compare it with. */
  readonly baseline?: Baseline;
}

/** `file`: one of the repository, by its path from the top, with the options beside it that change what tasks do. */
export type PlanSource =
  | { readonly kind: 'file'; readonly path: string; readonly options: readonly string[] }
  /** Texts, or a plan that nobody has in a file. */
  | { readonly kind: 'other' };

/** A report is a pure function to text. */
export type Report = (material: Material) => string;

/** Lines of a log that a report shows at most. */
export const MOST_TAIL_LINES = 40;
