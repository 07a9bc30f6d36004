/** One measured process, and what several measurements say together. */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const USAGE = join(import.meta.dirname, 'usage.cjs');

/** The same small environment for all that is measured: its size is part of what a spawn costs. */
function environment(extra) {
  const kept = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'SYSTEMROOT'].filter((name) => name in process.env);
  return { ...Object.fromEntries(kept.map((name) => [name, process.env[name]])), ...extra };
}

/**
 * Runs a program to its end and returns `{millis, stdout?}`, with `usage: true` also `{cpuMillis, peakBytes, others}` of
 * that one process (which must be Node; `others` are peaks of further Node processes that it started).
 * A program that does not exit with 0 is an error: what failed is not measured.
 */
export async function measure(scratch, argv, { usage = false, stdout = 'ignore', env = {}, cwd } = {}) {
  const folder = mkdtempSync(join(scratch, 'one-'));
  const errors = openSync(join(folder, 'stderr'), 'w');
  const output = stdout === 'keep' ? openSync(join(folder, 'stdout'), 'w') : undefined;
  const watched = usage ? { NODE_OPTIONS: `--require "${USAGE}"`, BENCH_USAGE_DIR: folder } : {};
  const startedAt = process.hrtime.bigint();
  const child = spawn(argv[0], argv.slice(1), {
    cwd: cwd ?? folder,
    env: environment({ ...env, ...watched }),
    stdio: ['ignore', output ?? 'ignore', errors],
  });
  const ended = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal, at: process.hrtime.bigint() }));
  });
  closeSync(errors);
  if (output !== undefined) closeSync(output);
  if (ended.code !== 0) throw new Error(`${shorten(argv)} ended with ${explain(ended, folder)}`);
  const result = { millis: Number(ended.at - startedAt) / 1e6 };
  if (usage) Object.assign(result, readUsage(folder, child.pid));
  if (stdout === 'keep') result.stdout = readFileSync(join(folder, 'stdout'), 'utf8');
  rmSync(folder, { recursive: true, force: true });
  return result;
}

function readUsage(folder, pid) {
  const read = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const others = readdirSync(folder).filter((name) => /^\d+\.json$/.test(name) && name !== `${pid}.json`);
  return { ...read(`${pid}.json`), others: others.map((name) => read(name).peakBytes) };
}

function shorten(argv) {
  const text = argv.join(' ');
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}

function explain({ code, signal }, folder) {
  const said = readFileSync(join(folder, 'stderr'), 'utf8').trim().slice(-400);
  return `${signal ?? `exit code ${code}`}${said === '' ? '' : `: ${said}`}`;
}

/**
 * Each contender once per round, each round beginning with another one, so that no one always runs after the same
 * neighbour and a slow minute of the machine hits all. Round 0 warms the caches: there the contenders also prove that
 * they did their work, and its results are dropped. Returns `{name: [result, …]}`.
 */
export async function interleave(rounds, contenders) {
  const names = Object.keys(contenders);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(round + turn) % names.length];
      const result = await contenders[name](round);
      if (round > 0) results[name].push(result);
    }
  }
  return results;
}

/** Median, smallest and largest of some numbers. */
export function summarize(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, min: sorted[0], max: sorted.at(-1) };
}
