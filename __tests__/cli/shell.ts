/** What a test can only say in a shell: redirections, pipes, a file system of its own. Linux, and mostly POSIX. */
import { spawn, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { type Bench, CLI, type Ended } from './harness.js';

/** A stuck script must not hold up the tests. */
const TIMEOUT_MILLIS = 60_000;

/** Runs a script in which `batchtool` is the CLI, in the folder of the bench. */
export function inShell(here: Bench, script: string): Promise<Ended> {
  return collect(here, 'sh', ['-c', `${FUNCTION}\n${script}`]);
}

/** The same where mounts are allowed and seen by nobody else; they are gone when the script is over. */
export function inMountNamespace(here: Bench, script: string): Promise<Ended> {
  return collect(here, 'unshare', [...NAMESPACE, 'sh', '-c', `${FUNCTION}\n${script}`]);
}

/** Why nothing can be mounted here, or undefined if it can. */
export function mountFault(): string | undefined {
  if (process.platform !== 'linux') return 'mounts are tried on Linux only';
  const script = 'mount -t tmpfs -o size=64k none /mnt && mount --bind /mnt /mnt';
  const { error, status, stderr } = spawnSync('unshare', [...NAMESPACE, 'sh', '-c', script]);
  if (error !== undefined) return error.message;
  return status === 0 ? undefined : stderr.toString().trim();
}

const FUNCTION = `batchtool() { "$NODE" "$CLI" "$@"; }`;
const NAMESPACE = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--map-root-user'])];

function collect(here: Bench, file: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(file, args, {
    cwd: here.dir,
    env: { PATH: process.env.PATH, HOME: here.dir, TMPDIR: tmpdir(), NODE: process.execPath, CLI },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MILLIS,
    killSignal: 'SIGKILL',
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({
        code,
        signal,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      }),
    );
  });
}
