/** Files and folders that only their owner may read, whatever the umask, and that are there as a whole or not at all. */
import {
  chmodSync,
  closeSync,
  fchmodSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { codeOf } from './fault.js';

export const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;

const SLICE_CHARACTERS = 64 * 1024;
const MOST_BYTES_PER_CHARACTER = 3;

/** Makes one folder; false: something of that name is there already. */
export function makeFolder(path: string): boolean {
  try {
    mkdirSync(path, { mode: FOLDER_MODE });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  chmodSync(path, FOLDER_MODE);
  return true;
}

/** Writes all of it, however often the system takes only a part. */
export function writeFully(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done);
}

/** Writes a text in slices: a large plan must not leave large Buffers, which slow down every fork. */
function writeText(fd: number, text: string, seen: (bytes: Uint8Array) => void): void {
  const scratch = Buffer.allocUnsafe(Math.min(text.length + 1, SLICE_CHARACTERS) * MOST_BYTES_PER_CHARACTER);
  for (let from = 0; from < text.length; ) {
    let to = Math.min(from + SLICE_CHARACTERS - 1, text.length);
    if (isFirstHalf(text.charCodeAt(to - 1))) to++;
    const bytes = scratch.subarray(0, scratch.write(text.slice(from, to)));
    seen(bytes);
    writeFully(fd, bytes);
    from = to;
  }
}

/** The first of the two units of one character beyond the basic plane; a cut behind it would spoil both. */
function isFirstHalf(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** Fifteen characters that no other process comes upon: its number, and chance. */
export function chance(): string {
  const random = Math.floor(Math.random() * 36 ** 8);
  return `${process.pid.toString(36).padStart(6, '0')}-${random.toString(36).padStart(8, '0')}`;
}

/** A name beside `path` that nobody else has. */
export function temporaryName(path: string): string {
  return `${path}.${chance()}.tmp`;
}

/** Makes a new file with this text; it is an error if there is one. */
export function writeNew(path: string, text: string): void {
  closeSync(openNew(path, text, () => undefined));
}

/** The file holds the old text or the new one, never a part. `seen` gets the bytes as they are written. */
export function writeWhole(
  path: string,
  text: string,
  seen: (bytes: Uint8Array) => void = () => undefined,
): void {
  const temporary = temporaryName(path);
  closeSync(openNew(temporary, text, seen));
  moveTo(path, temporary);
}

function openNew(path: string, text: string, seen: (bytes: Uint8Array) => void): number {
  const fd = openSync(path, 'wx', FILE_MODE);
  try {
    fchmodSync(fd, FILE_MODE);
    writeText(fd, text, seen);
    return fd;
  } catch (error) {
    closeSync(fd);
    rmSync(path, { force: true });
    throw error;
  }
}

function moveTo(path: string, temporary: string): void {
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
