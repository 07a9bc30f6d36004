/** Lines of a log as people read them. */
import { cleanText } from '../core/clean-text.js';
import { shortened } from './title.js';

/** Of a line that is longer, what lies further behind is nothing that a person reads. */
const MOST_CHARACTERS = 2000;
/** Escapes take room too; more than this is cut before they are looked for. */
const MOST_RAW_CHARACTERS = 16_000;

/** One line of a log as a terminal would have left it: of what was overwritten after carriage returns the last state stays. */
export function cleanLine(line: string): string {
  const bare = cleanText(line.slice(0, MOST_RAW_CHARACTERS));
  const states = bare.split('\n');
  return shortened(states.findLast((state) => state.trim() !== '') ?? '', MOST_CHARACTERS);
}
