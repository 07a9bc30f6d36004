/** `--detach`: another process of batchtool takes the run, and this one goes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../input/settings.js';
import type { RunFolder } from '../journal/folder.js';
import type { Ending, Surroundings } from './surroundings.js';

/** How long the other process may take until it has written its first event. */
const START_MILLIS = 10_000;

/**
 * Starts `batchtool resume WORDS` in a session of its own and waits until it has taken the run over.
 * With `json` the run's id is a document, for its events are in the journal of the other process. Its own words go to `detached.log` in the run's folder; if it will not go on, they are said here.
 */
export async function detach(
  folder: RunFolder,
  words: readonly string[],
  secrets: Readonly<Record<string, string>>,
  json: boolean,
  around: Surroundings,
): Promise<Ending> {
  const log = join(folder.path, 'detached.log');
  const before = { journal: sizeOf(folder.journal), log: sizeOf(log) };
  const child = startInBackground(log, [folder.id, '--output', 'quiet', ...words], secrets, around);
  let exited: number | null | undefined;
  child.once('exit', (code) => {
    exited = code;
  });
  child.once('error', () => {
    exited = null;
  });
  const end = Date.now() + START_MILLIS;
  const begun = (): boolean => sizeOf(folder.journal) > before.journal;
  while (!begun() && exited === undefined && Date.now() < end) await sleep(10);
  if (begun()) {
    around.stdout.write(json ? `${JSON.stringify({ run: folder.id })}\n` : `${folder.id}\n`);
    around.stderr.write(
      `running in the background; \`batchtool logs --follow ${folder.id}${around.stateWords ?? ''}\` shows what it does\n`,
    );
    return 0;
  }
  around.stderr.write(readFileSync(log).subarray(before.log));
  if (typeof exited === 'number') return exited;
  around.stderr.write(`batchtool: the run did not start in the background\n  hint: see ${log}\n`);
  return 4;
}

/** So that the other process keeps the file of `--progress-tracking` current. */
export function progressWords({ 'progress-tracking': progress }: Settings): string[] {
  return progress === undefined ? [] : ['--progress-tracking', progress.value];
}

function startInBackground(
  log: string,
  words: readonly string[],
  secrets: Readonly<Record<string, string>>,
  { cwd, env }: Surroundings,
): ChildProcess {
  // Said for this process; the other one would detach again.
  const { BATCHTOOL_DETACH: _, ...rest } = env;
  const fd = openSync(log, 'a', 0o600);
  const child = spawn(process.execPath, [process.argv[1] ?? '', 'resume', ...words], {
    cwd,
    env: { ...rest, ...secrets },
    detached: true,
    stdio: ['ignore', fd, fd],
  });
  closeSync(fd);
  child.unref();
  return child;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
