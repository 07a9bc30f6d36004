/** `validate`: all that is wrong with a plan file, with its place, and nothing is run. */
import { describe, expect, it } from '@jest/globals';
import { useBench } from './harness.js';
import { expectNothingDone, expectRefused, says } from './refusal.js';

const bench = useBench();

const GOOD = 'stages: [one, two]\ntasks:\n  a: {run: touch ran, stage: one}\n  b: {run: x, stage: two}\n';
const BAD = 'tasks:\n  a: {run: touch ran, needs: b}\n  c: {rum: x}\n';

describe('validate', () => {
  it('says what is in a file that is right, and runs nothing', async () => {
    const here = bench();
    here.write('batchtool.yml', GOOD);
    here.write('other.yml', 'tasks: {a: {run: touch ran}}');
    const said = 'ok: 2 tasks in 2 stages, 1 need (batchtool.yml)\n';
    expect(await here.run(['validate'])).toMatchObject({ code: 0, stdout: said, stderr: '' });
    for (const args of [['other.yml'], ['-f', 'other.yml']])
      expect((await here.run(['validate', ...args])).stdout).toBe('ok: 1 task (other.yml)\n');
    expectNothingDone(here);
  });

  it('reads standard input', async () => {
    const here = bench();
    for (const args of [['-'], ['-f', '-']])
      expect((await here.run(['validate', ...args], { input: GOOD })).stdout).toContain('ok: 2 tasks');
  });

  it('names every fault with file, line and column', async () => {
    const here = bench();
    here.write('plan.yml', BAD);
    const { code, stdout, stderr } = await here.run(['validate', 'plan.yml']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('plan.yml:2:30: task "a" needs "b", which is not in the plan');
    expect(stderr).toContain('plan.yml:3:7: task "c": unknown key "rum"\n  hint: did you mean "run"?');
  });

  it('tells programs the same', async () => {
    const here = bench();
    here.write('plan.yml', BAD);
    here.write('batchtool.yml', GOOD);
    const bad = await here.run(['validate', 'plan.yml', '--json']);
    expect([bad.code, bad.stderr]).toEqual([2, '']);
    expect(JSON.parse(bad.stdout)).toMatchObject({
      file: 'plan.yml',
      valid: false,
      tasks: null,
      problems: [
        { line: 2, column: 30 },
        { line: 3, column: 7, hint: 'did you mean "run"?' },
      ],
    });
    const good = await here.run(['validate', '--json']);
    expect(good.code).toBe(0);
    expect(JSON.parse(good.stdout)).toEqual({ file: 'batchtool.yml', valid: true, tasks: 2, problems: [] });
  });

  it('checks modes, patterns, steps and texts as run and orchestrate take them', async () => {
    const here = bench();
    const step = ['--phase1', 'Research it', '--test-parallel', 'touch ran', 'tdd: cover it'];
    for (const [args, said] of [
      [['touch ran', 'npm test'], 'ok: 2 tasks (parallel)\n'],
      [['touch ran'], 'ok: 1 task (parallel)\n'],
      [['--sequential', 'make', 'touch ran'], 'ok: 2 tasks, 1 need (sequential)\n'],
      [['--task', 'a:touch ran', '--task', 'b:x:depends=a'], 'ok: 2 tasks, 1 need (dependency-aware)\n'],
    ] as const)
      expect(await here.run(['validate', ...args])).toMatchObject({ code: 0, stdout: said, stderr: '' });
    for (const [args, said] of [
      [['--boomerang', ...step], 'ok: 3 tasks in 2 stages, 2 needs (boomerang)\n'],
      [step, 'ok: 3 tasks in 2 stages, 2 needs (pipeline)\n'],
    ] as const)
      expect(await here.run(['validate', ...args])).toMatchObject({ code: 0, stdout: said });
    expectNothingDone(here);
  });

  it('says what is wrong with what was typed', async () => {
    const here = bench();
    const bad = ['--boomerang', '--a', 'npmm test', '--b', 'x', '--loop-back-on', 'deploy'];
    const { code, stderr } = await here.run(['validate', ...bad]);
    expect(code).toBe(2);
    expect(stderr).toContain('batchtool: --a: "npmm test" begins with "npmm", which is no command');
    expect(stderr).toContain('batchtool: --loop-back-on: "deploy" names no phase');
    const json = await here.run(['validate', '--json', ...bad]);
    expect(JSON.parse(json.stdout)).toMatchObject({ file: null, valid: false, problems: [{}, {}] });
  });

  it('says what is wrong with options together with what is wrong with texts', async () => {
    const { code, stderr } = await bench().run([
      'validate',
      '--timeout',
      'soon',
      '--on-error',
      'die',
      '--task',
      'a',
    ]);
    expect(code).toBe(2);
    for (const message of [
      '--timeout: expected a time',
      '--on-error: expected skip',
      '--task: expected ID:TEXT',
    ])
      expect(stderr).toContain(message);
  });

  it('checks the plan of the newest run where nothing is named, and says so', async () => {
    const here = bench();
    await here.run(['run', '--sequential', 'true', 'true']);
    const plan = `.batchtool/runs/${here.runs()[0]}/plan.json`;
    const fine = { code: 0, stdout: `ok: 2 tasks, 1 need (the newest run: ${plan})\n` };
    expect(await here.run(['validate'])).toMatchObject({ ...fine, stderr: '' });
    here.write('batchtool.yml', BAD);
    const stderr =
      'batchtool: checked the plan of the newest run; `batchtool validate batchtool.yml` checks the file\n';
    expect(await here.run(['validate'])).toMatchObject({ ...fine, stderr });
    expect(JSON.parse((await here.run(['validate', '--json'])).stdout)).toMatchObject({
      file: plan,
      valid: true,
    });
    expect((await here.run(['validate', 'batchtool.yml'])).code).toBe(2);
  });

  it('asks for no runner or agent of prompts, and says what a run would miss here', async () => {
    const here = bench();
    here.write('batchtool.yml', 'tasks: {a: {prompt: Write a poem}, b: {run: npx flowx sparc run code x}}');
    const { code, stdout, stderr } = await here.run(['validate']);
    expect([code, stdout]).toEqual([0, 'ok: 2 tasks (batchtool.yml)\n']);
    expect(stderr).toMatch(
      /^batchtool: a run would be refused here: batchtool.yml:1:9: tasks a and b are for a coding agent, and none is installed\n/,
    );
  });

  it('refuses what every run would refuse for the plan itself, by what the project keeps', async () => {
    const here = bench();
    here.write('p.yml', 'tasks: {a: {prompt: x, mode: cdoe}, b: {prompt: x, agent: mine}}');
    here.write('.roomodes', '{');
    await here.run(['config', '--on-error', 'stop']);
    here.write('.batchtool/config.yml', 'agents: {mine: {command: mine}}\n');
    for (const args of [
      ['validate', 'p.yml'],
      ['run', '-f', 'p.yml', '--dry-run'],
      ['run', '-f', 'p.yml'],
    ]) {
      const { code, stdout, stderr } = await here.run(args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('batchtool: .roomodes:');
      expect(stderr).toContain(
        'batchtool: p.yml:1:30: task a: unknown mode "cdoe"\n  hint: did you mean code?',
      );
      expect(stderr).not.toContain('unknown agent');
    }
    expect(here.runs()).toEqual([]);
  });

  it('asks for no variable of this shell and minds none', async () => {
    const here = bench();
    here.write('batchtool.yml', 'pass-env: [NOT_SET_HERE]\ntasks: {a: {run: x}}\n');
    const { code } = await here.run(['validate'], { env: { BATCHTOOL_TIMEOUT: 'soon' } });
    expect(code).toBe(0);
  });

  it.each([
    [
      [],
      'nothing to check: no text, no file, no run yet, and no batchtool.yml here',
      'a plan file: batchtool validate FILE · `batchtool init` writes a batchtool.yml',
    ],
    [['none.yml'], 'there is no file "none.yml"', 'check the path given with -f'],
    [['a.yml', 'b.yml'], 'validate takes one file, found 2', 'check them one by one'],
  ])('refuses %j', async (args, message, hint) => {
    await expectRefused(bench(), ['validate', ...args], says(message, hint));
  });
});
