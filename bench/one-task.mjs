/**
 * What it costs to run one task at all, against a Node that does nothing; and, so that it can be seen what of that is
 * Node's own part, against a Node that only spawns the task, with and without somebody to watch over it.
 */
import { join } from 'node:path';
import { newStateDir, removeStateDir, runArgv, verifyRun } from './batchtool.mjs';
import { interleave, measure, summarize } from './measure.mjs';
import { check } from './verdict.mjs';

export const rounds = 21;

const ONE_SPAWN = join(import.meta.dirname, 'one-spawn.cjs');

async function timeOurs(bench, round, env) {
  const stateDir = newStateDir(bench.scratch);
  const { millis } = await measure(bench.scratch, runArgv(bench, stateDir, 2, ['true']), { env });
  if (round === 0) await verifyRun(bench, stateDir, 1);
  removeStateDir(stateDir);
  return millis;
}

export async function run(bench) {
  const timeNode = async (...args) => (await measure(bench.scratch, [process.execPath, ...args])).millis;
  const { ours, uncached, bare, spawned, watched } = await interleave(bench.rounds, {
    ours: (round) => timeOurs(bench, round, {}),
    uncached: (round) => timeOurs(bench, round, { NODE_DISABLE_COMPILE_CACHE: '1' }),
    bare: () => timeNode('-e', '0'),
    spawned: () => timeNode(ONE_SPAWN),
    watched: () => timeNode(ONE_SPAWN, 'watched'),
  });
  const against = (name, peer, measured, target = {}) => {
    const ratio = summarize(measured).median / summarize(peer).median;
    const what = `one task, end to end${measured === uncached ? ', nothing compiled before' : ''}`;
    return check({
      what,
      unit: 'ms',
      measured: summarize(measured),
      peer: { name, ...summarize(peer) },
      ratio,
      ...target,
    });
  };
  return [
    against('node -e 0', bare, ours, { atMost: 1.5 }),
    against('node -e 0', bare, uncached),
    against('a Node that spawns it', spawned, ours),
    against('a Node that spawns it and a watchdog', watched, ours),
  ];
}
