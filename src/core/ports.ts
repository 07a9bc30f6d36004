/** The edges of the run loop: what it needs from the world, as small interfaces that tests replace by fakes. */
import type { EpochMillis, Event, Observation, Request } from './event.js';
import type { Launch } from './launch.js';
import type { TaskId } from './plan.js';
import type { RunState } from './state.js';

/** One attempt of one task. */
export interface AttemptRef {
  readonly task: TaskId;
  readonly attempt: number;
}

/** How an executor says what it sees: `attempt.spawned` at most once, then `attempt.exited` exactly once. */
export type Report = (observation: Observation) => void;

/** Carries attempts out. Must call `report` asynchronously, and settle every attempt that it was given. */
export interface Executor {
  start(launch: Launch, report: Report): void;
  /** Ends an attempt politely within the grace time, or at once with `now`. Unknown attempts are ignored. */
  stop(attempt: AttemptRef, how: { readonly now: boolean }): void;
  /** Resolves when nothing that it started is left. */
  close(): Promise<void>;
}

/** The run's journal, open for its one writer. Throws `Fatal` when the disk says no: never run on without it. */
export interface Journal {
  /** One write for the batch; durable against our own death when it returns, against power loss within 100 ms. */
  append(events: readonly Event[]): void;
  close(): void;
}

/** Requests to a live run. */
export interface Inbox {
  /** Calls back for each new request until closed. */
  open(receive: (request: Request) => void): void;
  close(): void;
}

export interface Clock {
  now(): EpochMillis;
  /** Calls back once after so many milliseconds; the function that it returns calls it off. */
  after(millis: number, callback: () => void): () => void;
}

/** The log of one attempt, read from where the last read ended. The file need not exist yet. */
export interface LogTail {
  /**
   * At most so many new bytes; empty when there are none now. Valid until the next read of any log. With `room` for them
   * they may be put there, which spares a copy to who wants them there.
   */
  read(maxBytes: number, room?: Uint8Array): Uint8Array;
  close(): void;
}

export type OpenLog = (attempt: AttemptRef) => LogTail;

/** Where the files of an attempt are: absolute paths, whose folder exists or is made by the executor. */
export interface AttemptFiles {
  /** Output of the task, stdout and stderr as they came. */
  readonly log: string;
  /** The result of an attempt whose executor has one: markdown. */
  readonly result: string;
  /** What an agent was told, and the events that it reported, as they came. */
  readonly prompt: string;
  readonly raw: string;
  /** BATCHTOOL_OUTPUT: `key=value` and heredoc lines. */
  readonly output: string;
  /** BATCHTOOL_SUMMARY: markdown. */
  readonly summary: string;
  /** BATCHTOOL_BILL: what a run within the task has spent, a line of JSON for each of its attempts. */
  readonly bill: string;
  /** BATCHTOOL_CONTEXT: a folder with one `ID.md` for each earlier task, and `context.json`. */
  readonly context: string;
  /** What an isolated attempt changed, as a patch that `git apply` takes, of binary files too. */
  readonly patch: string;
}

/** Looks at a run while it goes on. Called after the events are written and folded; must not throw. */
export interface Observer {
  observe(events: readonly Event[], state: RunState): void;
}
