/** The summary of a step: the verdict and what failed, as a block of code that nothing in it ends. */
import { type ClosingInput, closingLines } from './failures.js';

const MOST_CHARACTERS = 200_000;

export function stepSummary(input: ClosingInput): string {
  const text = closingLines(input)
    .map((line) => line.map((span) => span.text).join(''))
    .join('\n')
    .slice(0, MOST_CHARACTERS);
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(3, ...runs.map((run) => run.length + 1)));
  return `${fence}text\n${text}\n${fence}\n`;
}
