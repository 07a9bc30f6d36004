/** What we propose to type must find the runs that were looked at: it repeats the state folder that was named. */
import { shellWord } from '../core/shell-word.js';
import type { VerbName } from '../input/option.js';
import { findOption } from '../input/options.js';

/** ` --state-dir DIR` if these words name one, as it goes behind a command; else nothing. */
export function stateWords(words: readonly string[]): string {
  const end = words.indexOf('--');
  const own = end === -1 ? words : words.slice(0, end);
  const at = own.findLastIndex((word) => word === FLAG || word.startsWith(`${FLAG}=`));
  const folder = own[at] === FLAG ? own[at + 1] : own[at]?.slice(FLAG.length + 1);
  return folder ? ` ${FLAG} ${shellWord(folder)}` : '';
}

const FLAG = '--state-dir';

/** A text with these words behind each command of ours in it that stands in backticks and takes them. */
export function withStateWords(text: string, state: string): string {
  if (state === '') return text;
  return text.replace(/`batchtool ([a-z]+)[^`]*`/g, (command, verb: string) =>
    findOption(verb as VerbName, 'state-dir') === undefined ? command : `${command.slice(0, -1)}${state}\``,
  );
}
