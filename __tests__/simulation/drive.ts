/**
 * Drives the real policy through a simulated world: a fake clock, scripted exits, and nothing that waits.
 * Only what a run loop may do is done here: record, fold, carry out, hear what the world says, ask again.
 */
import type { AttemptResult, Decision, Event, Observation, Owner } from '../../src/core/event.js';
import type { Exit } from '../../src/core/exit.js';
import type { Budget, Plan, TaskId } from '../../src/core/plan.js';
import type { RunState } from '../../src/core/state.js';
import { EPOCH, type Happening, scriptOf, tieBreak, type World } from './world.js';

/** The policy under test; mutants have the same shape. */
export interface Policy {
  readonly decide: (state: RunState, now: number) => Decision | undefined;
  readonly wakeAt: (state: RunState, now: number) => number | undefined;
  readonly evolve: (state: RunState, event: Event) => RunState;
  readonly initialState: (plan: Plan) => RunState;
}

export interface Driven {
  readonly journal: readonly Event[];
  readonly state: RunState;
}

/** A run that broke off or ended, from which another process goes on. */
export interface Resume {
  readonly journal: readonly Event[];
  readonly tasks: readonly TaskId[];
  /** In place of the plan's. */
  readonly budget?: Budget;
}

interface Running {
  readonly task: TaskId;
  readonly attempt: number;
  readonly tie: number;
  endsAt: number;
  exit: Exit;
  readonly result: AttemptResult;
  readonly reactionMillis: number;
  readonly stoppedExit: Exit;
}

/** Something of the world that comes at a time. */
interface Due {
  readonly at: number;
  readonly tie: number;
  readonly alone: boolean;
  readonly happen: () => void;
}

const MOST_STEPS = 50_000;
const STRENGTH = { failure: 1, budget: 2, deadline: 3, cancelled: 4 };
export const OWNER: Owner = { pid: 1, startTime: '1', host: 'here' };

/** Runs to the end, or throws when there is none. */
export function drive(world: World, policy: Policy, resume?: Resume): Driven {
  return new Driver(world, policy, resume).run();
}

class Driver {
  readonly #world: World;
  readonly #policy: Policy;
  readonly #journal: Event[] = [];
  readonly #running: Running[] = [];
  readonly #ordinals = new Map<TaskId, number>();
  #agenda: { readonly happening: Happening; readonly tie: number }[];
  #state: RunState;
  #time = 0;
  #offset = 0;

  constructor(world: World, policy: Policy, resume: Resume | undefined) {
    this.#world = world;
    this.#policy = policy;
    this.#state = policy.initialState(world.plan);
    this.#agenda = world.happenings.map((happening) => ({
      happening,
      tie: tieBreak(world, JSON.stringify(happening)),
    }));
    if (resume === undefined) this.#begin();
    else this.#goOn(resume);
  }

  #begin(): void {
    this.#record({
      type: 'run.started',
      run: 'simulated',
      planDigest: 'none',
      owner: OWNER,
      estimates: this.#world.estimates,
      costs: this.#world.costs,
    });
  }

  /** Reads the journal, takes over a little later, and reports what ran as lost. */
  #goOn({ journal, tasks, budget }: Resume): void {
    const running = new Map<string, { task: TaskId; attempt: number }>();
    let latest = EPOCH;
    for (const event of journal) {
      this.#state = this.#policy.evolve(this.#state, event);
      this.#journal.push(event);
      latest = Math.max(latest, event.at);
      if (event.type === 'attempt.started') running.set(`${event.task}#${event.attempt}`, event);
      if (event.type !== 'attempt.exited') continue;
      running.delete(`${event.task}#${event.attempt}`);
      if (event.exit.kind !== 'lost')
        this.#ordinals.set(event.task, (this.#ordinals.get(event.task) ?? 0) + 1);
    }
    this.#time = latest - EPOCH + 7;
    this.#agenda = this.#agenda.filter(({ happening }) => happening.at >= this.#time);
    const owner = { ...OWNER, pid: 2 };
    this.#record({ type: 'run.resumed', owner, tasks, ...(budget === undefined ? {} : { budget }) });
    for (const { task, attempt } of running.values())
      this.#record({ type: 'attempt.exited', task, attempt, exit: { kind: 'lost' } });
  }

  run(): Driven {
    for (let steps = 0; steps < MOST_STEPS; ) {
      for (;;) {
        const decision = this.#policy.decide(this.#state, this.#now);
        if (decision === undefined) break;
        this.#record(decision);
        this.#carryOut(decision);
        if (++steps > MOST_STEPS) break;
      }
      if (this.#journal[this.#journal.length - 1]?.type === 'run.finished')
        return { journal: this.#journal, state: this.#state };
      this.#passTime();
      steps++;
    }
    throw new Failure('the run does not end', this.#journal);
  }

  get #now(): number {
    return EPOCH + this.#time + this.#offset;
  }

  #record(what: Decision | Observation): void {
    const event: Event = { at: this.#now, ...what };
    this.#journal.push(event);
    this.#state = this.#policy.evolve(this.#state, event);
  }

  #carryOut(decision: Decision): void {
    if (decision.type === 'attempt.started') this.#start(decision.task, decision.attempt);
    if (decision.type !== 'attempt.stopping') return;
    const running = this.#running.find(
      (one) => one.task === decision.task && one.attempt === decision.attempt,
    );
    if (running === undefined)
      throw new Failure('an attempt that does not run was told to end', this.#journal);
    if (this.#time + running.reactionMillis >= running.endsAt) return;
    running.endsAt = this.#time + running.reactionMillis;
    running.exit = running.stoppedExit;
  }

  #start(task: TaskId, attempt: number): void {
    const ordinal = (this.#ordinals.get(task) ?? 0) + 1;
    this.#ordinals.set(task, ordinal);
    const script = scriptOf(this.#world, task, ordinal);
    this.#running.push({
      task,
      attempt,
      tie: tieBreak(this.#world, `${task} ${ordinal}`),
      endsAt: this.#time + script.durationMillis,
      exit: script.exit,
      result: script.result,
      reactionMillis: script.reactionMillis,
      stoppedExit: script.stoppedExit,
    });
  }

  #passTime(): void {
    const due = this.#nextDue();
    const wake = this.#policy.wakeAt(this.#state, this.#now);
    if (wake !== undefined && wake <= this.#now)
      throw new Failure('it wants to be woken now but has nothing to say', this.#journal);
    if (due === undefined && wake === undefined)
      throw new Failure('the run is stuck: nothing runs and nobody is to be woken', this.#journal);
    const wakeTime = wake === undefined ? Number.POSITIVE_INFINITY : wake - EPOCH - this.#offset;
    this.#time = Math.max(this.#time, Math.min(due?.at ?? Number.POSITIVE_INFINITY, wakeTime));
    this.#hear();
  }

  /** What happens now: one thing, or all of this moment. A budget stop always comes on its own. */
  #hear(): void {
    for (let heard = 0; ; heard++) {
      const due = this.#nextDue();
      if (due === undefined || due.at > this.#time || (heard > 0 && due.alone)) return;
      due.happen();
      if (due.alone || !this.#world.together) return;
    }
  }

  #nextDue(): Due | undefined {
    let best: Due | undefined;
    const offer = (at: number, tie: number, alone: boolean, happen: () => void) => {
      if (best === undefined || at < best.at || (at === best.at && tie < best.tie))
        best = { at, tie, alone, happen };
    };
    for (const entry of this.#agenda)
      offer(entry.happening.at, entry.tie, entry.happening.kind === 'budget', () => {
        this.#agenda.splice(this.#agenda.indexOf(entry), 1);
        this.#happen(entry.happening);
      });
    for (const running of this.#running)
      offer(running.endsAt, running.tie, false, () => {
        this.#running.splice(this.#running.indexOf(running), 1);
        const { task, attempt, exit, result } = running;
        this.#record({ type: 'attempt.exited', task, attempt, exit, result });
      });
    return best;
  }

  #happen(happening: Happening): void {
    switch (happening.kind) {
      case 'clock':
        this.#offset += happening.byMillis;
        return;
      case 'cancel':
        this.#record({ type: 'request.received', request: { kind: 'cancel', by: 'somebody' } });
        return;
      case 'retry':
        this.#record({ type: 'request.received', request: { kind: 'retry', task: happening.task } });
        return;
      case 'capacity': {
        const { pool, limit } = happening;
        this.#record({ type: 'capacity.changed', pool, limit, why: 'asked' });
        return;
      }
      case 'budget':
        this.#spend(happening.kill);
        return;
    }
  }

  #spend(kill: boolean): void {
    const stopping = this.#state.stopping?.kind;
    if (stopping !== undefined && STRENGTH[stopping] >= STRENGTH.budget) return;
    this.#record({ type: 'run.stopping', why: { kind: 'budget', kill, spent: {}, budget: {} } });
  }
}

/** A rule was broken; the journal shows how. */
export class Failure extends Error {
  readonly journal: readonly Event[];

  constructor(message: string, journal: readonly Event[]) {
    super(message);
    this.journal = journal;
  }
}
