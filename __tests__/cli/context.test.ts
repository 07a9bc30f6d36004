/** What flows from task to task: results as a folder, outputs as variables. */
import { describe, expect, it } from '@jest/globals';
import { plan, task } from '../fakes/plan.js';
import { Workshop } from '../guide/stand-ins.js';
import { useBench } from './harness.js';

const bench = useBench();

describe('a task that builds on others', () => {
  it('finds what earlier stages said, and their outputs', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    shop.act(
      'echo "said by $BATCHTOOL_TASK_ID"; echo "answer=$BATCHTOOL_TASK_ID!" >> "$BATCHTOOL_OUTPUT"; echo "# Done" >> "$BATCHTOOL_SUMMARY"',
    );
    const steps = ['--research', 'Look at it', '--design-it', 'Draw it', '--build', 'Make it'];
    expect((await shop.run(['orchestrate', ...steps])).code).toBe(0);
    expect(shop.call('research').context).toEqual({});
    const { 'context.json': described, ...results } = shop.call('build').context;
    expect(results).toEqual({ 'research.md': 'said by research\n', 'design-it.md': 'said by design-it\n' });
    expect(JSON.parse(described ?? '')).toMatchObject([
      { task: 'research', attempt: 1, status: 'succeeded', outputs: { answer: 'research!' } },
      { task: 'design-it' },
    ]);
    expect(shop.call('build').env).toMatchObject({
      BATCHTOOL_OUTPUT_RESEARCH_ANSWER: 'research!',
      BATCHTOOL_OUTPUT_DESIGN_IT_ANSWER: 'design-it!',
      BATCHTOOL_TASK_ID: 'build',
      BATCHTOOL_ROUND: '1',
    });
  });

  it('finds an output above 32 kB only in context.json', async () => {
    const here = bench();
    here.write(
      'p.yml',
      `tasks:
  a: {run: 'printf "big=%040000d\\nsmall=1\\n" 0 > $BATCHTOOL_OUTPUT'}
  b:
    needs: a
    run: 'echo "\${BATCHTOOL_OUTPUT_A_BIG-none} $BATCHTOOL_OUTPUT_A_SMALL"; cat $BATCHTOOL_CONTEXT/context.json > seen'
`,
    );
    const { code, stdout } = await here.run(['run', '-f', 'p.yml']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '[b] none 1\n' });
    expect(JSON.parse(here.read('seen'))[0].outputs.big).toHaveLength(40_000);
  });

  it('finds nothing but outputs with --no-context', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    shop.act('echo said; echo answer=42 >> "$BATCHTOOL_OUTPUT"');
    const tasks = ['--task', 'a:prompt: x', '--task', 'b:prompt: y:depends=a'];
    expect((await shop.run(['run', '--no-context', ...tasks])).code).toBe(0);
    expect(shop.call('b').context).toEqual({});
    expect(shop.call('b').env.BATCHTOOL_OUTPUT_A_ANSWER).toBe('42');
  });

  it('finds nothing but outputs where the plan file says so', async () => {
    const here = bench();
    const file = {
      'no-context': true,
      tasks: { a: { run: 'echo said' }, b: { needs: 'a', run: 'ls $BATCHTOOL_CONTEXT' } },
    };
    here.write('batchtool.yml', JSON.stringify(file));
    expect((await here.run(['run'])).stdout).toBe('[a] said\n');
  });

  it('finds in the next round of a loop what the last one came to', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    shop.act(
      'echo "$BATCHTOOL_TASK_ID in round $BATCHTOOL_ROUND"; [ "$BATCHTOOL_TASK_ID.$BATCHTOOL_ROUND" != test.1 ]',
    );
    const ids = ['design', 'build', 'test'];
    const phase = (id: string, index: number) =>
      task(id, {
        stage: id,
        work: { kind: 'prompt', text: 'x', mode: 'code' },
        needs: ids.slice(0, index).slice(-1),
      });
    const again = { kind: 'failed', tasks: ['test'] } as const;
    const { dir: cwd } = shop.here;
    shop.here.write(
      'p.json',
      plan(ids.map(phase), { cwd, loops: [{ id: 'all', tasks: ids, again, max: 2 }] }),
    );
    expect((await shop.run(['run', '-f', 'p.json'])).code).toBe(0);
    expect(shop.call('design', 2).context).toMatchObject({
      'build.md': 'build in round 1\n',
      'test.md': 'test in round 1\n',
    });
    expect(shop.call('test', 2).context).toMatchObject({
      'design.md': 'design in round 2\n',
      'build.md': 'build in round 2\n',
    });
  });
});
