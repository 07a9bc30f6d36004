/** Every block of the users' guide, as a reader copies it into bash, with stand-ins for the runners. */
import { describe, expect, it } from '@jest/globals';
import { useBench } from '../cli/harness.js';
import { expectNothingRunning } from '../cli/refusal.js';
import { commandsOf } from './blocks.js';
import { BLOCKS, block, meetings, RUNS, scriptOf, textsIn } from './meaning.js';
import { beforeOf, inTurn, type Order, several, violations } from './order.js';
import { argumentsOf, type Call, programPath, Workshop } from './stand-ins.js';

const bench = useBench();
describe('a block of the guide', () => {
  it.each(RUNS)('"%s" runs in its order, side by side where it may', async (title, orders) => {
    const shop = new Workshop(bench());
    shop.script(...meetings(orders));
    const script = `export BATCHTOOL_MAX_CONCURRENT=5\n${scriptOf(title)}`;
    const { code, stderr } = await shop.shell(script, '-eo', 'pipefail').ended;
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    const runs = shop.callsByRun();
    const texts = textsIn(script);
    expect(runs.length).toBe(orders.length);
    for (const [index, order] of orders.entries()) expectRun(runs[index] ?? [], order, texts);
    expect(texts).toEqual([]);
  });

  /** Takes the texts of the run off the list. */
  function expectRun(calls: readonly Call[], order: Order, texts: string[]): void {
    const before = beforeOf(order);
    expect(calls.map(({ task }) => task).sort()).toEqual(Object.keys(before).sort());
    expect(violations(before, calls)).toEqual([]);
    for (const task of Object.keys(before)) {
      const call = calls.find((call) => call.task === task);
      expect([task, call?.runner, call?.argv]).toEqual([task, 'flowx', argumentsOf(texts.shift() ?? '')]);
      expect(call?.env).toMatchObject({ BATCHTOOL_ATTEMPT: '1', BATCHTOOL_ROUND: '1' });
    }
  }

  it('"2. Boomerang Pattern" hands each phase to a runner as one argument, with what came before', async () => {
    const shop = new Workshop(bench());
    const { code } = await shop.shell(block('2. Boomerang Pattern').text).ended;
    expect(code).toBe(0);
    const calls = shop.calls();
    expect(calls.map(({ task, argv }) => [task, ...argv.slice(0, 3), ...argv.slice(4)])).toEqual(
      ['ask', 'architect', 'code', 'tdd', 'refinement-optimization-mode'].map((mode, index) => [
        `phase${index + 1}`,
        'sparc',
        'run',
        mode,
        '--non-interactive',
      ]),
    );
    expect(calls[2]?.argv[3]).toContain('Implement the design');
    expect(calls[2]?.context).toMatchObject({
      'phase1.md': 'result of phase1\n',
      'phase2.md': 'result of phase2\n',
    });
    expect(violations(beforeOf(inTurn(...calls.map(({ task }) => task))), calls)).toEqual([]);
  });

  it('"Full Application Development": a phase finds the results of all phases before it', async () => {
    const shop = new Workshop(bench());
    await shop.shell(block('Full Application Development').text).ended;
    const { context } = shop.call('phase5-3');
    expect(
      Object.keys(context)
        .filter((name) => name.endsWith('.md'))
        .sort(),
    ).toEqual(
      [
        ...several('phase1', 3),
        ...several('phase2', 2),
        ...several('phase3', 3),
        ...several('phase4', 2),
      ].map((id) => `${id}.md`),
    );
    expect(context['phase1-2.md']).toBe('result of phase1-2\n');
    expect((await shop.here.status()).run).toMatchObject({
      name: 'full-app-development',
      status: 'succeeded',
    });
  });
});

describe('the loop of the guide', () => {
  const LOOP = scriptOf('1. Continuous Refinement Loop');

  it('goes round, and ends on Ctrl-C while tasks run', async () => {
    const shop = new Workshop(bench());
    // The hour's sleep is cut short, and noted.
    shop.replace('sleep', `#!/bin/sh\n[ "$1" = 3600 ] && touch "$HOME/stand-in/slept"\n`);
    shop.script(['^identify#', 'if slept', 'hang']);
    const { interrupt, ended } = shop.shell(`${LOOP}\ntouch after`);
    await shop.here.appears('stand-in/hanging');
    interrupt();
    expect(await ended).toMatchObject({ code: null, signal: 'SIGINT' });
    const [first, second, ...more] = shop.callsByRun();
    expect(first?.map(({ task }) => task)).toEqual(['monitor', 'identify', 'optimize', 'validate']);
    expect(second?.map(({ task, end }) => [task, end])).toEqual([
      ['monitor', '0'],
      ['identify', 'INT'],
    ]);
    expect(more).toEqual([]);
    expect([shop.here.has('stand-in/slept'), shop.here.has('after')]).toEqual([true, false]);
    expect((await shop.here.status()).run.status).toBe('cancelled');
    expectNothingRunning(shop.here);
  });

  it('ends on Ctrl-C while it sleeps', async () => {
    const shop = new Workshop(bench());
    shop.replace('sleep', `#!/bin/sh\ntouch "$HOME/slept"\nexec ${programPath('sleep')} "$@"\n`);
    const { interrupt, ended } = shop.shell(LOOP);
    await shop.here.appears('slept');
    interrupt();
    expect((await ended).signal).toBe('SIGINT');
    expect(shop.calls().length).toBe(4);
    expectNothingRunning(shop.here);
  });
});

describe('the workflow of the guide', () => {
  it('fails its step when a task fails, and deploys nothing', async () => {
    const shop = new Workshop(bench());
    shop.script(['^test#', 'say 2 tests failed', 'exit 1']);
    const { code } = await shop.shell(scriptOf('Integration with CI/CD'), '-eo', 'pipefail').ended;
    expect(code).toBe(1);
    expect(shop.calls().map(({ task }) => task)).toEqual(['analyze', 'implement', 'test']);
  });
});

describe('what the guide says about looking and limits', () => {
  const [MONITOR = '', STATUS = '', LOGS = ''] = commandsOf(block('Real-time Monitoring'));
  const [CONFIG = '', MEMORY = '', PRIORITY = ''] = commandsOf(block('Resource Management'));

  async function afterFullApp(): Promise<Workshop> {
    const shop = new Workshop(bench());
    shop.script(['^phase4-2#', 'say Warning: slow', 'say fine'], ['', 'say fine']);
    expect((await shop.shell(block('Full Application Development').text).ended).code).toBe(0);
    return shop;
  }

  it('shows the orchestration that has run', async () => {
    const shop = await afterFullApp();
    const monitor = await shop.shell(MONITOR).ended;
    expect([monitor.code, monitor.stdout]).toEqual([0, expect.stringContaining('full-app-development')]);
    const status = await shop.shell(STATUS).ended;
    expect([status.code, status.stdout]).toEqual([0, expect.stringContaining('phase4-2')]);
    const logs = await shop.shell(LOGS).ended;
    expect([logs.code, logs.stdout]).toEqual([0, expect.stringContaining('Warning: slow')]);
    expect(logs.stdout).not.toContain('fine');
  });

  it('limits how many run at one time for all later runs', async () => {
    const shop = new Workshop(bench());
    expect((await shop.shell(CONFIG).ended).code).toBe(0);
    const texts = Array.from({ length: 6 }, (_, index) => `flowx sparc run code 'part ${index}'`);
    expect((await shop.plan(['run', ...texts])).plan.pools.main).toBe(5);
  });

  it('takes a limit of memory and a priority', async () => {
    const shop = new Workshop(bench());
    expect((await shop.shell(MEMORY).ended).code).toBe(0);
    expect((await shop.shell(PRIORITY).ended).code).toBe(0);
    expect(shop.calls().map(({ argv }) => argv[3])).toEqual([
      'heavy processing task',
      'urgent security audit',
    ]);
  });

  it('ends what takes more memory than that', async () => {
    const shop = new Workshop(bench());
    shop.script(['heavy', 'grow 60', 'hang']);
    const { code } = await shop.shell(MEMORY.replace('2GB', '40MB')).ended;
    expect(code).toBe(1);
    const [task] = (await shop.here.status()).tasks;
    expect(task?.attempts[0]?.exit).toMatchObject({ kind: 'memory' });
  });
});

describe('the fragments of the guide, with texts where it has dots', () => {
  const fragments = BLOCKS.filter(({ title }) => /Best Practices|Debug Commands/.test(title)).flatMap(
    commandsOf,
  );
  const [TAG = '', RETRY = '', NAMESPACE = '', STATS = '', DEBUG = '', DRY = '', EXPORT = ''] = fragments;
  const TEXTS = `"flowx sparc run code 'one' --non-interactive" "flowx sparc run tdd 'two' --non-interactive"`;
  const filled = (fragment: string, texts = TEXTS): string => fragment.replace('...', texts);

  it('are all tried here', () => {
    expect(fragments.length).toBe(7);
  });

  it('finds runs by their tag', async () => {
    const shop = new Workshop(bench());
    expect((await shop.shell(filled(TAG)).ended).code).toBe(0);
    expect((await shop.here.status()).run.tags).toEqual(['auth-system']);
    expect((await shop.run(['list', '--tag', 'auth-system'])).stdout).toContain('parallel');
  });

  it('tries three times more', async () => {
    const shop = new Workshop(bench());
    shop.script(['^1#', 'say no', 'exit 1']);
    const { code } = await shop.shell(`export BATCHTOOL_RETRY_DELAY=1ms\n${filled(RETRY)}`).ended;
    expect(code).toBe(1);
    const tries = (task: string) => shop.calls().filter((call) => call.task === task).length;
    expect([tries('1'), tries('2')]).toEqual([4, 1]);
  });

  it('tells tasks their namespace, and leaves the command as it was written', async () => {
    const shop = new Workshop(bench());
    expect((await shop.shell(`batchtool run ${NAMESPACE} ${TEXTS}`).ended).code).toBe(0);
    expect(shop.call('1').env.BATCHTOOL_NAMESPACE).toBe('project-x-auth');
    expect(shop.call('1').argv).toEqual(['sparc', 'run', 'code', 'one', '--non-interactive']);
  });

  it('shows figures of a run by its name', async () => {
    const shop = new Workshop(bench());
    await shop.shell(`batchtool run --name my-workflow ${TEXTS}`).ended;
    const { code, stdout } = await shop.shell(STATS).ended;
    expect([code, stdout]).toEqual([0, expect.stringContaining('my-workflow')]);
  });

  it('says more with --verbose and --debug', async () => {
    const shop = new Workshop(bench());
    const { code } = await shop.shell(filled(DEBUG)).ended;
    expect([code, shop.calls().length]).toEqual([0, 2]);
  });

  it('starts nothing in a dry run', async () => {
    const shop = new Workshop(bench());
    const steps = `--boomerang --build "flowx sparc run code 'one'" --test "Test it"`;
    const { code, stdout } = await shop.shell(filled(DRY, steps)).ended;
    expect(code).toBe(0);
    for (const word of ['build', 'test', 'prompt', 'command']) expect(stdout).toContain(word);
    expect([shop.calls(), shop.here.has('.batchtool')]).toEqual([[], false]);
  });

  it('exports the plan of what has run', async () => {
    const shop = new Workshop(bench());
    await shop.shell(block('Feature Development Sprint').text).ended;
    expect((await shop.shell(EXPORT).ended).code).toBe(0);
    const again = await shop.plan(['run', '-f', 'plan.json']);
    expect(again.tasks.map(({ text }) => text)).toEqual(textsIn(block('Feature Development Sprint').text));
  });

  it('as they stand, dots and all, are told what is missing', async () => {
    const shop = new Workshop(bench());
    const { code, stderr } = await shop.shell(DRY).ended;
    expect([code, stderr]).toEqual([2, expect.stringContaining('"..."')]);
  });
});

it('every block of the guide is tried here', () => {
  const tried = [
    ...RUNS.map(([title]) => title),
    '2. Boomerang Pattern',
    '1. Continuous Refinement Loop',
    'Real-time Monitoring',
    'Resource Management',
    'Best Practices',
    'Debug Commands',
  ];
  expect(BLOCKS.filter(({ title }) => !tried.some((end) => title.endsWith(end)))).toEqual([]);
});
