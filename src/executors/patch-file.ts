/** The patch of an attempt beside its log. */
import { closeSync, openSync, readSync, renameSync, writeSync } from 'node:fs';
import { writePatch } from '../workspace/difference.js';
import type { Git } from '../workspace/git.js';
import { Masker } from './mask.js';

const CHUNK_BYTES = 1_048_576;

/** Without secrets, for whoever is shown it need not be allowed to see the branch; with one it may not fit any more. */
export async function keepPatch(
  git: Git,
  from: string,
  to: string,
  path: string,
  secretForms: readonly Buffer[],
): Promise<void> {
  await writePatch(git, from, to, path);
  if (secretForms.length > 0) maskPatch(path, secretForms);
}

function maskPatch(path: string, forms: readonly Buffer[]): void {
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
