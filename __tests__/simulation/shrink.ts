/** Makes a world that fails smaller, so that a person can follow what goes wrong. */
import { planProblems } from '../../src/core/graph.js';
import type { Loop, Task, TaskId } from '../../src/core/plan.js';
import type { World } from './world.js';

/**
 * The smallest world like this one that still fails: tasks, loops, needs and happenings are left out one by one
 * as long as `fails` says so. Scripts hang on seed and task, so what is left behaves as before.
 */
export function shrink(world: World, fails: (smaller: World) => boolean, tries = 400): World {
  let best = world;
  let left = tries;
  for (let again = true; again && left > 0; ) {
    again = false;
    for (const smaller of smallerWorlds(best)) {
      if (left-- <= 0) break;
      if (planProblems(smaller.plan).length > 0 || !fails(smaller)) continue;
      best = smaller;
      again = true;
      break;
    }
  }
  return best;
}

function* smallerWorlds(world: World): Generator<World> {
  const { plan, happenings } = world;
  if (plan.tasks.length > 1) for (const { id } of plan.tasks) yield without(world, id);
  for (let i = 0; i < plan.loops.length; i++)
    yield { ...world, plan: { ...plan, loops: plan.loops.filter((_, j) => j !== i) } };
  for (let i = 0; i < happenings.length; i++)
    yield { ...world, happenings: happenings.filter((_, j) => j !== i) };
  for (const task of plan.tasks)
    for (const simpler of simplerTasks(task))
      yield { ...world, plan: { ...plan, tasks: plan.tasks.map((t) => (t === task ? simpler : t)) } };
  if (plan.deadlineMillis !== undefined) {
    const { deadlineMillis: _, ...open } = plan;
    yield { ...world, plan: open };
  }
  if (Object.keys(world.estimates).length > 0) yield { ...world, estimates: {} };
}

function without(world: World, id: TaskId): World {
  const { plan } = world;
  const loops = plan.loops.flatMap((loop): Loop[] => {
    const tasks = loop.tasks.filter((other) => other !== id);
    const named = loop.again.tasks.filter((other) => other !== id);
    const { checkpoint, ...rest } = loop;
    const made = { ...rest, tasks, again: { ...loop.again, tasks: named } };
    if (tasks.length === 0) return [];
    return [checkpoint === undefined || checkpoint === id ? made : { ...made, checkpoint }];
  });
  const tasks = plan.tasks.filter((task) => task.id !== id).map((task) => apartFrom(task, id));
  return {
    ...world,
    plan: { ...plan, tasks, loops },
    happenings: world.happenings.filter((one) => one.kind !== 'retry' || one.task !== id),
  };
}

/** The task as it is without another one. */
function apartFrom({ base, work, ...task }: Task, id: TaskId): Task {
  return {
    ...task,
    needs: task.needs.filter((need) => need.task !== id),
    work:
      work.kind === 'integrate' ? { ...work, members: work.members.filter((other) => other !== id) } : work,
    ...(base === undefined || base === id ? {} : { base }),
  };
}

function* simplerTasks(task: Task): Generator<Task> {
  for (let i = 0; i < task.needs.length; i++) yield { ...task, needs: task.needs.filter((_, j) => j !== i) };
  if (task.when !== 'success') yield { ...task, when: 'success' };
  if (task.mayFail === true) yield { ...task, mayFail: false };
  if (task.once === true) yield { ...task, once: false };
  if (task.retry.max > 0) yield { ...task, retry: { ...task.retry, max: 0 } };
  if (task.retry.delayMillis > 0) yield { ...task, retry: { ...task.retry, delayMillis: 0 } };
  if (task.priority !== 0) yield { ...task, priority: 0 };
  if (task.pools.length > 0) yield { ...task, pools: [] };
}
