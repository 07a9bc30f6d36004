/**
 * Reads a plan file, YAML or JSON, written by hand or exported. All faults at once, each with its place.
 * Loads a YAML parser and a schema library: import it only when there is a file to read.
 */
import { failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { PATTERNS } from '../patterns/index.js';
import { agentsOf, modesOf, textsOf } from './file-fields.js';
import { nameProblems, needProblems } from './file-graph.js';
import { looksExported, readExportedPlan } from './file-plan.js';
import { checkShape, schemaProblems } from './file-problems.js';
import { fileSchema, frameSchema, keysAllowedAt, type RawFrame } from './file-schema.js';
import { fileSettings } from './file-settings.js';
import { type RawTask, taskSchema } from './file-task-schema.js';
import { draftsOfFile } from './file-tasks.js';
import { MAX_YAML_CHARACTERS, readYaml } from './file-yaml.js';
import { readJson } from './json.js';
import { type Located, placeAt, valueAt } from './place.js';
import type { PlanFile } from './plan-file.js';

const MAX_PROBLEMS = 50;
const MAX_BYTES = 256e6;

/** `file` is what the user called it, for messages. */
export function readPlanFile(file: string, content: Uint8Array | string): Result<PlanFile> {
  const text = decode(file, content);
  if (!text.ok) return text;
  const located = locate(file, text.value);
  const result = located.ok ? readLocated(file, located.value) : located;
  return result.ok ? result : failures(capped(result.problems, file));
}

function readLocated(file: string, located: Located): Result<PlanFile> {
  if (looksExported(located.value)) {
    const plan = readExportedPlan(located);
    return plan.ok ? success({ kind: 'plan', file, plan: plan.value }) : plan;
  }
  const plain = withoutExtensions(located);
  const tasks = valueAt(plain.value, ['tasks']);
  // Whatever else the tasks are, the whole schema has the words for it.
  const frame = checkShape(isMap(tasks) ? frameSchema : fileSchema, plain.value);
  const shape = 'issues' in frame ? schemaProblems(frame.issues, plain, keysAllowedAt) : [];
  const raws = isMap(tasks) ? readTasks(tasks, plain, shape) : [];
  const names = nameProblems(plain);
  if ('value' in frame && shape.length === 0 && names.length === 0)
    return build(file, frame.value, raws, plain);
  return failures([...shape, ...names, ...needProblems(plain)]);
}

/** The tasks in the order of their keys. Adds what is wrong to `problems` and gives up when that is plenty. */
function readTasks(
  tasks: Readonly<Record<string, unknown>>,
  located: Located,
  problems: Problem[],
): RawTask[] {
  const raws: RawTask[] = [];
  for (const id of located.keysAt(['tasks'])) {
    const task = checkShape(taskSchema, tasks[id]);
    if ('value' in task) raws.push(task.value);
    else problems.push(...schemaProblems(task.issues, located, keysAllowedAt, ['tasks', id]));
    if (problems.length > MAX_PROBLEMS) break;
  }
  return raws;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function build(file: string, raw: RawFrame, raws: readonly RawTask[], located: Located): Result<PlanFile> {
  const drafts = draftsOfFile(raw, raws, located);
  if (!drafts.ok) return drafts;
  const pattern = PATTERNS.find(({ name }) => name === raw.pattern);
  return success({
    kind: 'tasks',
    file,
    settings: fileSettings(raw, located),
    env: textsOf(located, raw.env, ['env']),
    pools: raw.pools ?? {},
    ...(raw.prices === undefined ? {} : { prices: raw.prices }),
    agents: agentsOf(raw),
    modes: modesOf(raw),
    tasks: drafts.value.tasks,
    loops: drafts.value.loops,
    placeOf: (path, part) =>
      valueAt(located.value, path) === undefined ? undefined : located.placeOf(path, part),
    ...(pattern === undefined ? {} : { pattern }),
  });
}

function decode(file: string, content: Uint8Array | string): Result<string> {
  if (content.length > MAX_BYTES)
    return failures([problem(`the file is larger than ${MAX_BYTES / 1e6} MB`, 'split the plan', { file })]);
  if (typeof content === 'string') return success(content.replace(/^\uFEFF/, ''));
  if ((content[0] === 0xff && content[1] === 0xfe) || (content[0] === 0xfe && content[1] === 0xff))
    return failures([problem('the file is UTF-16', 'save it as UTF-8', { file })]);
  try {
    return success(new TextDecoder('utf-8', { fatal: true }).decode(content));
  } catch {
    const text = new TextDecoder('utf-8').decode(content);
    const place = placeAt(file, text, Math.max(0, text.indexOf('\uFFFD')));
    return failures([problem('the file is not UTF-8', 'save it as UTF-8', place)]);
  }
}

function locate(file: string, text: string): Result<Located> {
  if (text.trim() === '')
    return failures([
      problem('the file is empty', 'for example tasks: {build: {run: npm run build}}', { file }),
    ]);
  const json =
    /^\s*[{[]/.test(text.slice(0, 10_000)) || /\.json$/i.test(file) ? readJson(text, file) : undefined;
  if (json?.ok === true || (json !== undefined && (/\.json$/i.test(file) || isTooLong(text)))) return json;
  if (isTooLong(text))
    return failures([
      problem(
        `the YAML file is larger than ${MAX_YAML_CHARACTERS / 1e6} MB`,
        'write it as JSON, which is read at any size, or split the plan',
        { file },
      ),
    ]);
  return readYaml(text, file);
}

function isTooLong(text: string): boolean {
  return text.length > MAX_YAML_CHARACTERS;
}

/** Keys at the top that begin with `x-` are the user's own, for anchors to stand under. */
function withoutExtensions(located: Located): Located {
  const { value } = located;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return located;
  const kept = Object.entries(value).filter(([key]) => !key.startsWith('x-'));
  return { ...located, value: Object.fromEntries(kept) };
}

/** As they stand in the file, and not more than anyone reads. */
function capped(found: readonly Problem[], file: string): readonly Problem[] {
  const problems = [...found].sort(
    ({ place: a }, { place: b }) => (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0),
  );
  if (problems.length <= MAX_PROBLEMS) return problems;
  const more = (problems.length - MAX_PROBLEMS).toLocaleString('en');
  return [...problems.slice(0, MAX_PROBLEMS), problem(`… and ${more} more problems`, undefined, { file })];
}
