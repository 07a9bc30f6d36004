/** The processes of this machine: from `/proc` on Linux, from `ps` on macOS, from PowerShell on Windows. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import {
  type KernelUnits,
  type ProcessEntry,
  PS_FORMAT,
  parseAuxiliaryVector,
  parsePs,
  parseStat,
  parseWindows,
  sameStart,
  WINDOWS_QUERY,
} from './process-text.js';

/** A process by number and start: safe to keep, for a later process with the number is not meant. */
export interface ProcessRef {
  readonly pid: number;
  readonly startTime: string;
}

const linux = process.platform === 'linux';

/** All processes, zombies too. Empty when the system does not say. About 10 µs for each on Linux. */
export function snapshot(): ProcessEntry[] {
  if (linux) return snapshotOfProc();
  return process.platform === 'win32' ? snapshotOfWindows() : snapshotOfPs(['-A']);
}

/** The numbers of processes go up to 32768 or more and then begin anew; nobody starts so many in this time. */
const ROUND_MILLIS = 500;

/**
 * At least those that may have been started since this process was: all that a census of its tasks can need. While
 * it is young the others are known by their lower numbers, and a short run is spared looking at hundreds.
 */
export function snapshotSinceStart(): ProcessEntry[] {
  if (!linux || process.uptime() * 1000 > ROUND_MILLIS) return snapshot();
  return snapshotOfProc(lastNumber() < process.pid ? 0 : process.pid);
}

/** The number that was given out last; 0 where the system hides it. */
function lastNumber(): number {
  return Number(textOf('/proc/loadavg').trim().split(' ').at(-1)) || 0;
}

/** Undefined when there is no such process. About 10 µs on Linux; elsewhere another program has to be asked. */
export function startTimeOf(pid: number): string | undefined {
  if (linux) return readStat(pid)?.startTime;
  if (pid === process.pid) return secondsOf(Date.now() - process.uptime() * 1000);
  return entryOf(pid)?.startTime;
}

/**
 * The same for a process that was started just now, which elsewhere than on Linux the clock tells well enough.
 * Empty if it is gone already: who was not started by us is not kept for us.
 */
export function startTimeOfNew(pid: number): string {
  return linux ? (readStat(pid)?.startTime ?? '') : secondsOf(Date.now());
}

/** Whether this very process still runs. A zombie does not. */
export function isAlive({ pid, startTime }: ProcessRef): boolean {
  const entry = linux ? readStat(pid) : exists(pid) ? entryOf(pid) : undefined;
  return entry !== undefined && !entry.zombie && sameStart(entry.startTime, startTime);
}

/** The environment that a process was started with; undefined when it may not be read or the system hides it. */
export function environOf(pid: number): Buffer | undefined {
  if (!linux) return undefined;
  try {
    return readFileSync(`/proc/${pid}/environ`);
  } catch {
    return undefined;
  }
}

/** What `ps` says about all processes (`-A`) or some (`-p 1,2`). */
export function snapshotOfPs(which: readonly string[]): ProcessEntry[] {
  const env = { PATH: `${process.env.PATH ?? ''}:/bin:/usr/bin`, LC_ALL: 'C', TZ: 'UTC0' };
  return parsePs(outputOf('ps', [...which, ...PS_FORMAT], env));
}

function snapshotOfWindows(): ProcessEntry[] {
  return parseWindows(
    outputOf('powershell', ['-NoProfile', '-NonInteractive', '-Command', WINDOWS_QUERY], process.env),
  );
}

function outputOf(file: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
  const options = { env, encoding: 'utf8', maxBuffer: 2 ** 26, windowsHide: true } as const;
  return spawnSync(file, args, { ...options, stdio: ['ignore', 'pipe', 'ignore'] }).stdout ?? '';
}

function entryOf(pid: number): ProcessEntry | undefined {
  const entries = process.platform === 'win32' ? snapshotOfWindows() : snapshotOfPs(['-p', String(pid)]);
  return entries.find((entry) => entry.pid === pid);
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function secondsOf(millis: number): string {
  return String(Math.floor(millis / 1000));
}

function snapshotOfProc(least = 0): ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const name of namesInProc()) {
    const first = name.charCodeAt(0);
    if (first < 48 || first > 57) continue;
    const pid = Number(name);
    const entry = pid < least ? undefined : readStat(pid);
    if (entry !== undefined) entries.push(entry);
  }
  return entries;
}

function namesInProc(): string[] {
  try {
    return readdirSync('/proc');
  } catch {
    return [];
  }
}

// One buffer for all reads: a run makes thousands of them.
const buffer = Buffer.allocUnsafe(4096);
const NOTHING = Buffer.alloc(0);

function readStat(pid: number): ProcessEntry | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  return text === '' ? undefined : parseStat(text, kernelUnits());
}

let units: KernelUnits | undefined;

function kernelUnits(): KernelUnits {
  units ??= {
    ...parseAuxiliaryVector(contentsOf('/proc/self/auxv'), endianness() === 'LE'),
    boot: textOf('/proc/sys/kernel/random/boot_id').slice(0, 8),
  };
  return units;
}

function textOf(path: string): string {
  return contentsOf(path).toString('latin1');
}

/** A short file of the kernel's, up to the next call; empty if it is not there, or ends between open and read. */
function contentsOf(path: string): Buffer {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return NOTHING;
  }
  try {
    return buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, 0));
  } catch {
    return NOTHING;
  } finally {
    closeSync(fd);
  }
}
