/** The rules in a simulated world, with a time loop of their own: what should become of a run. */
import type { AttemptResult } from '../../src/core/event.js';
import type { Exit } from '../../src/core/exit.js';
import type { TaskId } from '../../src/core/plan.js';
import { Rules } from './rules.js';
import type { Verdict } from './verdict.js';
import { EPOCH, type Happening, type Script, scriptOf, tieBreak, type World } from './world.js';

export interface Hints {
  /** How long the real run waited before it tried again after this attempt. */
  readonly delayAfter: (task: TaskId, attempt: number) => number | undefined;
  /** How long the real run kept a pool closed when it shrank for the n-th time, from 0. */
  readonly closedFor: (pool: string, n: number) => number | undefined;
  /** Attempts whose end nobody saw, as `task#attempt`. */
  readonly lost?: ReadonlySet<string>;
}

interface Running {
  readonly script: Script;
  readonly tie: number;
  endsAt: number;
  exit: Exit;
  readonly result: AttemptResult;
}

/** Something of the world that comes at a time. */
interface Coming {
  readonly time: number;
  readonly tie: number;
  /** It comes on its own, never together with others. */
  readonly alone: boolean;
  readonly happen: () => void;
}

const MOST_MOMENTS = 20_000;

export function referenceRun(world: World, hints: Hints): Verdict {
  return new Reference(world, hints).run();
}

class Reference {
  readonly #world: World;
  readonly #lost: ReadonlySet<string>;
  readonly #rules: Rules;
  readonly #running = new Map<TaskId, Running>();
  /** How many attempts of a task were started that are not lost. */
  readonly #ordinals = new Map<TaskId, number>();
  #happenings: readonly { readonly happening: Happening; readonly tie: number }[];
  #time = 0;
  #offset = 0;

  constructor(world: World, { delayAfter, closedFor, lost = new Set() }: Hints) {
    this.#world = world;
    this.#lost = lost;
    this.#happenings = world.happenings.map((happening) => ({
      happening,
      tie: tieBreak(world, JSON.stringify(happening)),
    }));
    this.#rules = new Rules({
      plan: world.plan,
      startedAt: EPOCH,
      estimates: world.estimates,
      costs: world.costs,
      delayAfter,
      closedFor,
      start: (task, attempt) => this.#start(task, attempt),
      tell: (task) => this.#tell(task),
    });
  }

  /** Judges all that can be judged now, then goes to the next moment at which something happens. */
  run(): Verdict {
    for (let moments = 0; moments < MOST_MOMENTS; moments++) {
      if (this.#rules.judge(this.#now())) return this.#rules.verdict();
      this.#passTime();
    }
    throw new Error(`the reference finds no end for seed ${this.#world.seed}`);
  }

  #now(): number {
    return EPOCH + this.#time + this.#offset;
  }

  #passTime(): void {
    const wake = this.#rules.wakeAt();
    const wakeTime = wake === undefined ? Number.POSITIVE_INFINITY : wake - EPOCH - this.#offset;
    const next = Math.min(wakeTime, ...this.#coming().map(({ time }) => time));
    if (!Number.isFinite(next)) throw new Error(`the reference is stuck with seed ${this.#world.seed}`);
    this.#time = Math.max(this.#time, next);
    for (let count = 0; count === 0 || this.#world.together; count++) {
      const first = this.#coming().filter(({ time }) => time <= this.#time)[0];
      if (first === undefined || (count > 0 && first.alone)) return;
      first.happen();
      if (first.alone) return;
    }
  }

  /** All that is known to come, the soonest first. */
  #coming(): Coming[] {
    const exits = [...this.#running].map(([task, running]) => ({
      time: running.endsAt,
      tie: running.tie,
      alone: false,
      happen: () => {
        this.#running.delete(task);
        this.#rules.exit(this.#now(), task, running.exit, running.result);
      },
    }));
    const others = this.#happenings.map(({ happening, tie }) => ({
      time: happening.at,
      tie,
      alone: happening.kind === 'budget',
      happen: () => {
        this.#happenings = this.#happenings.filter((one) => one.happening !== happening);
        this.#happen(happening);
      },
    }));
    return [...others, ...exits].sort((a, b) => a.time - b.time || a.tie - b.tie);
  }

  #happen(happening: Happening): void {
    const now = this.#now();
    switch (happening.kind) {
      case 'cancel':
        this.#rules.cancel(now);
        return;
      case 'capacity':
        this.#rules.resize(now, happening.pool, happening.limit);
        return;
      case 'retry':
        this.#rules.retry(now, happening.task);
        return;
      case 'budget':
        this.#rules.spend(now, happening.kill);
        return;
      case 'clock':
        this.#offset += happening.byMillis;
    }
  }

  #start(task: TaskId, attempt: number): void {
    const ordinal = (this.#ordinals.get(task) ?? 0) + 1;
    const script = scriptOf(this.#world, task, ordinal);
    const lost = this.#lost.has(`${task}#${attempt}`);
    if (!lost) this.#ordinals.set(task, ordinal);
    this.#running.set(task, {
      script,
      tie: tieBreak(this.#world, `${task} ${ordinal}`),
      endsAt: this.#time + (lost ? 0 : script.durationMillis),
      exit: lost ? { kind: 'lost' } : script.exit,
      result: lost ? {} : script.result,
    });
  }

  #tell(task: TaskId): void {
    const running = this.#running.get(task) as Running;
    const endsAt = this.#time + running.script.reactionMillis;
    if (endsAt >= running.endsAt) return;
    running.endsAt = endsAt;
    running.exit = running.script.stoppedExit;
  }
}
