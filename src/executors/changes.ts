/** Which files an attempt has made or changed. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

const CHUNK_BYTES = 1_048_576;

/** What files held, by path as given; undefined for one that was not there. */
export type Contents = ReadonlyMap<string, string | undefined>;

/** What the files hold now: digests of all bytes, for a time of change says little and can be set. Throws what `read` throws. */
export function contentsOf(paths: readonly string[], cwd: string): Contents {
  return new Map(paths.map((path) => [path, digest(resolve(cwd, path))]));
}

function digest(path: string): string | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  // Not imported: to load it costs every start of the program milliseconds, and few tasks ask for this.
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  const fd = openSync(path, 'r');
  try {
    for (let size = readSync(fd, chunk); size > 0; size = readSync(fd, chunk))
      hash.update(chunk.subarray(0, size));
  } finally {
    closeSync(fd);
  }
  return hash.digest('hex');
}
