/** `--loop-back-on`, `--until` and `--max-iterations`: which phases a word names, and what is refused. */
import { describe, expect, test } from '@jest/globals';
import { asked, faultsOf, right } from './typed.js';

const machine = { resolves: (word: string): boolean => word === 'flowx' };
const STEPS = ['--research', 'echo 1', '--design', 'echo 2', '--test', 'echo 3', '--optimize', 'echo 4'];
const MANY = ['--phase1', 'echo 1', '--phase10', 'npm test', '--phase2', 'flowx sparc run tdd "x"'];

const loopOf = (...argv: string[]) =>
  right(asked('orchestrate', ['--boomerang', ...argv], { machine })).loops;
const refused = (...argv: string[]): string => faultsOf(asked('orchestrate', argv, { machine })).join('\n');

describe('--loop-back-on', () => {
  test.each<[string, string[], string[]]>([
    ['test_failure', STEPS, ['test']],
    ['test_failure or performance_issue', STEPS, ['test', 'optimize']],
    ['TEST_failure OR Design', STEPS, ['test', 'design']],
    ['test, design', STEPS, ['test', 'design']],
    ['test or test_failure', STEPS, ['test']],
    ['des_issue', STEPS, ['design']],
    ['validation_failure', STEPS, ['test']],
    ['tdd_failure', STEPS, ['test']],
    ['optimisation_issue', STEPS, ['optimize']],
    ['security_issue', [...STEPS, '--phase5', 'security-review: look'], ['phase5']],
    ['test_failure', MANY, ['phase10', 'phase2']],
    ['phase1_failure', MANY, ['phase1']],
    ['phase', MANY, ['phase1', 'phase10', 'phase2']],
    ['unit_test', [...STEPS, '--unit_test', 'echo 5'], ['unit_test']],
    ['check', ['--checks-parallel', 'echo 1', 'echo 2', '--b', 'echo 3'], ['checks-1', 'checks-2']],
    ['größe_failure', ['--größe', 'echo 1'], ['größe']],
  ])('%s names phases by name, by its beginning, or by what it is for: %j', (words, steps, tasks) => {
    const [loop] = loopOf(...steps, '--loop-back-on', words);
    expect(loop?.again).toEqual({ kind: 'failed', tasks: expect.arrayContaining(tasks) });
    expect(loop?.again.tasks).toHaveLength(tasks.length);
    expect(loop?.max).toBe(3);
  });

  test.each(['deploy_failure', '_failure', 'test or zzz', 'or', 'test failure', ' ', 'test or ', '*'])(
    '%j names none and is refused',
    (words) => {
      expect(refused('--boomerang', ...STEPS, '--loop-back-on', words)).toMatch(
        /^--loop-back-on: "[^"]*" names no phase\n {2}hint: phases: research, design, test, optimize; it is written --loop-back-on/,
      );
    },
  );
});

describe('--until', () => {
  test('is the last task, and asks for another round while it fails', () => {
    const argv = [
      '--boomerang',
      '--a',
      'echo 1',
      '--until',
      'sh: test -f done',
      '--b',
      'echo 2',
      '--max-iterations',
      '7',
    ];
    const { tasks, loops } = right(asked('orchestrate', argv));
    expect(tasks.map(({ id, work }) => [id, work])).toEqual([
      ['a', { kind: 'command', text: 'echo 1' }],
      ['b', { kind: 'command', text: 'echo 2' }],
      ['until', { kind: 'command', text: 'test -f done' }],
    ]);
    expect(loops).toMatchObject([{ again: { kind: 'not-succeeded', tasks: ['until'] }, max: 7 }]);
  });

  test.each<[string, string]>([
    ['the tests are green', '--until takes a command, found a prompt\n  hint: for example --until'],
    ['prompt: look', '--until takes a command, found a prompt'],
    ['test the login and fix it', '--until: "test the login and fix it" reads as prose'],
    ['sh:', '--until: nothing follows "sh:"'],
  ])('%j is refused', (text, message) => {
    expect(refused('--boomerang', '--a', 'echo 1', '--until', text)).toContain(message);
  });
});

describe('a way back', () => {
  test.each<[string[], string]>([
    [['--a', 'echo 1', '--until', 'true'], '--until: only a boomerang comes back\n  hint: add --boomerang'],
    [
      ['--progressive', '--a', 'echo 1', '--loop-back-on', 'a'],
      '--loop-back-on: only a boomerang comes back',
    ],
    [
      ['--boomerang', '--a', 'echo 1', '--max-iterations', '5'],
      '--max-iterations: nothing asks for another round',
    ],
    [
      ['--boomerang', '--a', 'echo 1', '--until', 'true', '--max-iterations', '0'],
      '--max-iterations: expected a whole',
    ],
    [['--boomerang', '--a', 'echo 1', '--until', 'true', '--until', 'false'], '--until is given twice'],
  ])('%j is refused', (argv, message) => {
    expect(refused(...argv)).toContain(message);
  });

  test('is told with the faults of the texts', () => {
    expect(
      refused('--boomerang', '--a', 'test the login and fix it', '--loop-back-on', 'zzz').split('\n'),
    ).toEqual([
      expect.stringContaining('--a: "test the login and fix it" reads as prose'),
      expect.anything(),
      expect.stringContaining('--loop-back-on: "zzz" names no phase'),
      expect.anything(),
    ]);
  });

  test('in variables holds for a boomerang and is no fault of other patterns', () => {
    const env = { BATCHTOOL_UNTIL: 'true', BATCHTOOL_MAX_ITERATIONS: '2' };
    const argv = ['--a', 'echo 1'];
    expect(right(asked('orchestrate', argv, { machine: { env } })).loops).toEqual([]);
    expect(right(asked('orchestrate', ['--boomerang', ...argv], { machine: { env } })).loops).toMatchObject([
      { max: 2 },
    ]);
  });

  test('in a plan file names stages, or tasks that are in none', () => {
    const staged =
      'stages: [s, t]\ntasks: {a: {run: x, stage: s}, b: {run: x, stage: t}, c: {run: x, stage: t}}';
    const file = `pattern: boomerang\nloop-back-on: t_failure\nmax-iterations: 5\n${staged}`;
    expect(right(asked('orchestrate', [], { file })).loops).toEqual([
      { id: 'boomerang', tasks: ['a', 'b', 'c'], again: { kind: 'failed', tasks: ['b', 'c'] }, max: 5 },
    ]);
    const plain = 'tasks: {code: {run: x}, check: {run: npm test}}';
    const plan = right(asked('orchestrate', ['--boomerang', '--loop-back-on', 'check'], { file: plain }));
    expect(plan.tasks[1]?.needs).toEqual([{ task: 'code', kind: 'order' }]);
    expect(plan.loops).toMatchObject([{ again: { tasks: ['check'] } }]);
  });

  test('in a plan file is refused at its place', () => {
    const tasks = 'tasks: {a: {run: x}}';
    const faults = (file: string): string => faultsOf(asked('orchestrate', [], { file })).join('\n');
    expect(faults(`until: "true"\n${tasks}`)).toContain('plan.yml:1:1: only a boomerang comes back');
    expect(faults(`pattern: boomerang\nloop-back-on: zzz\n${tasks}`)).toContain(
      'plan.yml:2:1: "zzz" names no phase',
    );
    expect(faults(`pattern: boomerang\nuntil: look at it\n${tasks}`)).toMatch(
      /^plan.yml:2:1: .*takes a command/,
    );
  });

  test('stays in an exported plan, which takes no other', () => {
    const plan = right(
      asked('orchestrate', ['--boomerang', ...STEPS, '--until', 'true', '--loop-back-on', 'test']),
    );
    const around = { file: JSON.stringify(plan), name: 'plan.json' };
    expect(right(asked('orchestrate', [], around))).toEqual(plan);
    expect(right(asked('run', [], around))).toEqual(plan);
    expect(faultsOf(asked('orchestrate', ['--until', 'true'], around))[0]).toContain('--until');
    expect(faultsOf(asked('orchestrate', ['--boomerang'], around))).toEqual([
      '"plan.json" is an exported plan, which is run as it is\n  hint: leave --boomerang out',
    ]);
  });
});
