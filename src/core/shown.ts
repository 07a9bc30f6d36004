/**
 * What is shown, as data: reports make it, a terminal draws it. Texts may hold anything that a task wrote;
 * whoever draws them neutralises control characters and knows widths and colours.
 */
import type { EpochMillis, Event } from './event.js';
import type { AttemptState, RunState, TaskState } from './state.js';

/** What a text means for the eye, not how it looks. */
export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'dim' | 'strong';

export interface Span {
  readonly text: string;
  readonly tone?: Tone;
}

/** One line, left to right. */
export type Line = readonly Span[];

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be cut when the width is short; the others are cut only when that does not suffice. */
  readonly shrink?: boolean;
  /** Left out when there is no room for all; the highest number goes first. */
  readonly spare?: number;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Span[])[];
}

/** One answer of a verb that looks at something: a few lines, a table, a few lines. */
export interface Sheet {
  readonly head: readonly Line[];
  readonly table: Table;
  readonly foot: readonly Line[];
}

/** What is said about an event. `trouble` is said even by a quiet observer. */
export interface Notice {
  readonly level: 'progress' | 'trouble';
  readonly lines: readonly Line[];
}

/** Puts a run into words for observers, so that all words stay in the pure half. */
export interface Narrator {
  /** What to say about these events, by the event after which it is said. `state` is the state after all of them. */
  notices(events: readonly Event[], state: RunState): ReadonlyMap<Event, Notice>;
  /** The first line of a task's block when output is grouped. */
  heading(state: RunState, task: TaskState): Line;
  /** Between the attempts of one block: which one follows and how it ended. */
  attemptHeading(task: TaskState, attempt: AttemptState): Line;
  /** What it is called when there is room for a few words. */
  title(task: TaskState): string;
  /** How long its attempt has been running, and which try it is when that is worth saying. */
  runningFor(task: TaskState, now: EpochMillis): string;
  /** What keeps one that could start from it. */
  waitingFor(state: RunState, task: TaskState, now: EpochMillis): string;
  /** How many tasks are in which state, and how long it may still take. */
  counts(state: RunState, now: EpochMillis): Line;
}
