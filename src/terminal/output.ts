/** What shows a run while it goes on. */

import type { Observer, OpenLog } from '../core/ports.js';
import type { Line, Narrator } from '../core/shown.js';
import type { TaskState } from '../core/state.js';
import type { Sink } from './outlet.js';
import type { Style } from './style.js';

export interface Output extends Observer {
  /** Something that is no event, said in its place without disturbing what is drawn. */
  say?(line: Line): void;
  /** Resolves when all that there is to show was handed on and the terminal is as it was. */
  close(): Promise<void>;
}

/** What stands around the pieces of grouped output. Every text ends its last line. */
export interface Frame {
  /** Begins the block of a task. `isEmpty`: nothing follows until its end. */
  open(heading: Line, task: TaskState, isEmpty: boolean): string;
  /** Ends the block that was begun last. */
  close(): string;
  /** Something that belongs to no block. */
  notice(text: string): string;
}

export interface OutputPorts {
  /** For the output of tasks. */
  readonly out: Sink;
  /** For notices. */
  readonly err: Sink;
  readonly outStyle: Style;
  readonly errStyle: Style;
  readonly openLog: OpenLog;
  readonly narrator: Narrator;
}
