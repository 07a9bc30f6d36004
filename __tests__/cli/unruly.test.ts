/** Tasks that do not behave: whatever they do, they end when they must, and nothing of them is left. */
import { describe, expect, it } from '@jest/globals';
import { type Bench, commandsWith, until, useBench } from './harness.js';
import { expectNothingRunning } from './refusal.js';

const bench = useBench();
const onPosix = process.platform === 'win32' ? describe.skip : describe;

/** The exit of the only attempt of the only task, as programs see it, and what is said of it. */
async function exitOf(here: Bench) {
  const [task] = (await here.status()).tasks;
  expect(task?.attempts).toHaveLength(1);
  return { status: task?.status, exit: task?.attempts[0]?.exit };
}

const DEAF = `trap '' INT TERM HUP; echo $$ > started; while :; do sleep 0.05; done`;

onPosix('a task that ignores SIGINT and SIGTERM', () => {
  it('is killed when its time is over and the grace time too', async () => {
    const here = bench();
    const { code, stderr } = await here.run(['run', '--timeout', '400ms', '--grace', '300ms', DEAF]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/ failed: timed out after 400ms\n {2}hint: give it more time with --timeout\n/);
    expect(await exitOf(here)).toEqual({ status: 'failed', exit: { kind: 'timeout', limitMs: 400 } });
    expectNothingRunning(here);
  });

  it('is killed when the run is cancelled', async () => {
    const here = bench();
    const { ended } = here.start(['run', '--grace', '300ms', DEAF]);
    await here.appears('started');
    const cancelled = await here.run(['cancel']);
    expect(cancelled.code).toBe(0);
    expect(cancelled.stdout).toBe(`run ${here.runs()[0]}: cancelled\n`);
    expect((await ended).code).toBe(1);
    expect((await exitOf(here)).status).toBe('cancelled');
    expectNothingRunning(here);
  });

  it('is killed at once with cancel --now, whatever the grace time', async () => {
    const here = bench();
    const { ended } = here.start(['run', '--grace', '1h', DEAF]);
    await here.appears('started');
    expect((await here.run(['cancel', '--now'])).code).toBe(0);
    expect((await ended).code).toBe(1);
    expectNothingRunning(here);
  });

  it('is killed when Ctrl-C comes twice; we die by the signal', async () => {
    const here = bench();
    const { child, ended, printed } = here.start(['run', '--grace', '1h', DEAF]);
    await here.appears('started');
    child.kill('SIGINT');
    await until('the first is noticed', () => printed().includes('cancelled by SIGINT'));
    // What follows at once is taken for the same wish.
    await until('the second is noticed', () => {
      child.kill('SIGINT');
      return printed().includes('SIGINT again: killing what is still running');
    });
    expect((await ended).signal).toBe('SIGINT');
    expectNothingRunning(here);
  });
});

onPosix('what a task leaves behind is ended with it', () => {
  it.each([
    ['a child in the background', 'sleep 300 & echo done'],
    ['a child that was forked and let go', 'sh -c "sleep 300 &"; echo done'],
    ['a grandchild in a session of its own', 'sh -c "setsid sleep 300 &"; sleep 0.2; echo done'],
    [
      'a daemon that ignores what it is told',
      `sh -c "trap '' INT TERM HUP; setsid sh -c 'trap \\"\\" INT TERM HUP; sleep 300' &"; sleep 0.2; echo done`,
    ],
    ['a child that holds its output open', 'setsid sh -c "echo here; exec sleep 300" & sleep 0.2; echo done'],
  ])('%s', async (_what, text) => {
    const here = bench();
    const marker = `sleep 300.${process.pid}${Math.floor(Math.random() * 1e6)}`;
    const { code, stdout } = await here.run([
      'run',
      '--grace',
      '500ms',
      text.replaceAll('sleep 300', marker),
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('[1] done\n');
    expect(await exitOf(here)).toEqual({ status: 'succeeded', exit: { kind: 'code', code: 0 } });
    expectNothingRunning(here);
    if (process.platform === 'linux') expect(commandsWith(marker.replace(' ', '\0'))).toEqual([]);
  });
});

onPosix('a limit', () => {
  it('--timeout', async () => {
    const here = bench();
    const { code, stderr } = await here.run(['run', '--timeout', '300ms', 'echo begun; sleep 300']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      / failed: timed out after 300ms\n {2}hint: give it more time with --timeout\n {2}│ begun\n/,
    );
    expect(await exitOf(here)).toEqual({ status: 'failed', exit: { kind: 'timeout', limitMs: 300 } });
    expectNothingRunning(here);
  });

  it('--idle-timeout, which output puts off', async () => {
    const here = bench();
    const text = 'for i in 1 2 3 4 5; do echo $i; sleep 0.2; done; touch talked; sleep 300';
    const { code, stderr } = await here.run(['run', '--idle-timeout', '800ms', text]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      / failed: no output for 800ms \(idle limit\)\n {2}hint: allow longer silence with --idle-timeout\n/,
    );
    expect(await exitOf(here)).toEqual({ status: 'failed', exit: { kind: 'idle', limitMs: 800 } });
    expect(here.has('talked')).toBe(true);
    expectNothingRunning(here);
  });

  it('--max-output', async () => {
    const here = bench();
    const { code, stderr } = await here.run(['run', '--max-output', '1MB', '--output', 'quiet', 'yes']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      / failed: wrote more than 1\.0 MB of output \(output limit\)\n {2}hint: allow more with --max-output\n/,
    );
    expect(await exitOf(here)).toEqual({ status: 'failed', exit: { kind: 'output', limitBytes: 1e6 } });
    expectNothingRunning(here);
  });

  it('--memory-limit, which counts children too: the reason says limit and peak', async () => {
    const here = bench();
    here.write('hog.cjs', 'const all = []; setInterval(() => all.push(Buffer.alloc(5e6, 1)), 10);');
    const child = `"${process.execPath}" hog.cjs`;
    const { code, stderr } = await here.run(['run', '--memory-limit', '150MB', `sh -c '${child} & wait'`]);
    expect(code).toBe(1);
    const { status, exit } = await exitOf(here);
    expect({ status, exit }).toEqual({
      status: 'failed',
      exit: { kind: 'memory', limitBytes: 150e6, peakBytes: expect.any(Number) },
    });
    const peak = Number(exit?.peakBytes);
    expect(peak).toBeGreaterThan(150e6);
    expect(stderr).toContain(` failed: used ${(peak / 1e6).toFixed(1)} MB of memory, limit 150.0 MB\n`);
    expect(stderr).toContain(
      '  hint: give it more with --memory-limit, or run fewer at once with --max-concurrent\n',
    );
    expectNothingRunning(here);
  });
});

onPosix('a task that deletes its own log', () => {
  it.each([
    ['the file', 'rm "$PWD"/.batchtool/runs/*/tasks/*.log'],
    ['the folder around it', 'rm -r "$PWD"/.batchtool/runs/*/tasks'],
  ])('%s: it is there again, whole', async (_what, remove) => {
    const here = bench();
    const { code } = await here.run(['run', `echo before; ${remove}; echo after`]);
    expect(code).toBe(0);
    expect((await here.run(['logs'])).stdout).toBe('[1] before\n[1] after\n');
    expect((await here.status()).run.status).toBe('succeeded');
  });
});
