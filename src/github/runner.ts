/** How a step talks with its runner: the only file that knows @actions/core. */
import { appendFileSync } from 'node:fs';
import { error, getState, notice, saveState, setOutput, setSecret, warning } from '@actions/core';
import { type Problem, problem } from '../core/problem.js';

/** GitHub shows so many of each level for a step, and drops the others. */
export const MOST_ANNOTATIONS = 10;
/** Beyond, GitHub drops the whole summary. */
export const MOST_SUMMARY_BYTES = 1024 * 1024;
const MOST_MESSAGE = 4096;

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** From now on the runner shows stars in place of these, in every step of the job. */
export function hide(texts: readonly string[]): void {
  for (const text of texts) setSecret(text);
}

export function annotate({ level, message, title, file, line, column }: Annotation): void {
  const say = { error, warning, notice }[level];
  say(message.slice(0, MOST_MESSAGE), {
    ...(title === undefined ? {} : { title }),
    ...(file === undefined ? {} : { file }),
    ...(line === undefined ? {} : { startLine: line }),
    ...(column === undefined ? {} : { startColumn: column }),
  });
}

/** Undefined, or why later steps will not have them: a task or a full disk may have taken the runner's file away. */
export function giveOutputs(outputs: Readonly<Record<string, string>>): Problem | undefined {
  return attempted('later steps have no outputs of this one', () => {
    for (const [name, value] of Object.entries(outputs)) setOutput(name, value);
  });
}

/** Adds to the summary of the step. Without a runner that shows one there is nothing to do. */
export function addSummary(markdown: string, env: NodeJS.ProcessEnv): Problem | undefined {
  const path = env.GITHUB_STEP_SUMMARY;
  if (path === undefined || path === '') return undefined;
  const bytes = Buffer.byteLength(markdown);
  if (bytes > MOST_SUMMARY_BYTES) return problem(`the summary has ${bytes} bytes, and GitHub takes 1 MiB`);
  return attempted('there is no summary', () => appendFileSync(path, markdown));
}

/** Hands a text to the post step of this very step. Undefined, or why it will not have it. */
export function leaveForPost(name: string, text: string): Problem | undefined {
  return attempted('the post step will not know of this one', () => saveState(name, text));
}

/** What the runner gave a file for is written there, and the file may be gone. */
function attempted(otherwise: string, write: () => void): Problem | undefined {
  try {
    write();
    return undefined;
  } catch (fault) {
    return problem(`${otherwise}: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
}

/** What the step has left; empty: nothing. */
export function leftForPost(name: string): string {
  return getState(name);
}
