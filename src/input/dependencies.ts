/**
 * Tasks with what they need, as typed on the command line: `ID:TEXT[:depends=A,B]`, and a graph in JSON.
 * Texts hold colons themselves, so the id ends at the first one and the suffix stands only at the very end.
 */
import { nearest } from '../core/graph.js';
import { failure, failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { readJson } from './json.js';

export interface DependentText {
  readonly id: string;
  readonly text: string;
  /** `all`: every other one that does not say so itself. */
  readonly needs: readonly string[] | 'all';
  /** What is wrong with it; the text is then empty, and without an id it is not even a task. */
  readonly faults?: readonly Problem[];
}

const SUFFIX = /:(depends|wait-for)=/;
const NEARLY =
  /:(depend|depends[-_]?on|depended|dependencies|dependson|needs?|requires?|waits?|wait_for|waitfor)=\S*$/i;
const IDS = /^[^\s,:'"]+(?:,[^\s,:'"]+)*$/;
const FORMS = 'it is written :depends=a,b or :depends=none or :wait-for=all, without spaces';

/** The id of one `--task`; empty when it has none. */
export function idOf(value: string): string {
  return value.slice(0, Math.max(0, value.indexOf(':'))).trim();
}

/** One `--task`. */
export function parseTask(value: string): Result<DependentText> {
  const id = idOf(value);
  if (id === '')
    return failure(
      `--task: expected ID:TEXT, found ${short(value)}`,
      "for example --task 'build:npm run build'",
    );
  const rest = parseSuffix(value.slice(value.indexOf(':') + 1));
  if (!rest.ok) return failures(rest.problems.map((fault) => within(`--task ${id}`, fault)));
  if (rest.value.text.trim() === '')
    return failure(`--task ${id}: the text is empty`, `for example --task '${id}:npm run build'`);
  return success({ id, ...rest.value });
}

/** A text and the suffix at its end, which begins after the last quote. */
export function parseSuffix(value: string): Result<Pick<DependentText, 'text' | 'needs'>> {
  const afterQuotes = Math.max(value.lastIndexOf("'"), value.lastIndexOf('"')) + 1;
  const tail = value.slice(afterQuotes);
  const match = SUFFIX.exec(tail);
  if (match === null) {
    const nearly = NEARLY.exec(tail)?.[0];
    if (nearly === undefined) return success({ text: value, needs: [] });
    return failure(`${JSON.stringify(nearly)} is no suffix`, FORMS);
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

/** `--dependency-graph` and `--tasks`: a text for each id of the graph; a text that the graph leaves out needs nothing. */
export function parseGraph(
  graphJson: string | undefined,
  tasksJson: string | undefined,
): Result<DependentText[]> {
  if (tasksJson === undefined)
    return failure('--dependency-graph goes with --tasks', `for example --tasks '{"build":"npm run build"}'`);
  const tasks = readMap('--tasks', tasksJson, readText);
  const graph = readMap('--dependency-graph', graphJson ?? '{}', readIds);
  if (!tasks.ok || !graph.ok)
    return failures([...(tasks.ok ? [] : tasks.problems), ...(graph.ok ? [] : graph.problems)]);
  const textless = [...graph.value].filter(([id]) => !tasks.value.has(id));
  if (tasks.value.size === 0 && textless.length === 0)
    return failure('--tasks holds no task', `for example {"build":"npm run build"}`);
  return success([
    ...[...tasks.value].map(([id, text]) => ({ id, text, needs: graph.value.get(id) ?? [] })),
    ...textless.map(([id, needs]) => ({ id, text: '', needs, faults: [withoutText(id, tasks.value)] })),
  ]);
}

function withoutText(id: string, texts: ReadonlyMap<string, string>): Problem {
  const near = nearest(id, texts.keys());
  return problem(
    `--dependency-graph: task ${JSON.stringify(id)} has no text in --tasks`,
    near === undefined ? 'give it one' : `did you mean "${near}"?`,
  );
}

function readMap<T>(
  where: string,
  text: string,
  read: (where: string, value: unknown) => Result<T>,
): Result<Map<string, T>> {
  const json = readJson(text);
  if (!json.ok)
    return failures(
      json.problems.map((fault) =>
        within(where, { ...fault, hint: fault.hint ?? "quote the JSON with '…'" }),
      ),
    );
  const { value, keysAt } = json.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return failure(`${where}: expected a JSON object, found ${short(text)}`);
  const map = new Map<string, T>();
  const problems: Problem[] = [];
  for (const id of keysAt([])) {
    const result = read(`${where}: ${JSON.stringify(id)}`, (value as Record<string, unknown>)[id]);
    if (result.ok) map.set(id, result.value);
    else problems.push(...result.problems);
  }
  return problems.length > 0 ? failures(problems) : success(map);
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
