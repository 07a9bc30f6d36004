/**
 * docs/scheduling.md a second time, as code: as plain as possible, from the page alone. It keeps no queues and no
 * counts, but looks at everything again before each step. It shares types with the real policy and nothing else.
 *
 * One thing it takes from the run that it is compared with: how long a retry waited, where the page gives only
 * bounds (jitter). It checks that what it took is within them (`complaints`).
 */
import type { StopReason } from '../../src/core/event.js';
import type { Exit, Outcome } from '../../src/core/exit.js';
import type { Loop, Plan, Task, TaskId } from '../../src/core/plan.js';
import type { Start, Verdict } from './verdict.js';

export interface Given {
  readonly plan: Plan;
  readonly startedAt: number;
  readonly estimates: Readonly<Record<TaskId, number>>;
  /** How long the real run waited after this attempt. */
  readonly delayAfter: (task: TaskId, attempt: number) => number | undefined;
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
  /** The running attempt was told to end. */
  told: boolean;
  lastExit: Exit | undefined;
  /** In this round: it was tried; attempts that count; rate limits in a row, and the time of the first. */
  tried: boolean;
  counting: number;
  row: number;
  rowSince: number;
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

const STRENGTH = { failure: 1, budget: 2, deadline: 3, cancelled: 4 };
const EVER = Number.NEGATIVE_INFINITY;

export class Rules {
  readonly #given: Given;
  readonly #plan: Plan;
  readonly #tasks: readonly RuledTask[];
  readonly #loops: readonly RuledLoop[];
  readonly #limits: Map<string, number>;
  readonly #starts: Start[] = [];
  readonly #told: string[] = [];
  readonly #complaints: string[] = [];
  #exited: { readonly task: RuledTask; readonly exit: Exit; readonly at: number }[] = [];
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
    this.#limits = new Map(Object.entries(plan.pools));
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
    times.push(this.#deadlineAt());
    const next = Math.min(...times.filter((time) => time > this.#now));
    return Number.isFinite(next) ? next : undefined;
  }

  // What the world does.

  exit(now: number, id: TaskId, exit: Exit): void {
    this.#exited.push({ task: this.#task(id), exit, at: now });
    this.#noted(now);
  }

  cancel(now: number): void {
    this.#cancelAsked = true;
    this.#noted(now);
  }

  resize(now: number, pool: string, limit: number): void {
    this.#limits.set(pool, limit);
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
      this.#judgeExit() ||
      this.#decideStop() ||
      this.#tell() ||
      this.#giveUp() ||
      this.#endLoop() ||
      this.#putBackRequested() ||
      this.#startOne() ||
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
    else if (exit.kind === 'code' && exit.code === 0) this.#end(task, { kind: 'succeeded' });
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

  /** Undefined: it is not tried again. */
  #delayBeforeRetry(task: RuledTask, exit: Exit, at: number): number | undefined {
    const { max, delayMillis, maxDelayMillis } = task.spec.retry;
    if (exit.kind === 'lost') return task.spec.once === true ? undefined : 0;
    if (exit.kind === 'conflict') return undefined;
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
    if (this.#mayStart(task)) return task.tried || !this.#needsOver(task) ? undefined : this.#skipped(task);
    const kind = this.#stop?.kind ?? 'cancelled';
    if (kind === 'cancelled') return { kind: 'cancelled' };
    if (task.tried && task.lastExit !== undefined) return { kind: 'failed', exit: task.lastExit };
    return { kind: 'skipped', because: { kind: 'stopped', by: kind } };
  }

  #skipped({ spec }: RuledTask): Outcome | undefined {
    const needed = spec.needs.map((need) => this.#task(need.task));
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
        const unmet = spec.needs.find(({ kind, task }) => {
          if (this.#plan.onError === 'continue' && kind === 'order') return false;
          const { status, spec: other } = this.#task(task);
          return !(status === 'succeeded' || (status === 'failed' && other.mayFail === true));
        });
        return unmet && { kind: 'skipped', because: { kind: 'need', task: unmet.task } };
      }
    }
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
      Object.assign(task, { status: 'waiting', outcome: undefined, round: task.round + 1, ...FRESH });
      this.#requests = this.#requests.filter((one) => one !== task);
    }
    for (const loop of this.#loops) {
      const members = loop.spec.tasks.map((id) => this.#task(id));
      if (members.every((task) => back.includes(task)))
        Object.assign(loop, { round: 1, closed: false, tried: false });
      else if (members.some((task) => back.includes(task))) loop.closed = false;
    }
  }

  // Rules 3, 4 and 10.
  #startOne(): boolean {
    const ready = this.#tasks.filter(
      (task) =>
        task.status === 'waiting' &&
        this.#mayStart(task) &&
        this.#needsOver(task) &&
        (task.due || task.notBefore <= this.#now) &&
        task.spec.pools.every((pool) => this.#inUse(pool) < (this.#limits.get(pool) ?? 0)),
    );
    const first = ready.sort(
      (a, b) => b.spec.priority - a.spec.priority || b.tail - a.tail || a.index - b.index,
    )[0];
    if (first === undefined) return false;
    const attempt = ++first.attempts;
    Object.assign(first, { status: 'running', tried: true, told: false });
    for (const loop of this.#around(first)) loop.tried = true;
    this.#starts.push({ task: first.spec.id, attempt, round: first.round, at: this.#now });
    this.#given.start(first.spec.id, attempt);
    return true;
  }

  #inUse(pool: string): number {
    return this.#tasks.filter(({ status, spec }) => status === 'running' && spec.pools.includes(pool)).length;
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
          { status, outcome, round, attempts, ends },
        ]),
      ),
      loops: Object.fromEntries(this.#loops.map(({ spec, round, closed }) => [spec.id, { round, closed }])),
      starts: this.#starts,
      told: this.#told.sort(),
      complaints: this.#complaints,
    };
  }
}

/** A task at the beginning of a round. */
const FRESH = { tried: false, counting: 0, row: 0, rowSince: 0, notBefore: EVER, due: false };

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
    lastExit: undefined,
    ...FRESH,
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
