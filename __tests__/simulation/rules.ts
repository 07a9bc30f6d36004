/**
 * docs/scheduling.md a second time, as code: as plain as possible, from the page alone. It keeps no queues and no
 * counts, but looks at everything again before each step. It shares types with the real policy and nothing else.
 *
 * One thing it takes from the run that it is compared with: how long a retry waited, where the page gives only
 * bounds (jitter). It checks that what it took is within them (`complaints`).
 */
import type { AttemptResult, CostEstimate, StopReason } from '../../src/core/event.js';
import type { Exit, Outcome } from '../../src/core/exit.js';
import type { Budget, Loop, Need, Plan, Task, TaskId } from '../../src/core/plan.js';
import { Bill, startsRuns } from './bill.js';
import { Skies } from './skies.js';
import { rounded, type Start, type Verdict, withoutWords } from './verdict.js';

export interface Given {
  readonly plan: Plan;
  readonly startedAt: number;
  readonly estimates: Readonly<Record<TaskId, number>>;
  readonly costs: Readonly<Record<TaskId, CostEstimate>>;
  /** How long the real run waited after this attempt. */
  readonly delayAfter: (task: TaskId, attempt: number) => number | undefined;
  /** How long the real run kept a pool closed when it shrank for the n-th time, from 0. */
  readonly closedFor: (pool: string, n: number) => number | undefined;
  readonly start: (task: TaskId, attempt: number) => void;
  readonly tell: (task: TaskId) => void;
}

interface RuledTask {
  readonly spec: Task;
  readonly index: number;
  readonly tail: number;
  readonly ends: string[];
  status: 'waiting' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'cancelled';
  outcome: Outcome | undefined;
  round: number;
  /** Of all rounds. */
  attempts: number;
  /** The running attempt was told to end; how many attempts of all tasks had been started with it. */
  told: boolean;
  nth: number;
  /** How often a conflict began a round of it. */
  redos: number;
  lastExit: Exit | undefined;
  /** In this round: it was tried; attempts that count; rate limits in a row, and the time of the first. */
  tried: boolean;
  counting: number;
  row: number;
  rowSince: number;
  /** What its attempts of this round used. */
  used: Budget[];
  notBefore: number;
  /** That time has come, and all needs are over: only a slot is missing. */
  due: boolean;
}

interface RuledLoop {
  readonly spec: Loop;
  round: number;
  closed: boolean;
  /** One of its tasks was tried in this round. */
  tried: boolean;
}

type Conflicting = Extract<Exit, { kind: 'conflict' }>;

const STRENGTH = { failure: 1, budget: 2, deadline: 3, cancelled: 4 };
const EVER = Number.NEGATIVE_INFINITY;

export class Rules {
  readonly #given: Given;
  readonly #plan: Plan;
  readonly #tasks: readonly RuledTask[];
  readonly #loops: readonly RuledLoop[];
  readonly #skies: Skies;
  readonly #bill: Bill;
  readonly #starts: Start[] = [];
  readonly #told: string[] = [];
  readonly #complaints: string[] = [];
  #exited: { readonly task: RuledTask; readonly exit: Exit; readonly at: number }[] = [];
  /** Merges that have met a conflict and not ended yet, in the order in which they did. */
  #conflicts: { readonly merge: RuledTask; readonly exit: Conflicting }[] = [];
  #requests: RuledTask[] = [];
  /** Waiting tasks that cannot start any more, and loops whose tasks have all ended: in the order of becoming so. */
  #hopeless: RuledTask[] = [];
  #endedLoops: RuledLoop[] = [];
  #cancelAsked = false;
  #stop: { readonly kind: StopReason['kind']; readonly kill: boolean } | undefined;
  #status = 'running';
  #now: number;

  constructor(given: Given) {
    const { plan, estimates } = given;
    this.#given = given;
    this.#plan = plan;
    this.#now = given.startedAt;
    this.#tasks = plan.tasks.map((spec, index) => newTask(spec, index, tailOf(spec, plan, estimates)));
    this.#loops = plan.loops.map((spec) => ({ spec, round: 1, closed: false, tried: false }));
    this.#skies = new Skies(plan, given.closedFor);
    this.#bill = new Bill(plan.budget ?? {}, given.costs);
    this.#look();
  }

  /** All that is to be done at this time. True: the run is over. */
  judge(now: number): boolean {
    this.#now = now;
    while (this.#step()) {
      this.#look();
      if (this.#status !== 'running') return true;
    }
    return false;
  }

  /** When waiting alone changes something: a retry may start, the deadline comes. */
  wakeAt(): number | undefined {
    const times = this.#tasks.filter(({ status }) => status === 'waiting').map(({ notBefore }) => notBefore);
    times.push(this.#deadlineAt(), ...this.#skies.times(this.#stop !== undefined));
    const next = Math.min(...times.filter((time) => time > this.#now));
    return Number.isFinite(next) ? next : undefined;
  }

  // What the world does.

  exit(now: number, id: TaskId, exit: Exit, result: AttemptResult): void {
    const task = this.#task(id);
    const { pools } = task.spec;
    if (exit.kind === 'rate-limit')
      this.#skies.sentAway({
        pools,
        at: now,
        nth: task.nth,
        named: exit.retryAfterMillis ?? 0,
        inUse: (pool) => this.#inUse(pool),
      });
    if (isSuccess(exit)) this.#skies.welcomed(pools);
    task.used.push(this.#bill.pay(id, result, exit));
    if (exit.kind === 'conflict' && !task.told && this.#plan.isolation?.onConflict === 'retry')
      this.#conflicts.push({ merge: task, exit });
    else this.#exited.push({ task, exit, at: now });
    this.#noted(now);
  }

  cancel(now: number): void {
    this.#cancelAsked = true;
    this.#noted(now);
  }

  resize(now: number, pool: string, limit: number): void {
    this.#skies.resize(pool, limit);
    this.#noted(now);
  }

  /** Rule 15: only what has ended, and only while nothing has stopped the run. */
  retry(now: number, id: TaskId): void {
    const task = this.#task(id);
    if (this.#stop === undefined && hasEnded(task) && !this.#requests.includes(task))
      this.#requests.push(task);
    this.#noted(now);
  }

  spend(now: number, kill: boolean): void {
    this.#stopFor('budget', kill);
    this.#noted(now);
  }

  #noted(now: number): void {
    this.#now = now;
    this.#look();
  }

  /** Who is to be given up or closed stands in line from now on; whose time has come stays so (rule 5). */
  #look(): void {
    for (const task of this.#tasks)
      task.due = this.#needsOver(task) && (task.due || task.notBefore <= this.#now);
    this.#hopeless = inLine(this.#hopeless, this.#tasks, (task) => this.#hopelessEnd(task) !== undefined);
    const innerFirst = [...this.#loops].sort((a, b) => a.spec.tasks.length - b.spec.tasks.length);
    this.#endedLoops = inLine(this.#endedLoops, innerFirst, (loop) => !loop.closed && this.#allEnded(loop));
  }

  /** Rule 16: the first that has something to do does one thing. */
  #step(): boolean {
    return (
      this.#skies.answer(this.#now, this.#starts.length) ||
      this.#judgeExit() ||
      this.#decideStop() ||
      this.#answerConflict() ||
      this.#tell() ||
      this.#giveUp() ||
      this.#endLoop() ||
      this.#putBackRequested() ||
      (this.#stop === undefined && this.#skies.grow(this.#now)) ||
      this.#startOne() ||
      this.#runOutOfMoney() ||
      this.#finish()
    );
  }

  // Rule 5.
  #judgeExit(): boolean {
    const exited = this.#exited.shift();
    if (exited === undefined) return false;
    const { task, exit, at } = exited;
    task.lastExit = exit;
    if (exit.kind === 'rate-limit' && task.row++ === 0) task.rowSince = at;
    if (exit.kind !== 'rate-limit') task.row = 0;
    if (exit.kind !== 'rate-limit' && exit.kind !== 'lost') task.counting++;

    if (task.told) this.#end(task, { kind: 'cancelled' });
    else if (isSuccess(exit)) this.#end(task, { kind: 'succeeded' });
    else if (this.#mayStart(task) && !isFinal(exit) && !isLostForGood(task, exit) && this.#isOverspent(task))
      this.#end(task, { kind: 'failed', exit: { kind: 'contract', failure: 'budget', reason: '' } });
    else {
      const delay = this.#mayStart(task) ? this.#delayBeforeRetry(task, exit, at) : undefined;
      if (delay === undefined) this.#end(task, { kind: 'failed', exit });
      else {
        task.status = 'waiting';
        task.notBefore = this.#now + delay;
        task.due = false;
      }
    }
    return true;
  }

  // Rule 26.
  #answerConflict(): boolean {
    for (const { merge, exit } of this.#conflicts) {
      const back = this.#sentBack(merge, exit);
      if (back === undefined) this.#end(merge, { kind: 'failed', exit });
      else if (back.some((task) => task.status === 'running' && !this.#waitsInConflict(task))) continue;
      else {
        this.#putBack(back);
        for (const task of this.#beginners(exit.task, back)) task.redos++;
      }
      return true;
    }
    return false;
  }

  /** Undefined: the merge has failed. */
  #sentBack({ spec }: RuledTask, { task: id }: Conflicting): RuledTask[] | undefined {
    if (this.#stop !== undefined || spec.work.kind !== 'integrate' || !spec.work.members.includes(id))
      return undefined;
    const task = this.#task(id);
    const outside = this.#around(task).filter((loop) => !loop.spec.tasks.includes(spec.id));
    const first = outside.length === 0 ? [id] : outermost(outside).spec.tasks;
    const back = this.#withAfter(first.map((one) => this.#task(one)));
    return this.#beginners(id, back).some(({ redos }) => redos >= 2) ? undefined : back;
  }

  /** Whose rounds are counted. */
  #beginners(id: TaskId, back: readonly RuledTask[]): RuledTask[] {
    const task = this.#task(id);
    const whole = this.#around(task).filter((loop) =>
      loop.spec.tasks.every((one) => back.includes(this.#task(one))),
    );
    if (whole.length === 0) return [task];
    const { tasks } = outermost(whole).spec;
    return tasks
      .map((one) => this.#task(one))
      .filter(({ spec: { base } }) => base === undefined || !tasks.includes(base));
  }

  #waitsInConflict(task: RuledTask): boolean {
    return this.#conflicts.some(({ merge }) => merge === task);
  }

  /** Undefined: it is not tried again. */
  #delayBeforeRetry(task: RuledTask, exit: Exit, at: number): number | undefined {
    const { max, delayMillis, maxDelayMillis } = task.spec.retry;
    if (exit.kind === 'lost') return isLostForGood(task, exit) ? undefined : 0;
    if (isFinal(exit)) return undefined;
    if (exit.kind === 'rate-limit' && this.#skies.over(task.spec.pools)) {
      if (this.#skies.exhausted(task.spec.pools)) return undefined;
      return Math.max(0, this.#skies.opensAt(task.spec.pools) - this.#now);
    }
    if (exit.kind === 'rate-limit') {
      if (at - task.rowSince >= this.#plan.rateLimitWaitMillis) return undefined;
      if (exit.retryAfterMillis !== undefined) return exit.retryAfterMillis;
      return this.#jittered(
        task,
        Math.min(maxDelayMillis, Math.max(1000, delayMillis) * 2 ** (task.row - 1)),
      );
    }
    if (task.counting >= 1 + max) return undefined;
    return this.#jittered(task, Math.min(maxDelayMillis, delayMillis * 2 ** (task.counting - 1)));
  }

  // Rule 25.
  #isOverspent({ spec: { budget }, used }: RuledTask): boolean {
    if (budget === undefined) return false;
    return (['costUsd', 'tokens'] as const).some((measure) => {
      const limit = budget[measure];
      const sum = used.reduce((total, one) => total + (one[measure] ?? 0), 0);
      return limit !== undefined && rounded(sum) >= rounded(limit);
    });
  }

  #jittered(task: RuledTask, least: number): number {
    const most = least * 1.25;
    const taken = this.#given.delayAfter(task.spec.id, task.attempts);
    if (taken !== undefined && taken >= Math.floor(least) && taken <= Math.ceil(most)) return taken;
    this.#complaints.push(
      `${task.spec.id}#${task.attempts} is tried again after ${taken}, not ${least}…${most}`,
    );
    return taken ?? least;
  }

  // Rules 9 and 13.
  #decideStop(): boolean {
    if (this.#nothingLeft()) return false;
    if (this.#cancelAsked && this.#stopFor('cancelled', true)) return true;
    if (this.#now >= this.#deadlineAt() && this.#stopFor('deadline', true)) return true;
    const { onError } = this.#plan;
    if (onError !== 'stop' && onError !== 'fail-fast') return false;
    return (
      this.#tasks.some((task) => this.#counts(task)) && this.#stopFor('failure', onError === 'fail-fast')
    );
  }

  #stopFor(kind: StopReason['kind'], kill: boolean): boolean {
    if (this.#stop !== undefined && STRENGTH[this.#stop.kind] >= STRENGTH[kind]) return false;
    this.#stop = { kind, kill };
    this.#requests = [];
    return true;
  }

  #deadlineAt(): number {
    const { deadlineMillis } = this.#plan;
    return deadlineMillis === undefined ? Number.POSITIVE_INFINITY : this.#given.startedAt + deadlineMillis;
  }

  /** A failure that counts for the run (rules 8 and 9). */
  #counts(task: RuledTask): boolean {
    const { outcome, spec } = task;
    const failed =
      outcome?.kind === 'failed' ||
      (outcome?.kind === 'skipped' && outcome.because.kind === 'none-succeeded');
    return failed && spec.mayFail !== true && this.#around(task).every(({ closed }) => closed);
  }

  // Rule 9.
  #tell(): boolean {
    const stop = this.#stop;
    if (stop?.kill !== true) return false;
    const task = this.#tasks.find(
      ({ status, told, spec }) =>
        status === 'running' && !told && !(stop.kind === 'failure' && spec.when === 'always'),
    );
    if (task === undefined) return false;
    task.told = true;
    this.#told.push(`${task.spec.id}#${task.attempts}`);
    this.#given.tell(task.spec.id);
    return true;
  }

  // Rules 2 and 11.
  #giveUp(): boolean {
    const task = this.#hopeless[0];
    const outcome = task === undefined ? undefined : this.#hopelessEnd(task);
    if (task === undefined || outcome === undefined) return false;
    this.#end(task, outcome);
    return true;
  }

  /** How a task that cannot start any more ends; undefined: it still can. */
  #hopelessEnd(task: RuledTask): Outcome | undefined {
    if (task.status !== 'waiting') return undefined;
    if (this.#mayStart(task)) {
      if (!this.#needsOver(task)) return undefined;
      const skipped = task.tried ? undefined : this.#skipped(task);
      if (skipped !== undefined || !this.#skies.exhausted(task.spec.pools)) return skipped;
      const last = task.tried ? task.lastExit : undefined;
      return { kind: 'failed', exit: last ?? { kind: 'rate-limit' } };
    }
    const kind = this.#stop?.kind ?? 'cancelled';
    if (kind === 'cancelled') return { kind: 'cancelled' };
    if (task.tried && task.lastExit !== undefined) return { kind: 'failed', exit: task.lastExit };
    return { kind: 'skipped', because: { kind: 'stopped', by: kind } };
  }

  #skipped({ spec }: RuledTask): Outcome | undefined {
    const needed = spec.needs.map((need) => this.#task(need.task));
    const broken = spec.needs.find(
      (need) =>
        need.kind === 'data' && this.#task(need.task).spec.work.kind === 'integrate' && !this.#isMet(need),
    );
    const isBound = spec.when === 'any-success' || (spec.when === 'always' && spec.work.kind === 'integrate');
    if (broken !== undefined && isBound)
      return { kind: 'skipped', because: { kind: 'need', task: broken.task } };
    switch (spec.when) {
      case 'always':
        return undefined;
      case 'failure':
        if (needed.some((task) => this.#carriesFailure(task))) return undefined;
        return { kind: 'skipped', because: { kind: 'nothing-failed' } };
      case 'any-success':
        if (needed.length === 0 || needed.some(({ status }) => status === 'succeeded')) return undefined;
        return { kind: 'skipped', because: { kind: 'none-succeeded' } };
      case 'success': {
        const unmet = spec.needs.find((need) => !this.#isMet(need));
        return unmet && { kind: 'skipped', because: { kind: 'need', task: unmet.task } };
      }
    }
  }

  #isMet({ kind, task }: Need): boolean {
    if (this.#plan.onError === 'continue' && kind === 'order') return true;
    const { status, spec } = this.#task(task);
    return status === 'succeeded' || (status === 'failed' && spec.mayFail === true);
  }

  #carriesFailure({ outcome, spec }: RuledTask): boolean {
    if (outcome?.kind === 'failed') return spec.mayFail !== true;
    if (outcome?.kind !== 'skipped') return false;
    if (outcome.because.kind === 'none-succeeded') return spec.mayFail !== true;
    return outcome.because.kind === 'need' && this.#carriesFailure(this.#task(outcome.because.task));
  }

  // Rule 1.
  #needsOver({ spec }: RuledTask): boolean {
    return spec.needs.every((need) => {
      const needed = this.#task(need.task);
      const between = this.#around(needed).filter((loop) => !loop.spec.tasks.includes(spec.id));
      return hasEnded(needed) && between.every(({ closed }) => closed);
    });
  }

  // Rules 6 and 7.
  #endLoop(): boolean {
    const loop = this.#endedLoops.find((one) => this.#inside(one).every(({ closed }) => closed));
    if (loop === undefined) return false;
    if (!this.#goesAgain(loop)) {
      loop.closed = true;
      return true;
    }
    const members = loop.spec.tasks.map((id) => this.#task(id));
    const back = this.#withAfter(members);
    if (back.some(({ status }) => status === 'running')) return false;
    const round = loop.round + 1;
    this.#putBack(back);
    loop.round = round;
    return true;
  }

  #inside(loop: RuledLoop): RuledLoop[] {
    const holds = (id: TaskId) => loop.spec.tasks.includes(id);
    return this.#loops.filter((other) => other !== loop && other.spec.tasks.every(holds));
  }

  #allEnded(loop: RuledLoop): boolean {
    return loop.spec.tasks.every((id) => hasEnded(this.#task(id)));
  }

  #goesAgain({ spec, round, tried }: RuledLoop): boolean {
    if (this.#stop !== undefined || round >= spec.max || !tried) return false;
    const named = spec.again.tasks.map((id) => this.#task(id));
    return spec.again.kind === 'failed'
      ? named.some(({ status }) => status === 'failed')
      : named.some(({ status }) => status !== 'succeeded');
  }

  // Rule 15.
  #putBackRequested(): boolean {
    for (const task of this.#requests) {
      const back = this.#withAfter([task]);
      if (back.some(({ status }) => status === 'running')) continue;
      this.#putBack(back);
      return true;
    }
    return false;
  }

  /** These tasks and all that waits for them by rule 1, at once or through others, and is no longer waiting. */
  #withAfter(first: readonly RuledTask[]): RuledTask[] {
    const found = [...first];
    for (const one of found)
      for (const task of this.#tasks)
        if (!found.includes(task) && this.#waitsFor(task.spec, one.spec.id)) found.push(task);
    return found.filter(({ status }) => status !== 'waiting');
  }

  #waitsFor(spec: Task, id: TaskId): boolean {
    const stands = (loop: RuledLoop, task: TaskId) => loop.spec.tasks.includes(task);
    return spec.needs.some(
      (need) =>
        need.task === id ||
        this.#loops.some((loop) => stands(loop, need.task) && stands(loop, id) && !stands(loop, spec.id)),
    );
  }

  #putBack(back: readonly RuledTask[]): void {
    for (const task of back) {
      Object.assign(task, { status: 'waiting', outcome: undefined, round: task.round + 1, ...fresh() });
      this.#requests = this.#requests.filter((one) => one !== task);
      this.#conflicts = this.#conflicts.filter(({ merge }) => merge !== task);
    }
    for (const loop of this.#loops) {
      const members = loop.spec.tasks.map((id) => this.#task(id));
      if (members.every((task) => back.includes(task)))
        Object.assign(loop, { round: 1, closed: false, tried: false });
      else if (members.some((task) => back.includes(task))) loop.closed = false;
    }
  }

  // Rules 3, 4, 10 and 23.
  #startOne(): boolean {
    const could = this.#ready()
      .filter((task) => task.due || task.notBefore <= this.#now)
      .filter(({ spec }) => this.#skies.open(spec.pools, this.#now, (pool) => this.#inUse(pool)))
      .sort((a, b) => b.spec.priority - a.spec.priority || b.tail - a.tail || a.index - b.index);
    const paid = could.filter(({ spec }) => this.#bill.counts(spec));
    const next = paid.find(({ spec }) => !this.#bill.neverFits(spec.id));
    const isPaid = (task: RuledTask) => task === next && this.#bill.fits(task.spec);
    const first = could.find((task) => isPaid(task) || !this.#bill.counts(task.spec));
    if (first === undefined) return false;
    if (isPaid(first)) this.#bill.keep(first.spec.id, this.#sharers(first));
    const attempt = ++first.attempts;
    Object.assign(first, { status: 'running', tried: true, told: false });
    for (const loop of this.#around(first)) loop.tried = true;
    this.#starts.push({ task: first.spec.id, attempt, round: first.round, at: this.#now });
    first.nth = this.#starts.length;
    this.#given.start(first.spec.id, attempt);
    return true;
  }

  /** Between how many runs within tasks what is left is shared: those that are ready, as far as there are slots. */
  #sharers({ spec }: RuledTask): number {
    if (!startsRuns(spec)) return 1;
    const free = Math.min(...spec.pools.map((pool) => this.#skies.slots(pool) - this.#inUse(pool)));
    return Math.min(free, this.#ready().filter((task) => startsRuns(task.spec)).length);
  }

  /** Only a slot, time or money is missing. */
  #ready(): RuledTask[] {
    return this.#tasks.filter(
      (task) => task.status === 'waiting' && this.#mayStart(task) && this.#needsOver(task),
    );
  }

  /** Whose exit is not judged yet has given its slots back. */
  #inUse(pool: string): number {
    return this.#tasks.filter(
      (task) =>
        task.status === 'running' &&
        task.spec.pools.includes(pool) &&
        !this.#waitsInConflict(task) &&
        this.#exited.every((exited) => exited.task !== task),
    ).length;
  }

  // Rule 24.
  #runOutOfMoney(): boolean {
    const ready = this.#ready();
    if (ready.length === 0 || this.#tasks.some(({ status }) => status === 'running')) return false;
    const stuck = ready.every(({ spec }) => this.#bill.counts(spec) && this.#bill.neverFits(spec.id));
    return stuck && this.#stopFor('budget', false);
  }

  /** Rule 10, for a waiting task. */
  #mayStart({ spec }: RuledTask): boolean {
    return this.#stop === undefined || (this.#stop.kind === 'failure' && spec.when === 'always');
  }

  // Rule 14.
  #finish(): boolean {
    if (!this.#nothingLeft()) return false;
    if (this.#stop?.kind === 'cancelled') this.#status = 'cancelled';
    else if (this.#stop !== undefined || this.#tasks.some((task) => this.#counts(task)))
      this.#status = 'failed';
    else this.#status = 'succeeded';
    return true;
  }

  #nothingLeft(): boolean {
    return (
      this.#tasks.every(hasEnded) && this.#loops.every(({ closed }) => closed) && this.#requests.length === 0
    );
  }

  #end(task: RuledTask, outcome: Outcome): void {
    Object.assign(task, { status: outcome.kind, outcome, told: false });
    this.#conflicts = this.#conflicts.filter(({ merge }) => merge !== task);
    task.ends.push(`${task.round} ${outcome.kind}`);
  }

  #task(id: TaskId): RuledTask {
    return this.#tasks.find(({ spec }) => spec.id === id) as RuledTask;
  }

  #around({ spec }: RuledTask): RuledLoop[] {
    return this.#loops.filter((loop) => loop.spec.tasks.includes(spec.id));
  }

  verdict(): Verdict {
    return {
      status: this.#status,
      stop: this.#stop?.kind,
      tasks: Object.fromEntries(
        this.#tasks.map(({ spec, status, outcome, round, attempts, ends }) => [
          spec.id,
          { status, outcome: withoutWords(outcome), round, attempts, ends },
        ]),
      ),
      loops: Object.fromEntries(this.#loops.map(({ spec, round, closed }) => [spec.id, { round, closed }])),
      changes: this.#skies.changes,
      spent: this.#bill.sums(),
      starts: this.#starts,
      told: this.#told.sort(),
      complaints: [...this.#complaints, ...this.#skies.complaints],
    };
  }
}

/** A task at the beginning of a round. */
function fresh() {
  return { tried: false, counting: 0, row: 0, rowSince: 0, used: [], notBefore: EVER, due: false };
}

function isSuccess(exit: Exit): boolean {
  return exit.kind === 'code' && exit.code === 0;
}

/** Rule 5. */
function isFinal(exit: Exit): boolean {
  if (exit.kind === 'conflict') return true;
  const classes = ['auth', 'permission', 'context-too-long', 'budget', 'unsupported'];
  return exit.kind === 'contract' && classes.includes(exit.failure ?? '');
}

function newTask(spec: Task, index: number, tail: number): RuledTask {
  return {
    spec,
    index,
    tail,
    ends: [],
    status: 'waiting',
    outcome: undefined,
    round: 1,
    attempts: 0,
    told: false,
    nth: 0,
    redos: 0,
    lastExit: undefined,
    ...fresh(),
  };
}

/** Rule 4. */
function tailOf(spec: Task, plan: Plan, estimates: Readonly<Record<TaskId, number>>): number {
  const known = plan.tasks.flatMap(({ id }) => estimates[id] ?? []);
  const mean = known.length === 0 ? 1 : known.reduce((sum, one) => sum + one, 0) / known.length;
  const behind = plan.tasks.filter(({ needs }) => needs.some((need) => need.task === spec.id));
  return (estimates[spec.id] ?? mean) + Math.max(0, ...behind.map((one) => tailOf(one, plan, estimates)));
}

/** Who stands in a line and still belongs there, and behind them who came to belong there. */
function inLine<T>(line: readonly T[], all: readonly T[], belongs: (one: T) => boolean): T[] {
  const now = all.filter(belongs);
  return [...line.filter((one) => now.includes(one)), ...now.filter((one) => !line.includes(one))];
}

function hasEnded(task: { readonly status: string }): boolean {
  return task.status !== 'waiting' && task.status !== 'running';
}

function outermost(loops: readonly RuledLoop[]): RuledLoop {
  return [...loops].sort((a, b) => b.spec.tasks.length - a.spec.tasks.length)[0] as RuledLoop;
}

/** It may have acted, and nobody knows. */
function isLostForGood({ spec }: RuledTask, exit: Exit): boolean {
  return exit.kind === 'lost' && spec.once === true;
}
