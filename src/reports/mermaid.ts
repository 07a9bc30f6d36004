/** A plan as a Mermaid flowchart, as GitHub draws it in Markdown. What is too large for it is made simpler, and that is said. */
import type { Loop, Plan, Task, TaskId } from '../core/plan.js';
import { type RunState, type TaskStatus, taskOf } from '../core/state.js';
import { unreachable } from '../core/unreachable.js';

/** GitHub draws no picture beyond these. */
const MOST_EDGES = 500;
const MOST_CHARACTERS = 50_000;
const MOST_LABEL = 60;

export interface Picture {
  readonly text: string;
  /** What was left out or drawn in another way, for people; absent: nothing. */
  readonly simplified?: string;
}

/** How tasks ended, when it is the picture of a run. */
export type StatusOf = (task: TaskId) => TaskStatus | undefined;

export function mermaid(plan: Plan, statusOf: StatusOf = () => undefined): Picture {
  const draw = (detail: Detail): Drawing => drawPlan(plan, detail, statusOf);
  const whole = draw({ labels: true, joined: false, most: plan.tasks.length });
  if (fits(whole)) return { text: textOf(whole) };
  const joined = draw({ labels: true, joined: true, most: plan.tasks.length });
  const meeting = joined.edges < whole.edges ? ['needs that several tasks share meet in one point'] : [];
  if (fits(joined)) return said(joined, ...meeting);
  const bare = draw({ labels: false, joined: true, most: plan.tasks.length });
  if (fits(bare)) return said(bare, 'texts are left out', ...meeting);
  for (let most = Math.ceil(plan.tasks.length / 2); ; most = Math.floor(most * 0.8)) {
    const part = draw({ labels: false, joined: true, most });
    if (fits(part) || most === 0)
      return said(
        part,
        `only the first ${most} of ${plan.tasks.length} tasks are drawn, without their texts`,
      );
  }
}

/** The picture of a run: every task that has ended in the colour of how. */
export function runGraph(state: RunState): Picture {
  return mermaid(state.plan, (task) => taskOf(state, task).status);
}

interface Detail {
  readonly labels: boolean;
  /** Needs that several tasks share lead through one point: a + b edges instead of a × b. */
  readonly joined: boolean;
  readonly most: number;
}

interface Drawing {
  readonly lines: readonly string[];
  readonly edges: number;
}

function fits({ lines, edges }: Drawing): boolean {
  return (
    edges <= MOST_EDGES && lines.reduce((sum, line) => sum + line.length + 1, 0) <= MOST_CHARACTERS - 200
  );
}

function textOf({ lines }: Drawing): string {
  return `${lines.join('\n')}\n`;
}

function said(drawing: Drawing, ...how: readonly string[]): Picture {
  const simplified = how.join('; ');
  return { text: `${textOf(drawing)}  note["${how.map(escaped).join('<br/>')}"]\n`, simplified };
}

function drawPlan(plan: Plan, detail: Detail, statusOf: StatusOf): Drawing {
  const tasks = plan.tasks.slice(0, detail.most);
  const nodes = new Map(tasks.map((task, index) => [task.id, `t${index}`]));
  const edges = [
    ...(detail.joined ? joinedEdges(tasks, nodes) : plainEdges(tasks, nodes)),
    ...plan.loops.flatMap((loop) => loopEdge(loop, nodes)),
  ];
  const lines = [
    'flowchart TD',
    ...nodeLines(tasks, nodes, detail),
    ...edges,
    ...colourLines(nodes, statusOf),
  ];
  return { lines, edges: edges.length };
}

/** Readable on light and dark pages. What has not ended has no colour. */
const COLOURS: { readonly [S in TaskStatus]?: string } = {
  succeeded: 'fill:#1a7f37,stroke:#1a7f37,color:#ffffff',
  failed: 'fill:#cf222e,stroke:#cf222e,color:#ffffff',
  skipped: 'fill:#6e7781,stroke:#6e7781,color:#ffffff,stroke-dasharray:4',
  cancelled: 'fill:#9a6700,stroke:#9a6700,color:#ffffff',
};

function colourLines(nodes: Nodes, statusOf: StatusOf): string[] {
  const byStatus = new Map<TaskStatus, string[]>();
  for (const [task, node] of nodes) {
    const status = statusOf(task);
    if (status === undefined || COLOURS[status] === undefined) continue;
    const alike = byStatus.get(status);
    if (alike === undefined) byStatus.set(status, [node]);
    else alike.push(node);
  }
  return [...byStatus].flatMap(([status, alike]) => [
    `  classDef ${status} ${COLOURS[status]}`,
    `  class ${alike.join(',')} ${status}`,
  ]);
}

type Nodes = ReadonlyMap<string, string>;

/** Tasks of a stage stand together in a frame. */
function nodeLines(tasks: readonly Task[], nodes: Nodes, { labels }: Detail): string[] {
  const stages = new Map<string, string[]>();
  const alone: string[] = [];
  for (const task of tasks) {
    const line = `${nodes.get(task.id)}${shape(task, labels)}`;
    if (task.stage === undefined) alone.push(`  ${line}`);
    else {
      const stage = stages.get(task.stage);
      if (stage === undefined) stages.set(task.stage, [`    ${line}`]);
      else stage.push(`    ${line}`);
    }
  }
  const frames = [...stages].flatMap(([stage, lines], index) => [
    `  subgraph s${index}[${quoted(stage)}]`,
    ...lines,
    '  end',
  ]);
  return [...frames, ...alone];
}

/** Commands have corners, prompts are round, merges have six sides. */
function shape(task: Task, labels: boolean): string {
  const { work } = task;
  const text = quotedLines([
    task.id,
    ...(labels && task.label !== task.id ? [task.label] : []),
    ...(labels ? conditions(task) : []),
  ]);
  switch (work.kind) {
    case 'command':
      return `[${text}]`;
    case 'prompt':
      return `([${quotedLines([`${task.id} (${work.mode})`, ...(labels ? [task.label, ...conditions(task)] : [])])}])`;
    case 'integrate':
      return `{{${text}}}`;
    default:
      return unreachable(work);
  }
}

function conditions({ when, mayFail }: Task): string[] {
  const words = [...(when === 'success' ? [] : [`if ${when}`]), ...(mayFail === true ? ['may fail'] : [])];
  return words.length === 0 ? [] : [words.join(', ')];
}

type Arrow = '-->' | '-.->';

/** What is needed has a whole line, mere order a dotted one. Of two needs on one task the stronger counts. */
function arrowsOf({ needs }: Task, nodes: Nodes): Map<string, Arrow> {
  const arrows = new Map<string, Arrow>();
  for (const { task, kind } of needs) {
    const from = nodes.get(task);
    if (from !== undefined && arrows.get(from) !== '-->') arrows.set(from, kind === 'data' ? '-->' : '-.->');
  }
  return arrows;
}

function plainEdges(tasks: readonly Task[], nodes: Nodes): string[] {
  return tasks.flatMap((task) =>
    [...arrowsOf(task, nodes)].map(([from, arrow]) => `  ${from} ${arrow} ${nodes.get(task.id)}`),
  );
}

function joinedEdges(tasks: readonly Task[], nodes: Nodes): string[] {
  const shared = new Map<string, { from: readonly string[]; arrow: Arrow; to: string[] }>();
  for (const task of tasks) {
    const arrows = arrowsOf(task, nodes);
    for (const arrow of ['-->', '-.->'] as const) {
      const from = [...arrows].filter(([, other]) => other === arrow).map(([node]) => node);
      if (from.length === 0) continue;
      const key = `${arrow} ${from.join(' ')}`;
      const group = shared.get(key) ?? { from, arrow, to: [] };
      group.to.push(nodes.get(task.id) as string);
      shared.set(key, group);
    }
  }
  return [...shared.values()].flatMap(({ from, arrow, to }, index) => {
    if (from.length * to.length <= from.length + to.length + 1)
      return from.flatMap((a) => to.map((b) => `  ${a} ${arrow} ${b}`));
    const line = arrow === '-->' ? '---' : '-.-';
    const point = `j${index}(( ))`;
    return [
      ...from.map((node, i) => `  ${node} ${line} ${i === 0 ? point : `j${index}`}`),
      ...to.map((node) => `  j${index} ${arrow} ${node}`),
    ];
  });
}

/** From the last task of a loop back to its first. */
function loopEdge({ tasks, again, max }: Loop, nodes: Nodes): string[] {
  const drawn = tasks.flatMap((id) => nodes.get(id) ?? []);
  const [first] = drawn;
  const last = drawn.at(-1);
  if (first === undefined || last === undefined) return [];
  const why = again.kind === 'failed' ? 'failed' : 'did not succeed';
  const asked = again.tasks.slice(0, 3).join(', ');
  return [`  ${last} ==>|${quoted(`again if ${asked} ${why}, at most ${max} rounds`)}| ${first}`];
}

function quoted(text: string): string {
  return quotedLines([text]);
}

/** Anything may stand in a label: what could mean something to Mermaid or HTML is written as its number. */
function quotedLines(lines: readonly string[]): string {
  // Mermaid takes two quotes with nothing between them for a fault.
  return `"${lines.map((line) => escaped(short(line))).join('<br/>') || ' '}"`;
}

function short(text: string): string {
  const characters = [...text];
  return characters.length > MOST_LABEL ? `${characters.slice(0, MOST_LABEL - 1).join('')}…` : text;
}

/** A colon is not among them: behind the word "style" Mermaid takes what follows for a style. */
const HARMLESS = /[\p{L}\p{M}\p{N}\p{So} .,_…/=+()-]/u;
/** Controls, lone halves of characters, and marks that reorder text. */
const UNSAFE = /[\p{C}\u2028\u2029]/u;

function escaped(text: string): string {
  return [...text]
    .map((character) => {
      if (HARMLESS.test(character)) return character;
      return UNSAFE.test(character) ? '\ufffd' : `#${character.codePointAt(0)};`;
    })
    .join('');
}
