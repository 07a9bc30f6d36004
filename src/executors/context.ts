/** The folder in which an attempt finds the results of earlier tasks. */
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContextEntry } from '../core/launch.js';
import type { Note } from '../core/note.js';
import type { AttemptFiles, AttemptRef } from '../core/ports.js';
import { resultToRead } from './log-end.js';

/** Folders that are kept in mind to be shared. */
const MAX_SHARED = 8;
/** The folder of notes: the id of a task has no such ending, so that nothing is in its way. */
const NOTES = 'notes';
/** A folder with it has been laid. */
const INDEX = 'context.json';

/**
 * Writes `ID.md` for each earlier task, `ID.patch` for each that changed files in isolation, `notes/KEY.md` for each note
 * of the namespace, and `context.json` with all that is known about them. Attempts that look back at the same results share
 * one folder through links: a thousand tasks after a thousand others would otherwise write a million files.
 */
export class ContextFolders {
  readonly #files: (attempt: AttemptRef) => AttemptFiles;
  readonly #written = new Map<string, string>();

  constructor(files: (attempt: AttemptRef) => AttemptFiles) {
    this.#files = files;
  }

  /** Makes the folder `path`, which holds these. */
  provide(path: string, entries: readonly ContextEntry[], notes: readonly Note[] = []): void {
    // An attempt that begins anew finds it.
    if (existsSync(join(path, INDEX))) return;
    const key = [
      ...entries.map(({ task, attempt, status }) => `${task} ${attempt} ${status}`),
      ...notes.map((note) => `note ${note.key} ${note.at}`),
    ].join('\n');
    const twin = this.#written.get(key);
    // What it has to do again lies there already.
    const hasMore = existsSync(path);
    if (twin !== undefined && twin !== path && !hasMore && existsSync(twin)) {
      symlinkSync(twin, path, 'junction');
      return;
    }
    mkdirSync(path, { recursive: true, mode: 0o700 });
    for (const entry of entries) this.#writeResult(join(path, `${entry.task}.md`), entry);
    const described = entries.map((entry) => ({
      ...entry,
      result: `${entry.task}.md`,
      log: this.#files(entry).log,
      ...this.#patchOf(entry, path),
    }));
    writeFileSync(join(path, INDEX), `${JSON.stringify(described, null, 2)}\n`, { mode: 0o600 });
    if (notes.length > 0) mkdirSync(join(path, NOTES), { mode: 0o700 });
    for (const note of notes) writeFileSync(join(path, NOTES, `${note.key}.md`), note.text, { mode: 0o600 });
    if (!hasMore) this.#remember(key, path);
  }

  /** The result that the attempt's executor has put beside its log, else the end of the log. */
  #writeResult(path: string, entry: ContextEntry): void {
    writeFileSync(path, resultToRead(this.#files(entry)), { mode: 0o600 });
  }

  /** Of an isolated task: what it changed, for who has to compare. */
  #patchOf(entry: ContextEntry, folder: string): { readonly patch?: string } {
    const { patch } = this.#files(entry);
    if (entry.commit === undefined || !existsSync(patch)) return {};
    const name = `${entry.task}.patch`;
    copyFileSync(patch, join(folder, name));
    return { patch: name };
  }

  #remember(key: string, path: string): void {
    this.#written.set(key, path);
    const [oldest] = this.#written.keys();
    if (this.#written.size > MAX_SHARED && oldest !== undefined) this.#written.delete(oldest);
  }
}
