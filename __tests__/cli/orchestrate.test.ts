/** Steps and patterns through the built program: what runs, in which order, and what is refused before anything does. */
import { describe, expect, it } from '@jest/globals';
import { useBench } from './harness.js';
import { expectRefused, says } from './refusal.js';

const bench = useBench();

/** What tasks wrote, each a word in a line. */
const QUIET = ['--output', 'quiet'];
const lines = (text: string): string[] => text.trim().split('\n');

describe('orchestrate', () => {
  it('runs steps in order, the members of a group side by side', async () => {
    const here = bench();
    const meet = (own: string, other: string): string =>
      `touch ${own}; n=0; until [ -e ${other} ]; do n=$((n+1)); [ $n -gt 500 ] && exit 9; sleep 0.02; done; echo ${own} >> order`;
    const { code } = await here.run([
      ...['orchestrate', ...QUIET, '--first', 'echo first > order'],
      ...['--both-parallel', 'Both Of Them', meet('x', 'y'), meet('y', 'x')],
      ...['--last', 'echo last >> order', 'echo end >> order'],
    ]);
    expect(code).toBe(0);
    const order = lines(here.read('order'));
    expect([order[0], ...order.slice(3)]).toEqual(['first', 'last', 'end']);
    expect(order.slice(1, 3).sort()).toEqual(['x', 'y']);
  });

  it('starts no stage after one that failed, unless it is told to continue', async () => {
    const here = bench();
    const steps = ['--a', 'exit 3', '--b', 'touch ran'];
    expect((await here.run(['orchestrate', ...QUIET, ...steps])).code).toBe(1);
    expect(here.has('ran')).toBe(false);
    expect((await here.run(['pipeline', ...QUIET, '--on-error', 'continue', ...steps])).code).toBe(1);
    expect(here.has('ran')).toBe(true);
  });

  it('is found again by the name of its sprint', async () => {
    const here = bench();
    await here.run([
      'orchestrate',
      '--sprint',
      'week 7',
      '--plan',
      'true',
      '--work-parallel',
      'true',
      'true',
    ]);
    const { stdout } = await here.run(['status', '--orchestration', 'week 7', '--json']);
    const { run, tasks } = JSON.parse(stdout);
    expect(run).toMatchObject({ name: 'week 7', pattern: 'sprint', status: 'succeeded' });
    expect(tasks.map(({ id, stage }: { id: string; stage: string }) => `${id} in ${stage}`)).toEqual([
      'plan in plan',
      'work-1 in work',
      'work-2 in work',
    ]);
  });

  it('gives each stage the results of all earlier ones', async () => {
    const here = bench();
    const { code } = await here.run([
      ...['orchestrate', ...QUIET, '--a', 'echo from a', '--b', 'echo from b'],
      ...['--c', 'cat "$BATCHTOOL_CONTEXT/a.md" "$BATCHTOOL_CONTEXT/b.md" > got'],
    ]);
    expect([code, lines(here.read('got'))]).toEqual([0, ['from a', 'from b']]);
  });
});

describe('a boomerang', () => {
  const count = 'echo round >> rounds';
  const test = (rounds: number): string => `[ "$(wc -l < rounds)" -ge ${rounds} ]`;

  it('comes back until the named phase succeeds, and ends with 0', async () => {
    const here = bench();
    const argv = ['--boomerang', '--code', count, '--test', test(3), '--loop-back-on', 'test_failure'];
    const { code, stderr } = await here.run(['orchestrate', ...QUIET, ...argv]);
    expect([code, lines(here.read('rounds')).length]).toEqual([0, 3]);
    expect(stderr).toContain('succeeded');
  });

  it('ends with 1 when the rounds are used up, and counts the first', async () => {
    const here = bench();
    const argv = ['--boomerang', '--code', count, '--test', test(9), '--loop-back-on', 'test_failure'];
    expect((await here.run(['orchestrate', ...QUIET, ...argv])).code).toBe(1);
    expect(lines(here.read('rounds'))).toHaveLength(3);
    expect((await here.run(['orchestrate', ...QUIET, ...argv, '--max-iterations', '2'])).code).toBe(1);
    expect(lines(here.read('rounds'))).toHaveLength(5);
  });

  it('repeats until a command succeeds', async () => {
    const here = bench();
    const argv = ['--boomerang', '--code', count, '--until', `sh: ${test(2)}`];
    expect((await here.run(['orchestrate', ...QUIET, ...argv])).code).toBe(0);
    expect(lines(here.read('rounds'))).toHaveLength(2);
  });

  it('fails when the command never succeeds, and says after how many rounds', async () => {
    const here = bench();
    const argv = ['--boomerang', '--code', count, '--until', `sh: ${test(9)}`, '--max-iterations', '2'];
    const { code, stderr } = await here.run(['orchestrate', ...QUIET, ...argv]);
    expect(code).toBe(1);
    expect(stderr).toContain('until failed: not met after 2 of 2 rounds: exited with code 1');
    expect((await here.run(['list'])).stdout).toContain('failed');
    expect((await here.run(['resume', ...QUIET])).code).toBe(1);
  });

  it('is the same after it was written as data', async () => {
    const here = bench();
    const argv = ['--boomerang', '--code', count, '--test', test(2), '--loop-back-on', 'test'];
    expect((await here.run(['export', '--format', 'json', '--output', 'plan.json', ...argv])).code).toBe(0);
    expect((await here.run(['orchestrate', ...QUIET, '-f', 'plan.json'])).code).toBe(0);
    expect(lines(here.read('rounds'))).toHaveLength(2);
  });
});

describe('run --ab-test', () => {
  const argv = (a: string, b: string): string[] => [
    ...['run', ...QUIET, '--ab-test', '--variant-a', a, '--variant-b', b],
    ...['--compare', 'ls "$BATCHTOOL_CONTEXT" > seen'],
  ];

  it('compares what succeeded, with the results of all variants', async () => {
    const here = bench();
    expect((await here.run(argv('echo 1', 'exit 1'))).code).toBe(0);
    expect(lines(here.read('seen'))).toEqual(expect.arrayContaining(['a.md', 'b.md']));
  });

  it('fails when all variants do, and compares nothing', async () => {
    const here = bench();
    expect((await here.run(argv('exit 1', 'exit 1'))).code).toBe(1);
    expect(here.has('seen')).toBe(false);
  });
});

it('run --component-parallel waits where a text says so', async () => {
  const here = bench();
  const { code } = await here.run([
    ...['run', ...QUIET, '--component-parallel', '--join', 'cat web api > both:wait-for=all'],
    ...['--web', 'echo web > web', '--api', 'test -e web && echo api > api:depends=web'],
  ]);
  expect([code, lines(here.read('both'))]).toEqual([0, ['web', 'api']]);
});

describe('what could be meant otherwise is refused', () => {
  const otherwise = 'if it is a step, call it otherwise';
  it.each<[string[], string, string]>([
    [
      ['orchestrate', '--timout', '5s', '--a', 'touch ran'],
      'unknown option --timout',
      `did you mean --timeout? ${otherwise}`,
    ],
    [
      ['orchestrate', '--a-paralel', 'touch ran'],
      'unknown option --a-paralel',
      `did you mean --a-parallel? ${otherwise}`,
    ],
    [
      ['orchestrate', '--boomrang', '--a', 'touch ran'],
      'unknown option --boomrang',
      `did you mean --boomerang? ${otherwise}`,
    ],
    [
      ['orchestrate', '--a', 'touch ran', '--jobs', '5'],
      '--jobs is no option here and no name of a step',
      `did you mean --max-concurrent? ${otherwise}`,
    ],
    [
      ['pipeline', '--a', 'touch ran', '--swarm', '5'],
      '"5" is a value, not a text of the step --swarm',
      '--swarm is no option; if it is a step, say what to do, or prefix the text with "sh:" or "prompt:"',
    ],
    [
      ['orchestrate', '--dry-run', 'touch ran'],
      '--dry-run takes no text, found "touch ran"',
      '--dry-run is no step; a text stands right after the name of its step',
    ],
    [['orchestrate', 'touch ran'], '"touch ran" belongs to no step', "it is written --NAME 'TEXT'"],
    [
      ['orchestrate', '--a', 'touch ran', '--a', 'true'],
      'the step a is given twice (--a, --a)',
      "a step takes several texts: --a 'TEXT' 'TEXT'",
    ],
    [
      ['run', '--component-parallel', '--a', 'touch ran', '--monitor', 'true'],
      '--monitor takes no text, found "true"',
      'in a mode of run --monitor is always the switch; call the step otherwise',
    ],
    [
      ['run', '--ab-test', '--variant-a', 'touch ran'],
      '--ab-test has only one variant',
      "for example --variant-a 'TEXT' --variant-b 'TEXT' --compare 'TEXT'",
    ],
    [
      ['orchestrate', '--boomerang', '--a', 'touch ran', '--loop-back-on', 'test_failure'],
      '--loop-back-on: "test_failure" names no phase',
      "phases: a; it is written --loop-back-on 'test_failure or performance_issue'",
    ],
    [
      ['orchestrate', '--a', 'touch ran', '--b-parallel', 'Some Phase'],
      '--b-parallel: "Some Phase" reads as the label of a group that has no texts',
      'write the texts after it; if it is the text, leave the ending of --b-parallel out',
    ],
    [
      ['orchestrate'],
      'nothing to run: no step, no -f, and no batchtool.yml here',
      "for example batchtool orchestrate --build 'npm run build' --test 'npm test'",
    ],
  ])('%j', async (args, message, hint) => {
    await expectRefused(bench(), args, says(message, hint));
  });

  it('all at once', async () => {
    const { code, stderr } = await bench().run(['orchestrate', '--a', '--b', '7', '--timout', 'x', '-q']);
    expect(code).toBe(2);
    expect(stderr.match(/^batchtool: /gm)).toHaveLength(4);
  });

  it('with values that are wrong too, but not with what a file might say', async () => {
    const here = bench();
    const { stderr } = await here.run(['orchestrate', '--timout', '5s', '--grace', 'soon', '-f', 'gone.yml']);
    expect(stderr.match(/^batchtool: .*/gm)).toEqual([
      'batchtool: unknown option --timout',
      'batchtool: --grace: expected a time above zero with its unit, found "soon"',
    ]);
  });
});
