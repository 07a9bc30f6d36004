/** `batchtool memory`: the notes of a namespace, which its runs and people leave for later runs. */
import { systemClock } from '../clock.js';
import { idFault } from '../core/graph.js';
import { nearest } from '../core/nearest.js';
import { type Problem, problem, type Result, success } from '../core/problem.js';
import { namespaceProblems } from '../input/setting-problems.js';
import { openStateDir, type StateDir } from '../journal/folder.js';
import { deleteNote, listNamespaces, readNote, readNotes, writeNote } from '../journal/notes.js';
import { memoryDocument, memorySheet } from '../reports/memory.js';
import { type Given, isEnding, understandKept } from './arguments.js';
import { stateFolderOf } from './kept.js';
import { lookAtStateDir } from './look.js';
import { printJson, printSheet } from './print.js';
import { type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

export const memoryVerb: Verb = { run };

/** What each takes after it. */
const WORDS: Readonly<Record<string, readonly string[]>> = { list: [], get: ['KEY'], set: ['KEY', 'TEXT'] };

async function run(words: readonly string[], around: Surroundings): Promise<Ending> {
  const given = await understandKept('memory', words, around, Number.POSITIVE_INFINITY);
  if (isEnding(given)) return given;
  const fault = wordFault(given.args.texts);
  if (fault !== undefined) return refuse(around, [fault]);
  const [action, key = '', text = ''] = given.args.texts;
  if (action === 'set') return set(given, key, text, around);
  const stateDir = await lookAtStateDir(around.cwd, given.settings['state-dir']?.value);
  if (!stateDir.ok) return refuse(around, stateDir.problems);
  const json = given.settings.json?.value === true;
  const namespace = namespaceOf(given, stateDir.value);
  if (action === 'get')
    return namespace.ok
      ? get(stateDir.value, namespace.value, key, json, around)
      : refuse(around, namespace.problems);
  if (!namespace.ok && given.settings.namespace !== undefined) return refuse(around, namespace.problems);
  return list(stateDir.value, namespace.ok ? [namespace.value] : namespacesIn(stateDir.value), json, around);
}

function wordFault([action, ...rest]: readonly string[]): Problem | undefined {
  const forms = 'list, get KEY or set KEY TEXT';
  const takes = Object.hasOwn(WORDS, action ?? '') ? WORDS[action ?? ''] : undefined;
  if (takes === undefined) {
    const near = action === undefined ? undefined : nearest(action, Object.keys(WORDS));
    const found = action === undefined ? '' : `, found ${JSON.stringify(action)}`;
    return problem(
      `memory: expected ${forms}${found}`,
      near === undefined ? 'for example batchtool memory list' : `did you mean "batchtool memory ${near}"?`,
    );
  }
  if (rest.length !== takes.length) {
    const wanted = takes.length === 0 ? 'nothing' : takes.join(' and ');
    return problem(
      `memory ${action}: expected ${wanted}, found ${rest.length === 0 ? 'nothing' : rest.map((word) => JSON.stringify(word)).join(' ')}`,
      rest.length > takes.length && action === 'set'
        ? 'a text of several words is put in quotes'
        : `the forms are ${forms}`,
    );
  }
  const key = takes.length > 0 ? idFault(rest[0] ?? '') : undefined;
  return key === undefined
    ? undefined
    : problem(`the key ${JSON.stringify(rest[0])} ${key}`, 'a key like "decisions" works');
}

/** The one that was named, or the only one that has notes. */
function namespaceOf({ settings }: Given, stateDir: StateDir | undefined): Result<string> {
  if (settings.namespace !== undefined) {
    const problems = namespaceProblems(settings.namespace);
    return problems.length > 0 ? { ok: false, problems } : success(settings.namespace.value);
  }
  const known = namespacesIn(stateDir);
  const [only] = known;
  if (only !== undefined && known.length === 1) return success(only);
  const there =
    known.length === 0 ? '' : `; there are ${known.map((name) => JSON.stringify(name)).join(', ')}`;
  return { ok: false, problems: [problem(`which namespace?${there}`, 'say --namespace NAME')] };
}

function namespacesIn(stateDir: StateDir | undefined): string[] {
  return stateDir === undefined ? [] : listNamespaces(stateDir);
}

async function list(
  stateDir: StateDir | undefined,
  namespaces: readonly string[],
  json: boolean,
  around: Surroundings,
): Promise<Ending> {
  const all = namespaces.map((name) => ({
    name,
    notes: stateDir === undefined ? [] : readNotes(stateDir, name),
  }));
  if (json) {
    await printJson({ namespaces: all.map(({ name, notes }) => memoryDocument(name, notes)) }, around);
    return 0;
  }
  const filled = all.filter(({ notes }) => notes.length > 0);
  if (filled.length === 0) around.stdout.write('no notes yet; runs with --namespace leave some\n');
  for (const { name, notes } of filled) await printSheet(memorySheet(name, notes, systemClock.now()), around);
  return 0;
}

async function get(
  stateDir: StateDir | undefined,
  namespace: string,
  key: string,
  json: boolean,
  around: Surroundings,
): Promise<Ending> {
  const note = stateDir === undefined ? undefined : readNote(stateDir, namespace, key);
  if (stateDir === undefined || note === undefined) {
    const known = stateDir === undefined ? [] : readNotes(stateDir, namespace).map((one) => one.key);
    const near = nearest(key, known);
    const hint =
      near === undefined
        ? '`batchtool memory list` shows all notes'
        : `did you mean ${JSON.stringify(near)}?`;
    return refuse(around, [
      problem(`namespace ${JSON.stringify(namespace)} has no note ${JSON.stringify(key)}`, hint),
    ]);
  }
  if (json) await printJson(memoryDocument(namespace, [note]), around);
  else around.stdout.write(note.text.endsWith('\n') ? note.text : `${note.text}\n`);
  return 0;
}

/** An empty text takes the note away. */
async function set(given: Given, key: string, text: string, around: Surroundings): Promise<Ending> {
  const stateDir = await openStateDir(stateFolderOf(given.args, around));
  if (!stateDir.ok) return refuse(around, stateDir.problems);
  const namespace = namespaceOf(given, stateDir.value);
  if (!namespace.ok) return refuse(around, namespace.problems);
  if (text !== '') writeNote(stateDir.value, namespace.value, { key, text, at: systemClock.now() });
  else if (!deleteNote(stateDir.value, namespace.value, key))
    return refuse(around, [
      problem(`namespace ${JSON.stringify(namespace.value)} has no note ${JSON.stringify(key)}`),
    ]);
  return 0;
}
