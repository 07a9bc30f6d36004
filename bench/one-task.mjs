/** What it costs to run one task at all, against a Node that does nothing. */
import { newStateDir, removeStateDir, runArgv, verifyRun } from './batchtool.mjs';
import { interleave, measure, summarize } from './measure.mjs';
import { check } from './verdict.mjs';

export const rounds = 21;

export async function run(bench) {
  const { scratch } = bench;
  const { ours, bare } = await interleave(bench.rounds, {
    ours: async (round) => {
      const stateDir = newStateDir(scratch);
      const result = await measure(scratch, runArgv(bench, stateDir, 2, ['true']));
      if (round === 0) await verifyRun(bench, stateDir, 1);
      removeStateDir(stateDir);
      return result.millis;
    },
    bare: async () => (await measure(scratch, [process.execPath, '-e', '0'])).millis,
  });
  const measured = summarize(ours);
  const peer = { name: 'node -e 0', ...summarize(bare) };
  return [
    check({
      what: 'one task, end to end',
      unit: 'ms',
      measured,
      peer,
      ratio: measured.median / peer.median,
      atMost: 1.5,
    }),
  ];
}
