/** How much memory a run may take for what is soon garbage, and V8 for itself. */

/** Below this there is nothing to gain, and loading `node:v8` costs a millisecond. */
const MANY_TASKS = 2000;
/** What the shortest tasks take in a plan file. */
const TASK_BYTES = 25;

/** V8's room for new objects stays as it is. */
const SMALL = '--semi-space-growth-factor=1';

let hasManyTasks = false;

/**
 * V8 lets its room for new objects grow to 48 MB when there is much to do, and never gives it back. A run makes little
 * that lives on: kept as small as it begins, 10,000 tasks take 100 MB instead of 123 (Node 20), and no more time.
 */
export function keepHeapSmall(): Promise<void> {
  return setFlags(SMALL);
}

/**
 * The same in a flood of output that native code carries: little else is done so often that it would pay to optimize it,
 * and to load the optimizer takes 3 MB. But many tasks are worth it.
 */
export function keepHeapSmallInFlood(): Promise<void> {
  return setFlags(hasManyTasks ? SMALL : `${SMALL} --no-opt`);
}

/** The same where there are so many tasks that it is worth it. */
export async function keepHeapSmallFor(tasks: number): Promise<void> {
  if (tasks < MANY_TASKS) return;
  hasManyTasks = true;
  await keepHeapSmall();
}

/** The same before a plan file is understood, which is the first that makes much garbage. */
export function keepHeapSmallForFile(planFile: Uint8Array): Promise<void> {
  return keepHeapSmallFor(planFile.length / TASK_BYTES);
}

async function setFlags(flags: string): Promise<void> {
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString(flags);
}
