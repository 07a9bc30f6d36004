/** Finds messages with a file and a line in logs, as GitHub's runner does: the first matcher that completes a message takes the line. */
import { cleanLine } from './clean.js';
import { type Matcher, type MatcherPattern, type Part, type Severity, severityOf } from './matcher.js';

/** A message as a program wrote it; paths are as they stood there. */
export interface Finding {
  readonly owner: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file?: string;
  /** The file of a project that `file` is relative to. */
  readonly fromPath?: string;
  readonly line?: number;
  readonly column?: number;
  readonly code?: string;
}

/** Longer lines are data and no messages; expressions may take more than proportional time. */
const MOST_LINE_CHARACTERS = 1000;
/** Lines of one log that are looked at, the last ones. */
export const MOST_LOG_LINES = 20_000;
/** Of one log. Far more than is ever shown, so that the most important ones are among them. */
const MOST_FINDINGS = 1000;

export function findProblems(lines: readonly string[], matchers: readonly Matcher[]): Finding[] {
  const found: Finding[] = [];
  const runs = matchers.map((matcher) => new MatcherRun(matcher));
  for (const raw of lines.slice(-MOST_LOG_LINES)) {
    if (found.length >= MOST_FINDINGS) break;
    if (raw.length > 4 * MOST_LINE_CHARACTERS) continue;
    const line = cleanLine(raw);
    if (line.length > MOST_LINE_CHARACTERS) continue;
    const finding = firstOf(runs, line);
    if (finding !== undefined) found.push(finding);
  }
  return found;
}

/** The line belongs to one message only: what others had begun is given up. */
function firstOf(runs: readonly MatcherRun[], line: string): Finding | undefined {
  for (const run of runs) {
    const finding = run.take(line);
    if (finding === undefined) continue;
    for (const other of runs) if (other !== run) other.reset();
    return finding;
  }
  return undefined;
}

type Values = Partial<Record<Part, string>>;

/** How far one matcher is in a message of several lines. */
class MatcherRun {
  private at = 0;
  private values: Values = {};
  private missed = 0;

  constructor(private readonly matcher: Matcher) {}

  reset(): void {
    this.at = 0;
    this.values = {};
    this.missed = 0;
  }

  take(line: string): Finding | undefined {
    const { patterns } = this.matcher;
    const pattern = patterns[this.at] as MatcherPattern;
    const match = matchOf(pattern, line);
    if (match === undefined) return this.miss(pattern, line);
    this.missed = 0;
    const before = this.values;
    const values = { ...before, ...match };
    if (this.at < patterns.length - 1) {
      this.values = values;
      this.at++;
      return undefined;
    }
    if (!pattern.loop) this.reset();
    return this.finding(values);
  }

  /** Not the line that had to come: perhaps another message begins with it. */
  private miss(pattern: MatcherPattern, line: string): Finding | undefined {
    if (this.at === 0) return undefined;
    this.missed++;
    const first = this.matcher.patterns[0] as MatcherPattern;
    if (this.missed <= (pattern.within ?? 0) && matchOf(first, line) === undefined) return undefined;
    this.reset();
    return this.take(line);
  }

  private finding(values: Values): Finding | undefined {
    const { owner, severity } = this.matcher;
    const message = values.message?.trim() ?? '';
    if (message === '') return undefined;
    const [line, column] = [numberOf(values.line), numberOf(values.column)];
    return {
      owner,
      severity: severityOf(values.severity) ?? severity,
      message,
      ...(values.file === undefined ? {} : { file: values.file.trim() }),
      ...(values.fromPath === undefined ? {} : { fromPath: values.fromPath }),
      ...(line === undefined ? {} : { line }),
      ...(column === undefined ? {} : { column }),
      ...(values.code === undefined ? {} : { code: values.code }),
    };
  }
}

function matchOf({ regexp, groups, not }: MatcherPattern, line: string): Values | undefined {
  const match = regexp.exec(line);
  if (match === null || not?.test(line) === true) return undefined;
  const values: Values = {};
  for (const [part, group] of Object.entries(groups)) {
    const value = match[group];
    if (value !== undefined && value !== '') values[part as Part] = value;
  }
  return values;
}

/** 0 stands for "somewhere" in what some programs write. */
function numberOf(text: string | undefined): number | undefined {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}
