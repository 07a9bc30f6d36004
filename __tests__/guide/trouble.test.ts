/** The guide's orchestrations when something goes wrong: what is skipped, tried again, explained, ended and gone on with. */

import { describe, expect, it } from '@jest/globals';
import { useBench } from '../cli/harness.js';
import { expectNothingDone, expectNothingRunning } from '../cli/refusal.js';
import { scriptOf } from './meaning.js';
import { several } from './order.js';
import { type Equipment, Workshop } from './stand-ins.js';

const bench = useBench();
const FULL_APP = scriptOf('Full Application Development');
const AB_TEST = scriptOf('2. A/B Implementation Testing');
const BOOMERANG = scriptOf('2. Boomerang Pattern');
const DEPENDENT = scriptOf('3. Dependency-Aware Execution');

function workshop(equipment?: Equipment): Workshop {
  return new Workshop(bench(), equipment);
}

/** Task to status of the newest run. */
async function statuses(shop: Workshop): Promise<Record<string, string>> {
  return Object.fromEntries((await shop.here.status()).tasks.map(({ id, status }) => [id, status]));
}

async function exits(shop: Workshop, task: string): Promise<(string | undefined)[]> {
  const found = (await shop.here.status()).tasks.find(({ id }) => id === task);
  return found?.attempts.map(({ exit }) => exit?.kind) ?? [];
}

describe('a phase that fails', () => {
  it('lets its neighbours end, skips the later ones because of it, and the run exits 1', async () => {
    const shop = workshop();
    shop.script(['^phase1-2#', 'say no network', 'exit 3']);
    const { code, stderr } = await shop.shell(FULL_APP).ended;
    expect(code).toBe(1);
    expect(
      shop
        .calls()
        .map(({ task }) => task)
        .sort(),
    ).toEqual(several('phase1', 3));
    const after = await statuses(shop);
    expect([after['phase1-1'], after['phase1-2'], after['phase1-3']]).toEqual([
      'succeeded',
      'failed',
      'succeeded',
    ]);
    for (const id of ['phase2-1', 'phase2-2', 'phase3-2', 'phase5-3']) expect(after[id]).toBe('skipped');
    expect(stderr).toContain('no network');
    const { stdout } = await shop.run(['status']);
    expect(stdout).toMatch(/phase2-1 +.*skipped.*phase1-2/);
  });

  it('in the middle of a sequence skips the rest of it', async () => {
    const shop = workshop();
    shop.script(['^phase2-1#', 'exit 1']);
    expect((await shop.shell(FULL_APP).ended).code).toBe(1);
    expect(
      shop
        .calls()
        .map(({ task }) => task)
        .sort(),
    ).toEqual([...several('phase1', 3), 'phase2-1']);
  });

  it('is tried again when asked, and then the run goes on', async () => {
    const shop = workshop();
    shop.script(['^phase4-2#1\\.1', 'part half a li', 'crash SEGV']);
    const script = `export BATCHTOOL_MAX_RETRIES=2 BATCHTOOL_RETRY_DELAY=1ms\n${FULL_APP}`;
    expect((await shop.shell(script).ended).code).toBe(0);
    expect(
      shop
        .calls()
        .filter(({ task }) => task === 'phase4-2')
        .map(({ end }) => end),
    ).toEqual(['SEGV', '0']);
    expect(shop.call('phase5-1').context['phase4-2.md']).toBe('result of phase4-2\n');
  });

  it('with --on-error continue lets mere order go', async () => {
    const shop = workshop();
    shop.script(['^phase2-1#', 'exit 1']);
    expect((await shop.shell(`export BATCHTOOL_ON_ERROR=continue\n${FULL_APP}`).ended).code).toBe(1);
    expect(shop.calls().length).toBe(13);
  });
});

describe('a runner that hangs', () => {
  it('is ended by --timeout, told first, and what needs it is skipped', async () => {
    const shop = workshop();
    shop.script(['^auth#', 'say working', 'hang']);
    const { code } = await shop.shell(`export BATCHTOOL_TIMEOUT=300ms\n${DEPENDENT}`).ended;
    expect(code).toBe(1);
    expect(shop.calls().map(({ task, end }) => [task, end])).toEqual([
      ['db', '0'],
      ['auth', 'INT'],
    ]);
    expect(await exits(shop, 'auth')).toEqual(['timeout']);
    expect(await statuses(shop)).toEqual({ db: 'succeeded', auth: 'failed', api: 'skipped' });
  });

  it('and hears nothing is killed', async () => {
    const shop = workshop();
    shop.script(['^auth#', 'deaf']);
    const { code } = await shop.shell(
      `export BATCHTOOL_IDLE_TIMEOUT=300ms BATCHTOOL_GRACE=200ms\n${DEPENDENT}`,
    ).ended;
    expect(code).toBe(1);
    expect(await exits(shop, 'auth')).toEqual(['idle']);
    expectNothingRunning(shop.here);
  });
});

describe('a runner that exits 0 although it failed', () => {
  const LINES: readonly (readonly [string, string])[] = [
    ['knows no "run"', 'Subcommand "run" not found for command "sparc"'],
    ['knows no such mode', 'Mode not found: optimization'],
    ['lost its agent', '❌ Claude exited with code 3'],
  ];

  it.each(LINES)('because it %s has broken its contract', async (_, line) => {
    const shop = workshop();
    shop.script(['^compare#', 'say starting', `say ${line}`, 'exit 0']);
    const { code, stderr } = await shop.shell(AB_TEST).ended;
    expect(await exits(shop, 'compare')).toEqual(['contract']);
    expect([code, stderr]).toEqual([1, expect.stringContaining(line)]);
  });

  it('a task that merely speaks of failures succeeds', async () => {
    const shop = workshop();
    shop.script([
      '^compare#',
      'say The variant with the error in its log exited with code 0; mode B is not found to be slower',
    ]);
    expect((await shop.shell(AB_TEST).ended).code).toBe(0);
  });
});

describe('a PATH without the runner', () => {
  it('is explained with the way out, whatever the form', async () => {
    const shop = workshop({ runners: [], npx: false });
    const { code, stderr } = await shop.shell(AB_TEST).ended;
    expect([code, stderr]).toEqual([
      expect.any(Number),
      expect.stringMatching(/flowx.*not (installed|found)|not (installed|found).*flowx/s),
    ]);
    expect([1, 2]).toContain(code);
    expect(stderr).toMatch(/install/);
    expect(shop.calls()).toEqual([]);
    expectNothingRunning(shop.here);
  });

  it('never lets npx download one', async () => {
    const shop = workshop({ runners: [], npx: false });
    shop.replace('npx', '#!/bin/sh\ntouch "$HOME/downloaded"\n');
    const { code, stderr } = await shop.run(['run', "npx claude-flow sparc run code 'x' --non-interactive"]);
    expect([code, shop.here.has('downloaded')]).toEqual([2, false]);
    expect(stderr).toContain('claude-flow');
    expectNothingDone(shop.here);
  });

  it('asks for a runner when there are prompts', async () => {
    const shop = workshop({ runners: [], npx: false });
    const { code, stderr } = await shop.shell(BOOMERANG).ended;
    expect([code, stderr]).toEqual([expect.any(Number), expect.stringMatching(/install|runner/)]);
    expect([1, 2]).toContain(code);
    expect(shop.calls()).toEqual([]);
  });
});

describe('a boomerang with --loop-back-on', () => {
  const WORDS = [
    'orchestrate',
    '--boomerang',
    '--research',
    'evaluate tech options',
    '--implement',
    'build feature',
    '--test',
    'validate with TDD',
    '--loop-back-on',
    'test_failure',
  ];

  it('goes back to the first phase when the tests fail, and ends when they pass', async () => {
    const shop = workshop();
    shop.script(['^test#1', 'say 2 failed', 'exit 1'], ['^test#2', 'say all passed']);
    const { code } = await shop.run(WORDS);
    expect(code).toBe(0);
    expect(shop.calls().map(({ task, env }) => `${task} ${env.BATCHTOOL_ROUND}`)).toEqual([
      'research 1',
      'implement 1',
      'test 1',
      'research 2',
      'implement 2',
      'test 2',
    ]);
    expect((await shop.here.status()).run.status).toBe('succeeded');
  });

  it('gives up after three rounds, and the last one decides', async () => {
    const shop = workshop();
    shop.script(['^test#', 'exit 1']);
    expect((await shop.run(WORDS)).code).toBe(1);
    expect(
      shop
        .calls()
        .filter(({ task }) => task === 'test')
        .map(({ env }) => env.BATCHTOOL_ROUND),
    ).toEqual(['1', '2', '3']);
  });

  it('goes no more often than --max-iterations', async () => {
    const shop = workshop();
    shop.script(['^test#', 'exit 1']);
    expect((await shop.run([...WORDS, '--max-iterations', '2'])).code).toBe(1);
    expect(shop.calls().length).toBe(6);
  });

  it('does not go back for a phase that it does not name', async () => {
    const shop = workshop();
    shop.script(['^implement#', 'exit 1']);
    expect((await shop.run(WORDS)).code).toBe(1);
    expect(shop.calls().map(({ task }) => task)).toEqual(['research', 'implement']);
  });

  it('refuses a word that names no phase', async () => {
    const shop = workshop();
    const { code, stderr } = await shop.run([...WORDS.slice(0, -1), 'weather_change']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('weather')]);
    expectNothingDone(shop.here);
  });

  it('repeats until a command is content', async () => {
    const shop = workshop();
    const until = ['--until', 'sh: [ "$BATCHTOOL_ROUND" = 2 ]'];
    expect((await shop.run([...WORDS.slice(0, -2), ...until])).code).toBe(0);
    expect(shop.calls().map(({ task, env }) => `${task} ${env.BATCHTOOL_ROUND}`)).toEqual([
      'research 1',
      'implement 1',
      'test 1',
      'research 2',
      'implement 2',
      'test 2',
    ]);
  });
});

describe('an A/B test', () => {
  it('compares what is left when one variant fails', async () => {
    const shop = workshop();
    shop.script(['^a#', 'exit 1']);
    const { code } = await shop.shell(AB_TEST).ended;
    expect([code, await statuses(shop)]).toEqual([0, { a: 'failed', b: 'succeeded', compare: 'succeeded' }]);
    expect(Object.keys(shop.call('compare').context)).toContain('b.md');
  });

  it('compares nothing when all fail', async () => {
    const shop = workshop();
    shop.script(['^[ab]#', 'exit 1']);
    const { code } = await shop.shell(AB_TEST).ended;
    expect([code, await statuses(shop)]).toEqual([1, { a: 'failed', b: 'failed', compare: 'skipped' }]);
  });
});

describe('Ctrl-C in the middle of an orchestration', () => {
  async function interrupted(): Promise<Workshop> {
    const shop = workshop();
    shop.script(['^phase3', 'say half', 'meet room 3', 'hang']);
    const { interrupt, ended } = shop.shell(FULL_APP);
    await shop.here.appears('stand-in/hanging');
    interrupt();
    expect(await ended).toMatchObject({ code: null, signal: 'SIGINT' });
    return shop;
  }

  it('leaves no process, starts nothing more and dies by the signal', async () => {
    const shop = await interrupted();
    expectNothingRunning(shop.here);
    const calls = shop.calls();
    expect(calls.map(({ task }) => task).sort()).toEqual([
      ...several('phase1', 3),
      ...several('phase2', 2),
      ...several('phase3', 3),
    ]);
    expect(calls.slice(5).map(({ end }) => end)).toEqual(['INT', 'INT', 'INT']);
    expect((await shop.here.status()).run.status).toBe('cancelled');
  });

  it('and resume goes on where it was', async () => {
    const shop = await interrupted();
    shop.script();
    shop.forget();
    const { code } = await shop.run(['resume']);
    expect(code).toBe(0);
    expect(
      shop
        .calls()
        .map(({ task }) => task)
        .sort(),
    ).toEqual([...several('phase3', 3), ...several('phase4', 2), ...several('phase5', 3)]);
    expect(shop.call('phase3-1').context['phase1-1.md']).toBe('result of phase1-1\n');
    expect((await shop.here.status()).run.status).toBe('succeeded');
  });
});

describe('resume after a failure', () => {
  it('runs the failed phase and what was skipped for it', async () => {
    const shop = workshop();
    shop.script(['^phase3-2#', 'exit 1']);
    await shop.shell(FULL_APP).ended;
    shop.script();
    shop.forget();
    expect((await shop.run(['resume', 'full-app-development'])).code).toBe(0);
    expect(
      shop
        .calls()
        .map(({ task }) => task)
        .sort(),
    ).toEqual(['phase3-2', ...several('phase4', 2), ...several('phase5', 3)]);
  });
});

describe('a request that is wrong', () => {
  it.each([
    [
      'a step that misses an option by a letter',
      ['orchestrate', '--boomerang', '--phase1', 'Research it', '--max-retires', '3'],
      '--max-retries',
    ],
    [
      'a step whose ending is misspelt',
      ['orchestrate', '--phase1-paralel', "flowx sparc run code 'x'"],
      '-parallel',
    ],
    ['a step name twice', ['orchestrate', '--phase1', 'Research it', '--phase1', 'Design it'], 'phase1'],
    [
      'a text before any step',
      ['orchestrate', '--boomerang', 'Research it', '--phase1', 'Design it'],
      'Research it',
    ],
    ['a step that is only a number', ['orchestrate', '--phase1', '5'], 'phase1'],
    [
      'an option of other programs as a step',
      ['orchestrate', '--phase1', 'Research it', '--model', 'opus'],
      '--model',
    ],
    ['a switch with a text', ['orchestrate', '--dry-run', 'Research it'], 'Research it'],
    ['a cycle', ['run', '--task', 'a:true:depends=b', '--task', 'b:true:depends=a'], 'a → b → a'],
    ['a task that is not there', ['run', '--task', 'a:true:depends=c'], 'c'],
    ['an id twice', ['run', '--task', 'a:true', '--task', 'a:false'], 'duplicate'],
    [
      'a graph with an id without text',
      ['orchestrate', '--dependency-graph', '{"a":[],"b":["a"]}', '--tasks', '{"a":"true"}'],
      'b',
    ],
    ['prose where a command stands', ['run', 'touch all the files'], 'prompt: '],
    ['a runner that is misspelt', ['run', "flwox sparc run code 'x'"], 'flowx'],
    [
      'two patterns',
      ['orchestrate', '--boomerang', '--progressive', '--phase1', 'Research it'],
      '--progressive',
    ],
    ['a judge without variants', ['run', '--ab-test', '--compare', 'Compare them'], 'variant'],
  ])('(%s) starts nothing and says what to type', async (_, argv, said) => {
    const shop = workshop();
    const { code, stdout, stderr } = await shop.run(argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(said);
    expect(shop.calls()).toEqual([]);
    expectNothingDone(shop.here);
  });
});
