/** What `doctor` looks at outside of the state folder. */
import { readFileSync } from 'node:fs';
import type { Machine } from '../input/machine.js';
import type { Check } from '../reports/doctor.js';
import { styleFor } from '../terminal/style.js';
import { runnersCheck } from './runners-check.js';
import type { Surroundings } from './surroundings.js';
import { whereIs } from './where-is.js';

/** The oldest Node that batchtool is tested on. */
const OLDEST_NODE = [20, 19] as const;
/** A task holds a few open files, and batchtool a few more. */
const FEW_OPEN_FILES = 1024;

export async function machineChecks(machine: Machine, around: Surroundings): Promise<Check[]> {
  return [
    nodeCheck(process.versions.node),
    await gitCheck(machine, around),
    shellCheck(machine),
    openFilesCheck(),
    processCheck(machine),
    await runnersCheck(machine, around),
    terminalCheck(around),
  ];
}

export function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
  const found = `v${version} on ${process.platform} ${process.arch}`;
  if (!isOld) return { name: 'node', status: 'ok', found };
  return { name: 'node', status: 'failed', found, hint: `install Node ${OLDEST_NODE.join('.')} or newer` };
}

async function gitCheck({ resolves }: Machine, { cwd, env }: Surroundings): Promise<Check> {
  const hint = 'install git: without it batchtool cannot ask whether a repository brought its state along';
  if (!resolves('git')) return { name: 'git', status: 'warning', found: 'not on PATH', hint };
  const { execa } = await import('execa');
  const { exitCode, stdout } = await execa('git', ['--version'], {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: 10_000,
  });
  if (exitCode === 0) return { name: 'git', status: 'ok', found: stdout.replace(/^git version /, '') };
  return { name: 'git', status: 'warning', found: '`git --version` fails', hint };
}

function shellCheck({ resolves, env, platform }: Machine): Check {
  if (resolves('sh')) return { name: 'sh', status: 'ok', found: whereIs('sh', env, resolves) ?? 'on PATH' };
  const hint =
    platform === 'win32'
      ? 'install Git for Windows and put its usr\\bin on PATH, or choose a shell with --shell'
      : 'put the folder of sh on PATH (PATH=/usr/bin:/bin), or choose a shell with --shell';
  return { name: 'sh', status: 'failed', found: 'not on PATH', hint };
}

function openFilesCheck(): Check {
  const limit = openFileLimit();
  if (limit === undefined) return { name: 'open files', status: 'ok', found: 'limit not known' };
  const found = `at most ${limit}`;
  if (limit === 'unlimited' || Number(limit) >= FEW_OPEN_FILES)
    return { name: 'open files', status: 'ok', found };
  return {
    name: 'open files',
    status: 'warning',
    found,
    hint: '`ulimit -n 4096` before many tasks at a time',
  };
}

function openFileLimit(): string | undefined {
  try {
    return /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

function processCheck({ platform }: Machine): Check {
  const name = 'processes';
  try {
    // Empty where we were started without a variable.
    readFileSync('/proc/self/environ');
    return { name, status: 'ok', found: '/proc: memory limits, and an end for what tasks leave behind' };
  } catch {
    // Told below.
  }
  return {
    name,
    status: 'warning',
    found: `no readable /proc on ${platform}: no memory limits, and what leaves its group may outlive its task`,
    ...(platform === 'linux' ? { hint: 'mount /proc (`mount -t proc proc /proc`)' } : {}),
  };
}

function terminalCheck({ stdout, env }: Surroundings): Check {
  const colours = styleFor(stdout, env, 'data').isColoured ? 'colours' : 'no colours';
  const found =
    stdout.isTTY === true
      ? `${stdout.columns} columns, ${stdout.rows} rows, ${colours}`
      : `standard output is no terminal: output as it comes, ${colours}`;
  return { name: 'terminal', status: 'ok', found };
}
