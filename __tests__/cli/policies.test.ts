/** What a failure does to the rest of a run: --on-error, retries, conditions, tasks that may fail. */
import { describe, expect, it } from '@jest/globals';
import { type Bench, until, useBench, waitFor } from './harness.js';

const bench = useBench();

async function outcomes(here: Bench): Promise<string[]> {
  const { tasks } = await here.status();
  return tasks.map(({ id, status }) => `${id} ${status}`);
}

describe('--on-error', () => {
  /** `other` ends only after the failure was seen: it runs on, or it was stopped. */
  const FAILING = {
    'max-concurrent': 2,
    tasks: {
      bad: { run: `${waitFor('began')}; exit 1` },
      other: { run: `touch began; ${waitFor('go')}; touch other` },
      after: { run: 'touch after', needs: ['bad'] },
      free: { run: 'touch free', needs: ['other'] },
    },
  };

  async function runs(policy: string, here: Bench): Promise<number | null> {
    here.write('plan.json', FAILING);
    const { child, ended } = here.start(['run', '-f', 'plan.json', '--on-error', policy, '--grace', '500ms']);
    await until('the failure', () => here.journalIsThere() && here.events().some(isFailure));
    if (policy !== 'fail-fast') here.write('go', '');
    const { code } = await ended;
    expect(child.signalCode).toBeNull();
    return code;
  }

  const isFailure = ({ type, task }: Record<string, unknown>): boolean =>
    type === 'task.finished' && task === 'bad';

  it('skip: what needs the failed task is skipped, all else goes on', async () => {
    const here = bench();
    expect(await runs('skip', here)).toBe(1);
    expect(await outcomes(here)).toEqual([
      'bad failed',
      'other succeeded',
      'after skipped',
      'free succeeded',
    ]);
  });

  it('stop: nothing new starts, what runs goes on to its end', async () => {
    const here = bench();
    expect(await runs('stop', here)).toBe(1);
    expect(await outcomes(here)).toEqual(['bad failed', 'other succeeded', 'after skipped', 'free skipped']);
  });

  it('fail-fast: what runs is stopped too', async () => {
    const here = bench();
    expect(await runs('fail-fast', here)).toBe(1);
    expect(await outcomes(here)).toEqual(['bad failed', 'other cancelled', 'after skipped', 'free skipped']);
    expect(here.has('other')).toBe(false);
  });

  it('continue: mere order is let go, what was named as needed is not', async () => {
    const here = bench();
    const { code } = await here.run([
      'run',
      '--sequential',
      '--on-error',
      'continue',
      'exit 1',
      'touch next',
    ]);
    expect(code).toBe(1);
    expect(await outcomes(here)).toEqual(['1 failed', '2 succeeded']);
    expect(here.has('next')).toBe(true);
    const graph = ['run', '--dependency-aware', '--on-error', 'continue'];
    await here.run([...graph, '--task', 'a:exit 1', '--task', 'b:touch b:depends=a']);
    expect(await outcomes(here)).toEqual(['a failed', 'b skipped']);
  });

  it('retry: three more attempts, then as skip', async () => {
    const here = bench();
    const text = 'echo x >> tries; exit 1';
    const { code, stderr } = await here.run(['run', '--on-error', 'retry', '--retry-delay', '0', text]);
    expect(code).toBe(1);
    expect(here.read('tries')).toBe('x\nx\nx\nx\n');
    expect(stderr).toContain('after 4 attempts');
  });

  it('says which policies there are', async () => {
    const { code, stderr } = await bench().run(['run', '--on-error', 'ignore', 'true']);
    expect(code).toBe(2);
    expect(stderr).toContain('expected skip, stop, fail-fast, continue, retry; found "ignore"');
  });

  it('comes from BATCHTOOL_ON_ERROR as well', async () => {
    const here = bench();
    const env = { BATCHTOOL_ON_ERROR: 'continue' };
    await here.run(['run', '--sequential', 'exit 1', 'true'], { env });
    expect(await outcomes(here)).toEqual(['1 failed', '2 succeeded']);
  });
});

describe('retries', () => {
  const FLAKY = 'echo "try $BATCHTOOL_ATTEMPT"; [ "$BATCHTOOL_ATTEMPT" = 3 ]';

  it('--max-retries gives further attempts, each with its own number and log', async () => {
    const here = bench();
    const { code, stdout, stderr } = await here.run([
      'run',
      '--max-retries',
      '2',
      '--retry-delay',
      '0',
      FLAKY,
    ]);
    expect([code, stdout]).toEqual([0, '[1] try 1\n[1] try 2\n[1] try 3\n']);
    expect(stderr).toContain('(attempt 3 of 3)');
    const { tasks } = await here.status();
    expect(tasks[0]?.attempts.map(({ number, exit }) => [number, exit?.code])).toEqual([
      [1, 1],
      [2, 1],
      [3, 0],
    ]);
  });

  it('--retry-delay is kept between two attempts, and doubles', async () => {
    const here = bench();
    const { code } = await here.run(['run', '--max-retries', '2', '--retry-delay', '200ms', FLAKY]);
    expect(code).toBe(0);
    const at = (type: string): number[] =>
      here.events().flatMap((event) => (event.type === type ? [event.at as number] : []));
    const started = at('attempt.started');
    const exited = at('attempt.exited');
    const waits = [1, 2].map((i) => (started[i] as number) - (exited[i - 1] as number));
    expect(waits[0]).toBeGreaterThanOrEqual(100);
    expect(waits[1]).toBeGreaterThanOrEqual(200);
  });

  it('hold under every policy: an attempt that is to come again stops nothing', async () => {
    const here = bench();
    const { code } = await here.run([
      'run',
      '--sequential',
      '--on-error',
      'fail-fast',
      '--max-retries',
      '2',
      '--retry-delay',
      '0',
      FLAKY,
      'true',
    ]);
    expect(code).toBe(0);
    expect(await outcomes(here)).toEqual(['1 succeeded', '2 succeeded']);
  });

  it('of one task stand in the plan file, and a flag wins over them', async () => {
    const here = bench();
    here.write('plan.json', { tasks: { a: { run: FLAKY, retry: { max: 2, delay: '0' } } } });
    expect((await here.run(['run', '-f', 'plan.json'])).code).toBe(0);
    expect((await here.run(['run', '-f', 'plan.json', '--max-retries', '0'])).code).toBe(1);
    expect((await here.status()).tasks[0]?.attempts).toHaveLength(1);
  });
});

describe('conditions', () => {
  const CONDITIONS = (code: number): unknown => ({
    'on-error': 'stop',
    tasks: {
      work: { run: `exit ${code}` },
      normal: { run: 'true', needs: ['work'] },
      cleanup: { run: 'true', needs: ['work'], if: 'always()' },
      alarm: { run: 'true', needs: ['normal'], if: 'failure()' },
    },
  });

  it('always() and failure() run after a failure, even one that stops the run', async () => {
    const here = bench();
    here.write('plan.json', CONDITIONS(1));
    expect((await here.run(['run', '-f', 'plan.json', '--on-error', 'skip'])).code).toBe(1);
    expect(await outcomes(here)).toEqual([
      'work failed',
      'normal skipped',
      'cleanup succeeded',
      'alarm succeeded',
    ]);
    expect((await here.run(['run', '-f', 'plan.json'])).code).toBe(1);
    expect((await outcomes(here)).slice(0, 3)).toEqual([
      'work failed',
      'normal skipped',
      'cleanup succeeded',
    ]);
  });

  it('failure() is skipped when nothing failed', async () => {
    const here = bench();
    here.write('plan.json', CONDITIONS(0));
    expect((await here.run(['run', '-f', 'plan.json'])).code).toBe(0);
    expect((await outcomes(here)).slice(1)).toEqual([
      'normal succeeded',
      'cleanup succeeded',
      'alarm skipped',
    ]);
    expect((await here.run(['status'])).stdout).toMatch(/alarm +skipped.*because nothing before it failed/);
  });

  it('continue-on-error: the failure fails neither the run nor what needs it, and is told', async () => {
    const here = bench();
    here.write('plan.json', {
      tasks: {
        lint: { run: 'echo untidy; exit 1', 'continue-on-error': true },
        next: { run: 'touch next', needs: ['lint'] },
      },
    });
    const { code, stderr } = await here.run(['run', '-f', 'plan.json', '--on-error', 'fail-fast']);
    expect(code).toBe(0);
    expect(await outcomes(here)).toEqual(['lint failed', 'next succeeded']);
    expect(stderr).toContain('lint failed, as it may: exited with code 1');
  });
});

describe('limits', () => {
  it.each([
    ['--timeout', '300ms', 'sleep 30', { kind: 'timeout', limitMs: 300 }],
    ['--idle-timeout', '300ms', 'echo x; sleep 30', { kind: 'idle', limitMs: 300 }],
    ['--max-output', '10kB', 'yes', { kind: 'output', limitBytes: 10_000 }],
  ])('%s ends an attempt and says so', async (flag, value, text, exit) => {
    const here = bench();
    const { code, stderr } = await here.run(['run', flag, value, text]);
    expect(code).toBe(1);
    expect((await here.status()).tasks[0]?.attempts[0]?.exit).toEqual(exit);
    expect(stderr).toContain(`with ${flag}`);
  });

  it('--memory-limit ends an attempt; the reason holds limit and peak', async () => {
    const here = bench();
    const eats = 'node -e "const b = []; setInterval(() => b.push(Buffer.alloc(2e7, 1)), 5)"';
    const { code, stderr } = await here.run(['run', '--memory-limit', '150MB', eats]);
    expect(code).toBe(1);
    const attempt = (await here.status()).tasks[0]?.attempts[0];
    expect(attempt?.exit).toMatchObject({ kind: 'memory', limitBytes: 150_000_000 });
    expect(attempt?.exit?.peakBytes).toBeGreaterThan(150_000_000);
    expect(attempt?.peakMemoryBytes).toBeGreaterThan(150_000_000);
    expect(stderr).toContain('150.0 MB');
  });
});
