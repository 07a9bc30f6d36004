/** What runs and people leave for later runs of the same namespace. */
import type { EpochMillis } from './event.js';
import type { TaskId } from './plan.js';

export interface Note {
  /** A file name (`idFault`), unique in its namespace: the id of a task, or what a person chose. */
  readonly key: string;
  readonly text: string;
  readonly at: EpochMillis;
  /** The run and the task whose result it is; absent when a person has set it. */
  readonly run?: string;
  readonly task?: TaskId;
}

/** What is longer loses its middle. */
export const MOST_NOTE_CHARACTERS = 65_536;
