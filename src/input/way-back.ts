/** `--loop-back-on`, `--until`, `--max-iterations`: when a boomerang comes back to its first phase. */
import type { Work } from '../core/plan.js';
import { failures, type Problem, problem, type Result, success } from '../core/problem.js';
import type { Draft, Item, Pattern, WayBack } from '../patterns/pattern.js';
import { meaningOf } from '../sparc/mode-of.js';
import { modeNamed } from '../sparc/modes.js';
import type { Machine } from './machine.js';
import { said } from './setting-problems.js';
import { originText, type Setting, type Settings } from './settings.js';
import { sparcCommandOf } from './sparc-work.js';
import { understandCommand } from './understand.js';

/** What a failure is named by: a step, or in a plan file a stage, or a task that is in none. */
export interface Phase {
  readonly name: string;
  readonly works: readonly Work[];
}

const OPTIONS = ['loop-back-on', 'until', 'max-iterations'] as const;
const FORM = "it is written --loop-back-on 'test_failure or performance_issue'";

/** Those of the tasks of a plan file. */
export function phasesOf(drafts: readonly Draft[]): readonly Phase[] {
  const works = new Map<string, Work[]>();
  for (const { id, stage = id, work } of drafts) {
    const known = works.get(stage);
    if (known === undefined) works.set(stage, [work]);
    else known.push(work);
  }
  return [...works].map(([name, works]) => ({ name, works }));
}

/** Undefined when nothing asks for a way back; the phases are looked at only when something does. */
export function wayBack(
  settings: Settings,
  pattern: Pattern | undefined,
  phases: () => readonly Phase[],
  machine: Machine,
): Result<WayBack | undefined> {
  const { 'loop-back-on': on, until, 'max-iterations': most } = settings;
  if (pattern?.comesBack !== true) return withoutPattern(settings);
  if (on === undefined && until === undefined)
    return most === undefined || !isSaidHere(most)
      ? success(undefined)
      : failures([
          said(most.origin, 'nothing asks for another round', 'say when with --loop-back-on or --until'),
        ]);
  const problems: Problem[] = [];
  const named = on === undefined ? [] : phasesNamed(on, phases(), problems);
  const item = until === undefined ? undefined : untilItem(until, machine, problems);
  if (problems.length > 0) return failures(problems);
  return success({ phases: named, max: most?.value ?? 3, ...(item === undefined ? {} : { until: item }) });
}

function withoutPattern(settings: Settings): Result<undefined> {
  const problems = OPTIONS.flatMap((name) => {
    const setting: Setting<unknown> | undefined = settings[name];
    return setting === undefined || !isSaidHere(setting)
      ? []
      : [
          said(
            setting.origin,
            'only a boomerang comes back',
            'add --boomerang, or in a file pattern: boomerang',
          ),
        ];
  });
  return problems.length > 0 ? failures(problems) : success(undefined);
}

/** For this plan, not for whatever is run: by a flag or in its file. */
function isSaidHere({ origin }: Setting<unknown>): boolean {
  return origin.kind === 'flag' || origin.kind === 'file';
}

function phasesNamed(
  { value, origin }: Setting<string>,
  phases: readonly Phase[],
  problems: Problem[],
): readonly string[] {
  const words = value
    .trim()
    .split(/\s+or\s+|\s*,\s*/i)
    .map((word) => word.toLowerCase());
  const named = words.map((word) => {
    const found = phasesMeant(word, phases);
    if (found.length === 0)
      problems.push(
        said(
          origin,
          `${JSON.stringify(word)} names no phase`,
          `phases: ${phases
            .map(({ name }) => name)
            .slice(0, 12)
            .join(', ')}; ${FORM}`,
        ),
      );
    return found;
  });
  return [...new Set(named.flat())];
}

/** By its name, by the beginning of its name, or by the mode that its words stand for. The first way that finds any. */
function phasesMeant(word: string, phases: readonly Phase[]): readonly string[] {
  const stem = word.split('_', 1)[0] ?? '';
  if (!/^[\p{L}\p{N}.-]+$/u.test(stem)) return [];
  const mode = modeNamed(stem) ?? meaningOf(stem);
  const ways: readonly ((phase: Phase) => boolean)[] = [
    ({ name }) => name.toLowerCase() === word,
    ({ name }) => name.toLowerCase() === stem,
    ({ name }) => name.toLowerCase().startsWith(stem),
    (phase) => mode !== undefined && modesOf(phase).includes(mode),
  ];
  for (const way of ways) {
    const found = phases.filter(way);
    if (found.length > 0) return found.map(({ name }) => name);
  }
  return [];
}

/** The name of a phase says what it is for; only where it does not (`phase4`), its texts do. */
function modesOf({ name, works }: Phase): readonly string[] {
  const byName = modeNamed(name) ?? meaningOf(name);
  if (byName !== undefined) return [byName];
  return works.flatMap((work) => (work.kind === 'integrate' ? [] : modeOfWork(work)));
}

function modeOfWork(work: Exclude<Work, { kind: 'integrate' }>): readonly string[] {
  if (work.kind === 'prompt') return [work.mode];
  const sparc = sparcCommandOf(work);
  const mode = sparc === undefined ? meaningOf(work.text) : (modeNamed(sparc.mode) ?? sparc.mode);
  return mode === undefined ? [] : [mode];
}

function untilItem(
  { value, origin }: Setting<string>,
  machine: Machine,
  problems: Problem[],
): Item | undefined {
  const item = understandCommand(value, originText(origin), machine);
  if (item.ok) return item.value;
  const place = origin.kind === 'file' ? origin.place : undefined;
  problems.push(...item.problems.map(({ message, hint }) => problem(message, hint, place)));
  return undefined;
}
