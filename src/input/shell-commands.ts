/** The commands that a text hands to a shell, also where one stands within another. */
import { firstCommand, isShell, laterCommands, readShell } from './shell-words.js';

const SCRIPT_OPTION = /^-[A-Za-z]*c$/;

/** Nobody writes a shell within a shell within a shell more often. */
const DEEPEST = 4;

/** The words of each, quotes removed: those of the text itself, and those in `$(…)`, backticks, `sh -c '…'` and `eval`. Comments hold none, here-documents only for a shell. */
export function allCommands(text: string, depth = DEEPEST): readonly (readonly string[])[] {
  const { words, substitutions } = readShell(text, { prose: false, script: true });
  const own = [firstCommand(words), ...laterCommands(words)];
  if (depth === 0) return own;
  // A bracket in it most likely closes it.
  const inner = [...substitutions.map((script) => script.replaceAll(')', ';')), ...own.flatMap(scriptsIn)];
  return [...own, ...inner.flatMap((script) => allCommands(script, depth - 1))];
}

/** Wherever in a command a shell is called with it: `xargs`, `docker run` and others hand on what follows them. */
function scriptsIn(words: readonly string[]): readonly string[] {
  return words.flatMap((word, at) => {
    if (word === 'eval') return [words.slice(at + 1).join(' ')];
    if (!isShell(word)) return [];
    const option = words.findIndex((each, index) => index > at && SCRIPT_OPTION.test(each));
    const script = option < 0 ? undefined : words[option + 1];
    return script === undefined ? [] : [script];
  });
}
