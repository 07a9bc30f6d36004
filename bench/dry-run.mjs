/** Reading, checking and printing a very large plan, without running it. */
import { writePlan } from './batchtool.mjs';
import { interleave, measure, summarize } from './measure.mjs';
import { check } from './verdict.mjs';

export const rounds = 3;

/** Three edges a task in all, each to one of the hundred tasks before it: long paths, many ways. Same file each time. */
function bigPlan(scratch, count) {
  let seed = 42;
  const below = (limit) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % limit;
  };
  let edges = 0;
  const tasks = {};
  for (let index = 0; index < count; index++) {
    const wanted = Math.min(index, 3 * (index + 1) - edges);
    const needs = new Set();
    while (needs.size < wanted) needs.add(`t${index - 1 - below(Math.min(index, 100))}`);
    tasks[`t${index}`] = { run: 'true', ...(wanted === 0 ? {} : { needs: [...needs] }) };
    edges += wanted;
  }
  if (edges !== 3 * count) throw new Error(`the plan has ${edges} edges`);
  return writePlan(scratch, `big-${count}`, tasks);
}

async function timeDryRun({ cli, scratch }, plan, count, round) {
  const argv = [process.execPath, cli, 'run', '--dry-run', '--json', '-f', plan];
  const { millis, stdout } = await measure(scratch, argv, { stdout: 'keep' });
  if (round === 0 && !stdout.includes(`"t${count - 1}"`))
    throw new Error(`the printed plan does not hold the task t${count - 1}`);
  return millis / 1000;
}

export async function run(bench) {
  const [small, big] = [bigPlan(bench.scratch, 10_000), bigPlan(bench.scratch, 100_000)];
  const { few, many } = await interleave(bench.rounds, {
    few: (round) => timeDryRun(bench, small, 10_000, round),
    many: (round) => timeDryRun(bench, big, 100_000, round),
  });
  const measured = summarize(many);
  const peer = { name: '10,000 tasks', ...summarize(few) };
  const what = '--dry-run --json of 100,000 tasks, 300,000 edges';
  return [
    check({ what, unit: 's', measured, value: measured.median, atMost: 5 }),
    check({
      what: `${what}: growth`,
      unit: 's',
      measured,
      peer,
      ratio: measured.median / peer.median,
      atMost: 12,
    }),
  ];
}
