/** How much memory a large run may take for what is soon garbage. */

/** Below this there is nothing to gain, and loading `node:v8` costs a millisecond. */
const MANY_TASKS = 2000;
/** What the shortest tasks take in a plan file. */
const TASK_BYTES = 25;

/**
 * V8 lets its room for new objects grow to 48 MB when there is much to do, and never gives it back. A run makes little
 * that lives on: kept as small as it begins, 10,000 tasks take 100 MB instead of 123 (Node 20), and no more time.
 */
export async function keepHeapSmall(tasks: number): Promise<void> {
  if (tasks < MANY_TASKS) return;
  const { setFlagsFromString } = await import('node:v8');
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** The same before a plan file is understood, which is the first that makes much garbage. */
export function keepHeapSmallFor(planFile: Uint8Array): Promise<void> {
  return keepHeapSmall(planFile.length / TASK_BYTES);
}
