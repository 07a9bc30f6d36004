/** Tasks that write a lot: how much slower than the shell's own `> file`, and what it costs in memory. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loggedBytes, newStateDir, removeStateDir, runArgv, verifyRun } from './batchtool.mjs';
import { interleave, measure, summarize } from './measure.mjs';
import { check } from './verdict.mjs';

export const rounds = 5;

const TASKS = 4;
const BYTES = 250_000_000;

/** Lines, made as fast as a pipe carries them. */
const LINE = 'a line of output as a build or a test writes it, neither very short nor very long';
const COMMAND = `yes '${LINE}' | head -c ${BYTES}`;

async function timePlain(scratch) {
  const folder = mkdtempSync(join(scratch, 'plain-'));
  const logs = Array.from({ length: TASKS }, (_, index) => join(folder, `${index}.log`));
  const script = `${logs.map((log) => `( ${COMMAND} ) > '${log}' & `).join('')}wait`;
  const { millis } = await measure(scratch, ['sh', '-c', script]);
  const written = logs.reduce((sum, log) => sum + statSync(log).size, 0);
  rmSync(folder, { recursive: true, force: true });
  if (written !== TASKS * BYTES) throw new Error(`plain redirects wrote ${written} bytes`);
  return { millis };
}

async function timeOurs(bench, output, round) {
  const stateDir = newStateDir(bench.scratch);
  const argv = runArgv(bench, stateDir, TASKS, Array(TASKS).fill(COMMAND), output);
  const result = await measure(bench.scratch, argv, { usage: true });
  if (round === 0) {
    const logged = loggedBytes(await verifyRun(bench, stateDir, TASKS));
    if (logged !== TASKS * BYTES) throw new Error(`the logs hold ${logged} bytes of ${TASKS * BYTES}`);
  }
  removeStateDir(stateDir);
  return result;
}

export async function run(bench) {
  const { plain, quiet, stream } = await interleave(bench.rounds, {
    plain: () => timePlain(bench.scratch),
    quiet: (round) => timeOurs(bench, 'quiet', round),
    stream: (round) => timeOurs(bench, 'stream', round),
  });
  const forms = { '--output quiet': quiet, '--output stream > /dev/null': stream };
  return Object.entries(forms).flatMap(([form, results]) => checksOf(form, results, plain));
}

function checksOf(form, results, plain) {
  const speed = (each) => summarize(each.map(({ millis }) => (TASKS * BYTES) / 1e6 / (millis / 1000)));
  const [measured, peer] = [speed(results), { name: 'plain shell redirects', ...speed(plain) }];
  const memory = summarize(results.map(({ peakBytes }) => peakBytes / 1e6));
  const what = `${TASKS} × 250 MB, ${form}`;
  return [
    check({ what, unit: 'MB/s', measured, peer, ratio: measured.median / peer.median, atLeast: 0.7 }),
    check({ what: `${what}: peak memory`, unit: 'MB', measured: memory, value: memory.max, atMost: 60 }),
  ];
}
