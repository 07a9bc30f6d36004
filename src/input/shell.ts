/** `--shell` and `shell:`, from the words that people write to the program and arguments before a text. */
import { failure, type Result, success } from '../core/problem.js';
import { readShell } from './shell-words.js';

/** What a lone name needs so that a text can follow it. */
const READY: Readonly<Record<string, readonly string[]>> = {
  sh: ['-c'],
  bash: ['-c'],
  zsh: ['-c'],
  dash: ['-c'],
  ksh: ['-c'],
  fish: ['-c'],
  python: ['-c'],
  python3: ['-c'],
  node: ['-e'],
  pwsh: ['-NoProfile', '-Command'],
  powershell: ['-NoProfile', '-Command'],
  cmd: ['/d', '/s', '/c'],
};

/** What tasks run in when nobody says otherwise; a plan leaves it out. */
export const DEFAULT_SHELL = 'sh -c';

/** `bash` → `bash -c`; more words are taken as they are, and the text becomes the last argument. */
export function parseShell(text: string): Result<readonly string[]> {
  const words = readShell(text, { prose: false }).words.map((word) => word.text);
  const program = words[0];
  if (program === undefined || text.includes('\0') || words.some((word) => word.includes('{0}')))
    return failure(
      `expected a shell, found ${JSON.stringify(text)}`,
      'for example "bash" or "bash -eo pipefail -c"; the text becomes the last argument',
    );
  if (words.length > 1) return success(words);
  if (Object.hasOwn(READY, program)) return success([program, ...(READY[program] ?? [])]);
  return failure(
    `${JSON.stringify(text)} does not say how it takes a text`,
    `write its option too, for example "${program} -c"`,
  );
}
