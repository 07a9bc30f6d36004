/** Whether a run waits for what earlier ones tell: only one that would go another way. */
import { isAgentWork } from '../core/agent-work.js';
import type { Plan } from '../core/plan.js';

/**
 * Which task goes first is a question only where some must wait for a slot; what one costs, only where there is a budget, or an
 * agent whose cost is told beforehand.
 */
export function needsHistory({ tasks, pools, budget }: Plan): boolean {
  if (budget !== undefined || tasks.some(({ work }) => isAgentWork(work))) return true;
  return Object.entries(pools).some(
    ([pool, slots]) => tasks.filter((task) => task.pools.includes(pool)).length > slots,
  );
}
