/** A run whose process was killed is shown as such and can be gone on with; one whose process lives is left alone. */
import { appendFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Bench, processesWith, until, useBench, waitFor } from './harness.js';

const bench = useBench();

const noting = (id: string, rest = 'true'): string => `echo "$BATCHTOOL_ATTEMPT" >> notes-${id}; ${rest}`;

async function outcomes(here: Bench, ...args: string[]): Promise<string[]> {
  const { run, tasks } = await here.status(...args);
  return [run.status, ...tasks.map(({ id, status }) => `${id} ${status}`)];
}

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
