/** Whether ten times the tasks cost ten times the work, and how much memory a run of 10,000 takes. */
import { newStateDir, removeStateDir, runArgv, trivialPlan, verifyRun } from './batchtool.mjs';
import { interleave, measure, summarize } from './measure.mjs';
import { check } from './verdict.mjs';

export const rounds = 3;

const SLOTS = 2;

export async function run(bench) {
  const { scratch, cli } = bench;
  const timeRun = async (count, plan, round) => {
    const stateDir = newStateDir(scratch);
    const usage = await measure(scratch, runArgv(bench, stateDir, SLOTS, ['-f', plan]), { usage: true });
    if (round === 0) await verifyRun(bench, stateDir, count);
    removeStateDir(stateDir);
    return usage;
  };
  const [few, many] = [trivialPlan(scratch, 1000), trivialPlan(scratch, 10_000)];
  const results = await interleave(bench.rounds, {
    few: (round) => timeRun(1000, few, round),
    many: (round) => timeRun(10_000, many, round),
    start: () => measure(scratch, [process.execPath, cli, '--version'], { usage: true }),
  });
  return [memoryOf(results), cpuOf(results)];
}

function memoryOf({ many }) {
  const others = Math.max(0, ...many.flatMap((result) => result.others)) / 1e6;
  const measured = summarize(many.map((result) => result.peakBytes / 1e6));
  const note = others > 0 ? `further Node processes of its own: up to ${others.toFixed(1)} MB` : '';
  const what = '10,000 tasks, peak resident memory of batchtool';
  return check({ what, unit: 'MB', measured, value: measured.max, atMost: 120, note });
}

/** CPU of the process itself (RUSAGE_SELF: user and system, forks included, tasks not), shared out over the tasks. */
function cpuOf({ few, many, start }) {
  const each = (results, count) => summarize(results.map(({ cpuMillis }) => (cpuMillis / count) * 1000));
  const [measured, peer] = [each(many, 10_000), { name: 'at 1,000 tasks', ...each(few, 1000) }];
  const base = summarize(start.map(({ cpuMillis }) => cpuMillis * 1000)).median;
  const net = (measured.median - base / 10_000) / (peer.median - base / 1000);
  return check({
    what: 'own CPU per task at 10,000 tasks',
    unit: 'µs',
    measured,
    peer,
    ratio: measured.median / peer.median,
    atMost: 1.1,
    note: `without the cost of starting (${(base / 1000).toFixed(0)} ms): ratio ${net.toFixed(2)}`,
  });
}
