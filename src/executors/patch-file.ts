/** Takes secrets out of a patch: whoever is shown it need not be allowed to see the branch. It may not fit any more then. */
import { closeSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { Masker } from './mask.js';

const CHUNK_BYTES = 1_048_576;

export function maskPatch(path: string, forms: readonly Buffer[]): void {
  const masker = new Masker(forms);
  const fresh = `${path}.masked`;
  const [from, to] = [openSync(path, 'r'), openSync(fresh, 'w', 0o600)];
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let size = readSync(from, chunk); size > 0; size = readSync(from, chunk))
      writeFully(to, masker.push(chunk.subarray(0, size)));
    writeFully(to, masker.end());
  } finally {
    closeSync(from);
    closeSync(to);
  }
  renameSync(fresh, path);
}

function writeFully(fd: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
