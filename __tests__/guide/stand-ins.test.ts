/** The stand-ins note what they are called with; else none of the tests that read their notes would mean anything. */
import { describe, expect, it } from '@jest/globals';
import { useBench } from '../cli/harness.js';
import { Workshop } from './stand-ins.js';

const bench = useBench();

describe('a stand-in', () => {
  it('notes arguments, variables, folder, context and both ends', async () => {
    const shop = new Workshop(bench());
    const text = `flowx sparc run code 'it is "quoted"\n\t\\ 🙂' --non-interactive`;
    const { code } = await shop.run(['run', '--sequential', text, "npx claude-flow@alpha sparc run tdd 'x'"]);
    const [first, second] = shop.calls();
    expect(code).toBe(0);
    expect(first).toMatchObject({
      runner: 'flowx',
      via: '',
      argv: ['sparc', 'run', 'code', 'it is "quoted"\n\t\\ 🙂', '--non-interactive'],
      task: '1',
      cwd: shop.here.dir,
      began: 0,
      ended: 1,
      end: '0',
    });
    expect(first?.env).toMatchObject({ BATCHTOOL_ATTEMPT: '1', BATCHTOOL_ROUND: '1' });
    expect(second).toMatchObject({ runner: 'claude-flow', via: 'npx claude-flow@alpha', began: 2, ended: 3 });
    expect(second?.context['1.md']).toBe('result of 1\n');
  });

  it('acts as its script says', async () => {
    const shop = new Workshop(bench());
    shop.script(
      ['^1#1\\.1', 'say no luck', 'exit 3'],
      ['^1#1\\.2', 'part luc', 'part k', 'exit 0'],
      ['tdd broken', 'crash KILL'],
    );
    const ended = await shop.run([
      'run',
      '--max-retries',
      '1',
      '--retry-delay',
      '1ms',
      "flowx sparc run code 'x'",
      "flowx sparc run tdd 'broken'",
    ]);
    expect(ended.code).toBe(1);
    const ends = (task: string) =>
      shop
        .calls()
        .filter((call) => call.task === task)
        .map(({ end }) => end);
    expect([ends('1'), ends('2')]).toEqual([
      ['3', '0'],
      ['KILL', 'KILL'],
    ]);
    const [one, two] = (await shop.here.status()).tasks;
    expect([one?.status, two?.status]).toEqual(['succeeded', 'failed']);
  });

  it('waits for others, so that a meeting proves that they run at one time', async () => {
    const shop = new Workshop(bench());
    shop.script(['', 'meet room 3']);
    const texts = ['a', 'b', 'c'].map((word) => `flowx sparc run code '${word}'`);
    expect((await shop.run(['run', ...texts])).code).toBe(0);
    const calls = shop.calls();
    expect(Math.max(...calls.map(({ began }) => began))).toBeLessThan(
      Math.min(...calls.map(({ ended }) => ended ?? -1)),
    );
  });
});
