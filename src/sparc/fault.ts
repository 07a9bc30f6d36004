/**
 * What SPARC runners say when they have failed. They exit 0 all the same (claude-flow 2.7, flowx), so their words are
 * all that there is to go by: whole lines that only a runner ends with.
 */

/** A fault is one of the last lines: what follows it is a list of what can be typed or where the program stood. */
const LAST_LINES = 60;

const MARK = /^(?:❌|(?:\[error\]|error:)\s)/i;

/** It has no SPARC commands at all (claude-flow 3), or not this one. */
const UNSUPPORTED: readonly RegExp[] = [
  /^subcommand "[^"]{1,40}" not found for command "sparc"\.?$/i,
  /^unknown command: sparc\.?$/i,
];

/** A long list may follow them, of commands or of modes: with a mark they count wherever they stand. */
const LISTED: readonly RegExp[] = [...UNSUPPORTED, /^(?:sparc )?mode not found(?:: \S.{0,80})?\.?$/i];

/** After `❌`, `Error:` or `[ERROR]`. */
const FAULTS: readonly RegExp[] = [
  ...LISTED,
  /^sparc configuration file(?: \([^)]{1,40}\))? not found\.?$/i,
  /^usage: sparc run <mode-slug> <task-description>$/i,
  /^claude command not found in path$/i,
  /^(?:sparc .{0,80}\s)?(?:(?:claude(?: code)?(?: process)?|process)\s)?exited with code [1-9]\d*\.?$/i,
  /^failed to (?:execute claude|run sparc mode): .+$/i,
  // A shell, on a runner in a text that goes on after it.
  /^(?:[^\s:]+: )?(?:(?:line )?\d+: )?(?:\.\/)?(?:flowx|claude-flow|ruflo|sparc): (?:command )?not found$/,
];

const RECOVERED = /^sparc instance \S+ completed successfully$/i;

/** The line with which a runner said that it failed, from the end of its output; undefined when it did not. */
export function runnerFault(outputEnd: string): string | undefined {
  let fault: string | undefined;
  const lines = outputEnd.trimEnd().split(/\r?\n/);
  for (const [index, raw] of lines.entries()) {
    const line = withoutColour(raw).trim();
    const words = wordsOf(line);
    const isLast = index >= lines.length - LAST_LINES;
    const faults = isLast ? FAULTS : MARK.test(line) ? LISTED : [];
    if (faults.some((pattern) => pattern.test(words))) fault = line;
    else if (RECOVERED.test(words)) fault = undefined;
  }
  return fault;
}

/** Whether such a line means that the runner does not know the command, so that the same call fails again. */
export function isUnsupported(fault: string): boolean {
  const words = wordsOf(fault);
  return UNSUPPORTED.some((pattern) => pattern.test(words));
}

/** Without what stands before the words of a fault. */
function wordsOf(line: string): string {
  return line.replace(/^[^\p{L}\p{N}[./]+/u, '').replace(/^(?:\[error\]|error:)\s*/i, '');
}

function withoutColour(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape itself is what is looked for
  return text.replace(/\u001b\[[\d;]*m/g, '');
}
