/** `--detach`: another process of batchtool takes the run, and this one goes. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunFolder } from '../journal/folder.js';
import type { Ending, Surroundings } from './surroundings.js';

/** How long the other process may take until it has written its first event. */
const START_MILLIS = 10_000;

/** Starts `batchtool resume WORDS` in a session of its own; its own words go to `detached.log` in the run's folder. */
export async function detach(
  folder: RunFolder,
  words: readonly string[],
  secrets: Readonly<Record<string, string>>,
  around: Surroundings,
): Promise<Ending> {
  const log = join(folder.path, 'detached.log');
  const fd = openSync(log, 'a', 0o600);
  const entry = process.argv[1] ?? '';
  const child = spawn(process.execPath, [entry, 'resume', ...words], {
    cwd: around.cwd,
    env: { ...around.env, ...secrets },
    detached: true,
    stdio: ['ignore', fd, fd],
  });
  closeSync(fd);
  child.unref();
  let exited: number | null | undefined;
  child.once('exit', (code) => {
    exited = code;
  });
  const end = Date.now() + START_MILLIS;
  while (!existsSync(folder.journal) && exited === undefined && Date.now() < end) await sleep(10);
  if (!existsSync(folder.journal)) {
    around.stderr.write(`batchtool: the run did not start in the background\n  hint: see ${log}\n`);
    return 4;
  }
  around.stdout.write(`${folder.id}\n`);
  around.stderr.write(
    `running in the background; \`batchtool logs --follow ${folder.id}\` shows what it does\n`,
  );
  return 0;
}
