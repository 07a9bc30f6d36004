/** What a verb sees of the process that it runs in. A test hands in its own. */
import { Fatal, type Problem, problem, problemText } from '../core/problem.js';
import { withStateWords } from './state-words.js';

export interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** What each command that is proposed repeats of the one that was typed: ` --state-dir DIR`. */
  readonly stateWords?: string;
}

/** How a verb ended: an exit code, or the signal to die by once everything is cleaned up. */
export type Ending = number | { readonly signal: NodeJS.Signals };

/** One file = one verb: arguments after the verb's name in, ending out. */
export interface Verb {
  run(args: readonly string[], around: Surroundings): Promise<Ending>;
}

/** Says what is wrong with a request, all of it at once, and gives exit code 2. */
export function refuse(around: Surroundings, problems: readonly Problem[]): 2 {
  for (const found of problems) complain(around, problemText(found));
  return 2;
}

/** Says on stderr what is wrong, as `batchtool: …`. */
export function complain({ stderr, stateWords = '' }: Surroundings, text: string): void {
  stderr.write(`batchtool: ${withStateWords(text, stateWords)}\n`);
}

/** Where we are; the folder of a process may be deleted under it. */
export function currentFolder(): string {
  try {
    return process.cwd();
  } catch {
    throw new Fatal(2, problem('the current folder does not exist any more', '`cd` to one that does'));
  }
}

/** All is said and done; to have Node take everything apart would only cost time. What is still being written is waited for. */
export function leave(used: Iterable<NodeJS.WriteStream>): void {
  if ([...used].every(({ writableLength }) => writableLength === 0)) process.exit();
}
