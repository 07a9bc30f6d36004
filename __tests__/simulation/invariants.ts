/**
 * What must hold in every run, whatever the world does: read off the journal and the plan by code that knows
 * nothing of the policy's state.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Event, StopReason } from '../../src/core/event.js';
import { type Conflict, countsAsAttempt, type Exit, isSuccess, type Outcome } from '../../src/core/exit.js';
import type { Loop, Plan, Task, TaskId } from '../../src/core/plan.js';
import { brokenBill } from './bill-watch.js';
import { SkyWatch } from './sky-watch.js';

type Of<Type extends Event['type']> = Extract<Event, { type: Type }>;

const STRENGTH = { failure: 1, budget: 2, deadline: 3, cancelled: 4 };

interface Seen {
  readonly task: Task;
  round: number;
  attempts: number;
  running: { attempt: number; told: boolean } | undefined;
  lastExit: { exit: Exit; told: boolean } | undefined;
  /** How it ended in this round. */
  outcome: Outcome | undefined;
  startedInRound: boolean;
  counting: number;
  /** It waits for this time; undefined: there is none, or it has come. */
  notBefore: number | undefined;
  retrying: boolean;
  /** A resume named it while it ran. */
  mayRepeat: boolean;
}

/** Every broken rule as a sentence; none when all is well. */
export function brokenRules(plan: Plan, journal: readonly Event[]): string[] {
  const watch = new Watch(plan);
  for (const event of journal) watch.see(event);
  watch.atEnd();
  return [...watch.broken, ...brokenBill(plan, journal)];
}

class Watch {
  readonly broken: string[] = [];
  readonly #plan: Plan;
  readonly #tasks: Map<TaskId, Seen>;
  readonly #sky: SkyWatch;
  readonly #closed = new Set<Loop>();
  readonly #rounds = new Map<string, number>();
  /** How often a conflict sent a task back. */
  readonly #redone = new Map<TaskId, number>();
  #stop: StopReason | undefined;
  #finished = false;
  /** The last start or resume. */
  #activeSince = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#sky = new SkyWatch(plan, (sentence) => this.#say(sentence));
    this.#tasks = new Map(
      plan.tasks.map((task) => [
        task.id,
        {
          task,
          round: 1,
          attempts: 0,
          running: undefined,
          lastExit: undefined,
          outcome: undefined,
          startedInRound: false,
          counting: 0,
          notBefore: undefined,
          retrying: false,
          mayRepeat: false,
        },
      ]),
    );
  }

  see(event: Event): void {
    for (const seen of this.#tasks.values())
      if (seen.notBefore !== undefined && event.at >= seen.notBefore) seen.notBefore = undefined;
    if (this.#finished && event.type !== 'run.resumed') this.#say(`${event.type} after the run was finished`);
    this.#sky.see(event, (pool) => this.#inUse(pool));
    switch (event.type) {
      case 'attempt.started':
        this.#started(this.#seen(event.task), event);
        break;
      case 'attempt.stopping':
        this.#stopping(this.#seen(event.task), event);
        break;
      case 'attempt.exited':
        this.#exited(this.#seen(event.task), event.attempt, event.exit);
        break;
      case 'task.retrying':
        this.#retrying(this.#seen(event.task), event);
        break;
      case 'task.finished':
        this.#taskFinished(this.#seen(event.task), event);
        break;
      case 'round.started':
        this.#roundStarted(event);
        break;
      case 'loop.closed':
        this.#loopClosed(event.loop);
        break;
      case 'run.stopping':
        this.#runStopping(event.why, event.at);
        break;
      case 'run.finished':
        this.#runFinished(event.status);
        break;
      case 'run.resumed':
        this.#finished = false;
        this.#stop = undefined;
        this.#activeSince = event.at;
        for (const seen of this.#tasks.values()) forgetStop(seen);
        this.#putBack(event.tasks.filter((id) => !this.#repeats(this.#seen(id))));
        break;
      case 'run.started':
        this.#activeSince = event.at;
        break;
      case 'capacity.changed':
      case 'attempt.spawned':
      case 'request.received':
        break;
    }
  }

  atEnd(): void {
    if (!this.#finished) this.#say('the run has no end');
    for (const { task, running } of this.#tasks.values())
      if (running !== undefined) this.#say(`${task.id}#${running.attempt} never exited`);
  }

  #runStopping(why: StopReason, at: number): void {
    if (this.#stop !== undefined && STRENGTH[this.#stop.kind] >= STRENGTH[why.kind])
      this.#say(`a stop by ${why.kind} replaces one by ${this.#stop.kind}`);
    this.#stop = why;
    if (why.kind === 'deadline' && at < this.#activeSince + why.limitMillis)
      this.#say(`the deadline came ${at - this.#activeSince} after the last start, not ${why.limitMillis}`);
    if (why.kind !== 'failure') return;
    const { task, outcome } = this.#seen(why.task);
    if (!fails(task, outcome)) this.#say(`${why.task} stops the run but has not failed`);
    for (const loop of this.#plan.loops)
      if (loop.tasks.includes(why.task) && !this.#closed.has(loop))
        this.#say(`${why.task} stops the run although ${loop.id} is open`);
  }

  #runFinished(status: string): void {
    this.#finished = true;
    const ends = [...this.#tasks.values()];
    for (const { task, outcome } of ends)
      if (outcome === undefined) this.#say(`${task.id} has not ended when the run has`);
    for (const loop of this.#plan.loops)
      if (!this.#closed.has(loop)) this.#say(`${loop.id} is open when the run has ended`);
    const failed = ends.some(({ task, outcome }) => fails(task, outcome) || isHeldUp(outcome));
    const expected = this.#stop?.kind === 'cancelled' ? 'cancelled' : failed ? 'failed' : 'succeeded';
    if (this.#stop === undefined && status !== expected) this.#say(`the run is ${status}, not ${expected}`);
    if (this.#stop !== undefined && status !== (expected === 'succeeded' ? 'failed' : expected))
      this.#say(`the run was stopped and is ${status}`);
  }

  #started(seen: Seen, event: Of<'attempt.started'>): void {
    const { task } = seen;
    const name = `${task.id}#${event.attempt}`;
    if (seen.running !== undefined) this.#say(`${name} started while ${task.id}#${seen.running.attempt} ran`);
    if (seen.outcome !== undefined) this.#say(`${name} started although its task had ended`);
    if (event.attempt !== seen.attempts + 1) this.#say(`${name} does not follow attempt ${seen.attempts}`);
    if (event.round !== seen.round) this.#say(`${name} started in round ${event.round}, not ${seen.round}`);
    if (seen.startedInRound && !seen.retrying) this.#say(`${name} was not announced as a retry`);
    if (seen.notBefore !== undefined) this.#say(`${name} started before its time`);
    if (!this.#mayStart(task)) this.#say(`${name} started after a stop by ${this.#stop?.kind}`);
    this.#needsOver(name, task);
    seen.attempts = event.attempt;
    seen.running = { attempt: event.attempt, told: false };
    seen.mayRepeat = false;
    seen.startedInRound = true;
    seen.notBefore = undefined;
    seen.retrying = false;
  }

  /** Nothing starts after a stop, but `always` after one by a failure. */
  #mayStart(task: Task): boolean {
    return this.#stop === undefined || (this.#stop.kind === 'failure' && task.when === 'always');
  }

  #needsOver(name: string, task: Task): void {
    for (const need of task.needs) {
      if (this.#seen(need.task).outcome === undefined)
        this.#say(`${name} started before ${need.task} had ended`);
      for (const loop of this.#plan.loops)
        if (loop.tasks.includes(need.task) && !loop.tasks.includes(task.id) && !this.#closed.has(loop))
          this.#say(`${name} started before ${loop.id} was closed`);
    }
  }

  #stopping(seen: Seen, { attempt, why }: Of<'attempt.stopping'>): void {
    const name = `${seen.task.id}#${attempt}`;
    if (seen.running?.attempt !== attempt) this.#say(`${name} was told to end but does not run`);
    else if (seen.running.told) this.#say(`${name} was told to end twice`);
    else seen.running.told = true;
    if (this.#stop?.kind !== why)
      this.#say(`${name} was told to end by ${why}, but that has not stopped the run`);
    if (this.#stop?.kill !== true) this.#say(`${name} was told to end without a stop that says so`);
    else if (this.#stop.kind === 'failure' && seen.task.when === 'always')
      this.#say(`${name} always runs, and yet a failure ended it`);
  }

  #exited(seen: Seen, attempt: number, exit: Exit): void {
    if (seen.running?.attempt !== attempt) this.#say(`${seen.task.id}#${attempt} exited but does not run`);
    seen.lastExit = { exit, told: seen.running?.told === true };
    seen.running = undefined;
    if (countsAsAttempt(exit)) seen.counting++;
    const most = 1 + seen.task.retry.max;
    if (seen.counting > most)
      this.#say(`${seen.task.id} had ${seen.counting} attempts in a round, not ${most}`);
  }

  #retrying(seen: Seen, { notBefore, at }: Of<'task.retrying'>): void {
    const { id } = seen.task;
    if (seen.lastExit === undefined || seen.running !== undefined || seen.outcome !== undefined)
      this.#say(`${id} is tried again without an exit`);
    else if (isSuccess(seen.lastExit.exit)) this.#say(`${id} is tried again after a success`);
    else if (seen.lastExit.told) this.#say(`${id} is tried again although it was told to end`);
    else if (seen.lastExit.exit.kind === 'lost' && seen.task.once === true && !seen.mayRepeat)
      this.#say(`${id} is tried again although it may run only once`);
    if (!this.#mayStart(seen.task)) this.#say(`${id} is to be tried again after a stop`);
    seen.notBefore = notBefore > at ? notBefore : undefined;
    seen.retrying = true;
  }

  #taskFinished(seen: Seen, event: Of<'task.finished'>): void {
    const { id } = seen.task;
    const { outcome } = event;
    const { kind } = outcome;
    if (seen.outcome !== undefined) this.#say(`${id} ended twice in round ${seen.round}`);
    if (seen.running !== undefined) this.#say(`${id} ended while it ran`);
    if (event.round !== seen.round) this.#say(`${id} ended in round ${event.round}, not ${seen.round}`);
    seen.outcome = event.outcome;
    const { lastExit } = seen;
    if (kind === 'succeeded' && (lastExit === undefined || !seen.startedInRound || !isSuccess(lastExit.exit)))
      this.#say(`${id} succeeded without an exit that says so`);
    if (lastExit?.told === true && seen.startedInRound && kind !== 'cancelled')
      this.#say(`${id} was told to end and is ${kind}, not cancelled`);
    if (kind === 'skipped' && seen.startedInRound) this.#say(`${id} was tried and is skipped`);
    if (
      kind === 'failed' &&
      outcome.exit !== lastExit?.exit &&
      !isDeepStrictEqual(outcome.exit, lastExit?.exit) &&
      !this.#mayFailOtherwise(seen, outcome.exit)
    )
      this.#say(`${id} failed by another exit than its last`);
    if (kind === 'skipped' && outcome.because.kind === 'stopped' && outcome.because.by !== this.#stop?.kind)
      this.#say(`${id} was stopped by ${outcome.because.by}, but that has not stopped the run`);
  }

  /** It has spent its budget, or its provider sent away all others before it was tried. */
  #mayFailOtherwise({ task, startedInRound }: Seen, exit: Exit): boolean {
    if (exit.kind === 'rate-limit') return !startedInRound && this.#sky.isExhausted(task.pools);
    return task.budget !== undefined && exit.kind === 'contract' && exit.failure === 'budget';
  }

  /** A `once` task that has not ended needs no new round: what a resume that names it allows is one more attempt. */
  #repeats(seen: Seen): boolean {
    seen.mayRepeat = seen.task.once === true && seen.outcome === undefined;
    return seen.mayRepeat;
  }

  #putBack(tasks: readonly TaskId[]): void {
    for (const id of tasks) {
      const seen = this.#seen(id);
      if (seen.outcome === undefined && !isInConflict(seen))
        this.#say(`${id} goes into a new round but has not ended in this one`);
      seen.round++;
      seen.outcome = undefined;
      seen.startedInRound = false;
      seen.counting = 0;
      seen.notBefore = undefined;
      seen.retrying = false;
    }
    for (const loop of this.#plan.loops) {
      if (loop.tasks.some((id) => tasks.includes(id))) this.#closed.delete(loop);
      if (loop.tasks.every((id) => tasks.includes(id))) this.#rounds.set(loop.id, 1);
    }
  }

  #roundStarted({ tasks, loop: id, because, conflict }: Of<'round.started'>): void {
    if ((because === 'conflict') !== (conflict !== undefined)) this.#say(`a round by ${because} of another`);
    if (conflict !== undefined) this.#conflictAnswered(conflict, tasks);
    if (this.#stop !== undefined) this.#say(`a round of ${tasks.join(', ')} after a stop`);
    const loop = this.#plan.loops.find((one) => one.id === id);
    const round = (this.#rounds.get(id ?? '') ?? 1) + 1;
    if (loop !== undefined) {
      if (!loop.tasks.every((task) => tasks.includes(task)))
        this.#say(`${id} went again without all its tasks`);
      if (this.#closed.has(loop)) this.#say(`${id} went again although it was closed`);
      if (round > loop.max) this.#say(`${id} went into round ${round} of ${loop.max}`);
    }
    this.#putBack(tasks);
    if (loop !== undefined) this.#rounds.set(loop.id, round);
  }

  /** A merge that met it goes back with its task. */
  #conflictAnswered({ task, onto }: Conflict, tasks: readonly TaskId[]): void {
    if (this.#plan.isolation?.onConflict !== 'retry') this.#say(`a conflict of ${task} is retried unasked`);
    const { outcome, running } = this.#seen(task);
    const waits = outcome === undefined && running === undefined;
    if (!tasks.includes(task) && !waits) this.#say(`${task} did not fit and is not done again`);
    const merges = tasks.map((id) => this.#seen(id)).filter((seen) => isInConflict(seen));
    const met = merges.some(
      ({ lastExit }) =>
        lastExit?.exit.kind === 'conflict' && lastExit.exit.task === task && lastExit.exit.onto === onto,
    );
    if (!met) this.#say(`no merge waits for the answer to the conflict of ${task}`);
    const times = (this.#redone.get(task) ?? 0) + 1;
    if (times > 2) this.#say(`${task} is done again for the ${times}. time`);
    this.#redone.set(task, times);
  }

  #loopClosed(id: string): void {
    const loop = this.#plan.loops.find((one) => one.id === id);
    if (loop === undefined) throw new Error(`no loop ${id}`);
    if (this.#closed.has(loop)) this.#say(`${id} closed twice`);
    for (const task of loop.tasks)
      if (this.#seen(task).outcome === undefined) this.#say(`${id} closed before ${task} had ended`);
    this.#closed.add(loop);
  }

  #inUse(pool: string): number {
    let count = 0;
    for (const { task, running } of this.#tasks.values())
      if (running !== undefined && task.pools.includes(pool)) count++;
    return count;
  }

  #seen(id: TaskId): Seen {
    const seen = this.#tasks.get(id);
    if (seen === undefined) throw new Error(`no task ${id}`);
    return seen;
  }

  #say(sentence: string): void {
    this.broken.push(sentence);
  }
}

function fails(task: Task, outcome: Outcome | undefined): boolean {
  if (task.mayFail === true) return false;
  if (outcome?.kind === 'skipped') return outcome.because.kind === 'none-succeeded';
  return outcome?.kind === 'failed';
}

/** A merge that has exited and not ended. */
function isInConflict({ outcome, running, lastExit }: Seen): boolean {
  return outcome === undefined && running === undefined && lastExit?.exit.kind === 'conflict';
}

/** A stop kept it from its end. */
function isHeldUp(outcome: Outcome | undefined): boolean {
  if (outcome?.kind === 'skipped') return outcome.because.kind === 'stopped';
  return outcome?.kind === 'cancelled';
}

/** Another process goes on: old waits are over, and an attempt that was told to end and was not judged is lost. */
function forgetStop(seen: Seen): void {
  seen.notBefore = undefined;
  if (seen.running !== undefined) seen.running.told = false;
  const { lastExit } = seen;
  if (lastExit?.told !== true || seen.outcome !== undefined || seen.running !== undefined || seen.retrying)
    return;
  if (countsAsAttempt(lastExit.exit)) seen.counting--;
  seen.lastExit = { exit: { kind: 'lost' }, told: false };
}
