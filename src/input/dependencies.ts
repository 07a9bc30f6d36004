/**
 * Tasks with what they need, as typed on the command line: `ID:TEXT[:depends=A,B]`, and a graph in JSON.
 * Texts hold colons themselves, so the id ends at the first one and the suffix stands only at the very end.
 */
import { nearest } from '../core/nearest.js';
import { failure, type Problem, problem, type Result, success } from '../core/problem.js';
import { readJson } from './json.js';

export interface DependentText {
  /** Empty: it is no task, and here only for its faults. */
  readonly id: string;
  readonly text: string;
  /** `all`: every other one that does not say so itself. */
  readonly needs: readonly string[] | 'all';
  /** What is wrong with it. When they are there, be it none, the text is not to be understood. */
  readonly faults?: readonly Problem[];
}

const SUFFIX = /:(depends|wait-for)=/;
const NEARLY =
  /:(\s*(depends|wait-for)\s*=.*|(depend|depends[-_]?on|depended|dependencies|needs?|requires?|waits?|wait_for|waitfor)=\S*)$/is;
const IDS = /^[^\s,:'"]+(?:,[^\s,:'"]+)*$/;
const FORMS = 'it is written :depends=a,b or :depends=none or :wait-for=all, without spaces';

/** One `--task`. */
export function parseTask(value: string): DependentText {
  const colon = value.indexOf(':');
  const id = value.slice(0, Math.max(0, colon)).trim();
  const wrong = (...faults: readonly Problem[]): DependentText => ({ id, text: '', needs: [], faults });
  if (id === '')
    return wrong(
      problem(`--task: expected ID:TEXT, found ${short(value)}`, "for example --task 'build:npm run build'"),
    );
  const rest = parseSuffix(value.slice(colon + 1));
  if (!rest.ok) return wrong(...rest.problems.map((fault) => within(`--task ${id}`, fault)));
  if (rest.value.text.trim() !== '') return { id, ...rest.value };
  return wrong(problem(`--task ${id}: the text is empty`, `for example --task '${id}:npm run build'`));
}

/** A text and the suffix at its end, which begins after the last quote. */
export function parseSuffix(value: string): Result<Pick<DependentText, 'text' | 'needs'>> {
  const afterQuotes = Math.max(value.lastIndexOf("'"), value.lastIndexOf('"')) + 1;
  const tail = value.slice(afterQuotes);
  const match = SUFFIX.exec(tail);
  if (match === null) {
    const nearly = NEARLY.exec(tail)?.[0];
    if (nearly === undefined) return success({ text: value, needs: [] });
    return failure(`${short(nearly)} is no suffix`, FORMS);
  }
  const text = value.slice(0, afterQuotes + match.index);
  const said = tail.slice(match.index + match[0].length);
  if (match[1] === 'wait-for' && said === 'all') return success({ text, needs: 'all' });
  if (match[1] === 'depends' && said === 'none') return success({ text, needs: [] });
  const ids = match[1] === 'depends' && IDS.test(said) ? said.split(',') : undefined;
  if (ids === undefined || ids.includes('none') || ids.includes('all'))
    return failure(`${short(tail.slice(match.index))} is malformed`, FORMS);
  return success({ text, needs: ids });
}

/**
 * `--dependency-graph` and `--tasks`: a text for each id of the graph; a text that the graph leaves out needs nothing.
 * Of what cannot be read the rest is given all the same, so that a fault hides no other one.
 */
export function parseGraph(graphJson: string | undefined, tasksJson: string | undefined): DependentText[] {
  const graph = readMap('--dependency-graph', graphJson ?? '{}', readIds);
  const tasks = tasksJson === undefined ? NO_TASKS : readMap('--tasks', tasksJson, readText);
  const faults = [...tasks.faults, ...graph.faults];
  const needsOf = (id: string): readonly string[] => graph.values.get(id) ?? [];
  const known = tasks.isWhole
    ? tasks.ids
    : [...new Set([...graph.values].flatMap(([id, needs]) => [id, ...needs]))];
  const texted = new Set(tasks.ids);
  const textless = graph.ids.filter((id) => tasks.isWhole && !texted.has(id));
  if (tasks.isWhole && tasks.ids.length + textless.length === 0)
    faults.push(problem('--tasks holds no task', `for example {"build":"npm run build"}`));
  return [
    ...(faults.length === 0 ? [] : [{ id: '', text: '', needs: [], faults }]),
    ...known.map((id): DependentText => {
      const text = tasks.values.get(id);
      return { id, text: text ?? '', needs: needsOf(id), ...(text === undefined ? { faults: [] } : {}) };
    }),
    ...textless.map((id) => ({ id, text: '', needs: needsOf(id), faults: [withoutText(id, tasks.ids)] })),
  ];
}

/** What could be read of a map in JSON. */
interface ReadMap<T> {
  /** False: which ids it has is not known. */
  readonly isWhole: boolean;
  /** All that it has, in the order written. */
  readonly ids: readonly string[];
  readonly values: ReadonlyMap<string, T>;
  readonly faults: readonly Problem[];
}

function unread<T>(...faults: readonly Problem[]): ReadMap<T> {
  return { isWhole: false, ids: [], values: new Map(), faults };
}

const NO_TASKS = unread<string>(
  problem('--dependency-graph goes with --tasks', `for example --tasks '{"build":"npm run build"}'`),
);

function withoutText(id: string, ids: readonly string[]): Problem {
  const near = nearest(id, ids);
  return problem(
    `--dependency-graph: task ${JSON.stringify(id)} has no text in --tasks`,
    near === undefined ? 'give it one' : `did you mean "${near}"?`,
  );
}

function readMap<T>(
  where: string,
  text: string,
  read: (where: string, value: unknown) => Result<T>,
): ReadMap<T> {
  const json = readJson(text);
  if (!json.ok)
    return unread(
      ...json.problems.map((fault) =>
        within(where, { ...fault, hint: fault.hint ?? "quote the JSON with '…'" }),
      ),
    );
  const { value, keysAt } = json.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return unread(problem(`${where}: expected a JSON object, found ${short(text)}`));
  const ids = keysAt([]);
  const values = new Map<string, T>();
  const faults: Problem[] = [];
  for (const id of ids) {
    const result = read(`${where}: ${JSON.stringify(id)}`, (value as Record<string, unknown>)[id]);
    if (result.ok) values.set(id, result.value);
    else faults.push(...result.problems);
  }
  return { isWhole: true, ids, values, faults };
}

function readText(where: string, value: unknown): Result<string> {
  if (typeof value === 'string' && value.trim() !== '') return success(value);
  return failure(`${where}: expected a text, found ${short(JSON.stringify(value))}`);
}

function readIds(where: string, value: unknown): Result<readonly string[]> {
  const ids = typeof value === 'string' ? [value] : value;
  if (Array.isArray(ids) && ids.every((id) => typeof id === 'string')) return success(ids);
  return failure(
    `${where}: expected a list of ids, found ${short(JSON.stringify(value))}`,
    'for example {"test":["build"]}',
  );
}

function within(where: string, fault: Problem): Problem {
  const { place, ...rest } = fault;
  const at = place?.line === undefined ? '' : ` (line ${place.line}, column ${place.column})`;
  return { ...rest, message: `${where}: ${fault.message}${at}` };
}

function short(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 60)}…` : line);
}
