/**
 * `--output grouped`: the whole output of each task in one piece on stdout, in the order of the plan. A block is shown when
 * its task and all before it have ended for good, so what comes out does not depend on who was faster. What concerns
 * the whole run is said at once on stderr all the same. Of a resumed run, only what runs now is shown.
 */
import type { Event } from '../core/event.js';
import type { AttemptRef, LogTail } from '../core/ports.js';
import { isFinalEnd } from '../core/rounds.js';
import type { Line } from '../core/shown.js';
import { type AttemptState, type RunState, type TaskState, taskOf } from '../core/state.js';
import { Outlet } from './outlet.js';
import type { Frame, Output, OutputPorts } from './output.js';
import { Pump } from './pump.js';
import { SafeTail } from './safe-tail.js';
import { renderLines, type Style } from './style.js';

const CHUNK_BYTES = 64 * 1024;

type Step =
  | { readonly kind: 'trouble'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'open'; readonly heading: Line; readonly task: TaskState; readonly isEmpty: boolean }
  | { readonly kind: 'close' }
  | { readonly kind: 'copy'; readonly attempt: AttemptRef };

/** A log that is being copied. */
interface Copy {
  readonly tail: LogTail;
  lastByte: number | undefined;
}

/** A heading before each block, and nothing else. */
function headingsOnly(look: Style): Frame {
  return { open: (heading) => renderLines([heading], look), close: () => '', notice: (text) => text };
}

export class GroupedOutput implements Output {
  private readonly out: Outlet;
  private readonly err: Outlet;
  private readonly pump = new Pump(() => this.piece());
  private readonly steps: Step[] = [];
  private readonly chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  private copying: Copy | undefined;
  /** Attempts of this process that were not shown yet, by task. */
  private readonly fresh = new Map<TaskState, AttemptState[]>();
  /** Tasks before this place in the plan had their turn. */
  private place = 0;
  private state: RunState | undefined;

  constructor(
    private readonly ports: OutputPorts,
    private readonly frame: Frame = headingsOnly(ports.outStyle),
  ) {
    this.out = new Outlet(ports.out);
    this.err = new Outlet(ports.err);
  }

  observe(events: readonly Event[], state: RunState): void {
    this.state = state;
    for (const { level, lines } of this.ports.narrator.notices(events, state).values())
      if (level === 'trouble')
        this.steps.push({ kind: 'trouble', text: renderLines(lines, this.ports.errStyle) });
    for (const event of events) this.collect(event, state);
    this.advance(state);
    if (this.steps.length > 0) this.pump.kick();
  }

  say(line: Line): void {
    this.steps.push({ kind: 'trouble', text: renderLines([line], this.ports.errStyle) });
    this.pump.kick();
  }

  async close(): Promise<void> {
    // What is left: tasks behind one that never ended, for the run was killed or its journal broke.
    for (const task of this.state?.tasks ?? []) this.show(task);
    this.pump.kick();
    await this.pump.idle();
  }

  private collect(event: Event, state: RunState): void {
    if (event.type === 'attempt.started') {
      const task = taskOf(state, event.task);
      const attempt = task.attempts.find(({ number }) => number === event.attempt);
      if (attempt !== undefined) this.fresh.set(task, [...(this.fresh.get(task) ?? []), attempt]);
    } else if (event.type === 'task.finished') {
      const task = taskOf(state, event.task);
      if (!this.fresh.has(task)) this.fresh.set(task, []);
      // It had its turn and was run again on request.
      if (task.index < this.place && isFinalEnd(state, task)) this.show(task);
    }
  }

  private advance(state: RunState): void {
    for (let task = state.tasks[this.place]; task !== undefined; task = state.tasks[this.place]) {
      if (task.outcome === undefined || !isFinalEnd(state, task)) return;
      this.show(task);
      this.place++;
    }
  }

  /** Puts down what is to be shown of a task; nothing if that was done or it did nothing in this process. */
  private show(task: TaskState): void {
    const attempts = this.fresh.get(task);
    if (attempts === undefined || this.state === undefined) return;
    this.fresh.delete(task);
    const { narrator, outStyle } = this.ports;
    const isEmpty = attempts.length < 2 && attempts.every(({ outputBytes }) => outputBytes === 0);
    this.steps.push({ kind: 'open', heading: narrator.heading(this.state, task), task, isEmpty });
    for (const attempt of attempts) {
      if (attempts.length > 1) {
        const line = narrator.attemptHeading(task, attempt);
        this.steps.push({ kind: 'heading', text: renderLines([line], outStyle) });
      }
      if (attempt.outputBytes !== 0)
        this.steps.push({ kind: 'copy', attempt: { task: task.task.id, attempt: attempt.number } });
    }
    this.steps.push({ kind: 'close' });
  }

  private async piece(): Promise<boolean> {
    const step = this.steps[0];
    switch (step?.kind) {
      case undefined:
        return false;
      case 'trouble':
        await this.err.write(this.frame.notice(step.text));
        break;
      case 'heading':
        await this.out.write(step.text);
        break;
      case 'open':
        await this.out.write(this.frame.open(step.heading, step.task, step.isEmpty));
        break;
      case 'close':
        await this.out.write(this.frame.close());
        break;
      case 'copy':
        if (await this.copy(step.attempt)) return true;
        break;
    }
    this.steps.shift();
    return true;
  }

  /** Copies a chunk of a log; false when it has been copied whole. Ends its last line if the task did not. */
  private async copy(attempt: AttemptRef): Promise<boolean> {
    this.copying ??= { tail: new SafeTail(this.ports.openLog(attempt)), lastByte: undefined };
    const bytes = this.out.isClosed ? undefined : this.copying.tail.read(CHUNK_BYTES);
    if (bytes !== undefined && bytes.length > 0) {
      this.copying.lastByte = bytes.at(-1);
      // What a tail gives is only valid until something is read again; the write may take longer.
      this.chunk.set(bytes);
      await this.out.write(this.chunk.subarray(0, bytes.length));
      return true;
    }
    const { tail, lastByte } = this.copying;
    this.copying = undefined;
    tail.close();
    if (lastByte !== undefined && lastByte !== 10) await this.out.write('\n');
    return false;
  }
}
