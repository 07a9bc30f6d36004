/** A task that floods us: its log is whole, and we stay small. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { type Bench, CLI, useBench } from './harness.js';
import { expectNothingRunning } from './refusal.js';

const bench = useBench();
const onLinux = process.platform === 'linux' ? describe : describe.skip;

async function exitOf(here: Bench) {
  return (await here.status()).tasks[0]?.attempts[0]?.exit;
}

async function logOf(here: Bench): Promise<string> {
  return (await here.status()).tasks[0]?.attempts[0]?.log ?? '';
}

const GIGABYTE = 1e9;
const WRITE_GIGABYTE = `head -c ${GIGABYTE} /dev/zero | tr '\\0' x`;
/** Node itself needs about 50 MB. */
const MOST_RESIDENT_BYTES = 100e6;

function expectSmall(peakBytes: number): void {
  expect(peakBytes).toBeGreaterThan(20e6);
  expect(peakBytes).toBeLessThan(MOST_RESIDENT_BYTES);
}

onLinux('a task that writes 1 GB without a newline', () => {
  it.each(['stream', 'grouped', 'quiet'])(
    '--output %s: all of it is in the log, and we stay small',
    async (how) => {
      const here = bench();
      const run = measured(here, ['run', '--output', how, WRITE_GIGABYTE]);
      expect(await run.code).toBe(0);
      expectSmall(run.peakBytes());
      expect(statSync(await logOf(here)).size).toBe(GIGABYTE);
    },
  );

  it('and fails: the last lines that are repeated are cut', async () => {
    const here = bench();
    const run = measured(here, ['run', '--output', 'quiet', `${WRITE_GIGABYTE}; exit 7`]);
    expect(await run.code).toBe(1);
    expectSmall(run.peakBytes());
    expect(run.stderr().length).toBeLessThan(20_000);
    expect(await exitOf(here)).toEqual({ kind: 'code', code: 7 });
  });

  it('with --max-output: it is ended soon', async () => {
    const here = bench();
    const run = measured(here, ['run', '--max-output', '50MB', WRITE_GIGABYTE]);
    expect(await run.code).toBe(1);
    expectSmall(run.peakBytes());
    expect(await exitOf(here)).toEqual({ kind: 'output', limitBytes: 50e6 });
    expect(statSync(await logOf(here)).size).toBeLessThan(GIGABYTE);
    expectNothingRunning(here);
  });

  it('with secrets, which are looked for in all of it', async () => {
    const here = bench();
    const run = measured(here, ['run', '--env', 'A_TOKEN=not-in-there', WRITE_GIGABYTE]);
    expect(await run.code).toBe(0);
    expectSmall(run.peakBytes());
  });
});

/** Runs the CLI with its stdout thrown away, and watches its memory, which the kernel keeps the peak of. */
function measured(here: Bench, args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [CLI, ...args], {
    cwd: here.dir,
    env: { PATH: process.env.PATH, HOME: here.dir },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  let peak = 0;
  const watch = async (): Promise<void> => {
    while (child.exitCode === null && child.signalCode === null) {
      peak = Math.max(peak, residentPeakOf(child.pid ?? 0));
      await sleep(20);
    }
  };
  const code = Promise.all([watch(), new Promise((resolve) => child.on('close', resolve))]).then(
    ([, end]) => end,
  );
  return { code, peakBytes: () => peak, stderr: () => said };
}

function residentPeakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
