/** The notes of namespaces: one file for each, the newest text under each key. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { MOST_NOTE_CHARACTERS, type Note } from '../core/note.js';
import { withoutMiddle } from '../core/without-middle.js';
import { codeOf, stateFault } from './fault.js';
import type { StateDir } from './folder.js';
import { makeFolder, writeWhole } from './private-file.js';

const ENDING = '.json';

/** Names of all namespaces that have notes. */
export function listNamespaces(stateDir: StateDir): string[] {
  return namesIn(rootOf(stateDir)).map(decodeURIComponent).sort();
}

/** All notes of a namespace, the newest first. One that cannot be read is no note. */
export function readNotes(stateDir: StateDir, namespace: string): Note[] {
  const folder = folderOf(stateDir, namespace);
  const keys = namesIn(folder).flatMap((name) =>
    name.endsWith(ENDING) ? [name.slice(0, -ENDING.length)] : [],
  );
  const notes = keys.flatMap((key) => readIn(folder, key) ?? []);
  return notes.sort((a, b) => b.at - a.at || (a.key < b.key ? -1 : 1));
}

/** The note with this key, which is a file name. */
export function readNote(stateDir: StateDir, namespace: string, key: string): Note | undefined {
  return readIn(folderOf(stateDir, namespace), key);
}

/** Takes the place of an earlier note with its key. Throws `Fatal` if the disk says no. */
export function writeNote(stateDir: StateDir, namespace: string, note: Note): void {
  const folder = folderOf(stateDir, namespace);
  try {
    for (const path of [rootOf(stateDir), folder]) makeFolder(path);
    writeWhole(
      join(folder, note.key + ENDING),
      `${JSON.stringify({ ...note, text: withoutMiddle(note.text, MOST_NOTE_CHARACTERS) })}\n`,
    );
  } catch (error) {
    throw stateFault('write a note into', folder, error);
  }
}

/** False: there was none. */
export function deleteNote(stateDir: StateDir, namespace: string, key: string): boolean {
  const folder = folderOf(stateDir, namespace);
  if (readIn(folder, key) === undefined) return false;
  try {
    rmSync(join(folder, key + ENDING), { force: true });
  } catch (error) {
    throw stateFault('delete a note in', folder, error);
  }
  return true;
}

function rootOf({ path }: StateDir): string {
  return join(path, 'namespaces');
}

/** Any text may name a namespace; its folder is never another one. */
function folderOf(stateDir: StateDir, namespace: string): string {
  // A half of a character has no place in a file name.
  const name = encodeURIComponent(Buffer.from(namespace).toString()).replace(/^\./, '%2E');
  return join(rootOf(stateDir), name);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw stateFault('read the notes in', folder, error);
  }
}

function readIn(folder: string, key: string): Note | undefined {
  try {
    const note = JSON.parse(readFileSync(join(folder, key + ENDING), 'utf8')) as Partial<Note> | null;
    if (typeof note?.text !== 'string' || typeof note.at !== 'number') return undefined;
    return { ...note, key, text: note.text, at: note.at };
  } catch {
    return undefined;
  }
}
