/** A pool for each coding agent, so that what its provider says of too many requests counts for its tasks alone. */

import { AGENTS } from '../agents/index.js';
import { isForAgent } from '../core/agent-work.js';
import { nearest } from '../core/nearest.js';
import { MAIN_POOL, type Plan, type PoolId, type Task } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import type { Places } from './place.js';

const PREFIX = 'agent:';

/** The pool of an agent. A plan file sizes it as any other: `pools: {"agent:claude": 2}`. */
export function agentPool(agent: string): PoolId {
  return `${PREFIX}${agent}`;
}

/** Pools with another size of the main one. Agents' pools that were as large as that follow it. */
export function withSlots(pools: Plan['pools'], slots: number): Plan['pools'] {
  const follows = ([id, size]: readonly [PoolId, number]) =>
    id.startsWith(PREFIX) && size === pools[MAIN_POOL];
  const resized = Object.entries(pools).map((pool) => (follows(pool) ? [pool[0], slots] : pool));
  return { ...Object.fromEntries(resized), [MAIN_POOL]: slots };
}

/**
 * The plan in which every task that an agent carries out holds a slot of that agent's pool; as large as the main pool unless it
 * says otherwise. A stored plan may have put a prompt there that a runner takes now.
 */
export function withAgentPools(plan: Plan): Plan {
  const pools = new Map<PoolId, number>();
  const tasks = plan.tasks.map((task) => {
    const pool = poolOf(task);
    if (pool === undefined) return withoutAgentPool(task);
    if (!Object.hasOwn(plan.pools, pool)) pools.set(pool, plan.pools[MAIN_POOL] ?? 1);
    return task.pools.includes(pool) ? task : { ...task, pools: [...task.pools, pool] };
  });
  if (pools.size === 0 && tasks.every((task, index) => task === plan.tasks[index])) return plan;
  return { ...plan, tasks, pools: { ...plan.pools, ...Object.fromEntries(pools) } };
}

/** Pools of a plan file that nobody will ever hold: a misspelt name would limit nothing, in silence. */
export function strayPools({ pools, tasks, agents = {} }: Plan, placeOf: Places): Problem[] {
  const used = new Set(tasks.flatMap((task) => task.pools));
  const ofAgents = [...AGENTS.map(({ name }) => name), ...Object.keys(agents)].map(agentPool);
  const known = new Set([MAIN_POOL, ...used, ...ofAgents]);
  return Object.keys(pools)
    .filter((pool) => !known.has(pool))
    .map((pool) => {
      const near = nearest(pool, known);
      return problem(
        `no task holds the pool ${JSON.stringify(pool.slice(0, 60))}, and it is no agent's`,
        near === undefined
          ? 'a task holds a slot of it with "pool"; that of an agent is called agent:NAME'
          : `did you mean "${near}"?`,
        placeOf(['pools', pool], 'key'),
      );
    });
}

function poolOf({ work }: Task): PoolId | undefined {
  return isForAgent(work) && work.agent !== undefined ? agentPool(work.agent) : undefined;
}

function withoutAgentPool(task: Task): Task {
  const { work, pools } = task;
  if (work.kind !== 'prompt' || work.agent === undefined) return task;
  const left = agentPool(work.agent);
  return pools.includes(left) ? { ...task, pools: pools.filter((pool) => pool !== left) } : task;
}
