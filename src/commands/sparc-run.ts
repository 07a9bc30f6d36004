/** `sparc run MODE 'TEXT'` as what it means: `run 'MODE: TEXT'` with the built-in runner. */
import { failure, failures, type Problem, problem, type Result, success } from '../core/problem.js';
import type { Arguments } from '../input/argv.js';
import type { Machine } from '../input/machine.js';
import { modeNamed, unknownMode } from '../sparc/modes.js';

export const SPARC_RUN_FORM = "batchtool sparc run MODE 'TEXT'";

/** The arguments of `run`. What is wrong with the modes of the project is told when the mode is none of those that are known. */
export function asRun(args: Arguments, { ownModes }: Machine): Result<Arguments> {
  const [, mode, text, ...more] = args.texts;
  const { modes = [], problems = [] } = ownModes ?? {};
  if (mode === undefined || text === undefined) {
    const what = mode === undefined ? 'a mode and a text' : 'a text after the mode';
    return failure(`sparc run takes ${what}`, `it is written ${SPARC_RUN_FORM}`);
  }
  const wrong: Problem[] = [
    ...(modeNamed(mode, modes) === undefined ? [unknownMode(mode, modes), ...problems] : []),
    ...(more.length > 0 ? [problem('sparc run takes one text', `quote it: ${SPARC_RUN_FORM}`)] : []),
    ...(args.options.has('runner')
      ? [problem('sparc run always takes the built-in runner', 'leave --runner out')]
      : []),
  ];
  if (wrong.length > 0) return failures(wrong);
  const runner = { flag: '--runner', values: ['builtin'] };
  const options = new Map([...args.options, ['runner', runner]]);
  return success({ ...args, verb: 'run', texts: [`${mode}: ${text}`], options });
}
