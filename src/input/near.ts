/** What a word was probably meant to be: the guard that keeps a mistyped option from becoming a step. */
import { editDistance, nearest } from '../core/graph.js';
import type { VerbName } from './option.js';
import { flagOf, optionsOf, patternsOf } from './options.js';

/** The option, mode or pattern of a verb that a name without dashes just misses, as it is typed. */
export function nearOption(verb: VerbName, name: string): string | undefined {
  const options = optionsOf(verb).flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  const flags = patternsOf(verb).flatMap((pattern) => pattern.flags);
  // Every short word is near a letter.
  const near = nearest(
    name,
    [...options, ...flags].filter((known) => known.length > 1),
  );
  return near === undefined ? undefined : flagOf(near);
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
      const stem = name.slice(0, -length);
      const distance = editDistance(name.slice(-length).toLowerCase(), ending);
      if (distance <= MISSED && distance < (best?.distance ?? MISSED + 1))
        best = { whole: stem + ending, distance };
    }
  return best?.whole;
}

/** Letters that may be wrong in a word as long as an ending. */
const MISSED = 2;
