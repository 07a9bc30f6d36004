/** What is wrong, in the words of a step: whoever wrote a workflow has given inputs, and no options. */
import type { Problem } from '../core/problem.js';
import { OPTION_INPUTS } from './inputs.js';

/** Also one that is an option of `report`. */
const NAMED: typeof OPTION_INPUTS = [...OPTION_INPUTS, ['problem-matchers', 'problem-matchers']];

/** Names the input in place of each option that it gives. What was typed in the input `run` stays as it is: `typed` are its words. */
export function inInputs({ message, hint, ...rest }: Problem, typed: readonly string[]): Problem {
  return {
    ...rest,
    message: worded(message, typed),
    ...(hint === undefined ? {} : { hint: worded(hint, typed) }),
  };
}

function worded(text: string, typed: readonly string[]): string {
  return NAMED.reduce((said, [input, name]) => {
    const flag = name.length === 1 ? `-${name}` : `--${name}`;
    if (typed.some((word) => word === flag || word.startsWith(`${flag}=`))) return said;
    return said.replace(new RegExp(`(?<![\\w-])${flag}(?![\\w-])`, 'g'), `input ${input}`);
  }, text);
}
