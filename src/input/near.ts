/** What a word was probably meant to be: the guard that keeps a mistyped option from becoming a step. */
import { editDistance, nearest } from '../core/nearest.js';
import type { VerbName } from './option.js';
import { flagOf, optionsOf, patternsOf } from './options.js';

/** The option, mode or pattern of a verb that a name without dashes just misses, as it is typed. */
export function nearOption(verb: VerbName, name: string): string | undefined {
  // Every short word is near a letter.
  const known = wordsOf(verb).filter((word) => word.length > 1);
  const ending = ENDINGS.find((end) => name.endsWith(end));
  if (ending === undefined) return asTyped(nearest(name, known));
  // What is spelt as a group was meant as one: `mvp-parallel` is no slip of `max-parallel`, `mx-parallel` is.
  const stems = known.filter((word) => word.endsWith(ending)).map((word) => word.slice(0, -ending.length));
  const stem = nearest(name.slice(0, -ending.length), stems);
  return asTyped(stem === undefined ? undefined : stem + ending);
}

function wordsOf(verb: VerbName): readonly string[] {
  const options = optionsOf(verb).flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  return [...options, ...patternsOf(verb).flatMap((pattern) => pattern.flags)];
}

function asTyped(word: string | undefined): string | undefined {
  return word === undefined ? undefined : flagOf(word);
}

/** Endings that make a group of a step. */
export const ENDINGS = ['-parallel', '-sequential'] as const;

/** The name with the ending that it just misses put right; undefined if it misses none, or has one. */
export function nearEnding(name: string): string | undefined {
  if (ENDINGS.some((ending) => name.endsWith(ending))) return undefined;
  let best: { readonly whole: string; readonly distance: number } | undefined;
  for (const ending of ENDINGS)
    for (let length = ending.length - MISSED; length <= ending.length + MISSED; length++) {
      if (length >= name.length) break;
      const stem = name.slice(0, -length).replace(/[_.-]+$/, '');
      const distance = editDistance(name.slice(-length).toLowerCase(), ending);
      if (stem !== '' && distance <= MISSED && distance < (best?.distance ?? MISSED + 1))
        best = { whole: stem + ending, distance };
    }
  return best?.whole;
}

/** Letters that may be wrong in a word as long as an ending. */
const MISSED = 2;
