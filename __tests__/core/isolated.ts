/** A run of isolated tasks in short words, from what a user types to what each attempt is told. */
import type { Conflict } from '../../src/core/exit.js';
import { type Launch, launch } from '../../src/core/launch.js';
import type { Plan } from '../../src/core/plan.js';
import { taskOf } from '../../src/core/state.js';
import type { VerbName } from '../../src/input/option.js';
import { type Around, asked, right } from '../input/typed.js';
import { Spoken } from './spoken.js';

/** The plan of these words in a repository. */
export function isolatedPlan(argv: readonly string[], around: Around = {}, verb: VerbName = 'run'): Plan {
  return right(asked(verb, argv, { ...around, machine: { hasRepository: () => true, ...around.machine } }));
}

/** A run that begins in the commit `o`. */
export function begun(plan: Plan): Spoken {
  return new Spoken(plan, {}, {}, 'o');
}

export function launchOf(spoken: Spoken, task: string): Launch {
  return launch(spoken.state, taskOf(spoken.state, task));
}

/** Where its newest attempt begins. */
export function baseOf(spoken: Spoken, task: string): string | undefined {
  return launchOf(spoken, task).worktree?.base;
}

/** `base + task(from..to)…` of a merge. */
export function mergeOf(spoken: Spoken, task = 'integrate'): string {
  const { base = '?', members = [] } = launchOf(spoken, task).merge ?? {};
  return [base, ...members.map((one) => `${one.task}(${one.base}..${one.commit})`)].join(' ');
}

export function conflict(
  task: string,
  onto: string,
  against: readonly string[] = [],
): Conflict & { kind: 'conflict' } {
  return { kind: 'conflict', files: ['f'], task, against, onto };
}
