/**
 * Calls of services of GitHub are made by a child process: it can be ended when a service hangs, what its packages
 * print as warnings and errors of the step stays with it, and nothing here waits for megabytes of them to be loaded.
 */
import { type ExecFileException, execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { MOST_ENTRY_BYTES, SERVICE_WORD, type ServiceRequest } from './service-request.js';

const MOST_OUTPUT_BYTES = 1024 * 1024;
const MOST_REASON = 300;

export interface CallOptions {
  /** Its own, as `callFolder` makes it. */
  readonly folder: string;
  /** Of the step, which says where the services are. */
  readonly env: NodeJS.ProcessEnv;
  /** From its start to its end. */
  readonly mostMillis: number;
}

/**
 * Has a child process carry the request out and waits for its end. Resolves with why it did not succeed, in words;
 * undefined: it did. Addresses lose what stands behind a `?`, where services put what gives access.
 */
export function callService(
  request: ServiceRequest,
  { folder, env, mostMillis }: CallOptions,
  bundle = join(dirname(process.argv[1] ?? ''), '../post/index.js'),
): Promise<string | undefined> {
  const [program, ...words] = commandFor(request, [bundle, SERVICE_WORD]);
  return new Promise((resolve) => {
    const child = execFile(
      program,
      words,
      { cwd: folder, env, timeout: mostMillis, killSignal: 'SIGKILL', maxBuffer: MOST_OUTPUT_BYTES },
      (error, stdout, stderr) => {
        const reason =
          error === null
            ? quietFault(request, stdout)
            : (complaintIn(stdout) ?? faultOf(error, stderr, mostMillis));
        resolve(reason?.replace(/\?\S+/g, '?…').slice(0, MOST_REASON));
      },
    );
    // One that ended before it had read all of it says why by itself.
    child.stdin?.on('error', () => undefined);
    // The pipe stays open as long as we live: then it knows when there is nobody left to wait for it.
    child.stdin?.write(`${JSON.stringify(request)}\n`);
  });
}

/** A new folder for one call, which only we may read. */
export function callFolder({ RUNNER_TEMP }: NodeJS.ProcessEnv): string {
  return mkdtempSync(join(RUNNER_TEMP || tmpdir(), 'batchtool-'));
}

/** An endless answer must not fill the disk: `ulimit` counts files in units of 512 bytes. */
function commandFor({ kind }: ServiceRequest, words: readonly string[]): [string, ...string[]] {
  if (kind !== 'restore') return [process.execPath, ...words];
  const bounded = `ulimit -f ${MOST_ENTRY_BYTES / 512}; exec "$0" "$@"`;
  return ['/bin/sh', '-c', bounded, process.execPath, ...words];
}

/** What the packages print: they warn of faults and go on, and tell what they met before they try again. */
const COMPLAINTS = [
  /^::(?:warning|error)::(.*)$/gm,
  // Shown to nobody else: it would be said to be another job that keeps the same.
  /^::debug::Failed to reserve cache: (?:Error: )?(.*)$/gm,
  /^Attempt \d+ of \d+ failed with error: (.*)\. Retrying /gm,
];

/** The worst that stands in an output. That something is there already is no fault. */
function complaintIn(output: string): string | undefined {
  return COMPLAINTS.flatMap((pattern) => [...output.matchAll(pattern)].reverse())
    .map(([, what = '']) => what.split('%0A')[0] as string)
    .find((what) => !/already exists/i.test(what));
}

/** The package of the cache takes every fault for a miss; only what it prints tells. */
function quietFault({ kind }: ServiceRequest, output: string): string | undefined {
  return kind === 'artifact' ? undefined : complaintIn(output);
}

function faultOf({ killed, message }: ExecFileException, stderr: string, mostMillis: number): string {
  if (killed === true) return `no answer within ${Math.round(mostMillis / 1000)} s`;
  return stderr.trim().split('\n')[0] || message;
}
