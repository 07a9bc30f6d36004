/** What a plan file says, read and checked; how it was written no longer matters. */
import type { AgentProfile, Loop, ModeSettings, Plan, PoolId } from '../core/plan.js';
import type { Prices } from '../core/prices.js';
import type { Draft, Pattern } from '../patterns/pattern.js';
import type { Places } from './place.js';
import type { FileSettings } from './settings.js';

/** A file that users write: tasks by id. Matrices are expanded, needs and stages resolved. */
export interface TaskFile {
  readonly kind: 'tasks';
  /** As the user named it. */
  readonly file: string;
  readonly settings: FileSettings;
  readonly env: Readonly<Record<string, string>>;
  /** Besides the main one. */
  readonly pools: Readonly<Record<PoolId, number>>;
  /** By model. */
  readonly prices?: Prices;
  readonly agents: Readonly<Record<string, AgentProfile>>;
  /** By the names that stand there: modes or aliases. */
  readonly modes: Readonly<Record<string, ModeSettings>>;
  /** Absent: a graph of its needs. */
  readonly pattern?: Pattern;
  readonly tasks: readonly Draft[];
  /** Tasks that are sent back by a review of what they have done. */
  readonly loops: readonly Loop[];
  readonly placeOf: Places;
}

/** A plan that was exported: taken back as it is. */
export interface ExportedPlan {
  readonly kind: 'plan';
  readonly file: string;
  readonly plan: Plan;
}

export type PlanFile = TaskFile | ExportedPlan;
