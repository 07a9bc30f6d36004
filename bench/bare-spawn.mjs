/**
 * The ceiling: nothing but Node's `spawn`, N commands, so many at a time, each in its own process group with its own log
 * file. No journal, no plan, no limits. Usage: node bare-spawn.mjs COUNT SLOTS FOLDER
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

const [count, slots] = process.argv.slice(2, 4).map(Number);
const folder = process.argv[4];
let started = 0;

function next() {
  if (started === count) return;
  const log = openSync(join(folder, `${started++}.log`), 'w');
  const child = spawn('sh', ['-c', 'true'], { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  child.once('exit', next);
}

for (let slot = 0; slot < slots; slot++) next();
