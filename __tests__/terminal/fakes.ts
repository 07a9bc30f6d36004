import type { EpochMillis, Event } from '../../src/core/event.js';
import { evolve } from '../../src/core/evolve.js';
import type { Exit, Outcome } from '../../src/core/exit.js';
import type { Plan } from '../../src/core/plan.js';
import type { AttemptRef, LogTail } from '../../src/core/ports.js';
import type { Line, Narrator, Notice } from '../../src/core/shown.js';
import { initialState, type RunState } from '../../src/core/state.js';
import type { Sink } from '../../src/terminal/outlet.js';
import type { Output } from '../../src/terminal/output.js';

type Done = (error?: Error | null) => void;

/** A stream that remembers; a slow one takes the next chunk only when told to. */
export class FakeSink implements Sink {
  isTTY = false;
  columns: number | undefined;
  rows: number | undefined;
  isSlow = false;
  /** What every write meets once the reader has gone. */
  fault: Error | undefined;
  writes = 0;
  private chunks: Buffer[] = [];
  private waiting: Done[] = [];
  private readonly listeners = new Map<string, ((error: Error) => void)[]>();

  write(chunk: string | Uint8Array, done: Done = () => undefined): boolean {
    this.writes++;
    if (this.fault !== undefined) {
      const { fault } = this;
      queueMicrotask(() => {
        done(fault);
        for (const listener of this.listeners.get('error') ?? []) listener(fault);
      });
      return false;
    }
    this.chunks.push(Buffer.from(chunk as Uint8Array));
    if (this.isSlow) this.waiting.push(done);
    else queueMicrotask(() => done());
    return !this.isSlow;
  }

  on(event: string, listener: (error: Error) => void): void {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  removeListener(): void {}

  /** The reader takes what was written. */
  drain(): void {
    for (const done of this.waiting.splice(0)) done();
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }
}

/** Logs in memory. What a read gives is overwritten by the next one, as with a shared buffer; it lies in the room if there is one. */
export class FakeLogs {
  readonly opened: string[] = [];
  readonly closed: string[] = [];
  /** Bytes handed out so far. */
  readBytes = 0;
  private readonly logs = new Map<string, Buffer>();
  private readonly shared = Buffer.alloc(64 * 1024);

  write(task: string, text: string | Uint8Array, attempt = 1): void {
    const key = `${task}:${attempt}`;
    this.logs.set(
      key,
      Buffer.concat([this.logs.get(key) ?? Buffer.alloc(0), Buffer.from(text as Uint8Array)]),
    );
  }

  readonly open = ({ task, attempt }: AttemptRef): LogTail => {
    const key = `${task}:${attempt}`;
    this.opened.push(key);
    let offset = 0;
    return {
      read: (maxBytes, room = this.shared) => {
        const length = (this.logs.get(key) ?? Buffer.alloc(0)).copy(
          room,
          0,
          offset,
          offset + Math.min(maxBytes, room.length),
        );
        offset += length;
        this.readBytes += length;
        return room.subarray(0, length);
      },
      close: () => {
        this.closed.push(key);
      },
    };
  };

  /** How often the end of a log was looked at. */
  peeks = 0;
  isBroken = false;

  readonly peek = ({ task, attempt }: AttemptRef, maxBytes: number): Uint8Array => {
    this.peeks++;
    if (this.isBroken) throw new Error('gone');
    return (this.logs.get(`${task}:${attempt}`) ?? Buffer.alloc(0)).subarray(-maxBytes);
  };
}

/** Says as little as can be told apart. */
export const tersely: Narrator = {
  notices: (events) => new Map(events.flatMap((event): [Event, Notice][] => noticesOf(event))),
  heading: (_state, task) => [{ text: `# ${task.task.id} ${task.status}` }],
  attemptHeading: (_task, attempt) => [{ text: `## ${attempt.number}` }],
  title: (task) => task.task.id,
  runningFor: (task, now) => `${Math.round((now - (task.attempts.at(-1)?.startedAt ?? now)) / 1000)} s`,
  waitingFor: (_state, task) => `waits as ${task.fate}`,
  counts: (state) => [{ text: `${state.running.size} running` }],
};

function noticesOf(event: Event): [Event, Notice][] {
  const notice = (level: Notice['level'], text: string): [Event, Notice][] => [
    [event, { level, lines: [[{ text }] as Line] }],
  ];
  if (event.type === 'attempt.started') return notice('progress', `> ${event.task}`);
  if (event.type !== 'task.finished') return [];
  return notice(
    event.outcome.kind === 'failed' ? 'trouble' : 'progress',
    `< ${event.task} ${event.outcome.kind}`,
  );
}

/** Feeds events to an output as the run loop does: folded first, one batch at a time. */
export class FakeRun {
  readonly state: RunState;

  constructor(
    plan: Plan,
    private readonly output: Output,
    private readonly at: EpochMillis = 1_000_000,
  ) {
    this.state = initialState(plan);
    const owner = { pid: 1, startTime: '1', host: 'here' };
    this.see({ type: 'run.started', run: 'r1', planDigest: 'd', owner, estimates: {} });
  }

  start(task: string, attempt = 1): void {
    this.see({ type: 'attempt.started', task, attempt, round: 1 });
  }

  /** The attempt exits and the task ends with it. */
  end(task: string, code = 0, attempt = 1): void {
    const exit: Exit = { kind: 'code', code };
    const outcome: Outcome = code === 0 ? { kind: 'succeeded' } : { kind: 'failed', exit };
    this.see(
      { type: 'attempt.exited', task, attempt, exit },
      { type: 'task.finished', task, round: 1, outcome },
    );
  }

  /** The attempt exits and another one is to follow. */
  retry(task: string, attempt = 1): void {
    const why: Exit = { kind: 'code', code: 1 };
    this.see(
      { type: 'attempt.exited', task, attempt, exit: why },
      { type: 'task.retrying', task, notBefore: this.at, why },
    );
  }

  see(...events: (Event extends infer E ? (E extends unknown ? Omit<E, 'at'> : never) : never)[]): void {
    const batch = events.map((event) => ({ at: this.at, ...event }) as Event);
    for (const event of batch) evolve(this.state, event);
    this.output.observe(batch, this.state);
  }
}

/** Lets the world turn until something is so. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
