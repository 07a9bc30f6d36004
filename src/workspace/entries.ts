/** What stands at a path or in a folder, without following links. */
import { lstatSync, readdirSync } from 'node:fs';

/** A link counts as it is, wherever it leads. */
export function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Names of the folders in a folder. Links are none; a folder that is gone or cannot be read has none. */
export function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
