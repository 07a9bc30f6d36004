/** Random words through the built program: a run that is whole, or exit 2 with words and nothing done. Never in between. */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { useBench } from '../cli/harness.js';
import { expectNothingDone } from '../cli/refusal.js';
import { Workshop } from './stand-ins.js';

const bench = useBench();

const word = fc.oneof(
  fc.constantFrom(
    ...[
      '--parallel',
      '--sequential',
      '--boomerang',
      '--progressive',
      '--ab-test',
      '--component-parallel',
      '--prototypes',
    ],
    ...[
      '--phase1',
      '--phase2-parallel',
      '--idea-1',
      '--variant-a',
      '--variant-b',
      '--compare',
      '--monitor',
      '--debug',
    ],
    ...['--loop-back-on', '--max-iterations', '--max-retires', '--model', '--timeout=1m', '--', '--env=A=1'],
  ),
  fc.constantFrom(
    ...['sh: true', 'prompt: Do it', 'tdd: Cover it', 'Research it', 'Label', 'test_failure', '2', '{}', ''],
    ...["flowx sparc run code 'x'", 'touch all the files', 'flwox', 'a:true', 'b:true:depends=a'],
  ),
  fc.string({ unit: 'binary', maxLength: 6 }).map((text) => text.replaceAll('\0', '')),
);

it('is a run that is whole, or nothing', async () => {
  let refused = 0;
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('run', 'orchestrate', 'pipeline'),
      // What is all random is nearly always wrong; so half of them begin with something right.
      fc.constantFrom([], [], ['--name', 'n', '--phase0', 'sh: true'], ['--', 'true']),
      fc.array(word, { maxLength: 4 }),
      async (verb, start, rest) => {
        const shop = new Workshop(bench());
        const { code, signal, stdout, stderr } = await shop.run([verb, ...start, ...rest]);
        expect([signal, `${stderr}`]).toEqual([null, expect.not.stringMatching(/^\s+at .*:\d+:\d+\)?$/m)]);
        if (code === 2) {
          refused++;
          expect([stdout, stderr]).toEqual(['', expect.stringMatching(/^batchtool: /)]);
          expect(shop.calls()).toEqual([]);
          expectNothingDone(shop.here);
        } else {
          whole++;
          const { run } = await shop.here.status();
          expect(run.status).toBe(code === 0 ? 'succeeded' : 'failed');
        }
      },
    ),
    { numRuns: 40, interruptAfterTimeLimit: 40_000 },
  );
  expect([refused, whole]).toEqual([expect.any(Number), expect.any(Number)]);
  expect(Math.min(refused, whole)).toBeGreaterThan(0);
});
