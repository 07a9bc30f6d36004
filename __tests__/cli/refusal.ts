/** What is common to everything that is refused: said in words, exit 2, and nothing has happened. */
import { expect } from '@jest/globals';
import { type Bench, type Options, processesWith } from './harness.js';

/** A problem as it stands on stderr. */
export function says(message: string, hint?: string): string {
  return `batchtool: ${message}\n${hint === undefined ? '' : `  hint: ${hint}\n`}`;
}

/** Runs what must be refused with these words and no others. */
export async function expectRefused(
  here: Bench,
  args: readonly string[],
  said: string,
  options?: Options,
): Promise<void> {
  const ended = await here.run(args, options);
  expect(ended).toEqual({ code: 2, signal: null, stdout: '', stderr: said });
  expectNothingDone(here);
}

/** No run and no state folder, nothing that a task would have made (`touch ran`), no process. */
export function expectNothingDone(here: Bench): void {
  expect({ state: here.has('.batchtool'), ran: here.has('ran') }).toEqual({ state: false, ran: false });
  expectNothingRunning(here);
}

/** Every process of a bench has its folder as HOME. */
export function expectNothingRunning(here: Bench): void {
  if (process.platform === 'linux') expect(processesWith(here.dir)).toEqual([]);
}
