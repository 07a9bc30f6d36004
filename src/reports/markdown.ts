/**
 * The report that people read on a pull request: what happened, why, how long it took and what it cost. It never has
 * more bytes than it may: GitHub drops a summary that is too large as a whole.
 */
import type { Line } from '../core/shown.js';
import { showCost, showDuration, showTokens } from '../core/units.js';
import { type ChangesForm, changesSection, variantSections } from './changes-markdown.js';
import { comparisonMarkdown } from './comparison.js';
import { assumedText, usedIn } from './cost.js';
import { type FailureForm, failureSections } from './failure-sections.js';
import { verdictLine } from './failures.js';
import { byteLength, fitted, type Part } from './fit.js';
import { timeline } from './gantt.js';
import { code, details, inline } from './markdown-text.js';
import type { Material } from './material.js';
import { runGraph } from './mermaid.js';
import { adviceLine, pathLines } from './path-lines.js';
import { stopReason } from './reason.js';
import { runStats } from './stats.js';
import { runWord } from './status.js';
import { longCounts } from './tally.js';
import { taskMarkdown } from './task-markdown.js';
import { ICONS, taskTable } from './task-rows.js';
import { nameOf, shortened } from './title.js';

/** What GitHub takes as the summary of a step. */
export const SUMMARY_BYTES = 1_048_576;
/** A comment may have 65,536 characters; what is put around the report needs some. */
export const COMMENT_BYTES = 65_000;

/** Graphs of more tasks are folded. */
const MOST_OPEN_GRAPH = 30;
const MOST_SUMMARIES = 100;
const MOST_PATH_CHARACTERS = 1500;

/** Ever less, until only the names of some are left. */
const FAILURE_FORMS: readonly FailureForm[] = [
  { failures: Infinity, lines: 40, commands: true },
  { failures: Infinity, lines: 15, commands: true },
  { failures: Infinity, lines: 5, commands: true },
  { failures: Infinity, lines: 0, commands: true },
  { failures: 50, lines: 15, commands: true },
  { failures: 50, lines: 5, commands: true },
  { failures: 20, lines: 5, commands: true },
  { failures: Infinity, lines: 0, commands: false },
  { failures: 50, lines: 0, commands: false },
  { failures: 10, lines: 0, commands: false },
];
/** Named of each kind of change. */
const COMPARED_NAMES: readonly number[] = [10, 3, 1];
const TABLE_ROWS: readonly number[] = [500, 200, 50, 20];
const CHANGES_FORMS: readonly ChangesForm[] = [
  { tasks: 200, files: 500 },
  { tasks: 100, files: 100 },
  { tasks: 20, files: 20 },
  { tasks: 5, files: 0 },
];
/** Of what one task wrote. */
const SUMMARY_FORMS_BYTES: readonly number[] = [65_536, 16_384, 4096, 1024];

/** Parts in the order in which they are read; `rank` is how important they are. */
export function markdown(material: Material, limitBytes: number = SUMMARY_BYTES): string {
  const part = (rank: number, share: number, ...forms: (() => string)[]): Part => ({
    rank,
    share,
    forms: forms.map(once),
  });
  const parts = [
    part(1, 1, () => headOf(material)),
    part(3, 0.05, ...COMPARED_NAMES.map((most) => () => comparison(material, most))),
    part(2, 0.3, ...FAILURE_FORMS.map((form) => () => failureSections(material, form))),
    part(4, 0.05, () => variantSections(material)),
    part(5, 0.1, ...CHANGES_FORMS.map((form) => () => changesSection(material, form))),
    part(6, 0.2, ...TABLE_ROWS.map((rows) => () => taskTable(material, rows))),
    part(7, 0.1, () => speed(material)),
    part(10, 0.05, () => graph(material)),
    part(9, 0.05, () => chart(material)),
    part(8, 0.1, ...SUMMARY_FORMS_BYTES.map((bytes) => () => taskSummaries(material, bytes))),
  ];
  return `${fitted(parts, limitBytes - 1)}\n`;
}

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function headOf(material: Material): string {
  const { state, interrupted } = material;
  const icon = interrupted ? '⚠️' : ICONS[state.status];
  const facts = [
    inline(state.plan.pattern),
    `run ${code(state.id)}`,
    ...savedText(material),
    ...costText(material),
  ];
  const stop = state.stopping === undefined ? [] : [`Stopped: ${inline(stopReason(state.stopping))}`];
  return [
    `## ${icon} ${inline(shortened(state.plan.name, 100))} ${inline(verdict(material))}`,
    ...stop,
    facts.join(' · '),
  ].join('\n\n');
}

function comparison({ state, baseline }: Material, most: number): string {
  return baseline === undefined ? '' : comparisonMarkdown(state, baseline, most).join('\n');
}

/** `failed: 2 of 7 tasks failed, 1 skipped, 4 succeeded in 3m 05s`. */
function verdict({ state, now, interrupted }: Material): string {
  if (interrupted) return `was ${runWord(state, interrupted)}: ${textOf(longCounts(state))}`;
  return textOf(verdictLine({ state, now }).slice(2));
}

function savedText({ state, now }: Material): string[] {
  const { workMillis, savedMillis } = runStats(state, [], now);
  return savedMillis < 1000
    ? []
    : [`${showDuration(workMillis)} of work, side by side saved ${showDuration(savedMillis)}`];
}

function costText({ state }: Material): string[] {
  const { costUsd, tokens } = usedIn(state);
  const assumed = assumedText(state);
  return [
    ...(costUsd === undefined ? [] : [`cost ${showCost(costUsd)}`]),
    ...(tokens === undefined ? [] : [showTokens(tokens)]),
    ...(assumed === undefined ? [] : [assumed]),
  ];
}

/** Where the time went. A single step is no path. */
function speed({ state, now }: Material): string {
  const { criticalPath, advice } = runStats(state, [], now);
  if (criticalPath.length === 0 || state.tasks.length < 2) return '';
  const [path = []] = pathLines(criticalPath, state);
  const faster = advice.map((one) => `- ${inline(textOf(adviceLine(one)).replace(/^to be faster: /, ''))}`);
  return [
    '### Where the time went',
    `**${inline(capitalized(textOf(path.slice(0, 1))))}** ${inline(textOf(path.slice(1)), MOST_PATH_CHARACTERS)}`,
    ...(faster.length === 0 ? [] : [`To be faster:\n\n${faster.join('\n')}`]),
  ].join('\n\n');
}

/** A graph without an edge says nothing. */
function graph({ state }: Material): string {
  if (!state.tasks.some(({ task }) => task.needs.length > 0)) return '';
  const { text } = runGraph(state);
  return details('Graph', `\`\`\`mermaid\n${text}\`\`\``, state.tasks.length <= MOST_OPEN_GRAPH);
}

function chart(material: Material): string {
  const text = timeline(material);
  return text === undefined ? '' : details('Timeline', text, material.state.tasks.length <= MOST_OPEN_GRAPH);
}

/** What tasks wrote for the report, each in its own quote. */
function taskSummaries({ state, summaries }: Material, mostBytes: number): string {
  const tasks = state.tasks.filter(({ task }) => (summaries.get(task.id) ?? '').trim() !== '');
  if (tasks.length === 0) return '';
  const shown = tasks.slice(0, MOST_SUMMARIES).map(({ task }) => {
    const text = summaries.get(task.id) as string;
    const cut = beginning(text, mostBytes);
    const note = cut.length < text.length ? '\n\n(the rest did not fit)' : '';
    return `${code(nameOf(task.id))}\n\n${taskMarkdown(cut)}${note}`;
  });
  const left = tasks.length - shown.length;
  if (left > 0) shown.push(`and ${left} more`);
  return ['### What tasks say', ...shown].join('\n\n');
}

/** The first bytes of a text; no character is split. */
function beginning(text: string, mostBytes: number): string {
  let cut = text.slice(0, mostBytes);
  while (byteLength(cut) > mostBytes)
    cut = cut.slice(0, Math.floor((cut.length * mostBytes) / byteLength(cut)));
  return cut.replace(/[\ud800-\udbff]$/, '');
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function textOf(line: Line): string {
  return line.map(({ text }) => text).join('');
}
