/** The folder in which an attempt finds the results of earlier tasks. */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { ContextEntry } from '../core/launch.js';
import type { AttemptFiles, AttemptRef } from '../core/ports.js';

/** How much of the end of a log stands for the result of a task that has none of its own. */
export const MAX_TAIL_BYTES = 16_384;
/** Folders that are kept in mind to be shared. */
const MAX_SHARED = 8;

/**
 * Writes `ID.md` for each earlier task, and `context.json` with all that is known about them. Attempts that look
 * back at the same results share one folder through links: a thousand tasks after a thousand others would
 * otherwise write a million files.
 */
export class ContextFolders {
  readonly #files: (attempt: AttemptRef) => AttemptFiles;
  readonly #written = new Map<string, string>();

  constructor(files: (attempt: AttemptRef) => AttemptFiles) {
    this.#files = files;
  }

  /** Makes the folder `path`, which holds these entries. */
  provide(path: string, entries: readonly ContextEntry[]): void {
    const key = entries.map(({ task, attempt, status }) => `${task} ${attempt} ${status}`).join('\n');
    const twin = this.#written.get(key);
    if (twin !== undefined && twin !== path && existsSync(twin)) {
      symlinkSync(twin, path, 'junction');
      return;
    }
    mkdirSync(path, { recursive: true, mode: 0o700 });
    for (const entry of entries) this.#writeResult(join(path, `${entry.task}.md`), entry);
    const described = entries.map((entry) => ({ ...entry, result: `${entry.task}.md` }));
    writeFileSync(join(path, 'context.json'), `${JSON.stringify(described, null, 2)}\n`, { mode: 0o600 });
    this.#remember(key, path);
  }

  /** The result that the attempt's executor has put beside its log, else the end of the log. */
  #writeResult(path: string, entry: ContextEntry): void {
    const { log, result } = this.#files(entry);
    if (existsSync(result)) copyFileSync(result, path);
    else writeFileSync(path, tailOf(log), { mode: 0o600 });
  }

  #remember(key: string, path: string): void {
    this.#written.set(key, path);
    const [oldest] = this.#written.keys();
    if (this.#written.size > MAX_SHARED && oldest !== undefined) this.#written.delete(oldest);
  }
}

/** From the first whole line on, when it is not the whole log. Empty without a log: the task may never have written. */
function tailOf(log: string): Buffer {
  let fd: number;
  try {
    fd = openSync(log, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const from = Math.max(0, fstatSync(fd).size - MAX_TAIL_BYTES);
    const buffer = Buffer.alloc(MAX_TAIL_BYTES);
    const tail = buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, from));
    const lineEnd = from === 0 ? -1 : tail.indexOf('\n');
    return lineEnd >= 0 && lineEnd < tail.length - 1 ? tail.subarray(lineEnd + 1) : wholeCharacters(tail);
  } finally {
    closeSync(fd);
  }
}

/** Without the bytes of a UTF-8 character that was cut in two. */
function wholeCharacters(bytes: Buffer): Buffer {
  let from = 0;
  while (from < 3 && from < bytes.length && ((bytes[from] as number) & 0xc0) === 0x80) from++;
  return bytes.subarray(from);
}
