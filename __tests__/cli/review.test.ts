/** A task that is sent back by its review. */
import { describe, expect, it } from '@jest/globals';
import { Workshop } from '../guide/stand-ins.js';
import { useBench } from './harness.js';

const bench = useBench();

describe('a review', () => {
  it('sends a task back with what it found, and lets the rest go on once it accepts', async () => {
    const here = bench();
    here.write(
      'p.yml',
      `tasks:
  build:
    run: 'cat "$BATCHTOOL_CONTEXT/build-review.md" 2>/dev/null; echo built $BATCHTOOL_ROUND'
    review: {run: 'echo "no tests in $BATCHTOOL_ROUND"; [ $BATCHTOOL_ROUND = 2 ]'}
  ship: {needs: build, run: echo shipped}
`,
    );
    const { code, stdout } = await here.run(['run', '-f', 'p.yml']);
    expect(stdout.split('\n').filter(Boolean)).toEqual([
      '[build] built 1',
      '[build-review] no tests in 1',
      '[build] no tests in 1',
      '[build] built 2',
      '[build-review] no tests in 2',
      '[ship] shipped',
    ]);
    expect(code).toBe(0);
  });

  it('that never accepts fails the run, and nothing that needs the task runs, even with --on-error continue', async () => {
    const here = bench();
    here.write('p.yml', 'tasks:\n  a: {run: echo a, review: {run: "false"}}\n  b: {needs: a, run: echo b}\n');
    const { code, stdout } = await here.run(['run', '-f', 'p.yml', '--on-error', 'continue']);
    expect([code, stdout]).toEqual([1, '[a] a\n[a] a\n']);
  });

  it('by an agent is read by its verdict', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    shop.act(
      'case $BATCHTOOL_TASK_ID$BATCHTOOL_ROUND in *review1) echo "VERDICT: reject";; *review2) echo "**VERDICT: accept**";; esac',
    );
    shop.here.write('p.yml', 'tasks:\n  a: {prompt: build it, review: Look for faults}\n');
    const { code } = await shop.run(['run', '-f', 'p.yml', '--json']);
    expect(code).toBe(0);
    expect(shop.calls().map(({ task }) => task)).toEqual(['a', 'a-review', 'a', 'a-review']);
  });
});
