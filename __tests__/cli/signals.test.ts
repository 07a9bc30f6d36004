/** Signals to the process that runs: a first one cancels, a second kills, and then it dies by the first. */
import { spawn } from 'node:child_process';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Bench, CLI, processesWith, until, useBench, waitFor } from './harness.js';

const bench = useBench();

/** Cleans up when it is told to end. */
const POLITE = `trap 'echo cleaned > cleaned; exit 1' INT TERM; touch began; ${waitFor('never')}`;
/** Hears nothing; says so when it is told for the first time. */
const DEAF = `trap 'touch told' INT; trap '' TERM; touch began; while true; do sleep 0.05; done`;

const marked = (here: Bench): { env: Record<string, string> } => ({ env: { MARK: here.dir } });

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s once', (signal) => {
  it('cancels: tasks may clean up, nothing new starts, then it dies by that signal', async () => {
    const here = bench();
    const { child, ended } = here.start(['run', '--sequential', POLITE, 'touch second'], marked(here));
    await here.appears('began');
    child.kill(signal);
    const result = await ended;
    expect([result.code, result.signal]).toEqual([null, signal]);
    expect(here.read('cleaned')).toBe('cleaned\n');
    expect(here.has('second')).toBe(false);
    expect(result.stderr).toContain(`stopping: cancelled by ${signal}; nothing new starts`);
    expect(result.stderr).toContain(`cancelled by ${signal}: 2 of 2 tasks cancelled`);
    expect((await here.status()).run.status).toBe('cancelled');
    expect(processesWith(`MARK=${here.dir}`)).toEqual([]);
  });
});

describe('a second signal', () => {
  it('kills at once what would not end', async () => {
    const here = bench();
    const { child, ended } = here.start(['run', '--grace', '10m', DEAF], marked(here));
    await here.appears('began');
    child.kill('SIGINT');
    await here.appears('told');
    // Too soon after the first it would be taken for the same one.
    const pressing = setInterval(() => child.kill('SIGINT'), 50);
    const result = await ended;
    clearInterval(pressing);
    expect(result.signal).toBe('SIGINT');
    expect(result.stderr).toContain('Ctrl-C again kills at once');
    expect(result.stderr).toContain('SIGINT again: killing what is still running');
    await until('nothing is left', () => processesWith(`MARK=${here.dir}`).length === 0);
    expect((await here.status()).run.status).toBe('cancelled');
  });
});

describe('the grace time', () => {
  it('ends with SIGKILL for a task that ignores all else', async () => {
    const here = bench();
    const { child, ended } = here.start(['run', '--grace', '300ms', DEAF], marked(here));
    await here.appears('began');
    child.kill('SIGINT');
    expect((await ended).signal).toBe('SIGINT');
    await until('nothing is left', () => processesWith(`MARK=${here.dir}`).length === 0);
  });
});

describe('Ctrl-C in a terminal', () => {
  const groups: number[] = [];
  afterEach(() => {
    for (const group of groups.splice(0)) {
      try {
        process.kill(-group, 'SIGKILL');
      } catch {
        // It has ended, as it should.
      }
    }
  });

  /** A shell in a process group of its own; a negative pid reaches all in it, as a terminal does. */
  function shell(here: Bench, text: string): { interrupt: () => void; ended: Promise<unknown[]> } {
    const child = spawn('bash', ['-c', text], {
      cwd: here.dir,
      env: { PATH: process.env.PATH, HOME: here.dir, NODE: process.execPath, CLI },
      stdio: 'ignore',
      detached: true,
    });
    const { pid } = child;
    // As a number, "no pid" would be our own group.
    if (pid === undefined) throw new Error('bash could not be started');
    groups.push(pid);
    const ended = new Promise<unknown[]>((resolve) => child.once('exit', (...end) => resolve(end)));
    return { interrupt: () => process.kill(-pid, 'SIGINT'), ended };
  }

  const LOOP = `while true; do echo round >> rounds; "$NODE" "$CLI" run 'sh: ${POLITE.replaceAll("'", '"')}'; done; touch after`;

  it('ends a loop around it as well', async () => {
    const here = bench();
    const { interrupt, ended } = shell(here, LOOP);
    await here.appears('began');
    interrupt();
    expect(await ended).toEqual([null, 'SIGINT']);
    expect(here.read('rounds')).toBe('round\n');
    expect([here.has('cleaned'), here.has('after')]).toEqual([true, false]);
    expect((await here.status()).run.status).toBe('cancelled');
  });

  it('reaches tasks only through us: one in the group is not interrupted twice', async () => {
    const here = bench();
    const counts = `trap "echo told >> told; exit 1" INT; touch began; ${waitFor('never')}`;
    const { interrupt, ended } = shell(here, `"$NODE" "$CLI" run 'sh: ${counts}'`);
    await here.appears('began');
    interrupt();
    await ended;
    expect(here.read('told')).toBe('told\n');
  });
});

describe('a signal between two attempts', () => {
  it('ends the wait', async () => {
    const here = bench();
    const args = ['run', '--max-retries', '1', '--retry-delay', '20m', 'exit 1'];
    const { child, ended, printed } = here.start(args);
    await until('it waits', () => printed().includes('again in'));
    child.kill('SIGTERM');
    expect((await ended).signal).toBe('SIGTERM');
    expect((await here.status()).tasks[0]).toMatchObject({ status: 'cancelled', attempts: [{ number: 1 }] });
  });
});
