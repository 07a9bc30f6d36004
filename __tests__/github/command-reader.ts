/**
 * Reads the log of a step as the runner of GitHub does, by the rules of its ActionCommand.cs and ActionCommandManager.cs
 * (actions/runner): which lines are commands, in both forms, what stops and resumes them, and what is masked. Then what it
 * wrote, as the viewer of GitHub shows it, which folds by texts of lines, whoever wrote them (GitHub Desktop has its parser).
 */

export interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

export interface LogLine {
  readonly text: string;
  /** The group that it is folded into. */
  readonly group?: string;
}

export interface StepLog {
  /** All that the runner obeyed, but for stops and resumes. */
  readonly commands: readonly Command[];
  /** How often it was told to obey nobody. */
  readonly stops: number;
  /** What people see. */
  readonly lines: readonly LogLine[];
  /** The names of groups in order. */
  readonly groups: readonly string[];
  /** A stop was never taken back. */
  readonly isStopped: boolean;
}

const KNOWN = [
  ...['add-mask', 'add-matcher', 'remove-matcher', 'add-path', 'debug', 'echo', 'endgroup', 'error', 'group'],
  ...['notice', 'save-state', 'set-env', 'set-output', 'stop-commands', 'warning', 'internal-set-repo-path'],
];

export function readStepLog(output: string): StepLog {
  const reader = new Reader();
  for (const line of output.split(/\r\n|\n|\r/)) reader.take(line);
  return reader;
}

class Reader implements StepLog {
  readonly commands: Command[] = [];
  readonly lines: LogLine[] = [];
  readonly groups: string[] = [];
  stops = 0;
  private readonly known = new Set(KNOWN);
  private readonly masks: string[] = [];
  private stopToken: string | undefined;
  private group: string | undefined;

  get isStopped(): boolean {
    return this.stopToken !== undefined;
  }

  take(line: string): void {
    const command = secondForm(line, this.known) ?? firstForm(line, this.known);
    if (command === undefined || !this.obey(command)) this.show(line);
  }

  /** False: the line is shown as any other. */
  private obey(command: Command): boolean {
    const { name, data } = command;
    if (this.stopToken !== undefined) {
      if (name !== this.stopToken) return false;
      this.show(`::${name}::`);
      this.known.delete(name);
      this.stopToken = undefined;
      return true;
    }
    if (name === 'stop-commands') {
      if (data === '' || this.known.has(data.toLowerCase()))
        throw new Error(`no token to stop with: ${data}`);
      this.stopToken = data.toLowerCase();
      this.known.add(this.stopToken);
      if (data.length > 6) this.masks.push(data);
      this.stops++;
      this.show(`::stop-commands::${data}`);
      return true;
    }
    this.commands.push(command);
    if (name === 'add-mask') this.masks.push(...data.split(/\r\n|\n|\r/).filter((part) => part !== ''));
    if (name === 'group' || name === 'endgroup') this.show(`##[${name}]${name === 'group' ? data : ''}`);
    return true;
  }

  private show(line: string): void {
    const text = this.masks.reduce((shown, mask) => shown.replaceAll(mask, '***'), line);
    const [, sign] = MARKER.exec(text) ?? [];
    if (sign?.toLowerCase() === 'endgroup' && this.group !== undefined) {
      this.group = undefined;
      return;
    }
    if (sign?.toLowerCase() === 'group') {
      this.group = text.replace(MARKER, '');
      this.groups.push(this.group);
      return;
    }
    this.lines.push(this.group === undefined ? { text } : { text, group: this.group });
  }
}

/** Anywhere in a line, with `##` or without: what its two known readers look for, taken together. */
const MARKER = /(?:##)?\[(group|endgroup)\]/i;

/** `::name key=value,key=value::data`, after leading blanks. */
function secondForm(line: string, known: ReadonlySet<string>): Command | undefined {
  const trimmed = line.trim();
  if (!trimmed.startsWith('::')) return undefined;
  const end = trimmed.indexOf('::', 2);
  if (end < 0) return undefined;
  const [name, properties] = nameAndRest(trimmed.slice(2, end));
  if (!known.has(name)) return undefined;
  const decode = (text: string): string =>
    text
      .replaceAll('%3A', ':')
      .replaceAll('%2C', ',')
      .replaceAll('%0D', '\r')
      .replaceAll('%0A', '\n')
      .replaceAll('%25', '%');
  const data = trimmed
    .slice(end + 2)
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%25', '%');
  return { name, properties: readProperties(properties, ',', decode), data };
}

/** `##[name key=value;key=value]data`, anywhere in a line. */
function firstForm(line: string, known: ReadonlySet<string>): Command | undefined {
  const begin = line.indexOf('##[');
  if (begin < 0) return undefined;
  const end = line.indexOf(']', begin);
  if (end < 0) return undefined;
  const [name, properties] = nameAndRest(line.slice(begin + 3, end));
  if (!known.has(name)) return undefined;
  const decode = (text: string): string =>
    text.replaceAll('%3B', ';').replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%5D', ']');
  return { name, properties: readProperties(properties, ';', decode), data: decode(line.slice(end + 1)) };
}

/** The names of commands know no case. */
function nameAndRest(info: string): [string, string] {
  const blank = info.indexOf(' ');
  return blank < 0 ? [info.toLowerCase(), ''] : [info.slice(0, blank).toLowerCase(), info.slice(blank + 1)];
}

function readProperties(
  text: string,
  divider: string,
  decode: (text: string) => string,
): Record<string, string> {
  const pairs = text.split(divider).map((part) => part.trim());
  return Object.fromEntries(
    pairs
      .filter((pair) => pair.includes('='))
      .map((pair) => [pair.slice(0, pair.indexOf('=')), decode(pair.slice(pair.indexOf('=') + 1))]),
  );
}
