import type { Need, Plan, Task } from '../../src/core/plan.js';
import { MAIN_POOL } from '../../src/core/plan.js';

/** A task with nothing special; `needs` as ids means data needs. */
export function task(
  id: string,
  rest: Partial<Omit<Task, 'needs'>> & { needs?: (string | Need)[] } = {},
): Task {
  const { needs = [], ...more } = rest;
  return {
    id,
    label: id,
    work: { kind: 'command', text: `echo ${id}` },
    when: 'success',
    tags: [],
    priority: 0,
    pools: [MAIN_POOL],
    retry: { max: 0, delayMillis: 0, maxDelayMillis: 60_000 },
    limits: {},
    env: {},
    needs: needs.map((need) => (typeof need === 'string' ? { task: need, kind: 'data' } : need)),
    ...more,
  };
}

/** A plan with nothing special and four slots. */
export function plan(tasks: Task[], rest: Partial<Plan> = {}): Plan {
  return {
    version: 1,
    name: 'test',
    pattern: 'parallel',
    tags: [],
    tasks,
    loops: [],
    pools: { [MAIN_POOL]: 4 },
    onError: 'skip',
    rateLimitWaitMillis: 3_600_000,
    cwd: '.',
    env: {},
    secrets: [],
    graceMillis: 5000,
    ...rest,
  };
}
