/** Programs that carry SPARC work out: how they are called and how they are told what to do. */
import type { Prompt } from '../core/plan.js';

/** Programs whose `sparc run` is a SPARC command. For a prompt the first that is installed is taken. */
export const RUNNERS: ReadonlySet<string> = new Set(['flowx', 'claude-flow', 'ruflo', 'sparc']);

/** True for the name of a runner, wherever it stands: `./name`, `node_modules/.bin/name`. `more` are those that a project knows besides. */
export function isRunner(word: string, more: readonly string[] = []): boolean {
  const name = programName(word);
  // In other folders many programs may be called so.
  if (name === 'sparc' && word !== name && word !== './sparc') return false;
  return RUNNERS.has(name) || more.includes(name);
}

/** The name of a program without the folders that it stands in. */
export function programName(word: string): string {
  return word.replace(/^.*\//, '');
}

/** All names of runners, in the order in which a prompt asks for them: whoever names one of his own wants that. */
export function runnerNames(more: readonly string[] = []): readonly string[] {
  return [...new Set([...more, ...RUNNERS])];
}

/** Where the packages of a project put their programs; the place that `npx` looks at first. */
const LOCAL_PROGRAMS = 'node_modules/.bin';

/** The path below the project at which a runner stands that only the project has installed. */
export function localProgram(runner: string): string {
  return `${LOCAL_PROGRAMS}/${runner}`;
}

/**
 * The arguments with which a runner is handed a prompt. The text is one of them and stands before the flag, for runners
 * take the word after a flag that they do not know for its value.
 */
export function promptArguments(runner: string, { mode, text }: Pick<Prompt, 'mode' | 'text'>): string[] {
  return sparcArguments(runner, ['run', mode, text, '--non-interactive']);
}

/** The arguments with which a runner says what its SPARC commands are, and does nothing. */
export function helpArguments(runner: string): string[] {
  return sparcArguments(runner, ['--help']);
}

function sparcArguments(runner: string, rest: readonly string[]): string[] {
  return /(^|[/\\])sparc(\.\w+)?$/.test(runner) ? [...rest] : ['sparc', ...rest];
}
