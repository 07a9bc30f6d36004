/**
 * `--output stream`: each line of each task as `[id] line` on stdout as it comes, and notices on stderr. What a task
 * wrote stands before the notice of its end. One chunk is under way at a time, so that a slow reader costs no memory.
 */
import type { Event } from '../core/event.js';
import type { AttemptRef } from '../core/ports.js';
import type { Line } from '../core/shown.js';
import { type RunState, taskOf } from '../core/state.js';
import { LineMerger } from './follow-lines.js';
import type { LogFeed } from './log-feed.js';
import { Outlet } from './outlet.js';
import type { Output, OutputPorts } from './output.js';
import { Pump } from './pump.js';
import { renderLines } from './style.js';

const POLL_MILLIS = 50;

/** What is to be shown, in the order in which it happened. */
type Step =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'open'; readonly attempt: AttemptRef; readonly index: number }
  | { readonly kind: 'drain'; readonly attempt: AttemptRef; readonly isEmpty: boolean };

export class StreamOutput implements Output {
  private readonly out: Outlet;
  private readonly err: Outlet;
  private readonly merger = new LineMerger();
  private readonly feeds = new Map<string, LogFeed>();
  private readonly pump = new Pump(() => this.piece());
  private readonly steps: Step[] = [];
  /** Logs of running tasks are read when this is set, not with every step: most tasks are over before the first look. */
  private lookAtRunning = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly ports: OutputPorts,
    private readonly pollMillis = POLL_MILLIS,
  ) {
    this.out = new Outlet(ports.out);
    this.err = new Outlet(ports.err);
  }

  observe(events: readonly Event[], state: RunState): void {
    const notices = this.ports.narrator.notices(events, state);
    for (const event of events) {
      if (event.type === 'attempt.exited')
        this.steps.push({ kind: 'drain', attempt: refOf(event), isEmpty: event.outputBytes === 0 });
      const notice = notices.get(event);
      if (notice !== undefined)
        this.steps.push({ kind: 'say', text: renderLines(notice.lines, this.ports.errStyle) });
      if (event.type === 'attempt.started')
        this.steps.push({ kind: 'open', attempt: refOf(event), index: taskOf(state, event.task).index });
    }
    if (this.steps.length > 0) this.pump.kick();
  }

  say(line: Line): void {
    this.steps.push({ kind: 'say', text: renderLines([line], this.ports.errStyle) });
    this.pump.kick();
  }

  async close(): Promise<void> {
    await this.pump.idle();
    for (const feed of this.feeds.values()) feed.end();
    this.lookAtRunning = true;
    this.pump.kick();
    await this.pump.idle();
    clearTimeout(this.timer);
    this.merger.close();
  }

  private async piece(): Promise<boolean> {
    const stepped = await this.step();
    const looked = this.lookAtRunning && (await this.look());
    this.lookAtRunning = looked;
    if (this.merger.open > 0) this.schedule();
    return stepped || looked;
  }

  /** Shows what comes next, or a part of it. False when there is nothing. */
  private async step(): Promise<boolean> {
    const step = this.steps[0];
    switch (step?.kind) {
      case undefined:
        return false;
      case 'say':
        await this.sayAll();
        return true;
      case 'open':
        this.steps.shift();
        this.open(step.attempt, step.index);
        return true;
      case 'drain':
        if (await this.drain(step)) this.steps.shift();
        return true;
    }
  }

  /** All notices that follow each other in one write. */
  private async sayAll(): Promise<void> {
    let text = '';
    for (let step = this.steps[0]; step?.kind === 'say'; step = this.steps[0]) {
      text += step.text;
      this.steps.shift();
    }
    await this.out.write(this.merger.breakLine());
    await this.err.write(text);
  }

  private open(attempt: AttemptRef, index: number): void {
    if (this.out.isClosed) return;
    const name = `${this.ports.outStyle.name(`[${attempt.task}]`, index)} `;
    this.feeds.set(keyOf(attempt), this.merger.add(name, this.ports.openLog(attempt)));
  }

  /** Passes on a chunk of what an ended attempt wrote; true when that was all. */
  private async drain({ attempt, isEmpty }: Step & { kind: 'drain' }): Promise<boolean> {
    const feed = this.feeds.get(keyOf(attempt));
    if (feed === undefined) return true;
    feed.end();
    if (isEmpty || this.out.isClosed) this.merger.drop(feed);
    else await this.out.write(this.merger.nextOf(feed) ?? '');
    if (feed.drained) this.feeds.delete(keyOf(attempt));
    return feed.drained;
  }

  /** Passes on a chunk of what any task wrote. False when there is nothing new. */
  private async look(): Promise<boolean> {
    if (this.out.isClosed) this.merger.close();
    const bytes = this.merger.next();
    if (bytes === undefined) return false;
    await this.out.write(bytes);
    return true;
  }

  private schedule(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.lookAtRunning = true;
      this.pump.kick();
    }, this.pollMillis).unref();
  }
}

function refOf({ task, attempt }: AttemptRef): AttemptRef {
  return { task, attempt };
}

function keyOf({ task, attempt }: AttemptRef): string {
  return `${task}:${attempt}`;
}
