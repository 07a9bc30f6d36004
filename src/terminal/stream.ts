/**
 * `--output stream`: each line of each task as `[id] line` on stdout as it comes, and notices on stderr. What a task
 * wrote stands before the notice of its end. One chunk is under way at a time, so a slow reader costs no memory.
 */
import type { Event } from '../core/event.js';
import type { AttemptRef } from '../core/ports.js';
import type { RunState } from '../core/state.js';
import { taskOf } from '../core/state.js';
import { type LogFeed, LineMerger } from './follow-lines.js';
import { Outlet } from './outlet.js';
import type { Output, OutputPorts } from './output.js';
import { renderLines } from './style.js';

const POLL_MILLIS = 50;
/** Chunks between two looks at the rest of the world: a turn of some milliseconds. */
const CHUNKS_A_TURN = 16;

type Step =
  | { readonly kind: 'say'; readonly text: string }
  | { readonly kind: 'open'; readonly attempt: AttemptRef; readonly index: number }
  | { readonly kind: 'drain'; readonly attempt: AttemptRef; readonly isEmpty: boolean };

export class StreamOutput implements Output {
  private readonly out: Outlet;
  private readonly err: Outlet;
  private readonly merger = new LineMerger();
  private readonly feeds = new Map<string, LogFeed>();
  private readonly indexes = new Map<string, number>();
  /** What happened and was not shown yet, in order. */
  private steps: Step[] = [];
  private pumping: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private lookAtAll = false;

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
        this.steps.push({ kind: 'drain', attempt: event, isEmpty: event.outputBytes === 0 });
      const notice = notices.get(event);
      if (notice !== undefined)
        this.steps.push({ kind: 'say', text: renderLines(notice.lines, this.ports.errStyle) });
      if (event.type === 'attempt.started')
        this.steps.push({ kind: 'open', attempt: event, index: taskOf(state, event.task).index });
    }
    this.pump();
  }

  async close(): Promise<void> {
    clearTimeout(this.timer);
    for (const feed of this.feeds.values()) feed.end();
    this.lookAtAll = true;
    this.pump();
    await this.pumping;
    clearTimeout(this.timer);
    this.merger.close();
  }

  private pump(): void {
    this.pumping ??= this.run().finally(() => {
      this.pumping = undefined;
    });
  }

  /** Carries out steps and passes output on until there is nothing more to do now. */
  private async run(): Promise<void> {
    for (let chunks = 1; ; chunks++) {
      if (chunks % CHUNKS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
      const stepped = await this.step();
      const bytes = this.lookAtAll ? this.merger.next() : undefined;
      if (bytes !== undefined) await this.out.write(bytes);
      else this.lookAtAll = false;
      if (!stepped && bytes === undefined) break;
    }
    if (this.feeds.size > 0) this.schedule();
  }
}
