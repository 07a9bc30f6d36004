/**
 * Random runs of isolated tasks, in which a commit is no more than the set of all that was done in it. What must hold: nobody
 * begins without the work of what it needs, nothing is merged onto what it did not begin with, nothing that stands is lost.
 */
import { decide, wakeAt } from '../../src/core/decide.js';
import type { Decision, Event, Observation } from '../../src/core/event.js';
import { evolve, fold } from '../../src/core/evolve.js';
import { type Launch, launch } from '../../src/core/launch.js';
import { newestSuccess } from '../../src/core/lineage.js';
import type { MergeOrder } from '../../src/core/orders.js';
import type { Plan, TaskId } from '../../src/core/plan.js';
import { tasksToResume } from '../../src/core/resume.js';
import {
  initialState,
  lastAttempt,
  loopStatesAround,
  type RunState,
  type TaskState,
  taskOf,
} from '../../src/core/state.js';
import { Dice } from './dice.js';
import { planOf, withWorktrees } from './plans.js';

const OWNER = { pid: 1, startTime: '1', host: 'here' };
const MOST_STEPS = 5000;

/** A plan of the simulation, some of whose tasks ask for a worktree. */
export function isolatedPlanOf(seed: number): Plan {
  const dice = new Dice(seed, 'trees');
  const { budget: _, deadlineMillis: __, ...plan } = planOf(dice, { calm: dice.chance(0.7), stormy: false });
  const tasks = plan.tasks.map(({ budget: ___, ...task }) => task);
  return withWorktrees(dice, { ...plan, tasks }, dice.pick(['fail', 'retry']));
}

/** Lets a plan run in a random world. `words`: what happened in it. */
export function runOf(seed: number, plan: Plan): { readonly faults: string[]; readonly words: string[] } {
  const grove = new Grove(seed, plan);
  grove.run();
  return grove;
}

class Grove {
  readonly faults: string[] = [];
  readonly words: string[] = [];
  readonly #dice: Dice;
  readonly #plan: Plan;
  readonly state: RunState;
  readonly journal: Event[] = [];
  /** All that was done in a commit, as `task#attempt`. */
  readonly #content = new Map<string, ReadonlySet<string>>([['o', new Set()]]);
  readonly #launches = new Map<TaskId, Launch>();
  #now = 0;
  #resumes = 0;

  constructor(seed: number, plan: Plan) {
    this.#dice = new Dice(seed, 'grove');
    this.#plan = plan;
    this.state = initialState(plan);
  }

  run(): void {
    this.#record({ type: 'run.started', run: 'r', planDigest: 'd', base: 'o', owner: OWNER, estimates: {} });
    for (let step = 0; step < MOST_STEPS; step++) {
      for (let next = decide(this.state, this.#now); next !== undefined; next = decide(this.state, this.#now))
        this.#decided(next);
      if (this.state.status === 'running') this.#somethingHappens();
      else if (!this.#goesOn()) break;
      if (this.faults.length > 0) return;
    }
    if (this.state.status === 'running') this.#say('the run does not end');
    const again = fold(this.#plan, this.journal);
    for (const [index, { attempts }] of again.tasks.entries())
      if (JSON.stringify(attempts) !== JSON.stringify(this.state.tasks[index]?.attempts))
        this.#say('the fold of the journal is another state');
  }

  #record(what: Decision | Observation): void {
    const event: Event = { at: this.#now, ...what };
    this.journal.push(event);
    evolve(this.state, event);
  }

  #decided(decision: Decision): void {
    this.#record(decision);
    if (decision.type === 'round.started') this.words.push(`round ${decision.because}`);
    if (decision.type !== 'attempt.started') return;
    const task = taskOf(this.state, decision.task);
    const order = launch(this.state, task);
    this.#launches.set(decision.task, order);
    if (order.worktree !== undefined) this.#beginsWithAll(task, order.worktree.base);
    if (order.worktree?.redo !== undefined) this.words.push('redo');
  }

  #somethingHappens(): void {
    const running = [...this.state.running];
    if (running.length === 0) {
      const wake = wakeAt(this.state, this.#now);
      if (wake === undefined) this.#say('the run is stuck');
      else this.#now = wake;
      return;
    }
    if (this.#dice.chance(0.03))
      this.#record({
        type: 'request.received',
        request: { kind: 'retry', task: this.#dice.pick(this.#plan.tasks).id },
      });
    if (this.#dice.chance(0.02)) this.#resume([]);
    else this.#exit(this.#dice.pick(running));
  }

  /** A run that is over may be taken up once or twice. */
  #goesOn(): boolean {
    if (this.#resumes >= 2 || !this.#dice.chance(0.5)) return false;
    const rerun = this.#dice.chance(0.3) ? [this.#dice.pick(this.#plan.tasks).id] : [];
    this.#resume(tasksToResume(this.state, { failedOnly: this.#dice.chance(0.3), rerun }));
    this.words.push('resumed');
    return true;
  }

  #resume(tasks: readonly TaskId[]): void {
    this.#resumes++;
    const lost = [...this.state.running];
    this.#record({ type: 'run.resumed', owner: OWNER, tasks });
    for (const task of lost) this.#exits(task, { exit: { kind: 'lost' } });
  }

  #exits(
    task: TaskState,
    facts: Omit<Extract<Observation, { type: 'attempt.exited' }>, 'type' | 'task' | 'attempt'>,
  ): void {
    const attempt = lastAttempt(task)?.number ?? 0;
    this.#record({ type: 'attempt.exited', task: task.task.id, attempt, ...facts });
  }

  #exit(task: TaskState): void {
    const order = this.#launches.get(task.task.id) as Launch;
    if (order.merge !== undefined) this.#merge(task, order.merge);
    else if (this.#dice.chance(0.2)) this.#exits(task, { exit: { kind: 'code', code: 1 } });
    else {
      const base = order.worktree?.base;
      const isChanged = base !== undefined && this.#dice.chance(0.8);
      const unit = `${task.task.id}#${order.attempt}`;
      const commit = isChanged ? this.#commit([...this.#in(base), unit]) : undefined;
      this.#exits(task, { exit: { kind: 'code', code: 0 }, ...(commit === undefined ? {} : { commit }) });
    }
  }

  #merge(task: TaskState, { base, members }: MergeOrder): void {
    const merged = new Set(this.#in(base));
    for (const [index, member] of members.entries()) {
      if (index > 0 && this.#dice.chance(0.15)) {
        const against = members.slice(0, index).map((one) => one.task);
        const exit = { kind: 'conflict' as const, files: ['f'], task: member.task, against };
        this.#exits(task, { exit: { ...exit, onto: this.#commit(merged) } });
        this.words.push('conflict');
        return;
      }
      const began = this.#in(member.base);
      // Who was sent back began with what others brought along; that may have been done anew since.
      for (const unit of began)
        if (!merged.has(unit) && this.#counts(unit) && !this.words.includes('round conflict'))
          this.#say(`${task.task.id} merges ${member.task}, which began with ${unit}, onto what has it not`);
      for (const unit of this.#in(member.commit)) if (!began.has(unit)) merged.add(unit);
    }
    if (task.task.work.kind === 'integrate' && task.task.work.into !== undefined) this.#losesNothing(merged);
    if (members.length > 1) this.words.push('merge of several');
    const isChanged = merged.size > this.#in(base).size;
    this.#exits(task, {
      exit: { kind: 'code', code: 0 },
      ...(isChanged ? { commit: this.#commit(merged) } : {}),
    });
  }

  /** It stands: nothing newer of the same task has taken its place. */
  #counts(unit: string): boolean {
    const [task = '', attempt] = unit.split('#');
    const one = taskOf(this.state, task);
    return one.status === 'succeeded' && newestSuccess(one)?.number === Number(attempt);
  }

  #in(commit: string): ReadonlySet<string> {
    return this.#content.get(commit) as ReadonlySet<string>;
  }

  #commit(units: Iterable<string>): string {
    const name = `c${this.#content.size}`;
    this.#content.set(name, new Set(units));
    return name;
  }

  /** All that a task needs, itself or through others that are not isolated, is in the commit in which it begins. */
  #beginsWithAll(task: TaskState, base: string): void {
    if (task.task.when !== 'success' && task.task.when !== 'any-success') return;
    // It was tried before its needs were put back, and `when` is asked only once.
    const isLate = task.task.needs.some(({ task: id }) => {
      const need = taskOf(this.state, id);
      return need.task.work.kind === 'integrate' && need.status !== 'succeeded';
    });
    // What a resume keeps may be older than what it does anew.
    if (isLate || this.words.includes('resumed')) return;
    const before = this.#allBefore(task);
    const seen = new Set<TaskState>([task]);
    for (const one of seen)
      for (const need of one.task.needs) {
        const needed = taskOf(this.state, need.task);
        if (needed.status !== 'succeeded') continue;
        if (needed.task.isolate !== 'worktree') seen.add(needed);
        const success = newestSuccess(needed);
        const commit = success?.commit ?? success?.base ?? 'o';
        const missing = [...this.#in(commit)].find(
          (unit) => !this.#in(base).has(unit) && this.#counts(unit) && before.has(unit.split('#')[0] ?? ''),
        );
        if (needed.task.isolate === 'worktree' && missing !== undefined)
          this.#say(`${task.task.id} needs ${need.task} and begins in ${base} without ${missing}`);
      }
  }

  /** All that a task needs, and what these need. What others have brought along besides need not be there. */
  #allBefore({ task: { id: first } }: TaskState): ReadonlySet<TaskId> {
    const ids = new Set([first]);
    for (const id of ids) for (const need of taskOf(this.state, id).task.needs) ids.add(need.task);
    return ids;
  }

  #losesNothing(merged: ReadonlySet<string>): void {
    for (const task of this.state.tasks) {
      const success = newestSuccess(task);
      if (task.task.isolate !== 'worktree' || task.status !== 'succeeded' || success?.commit === undefined)
        continue;
      // A loop whose last merge failed is left out as a whole; what a resume kept of it stands for all of it.
      const isLeftOut = loopStatesAround(this.state, task).some(
        ({ loop: { checkpoint } }) =>
          checkpoint !== undefined &&
          (taskOf(this.state, checkpoint).status !== 'succeeded' || this.words.includes('resumed')),
      );
      const unit = `${task.task.id}#${success.number}`;
      if (!isLeftOut && !merged.has(unit)) this.#say(`${unit} succeeded and is not in the end`);
    }
  }

  #say(sentence: string): void {
    this.faults.push(sentence);
  }
}
