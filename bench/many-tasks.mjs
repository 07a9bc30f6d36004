/**
 * Tasks a second when the tasks do nothing: the cost of starting, logging and journalling each of them. What was written is
 * left until the end: for minutes after thousands of files were deleted, ext4 takes half a millisecond to make a new one.
 */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { newStateDir, runArgv, verifyRun } from './batchtool.mjs';
import { interleave, measure, summarize } from './measure.mjs';
import { concurrently, gnuParallel } from './peers.mjs';
import { check, notMeasured } from './verdict.mjs';

export const rounds = 5;

const COUNT = 1000;
const SLOTS = 2;
const TASKS = Array(COUNT).fill('true');
const BARE_SPAWN = join(import.meta.dirname, 'bare-spawn.mjs');

/** How the peers are called, and the target against each form; `folder` is new and empty each time. */
function formsOf({ parallel, concurrent }) {
  const slots = String(SLOTS);
  const atConcurrently = (...options) => [...concurrent.argv, '--max-processes', slots, ...options, ...TASKS];
  const atParallel = (...options) => [...parallel.argv, '-j', slots, ...options, ':::', ...TASKS];
  return [
    { name: 'concurrently', peer: concurrent, atLeast: 1.5, argvIn: () => atConcurrently() },
    { name: 'concurrently --raw', peer: concurrent, argvIn: () => atConcurrently('--raw') },
    { name: 'GNU parallel', peer: parallel, atLeast: 1.7, argvIn: () => atParallel() },
    {
      name: 'GNU parallel --results --joblog',
      peer: parallel,
      atLeast: 1.7,
      argvIn: (folder) => atParallel('--results', join(folder, 'logs'), '--joblog', join(folder, 'journal')),
    },
    {
      name: 'a bare spawn loop',
      peer: { version: process.version },
      argvIn: (folder) => [process.execPath, BARE_SPAWN, String(COUNT), slots, folder],
    },
  ];
}

async function timePeer(scratch, argvIn) {
  const folder = mkdtempSync(join(scratch, 'peer-'));
  const { millis } = await measure(scratch, argvIn(folder));
  return perSecond(millis);
}

async function timeOurs(bench, round) {
  const stateDir = newStateDir(bench.scratch);
  const rest = ['--parallel', ...TASKS];
  const { millis } = await measure(bench.scratch, runArgv(bench, stateDir, SLOTS, rest));
  if (round === 0) await verifyRun(bench, stateDir, COUNT);
  return perSecond(millis);
}

const perSecond = (millis) => COUNT / (millis / 1000);

export async function run(bench) {
  const forms = formsOf({ parallel: gnuParallel(), concurrent: concurrently(bench.scratch) });
  const there = forms.filter(({ peer }) => peer.missing === undefined);
  const peers = there.map(({ name, argvIn }) => [name, () => timePeer(bench.scratch, argvIn)]);
  const ours = bench.cli === undefined ? {} : { ours: (round) => timeOurs(bench, round) };
  const results = await interleave(bench.rounds, { ...ours, ...Object.fromEntries(peers) });
  const rates = Object.entries(results).map(([name, each]) => [name, summarize(each)]);
  return forms.map((form) => compare(Object.fromEntries(rates), form));
}

function compare(rates, { name, peer, atLeast }) {
  const what = `${COUNT} × true, ${SLOTS} slots, against ${name}`;
  const base = { what, unit: 'tasks/s', ...(atLeast === undefined ? {} : { atLeast }) };
  if (peer.missing !== undefined) return notMeasured({ ...base, why: `not to be had: ${peer.missing}` });
  const theirs = { ...base, peer: { name: `${name} (${peer.version})`, ...rates[name] } };
  if (rates.ours === undefined) return notMeasured({ ...theirs, why: 'no program under test' });
  return check({ ...theirs, measured: rates.ours, ratio: rates.ours.median / rates[name].median });
}
