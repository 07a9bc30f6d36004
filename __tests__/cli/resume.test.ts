/** `batchtool resume`: goes on with a run where it ended. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Bench, until, useBench, waitFor } from './harness.js';

const bench = useBench();

const noting = (id: string, rest = 'true'): string => `echo "$BATCHTOOL_ATTEMPT" >> notes-${id}; ${rest}`;

async function outcomes(here: Bench, ...args: string[]): Promise<string[]> {
  const { run, tasks } = await here.status(...args);
  return [run.status, ...tasks.map(({ id, status }) => `${id} ${status}`)];
}

describe('resume', () => {
  const PLAN = {
    tasks: {
      a: { run: noting('a') },
      b: { run: noting('b', '[ -e fixed ]'), needs: ['a'] },
      c: { run: noting('c'), needs: ['b'] },
      d: { run: noting('d'), needs: ['a'] },
    },
  };

  it('keeps what succeeded and runs the rest', async () => {
    const here = bench();
    here.write('plan.json', PLAN);
    expect((await here.run(['run', '-f', 'plan.json'])).code).toBe(1);
    here.write('fixed', '');
    const { code, stderr } = await here.run(['resume']);
    expect(code).toBe(0);
    expect(stderr).toContain('what succeeded is kept');
    expect(await outcomes(here)).toEqual([
      'succeeded',
      'a succeeded',
      'b succeeded',
      'c succeeded',
      'd succeeded',
    ]);
    expect(['a', 'b', 'c', 'd'].map((id) => here.read(`notes-${id}`))).toEqual([
      '1\n',
      '1\n2\n',
      '1\n',
      '1\n',
    ]);
  });

  it('takes the newest run that did not succeed, or the one named', async () => {
    const here = bench();
    await here.run(['run', '--name', 'first', 'echo x >> first; exit 1']);
    await here.run(['run', '--name', 'second', 'echo x >> second; exit 1']);
    await here.run(['run', '--name', 'third', 'true']);
    const { stderr } = await here.run(['resume']);
    const [third, second] = here.runs().toReversed();
    expect(stderr.split('\n').slice(0, 2)).toEqual([
      `batchtool: a newer run succeeded and is left alone: third (${third})`,
      `▶ second: 1 task (run ${second}, failed just now)`,
    ]);
    expect([here.read('first'), here.read('second')]).toEqual(['x\n', 'x\nx\n']);
    await here.run(['resume', 'first']);
    expect(here.read('first')).toBe('x\nx\n');
  });

  it('proposes commands that find the state folder which was named', async () => {
    const here = bench();
    const state = ['--state-dir', 'my state'];
    const { stderr } = await here.run(['run', ...state, 'echo x; exit 1']);
    const run = readdirSync(join(here.dir, 'my state/runs'))[0];
    expect(stderr).toContain(`batchtool logs ${run} --task 1 --state-dir 'my state'\n`);
    expect(stderr).toContain(`go on with it: batchtool resume ${run} --state-dir 'my state'\n`);
    expect((await here.run(['status', ...state])).stdout).toContain(`resume ${run} --state-dir 'my state'\n`);
    expect((await here.run(['resume', ...state, 'none'])).stderr).toContain(
      "`batchtool list --state-dir 'my state'` shows all runs",
    );
    expect((await here.run(['list', '--state-dir=empty'])).stdout).toBe(
      "no run yet; start one: batchtool run --state-dir empty 'echo hello'\n",
    );
  });

  it('does not say that every run succeeded when all were deleted', async () => {
    const here = bench();
    await here.run(['run', 'true']);
    await here.run(['clean', '--keep', '0']);
    const { code, stdout } = await here.run(['resume']);
    expect([code, stdout]).toEqual([0, "no run yet; start one: batchtool run 'echo hello'\n"]);
  });

  it('says that there is nothing to do', async () => {
    const here = bench();
    await here.run(['run', '--name', 'fine', 'echo x >> ran']);
    expect(await here.run(['resume'])).toMatchObject({
      code: 0,
      stdout: 'nothing to resume: every run succeeded\n',
    });
    const { code, stdout } = await here.run(['resume', 'fine']);
    expect([code, stdout]).toEqual([0, `run ${here.runs()[0]} succeeded; --rerun ID runs a task again\n`]);
    expect(here.read('ran')).toBe('x\n');
  });

  it('keeps the outputs of earlier tasks for later ones', async () => {
    const here = bench();
    here.write('plan.json', {
      tasks: {
        a: { run: 'echo "v=42" >> "$BATCHTOOL_OUTPUT"; echo said' },
        b: {
          run: '[ -e fixed ] && cat "$BATCHTOOL_CONTEXT/a.md" && echo "$BATCHTOOL_OUTPUT_A_V"',
          needs: ['a'],
        },
      },
    });
    await here.run(['run', '-f', 'plan.json']);
    here.write('fixed', '');
    expect((await here.run(['resume'])).stdout).toBe('[b] said\n[b] 42\n');
  });

  it('is not confused by a plan file that has changed meanwhile', async () => {
    const here = bench();
    here.write('plan.json', PLAN);
    await here.run(['run', '-f', 'plan.json']);
    rmSync(here.path('plan.json'));
    here.write('fixed', '');
    expect((await here.run(['resume'])).code).toBe(0);
  });
});

describe('resume --failed', () => {
  it('runs failed tasks and what needs them, and not what was stopped before it began', async () => {
    const here = bench();
    here.write('plan.json', {
      'on-error': 'stop',
      'max-concurrent': 1,
      tasks: {
        bad: { run: noting('bad', '[ -e fixed ]') },
        after: { run: noting('after'), needs: ['bad'] },
        stopped: { run: noting('stopped') },
      },
    });
    expect((await here.run(['run', '-f', 'plan.json'])).code).toBe(1);
    expect(await outcomes(here)).toEqual(['failed', 'bad failed', 'after skipped', 'stopped skipped']);
    here.write('fixed', '');
    // Not all that was wanted has run.
    expect((await here.run(['resume', '--failed'])).code).toBe(1);
    expect(await outcomes(here)).toEqual(['failed', 'bad succeeded', 'after succeeded', 'stopped skipped']);
    expect(here.has('notes-stopped')).toBe(false);
  });
});

describe('resume --rerun', () => {
  it('runs a task again although it succeeded, and what needs it', async () => {
    const here = bench();
    here.write('plan.json', {
      tasks: { a: { run: noting('a') }, b: { run: noting('b'), needs: ['a'] }, c: { run: noting('c') } },
    });
    await here.run(['run', '-f', 'plan.json']);
    expect((await here.run(['resume', '--rerun', 'a'])).code).toBe(0);
    expect(['a', 'b', 'c'].map((id) => here.read(`notes-${id}`))).toEqual(['1\n2\n', '1\n2\n', '1\n']);
  });

  it('refuses an unknown task with the nearest', async () => {
    const here = bench();
    await here.run(['run', '--dependency-aware', '--task', 'deploy:exit 1']);
    const { code, stderr } = await here.run(['resume', '--rerun', 'depoly']);
    expect(code).toBe(2);
    expect(stderr).toContain('did you mean "deploy"?');
    expect((await here.status()).tasks[0]?.attempts).toHaveLength(1);
  });
});

describe('resume takes the options of a run', () => {
  it('--json, --output and --detach', async () => {
    const here = bench();
    await here.run(['run', '[ -e fixed ] && echo hello']);
    const events = (await here.run(['resume', '--json'])).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ type: 'run.resumed', tasks: ['1'] });
    expect(events.at(-1)).toMatchObject({ type: 'run.finished', status: 'failed' });
    here.write('fixed', '');
    const detached = await here.run(['resume', '--detach']);
    expect([detached.code, detached.stdout]).toEqual([0, `${here.runs()[0]}\n`]);
    await until('it succeeded', async () => (await here.status()).run.status === 'succeeded');
  });

  it('--detach with a name, --failed and --rerun', async () => {
    const here = bench();
    await here.run(['run', '--name', 'two', '--sequential', noting('a'), noting('b', 'exit 1')]);
    for (const args of [
      ['two', '--failed'],
      ['--orchestration', 'two', '--rerun', '1,2'],
    ]) {
      expect((await here.run(['resume', '--detach', ...args])).code).toBe(0);
      await until('it failed again', async () => (await here.status()).run.status === 'failed');
    }
    expect(here.read('notes-a')).toBe('1\n2\n');
    expect(here.read('notes-b')).toBe('1\n2\n3\n');
  });

  it('--detach of a live run is refused as without it', async () => {
    const here = bench();
    const { ended } = here.start(['run', `touch began; ${waitFor('go')}`]);
    await here.appears('began');
    const { code, stdout, stderr } = await here.run(['resume', '--detach']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`run ${here.runs()[0]} is live`);
    here.write('go', '');
    await ended;
  });
});
