/** A run in short words: tell the policy what happened, and read what it decides. */
import { decide, wakeAt } from '../../src/core/decide.js';
import type {
  AttemptResult,
  CostEstimate,
  Decision,
  Event,
  Observation,
  Owner,
  Request,
} from '../../src/core/event.js';
import { evolve, fold } from '../../src/core/evolve.js';
import type { Exit, Outcome } from '../../src/core/exit.js';
import type { Budget, Plan, TaskId } from '../../src/core/plan.js';
import { initialState, lastAttempt, type RunState, taskOf } from '../../src/core/state.js';

const OWNER: Owner = { pid: 1, startTime: '1', host: 'here' };

export class Spoken {
  readonly state: RunState;
  readonly journal: Event[] = [];
  /** What was decided first of all. */
  readonly beginning: readonly string[];
  #now = 0;

  constructor(
    readonly plan: Plan,
    estimates: Readonly<Record<TaskId, number>> = {},
    costs: Readonly<Record<TaskId, CostEstimate>> = {},
    /** The commit in which the run begins. */
    base?: string,
    /** What the run around it hands it. */
    handed: Budget = {},
  ) {
    this.state = initialState(plan);
    this.beginning = this.see({
      ...{ type: 'run.started', run: 'r1', planDigest: 'd', owner: OWNER, estimates, costs, handed },
      ...(base === undefined ? {} : { base }),
    });
  }

  /** These things happen in one moment; what is decided then. */
  see(...observations: readonly Observation[]): string[] {
    for (const observation of observations) this.#record(observation);
    const said: string[] = [];
    for (let next = decide(this.state, this.#now); next !== undefined; next = decide(this.state, this.#now)) {
      this.#record(next);
      said.push(inWords(next));
    }
    return said;
  }

  /** The running attempt of a task ends, with a code or otherwise. */
  exit(task: TaskId, exit: Exit | number = 0, result?: AttemptResult): string[] {
    return this.see(this.exited(task, exit, result));
  }

  /** The running attempt of an isolated or merging task succeeds with this commit; without one it changed nothing. */
  commits(task: TaskId, commit?: string): string[] {
    return this.see({ ...this.exited(task), ...(commit === undefined ? {} : { commit }) } as Observation);
  }

  exited(task: TaskId, exit: Exit | number = 0, result?: AttemptResult): Observation {
    const attempt = lastAttempt(taskOf(this.state, task))?.number ?? 0;
    return {
      type: 'attempt.exited',
      task,
      attempt,
      exit: typeof exit === 'number' ? { kind: 'code', code: exit } : exit,
      ...(result === undefined ? {} : { result }),
    };
  }

  request(request: Request): string[] {
    return this.see({ type: 'request.received', request });
  }

  cancel(): string[] {
    return this.request({ kind: 'cancel', by: 'somebody' });
  }

  /** The clock shows this time. */
  at(millis: number): string[] {
    this.#now = millis;
    return this.see();
  }

  /** When it wants to be woken. */
  get wakesAt(): number | undefined {
    return wakeAt(this.state, this.#now);
  }

  /** Another process takes over: what ran is lost. */
  resume(tasks: readonly TaskId[] = [], budget?: Budget): string[] {
    const limits = budget === undefined ? {} : { budget };
    const lost = [...this.state.running].map(({ task }) => this.exited(task.id, { kind: 'lost' }));
    return this.see({ type: 'run.resumed', owner: { ...OWNER, pid: 2 }, tasks, ...limits }, ...lost);
  }

  /** The same run, read from the journal as it is so far. */
  reread(): RunState {
    return fold(this.plan, this.journal);
  }

  #record(what: Decision | Observation): void {
    const event: Event = { at: this.#now, ...what };
    this.journal.push(event);
    evolve(this.state, event);
  }
}

export function inWords(decision: Decision): string {
  switch (decision.type) {
    case 'attempt.started':
      return `start ${decision.task}#${decision.attempt}`;
    case 'attempt.stopping':
      return `tell ${decision.task}#${decision.attempt} to end`;
    case 'task.retrying':
      return `retry ${decision.task} at ${decision.notBefore}`;
    case 'task.finished':
      return `${decision.task} ${endInWords(decision.outcome)}`;
    case 'round.started':
      return `again (${decision.because}): ${decision.tasks.join(' ')}`;
    case 'capacity.changed': {
      const until = decision.until === undefined ? '' : ` at ${decision.until}`;
      return `${decision.pool} has ${decision.limit}${until} (${decision.why})`;
    }
    case 'loop.closed':
      return `${decision.loop} closes`;
    case 'run.stopping':
      return `stop by ${decision.why.kind}`;
    case 'run.finished':
      return `run ${decision.status}`;
  }
}

function endInWords(outcome: Outcome): string {
  if (outcome.kind !== 'skipped') return outcome.kind;
  const { because } = outcome;
  if (because.kind === 'need') return `skipped (need ${because.task})`;
  return `skipped (${because.kind === 'stopped' ? `stopped by ${because.by}` : because.kind})`;
}
