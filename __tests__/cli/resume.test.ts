/** `batchtool resume`: goes on with a run where it ended. */
import { appendFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Bench, processesWith, until, useBench, waitFor } from './harness.js';

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
    await here.run(['resume']);
    expect([here.read('first'), here.read('second')]).toEqual(['x\n', 'x\nx\n']);
    await here.run(['resume', 'first']);
    expect(here.read('first')).toBe('x\nx\n');
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

describe('a run whose process was killed', () => {
  /** Killed while `id` runs; a setsid grandchild outlives it if nobody cares. */
  async function killed(here: Bench, plan: unknown): Promise<void> {
    here.write('plan.json', plan);
    const { child, ended } = here.start(['run', '-f', 'plan.json'], { env: { MARK: here.dir } });
    await here.appears('began');
    child.kill('SIGKILL');
    await ended;
  }

  const HANGING = {
    tasks: {
      done: { run: noting('done') },
      hangs: { run: noting('hangs', `(setsid sleep 300 &); touch began; ${waitFor('go')}`), needs: ['done'] },
      later: { run: noting('later'), needs: ['hangs'] },
    },
  };

  it('is shown as interrupted, and nothing of it lives on', async () => {
    const here = bench();
    await killed(here, HANGING);
    expect(await outcomes(here)).toEqual(['interrupted', 'done succeeded', 'hangs running', 'later waiting']);
    expect((await here.run(['list'])).stdout).toMatch(/interrupted/);
    const { code, stdout } = await here.run(['status']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^hangs +running +was running when batchtool ended$/m);
    await until('nothing is left', () => processesWith(`MARK=${here.dir}`).length === 0);
  });

  it('is completed by resume; the lost attempt stays on record and does not count', async () => {
    const here = bench();
    await killed(here, HANGING);
    here.write('go', '');
    expect((await here.run(['resume'])).code).toBe(0);
    expect(await outcomes(here)).toEqual([
      'succeeded',
      'done succeeded',
      'hangs succeeded',
      'later succeeded',
    ]);
    expect((await here.status()).tasks[1]?.attempts.map(({ exit }) => exit)).toEqual([
      { kind: 'lost' },
      { kind: 'code', code: 0 },
    ]);
    expect(here.read('notes-done')).toBe('1\n');
    expect(here.read('notes-hangs')).toBe('1\n2\n');
  });

  it('does not repeat a once: true task that was running, but says so; --rerun does', async () => {
    const here = bench();
    await killed(here, {
      tasks: {
        deploy: { run: noting('deploy', `touch began; ${waitFor('go')}`), once: true },
        after: { run: noting('after'), needs: ['deploy'] },
      },
    });
    here.write('go', '');
    const { code, stderr } = await here.run(['resume']);
    expect(code).toBe(1);
    expect(here.read('notes-deploy')).toBe('1\n');
    expect(await outcomes(here)).toEqual(['failed', 'deploy failed', 'after skipped']);
    expect(stderr).toContain('--rerun deploy');
    expect((await here.run(['resume', '--rerun', 'deploy'])).code).toBe(0);
    expect(here.read('notes-deploy')).toBe('1\n2\n');
  });

  it('before its first event is interrupted, too, and begins when it is resumed', async () => {
    const here = bench();
    await here.run(['run', '--name', 'early', 'echo hello']);
    const [id = ''] = here.runs();
    for (const name of ['events.jsonl', 'tasks'])
      rmSync(here.path('.batchtool', 'runs', id, name), { recursive: true });
    const { run } = await here.status();
    expect(run).toMatchObject({ id, name: 'early', status: 'interrupted' });
    expect(Date.now() - Date.parse(run.startedAt)).toBeLessThan(60_000);
    expect((await here.run(['list'])).stdout).toMatch(
      new RegExp(`^${id} +early +interrupted .*just now`, 'm'),
    );
    await here.run(['clean']);
    expect(await here.run(['resume'])).toMatchObject({ code: 0, stdout: '[1] hello\n' });
  });

  it('is resumed past a torn last line of its journal', async () => {
    const here = bench();
    await killed(here, HANGING);
    appendFileSync(here.path('.batchtool', 'runs', here.runs()[0] ?? '', 'events.jsonl'), '{"at":17953');
    here.write('go', '');
    expect((await here.status()).run.status).toBe('interrupted');
    expect((await here.run(['resume'])).code).toBe(0);
    expect((await outcomes(here))[0]).toBe('succeeded');
  });
});

describe('a live run', () => {
  it('is refused to a second process, with words that help, and goes on', async () => {
    const here = bench();
    const { ended } = here.start(['run', '--name', 'busy', `touch began; ${waitFor('go')}`]);
    await here.appears('began');
    const [id] = here.runs();
    for (const args of [['resume'], ['resume', 'busy'], ['resume', id ?? '']]) {
      const { code, stderr } = await here.run(args);
      expect(code).toBe(2);
      expect(stderr).toContain(id);
      expect(stderr).toMatch(/hint: .*batchtool (logs --follow|cancel|status)/);
    }
    here.write('go', '');
    expect((await ended).code).toBe(0);
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
