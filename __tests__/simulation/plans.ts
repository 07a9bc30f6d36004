/** Random plans: 1–25 tasks, needs of both kinds, all `when`, loops within loops, several pools. */
import { planProblems } from '../../src/core/graph.js';
import type {
  Budget,
  Isolation,
  Loop,
  Need,
  OnError,
  Plan,
  Task,
  TaskId,
  When,
  Work,
} from '../../src/core/plan.js';
import { withIsolation } from '../../src/input/isolation.js';
import { machine, right } from '../input/typed.js';
import type { Dice } from './dice.js';

export interface PlanKind {
  /** Not stopped by anything, so that time decides nothing. */
  readonly calm: boolean;
  /** Many tasks at once with one provider. */
  readonly stormy: boolean;
}

/** Any plan that has no faults. */
export function planOf(dice: Dice, { calm, stormy }: PlanKind): Plan {
  const count = dice.pick([dice.int(1, 4), dice.int(2, 8), dice.int(3, 14), dice.int(8, 25)]);
  const pools = {
    main: stormy ? 8 : dice.int(1, 4),
    ...(stormy ? { a: dice.int(3, 8) } : dice.chance(0.5) ? { a: dice.int(1, 3) } : {}),
    ...(dice.chance(0.2) ? { b: dice.int(1, 2) } : {}),
  };
  const ids = Array.from({ length: count }, (_, i) => `t${i + 1}`);
  const order = dice.shuffle(ids);
  const density = stormy ? 0.05 : dice.pick([0.1, 0.25, 0.5]);
  const plain = dice.chance(0.3);
  const tasks = new Map<TaskId, Task>();
  const slots = () => (stormy ? ['main', 'a'] : slotsOf(dice, Object.keys(pools)));
  for (const [place, id] of order.entries())
    tasks.set(id, taskOf(dice, id, needsOf(dice, order.slice(0, place), density), slots(), plain));
  const onError: OnError = calm
    ? dice.pick(['skip', 'continue'])
    : dice.pick(['skip', 'stop', 'fail-fast', 'continue']);
  const plan: Plan = {
    version: 1,
    name: 'simulated',
    pattern: 'file',
    tags: [],
    tasks: ids.map((id) => tasks.get(id) as Task),
    loops: [],
    pools,
    onError,
    rateLimitWaitMillis: calm ? 1_000_000_000 : dice.pick([0, 15, 60, 5000, 40_000, 3_600_000]),
    cwd: '/home/me',
    env: {},
    secrets: [],
    graceMillis: 5000,
    ...(!calm && dice.chance(0.15) ? { deadlineMillis: dice.pick([0, 10, 30, 60, 200]) } : {}),
    ...(!calm && dice.chance(0.35) ? { budget: budgetOf(dice, dice.pick([1, 4, 20])) } : {}),
  };
  return withLoops(dice, plan, order);
}

/** The plan with some of its tasks in worktrees of their own, and with the merges that this takes. */
export function withWorktrees(dice: Dice, plan: Plan, onConflict: Isolation['onConflict']): Plan {
  const share = dice.pick([0.3, 0.7, 1]);
  const tasks = plan.tasks.map((task) =>
    dice.chance(share) ? { ...task, isolate: 'worktree' as const } : task,
  );
  const here = machine({ hasRepository: () => true });
  const isolated = right(withIsolation({ plan: { ...plan, tasks }, picks: [] }, {}, here));
  if (isolated.isolation === undefined) return isolated;
  return { ...isolated, isolation: { ...isolated.isolation, onConflict } };
}

function needsOf(dice: Dice, earlier: readonly TaskId[], density: number): Need[] {
  const needs: Need[] = [];
  const limit = dice.int(0, 4);
  for (const task of dice.shuffle(earlier)) {
    if (needs.length >= limit) break;
    if (dice.chance(density)) needs.push({ task, kind: dice.pick(['data', 'order']) });
  }
  const first = needs[0];
  if (first !== undefined && dice.chance(0.03))
    needs.push({ task: first.task, kind: first.kind === 'data' ? 'order' : 'data' });
  return needs;
}

/** Money, tokens or both, for so many attempts more or less. */
function budgetOf(dice: Dice, attempts: number): Budget {
  const kind = dice.pick(['cost', 'cost', 'tokens', 'both']);
  return {
    ...(kind === 'tokens' ? {} : { costUsd: dice.int(1, 10 * attempts) / 10 }),
    ...(kind === 'cost' ? {} : { tokens: dice.int(1, attempts) * 1000 }),
  };
}

function workOf(dice: Dice, id: TaskId): Work {
  if (dice.chance(0.5))
    return { kind: 'command', text: `run ${id}`, ...(dice.chance(0.3) ? { calls: 'batchtool' } : {}) };
  return {
    kind: 'prompt',
    text: id,
    mode: 'code',
    agent: 'claude',
    // One of a user's own tells nothing.
    ...(dice.chance(0.25) ? { command: ['mine'] } : {}),
  };
}

function slotsOf(dice: Dice, pools: readonly string[]): string[] {
  return dice.chance(0.6) ? ['main'] : pools.filter(() => dice.chance(0.6));
}

function taskOf(
  dice: Dice,
  id: TaskId,
  needs: readonly Need[],
  pools: readonly string[],
  plain: boolean,
): Task {
  const when: When = plain
    ? 'success'
    : dice.pick(['success', 'success', 'success', 'success', 'failure', 'always', 'any-success']);
  return {
    id,
    label: id,
    work: workOf(dice, id),
    needs,
    when,
    ...(dice.chance(0.15) ? { mayFail: true } : {}),
    ...(dice.chance(0.1) ? { once: true } : {}),
    tags: [],
    priority: dice.chance(0.7) ? 0 : dice.int(-1, 2),
    pools,
    retry: {
      max: dice.pick([0, 0, 1, 2, 3]),
      delayMillis: dice.pick([0, 0, 10, 40]),
      maxDelayMillis: dice.pick([15, 60, 1000]),
    },
    limits: {},
    env: {},
    ...(dice.chance(0.1) ? { budget: budgetOf(dice, 1) } : {}),
  };
}

/** Loops over random neighbours in the order of needs, perhaps with loops inside; those that do not fit are left out. */
function withLoops(dice: Dice, plan: Plan, order: readonly TaskId[]): Plan {
  let made = plan;
  const wanted = dice.pick([0, 0, 1, 1, 2, 3]);
  for (let i = 0; i < wanted; i++) {
    const within = made.loops.length > 0 && dice.chance(0.5) ? dice.pick(made.loops) : undefined;
    const from = within === undefined ? order : order.filter((id) => within.tasks.includes(id));
    const low = dice.int(0, from.length - 1);
    const near = from.slice(low, low + dice.int(1, 6));
    const tasks = dice.chance(0.7) ? near : near.filter(() => dice.chance(0.7));
    if (tasks.length === 0) continue;
    const loop: Loop = {
      id: `loop${i + 1}`,
      tasks,
      again: {
        kind: dice.pick(['failed', 'not-succeeded']),
        tasks: dice.chance(0.5) ? tasks : [dice.pick(tasks)],
      },
      max: dice.int(1, 3),
    };
    const tried = { ...made, loops: dice.shuffle([...made.loops, loop]) };
    if (planProblems(tried).length === 0) made = tried;
  }
  return made;
}
