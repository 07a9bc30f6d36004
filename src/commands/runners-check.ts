/** What `doctor` says about SPARC runners: which are there, and whether they know SPARC commands, for claude-flow 3 does not. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Machine } from '../input/machine.js';
import type { Check } from '../reports/doctor.js';
import { isUnsupported, runnerFault } from '../sparc/fault.js';
import { helpArguments, localProgram, runnerNames } from '../sparc/runners.js';
import type { Surroundings } from './surroundings.js';
import { whereIs } from './where-is.js';

/** Programs of this kind read a good part of their code to say what they know. */
const HELP_MILLIS = 20_000;

export async function runnersCheck(
  { resolves, env, moreRunners }: Machine,
  around: Surroundings,
): Promise<Check> {
  const name = 'SPARC runners';
  const names = runnerNames(moreRunners);
  const found = names.flatMap((runner) => {
    if (resolves(runner)) return [whereIs(runner, env, resolves) ?? runner];
    return resolves(localProgram(runner)) ? [localProgram(runner)] : [];
  });
  if (found.length === 0)
    return {
      name,
      status: 'warning',
      found: `none of ${names.join(', ')}`,
      hint: 'the built-in runner takes SPARC commands, with the agents below; batchtool never downloads one',
    };
  const lacking = await Promise.all(found.map((program) => lacksSparc(program, around)));
  const told = found.map((program, index) => (lacking[index] ? `${program} (without \`sparc\`)` : program));
  if (!lacking.includes(true)) return { name, status: 'ok', found: told.join(', ') };
  return {
    name,
    status: 'warning',
    found: told.join(', '),
    hint: 'what has no `sparc` fails all SPARC commands: give --runner builtin, take it from PATH, or install a version that has it',
  };
}

/** In an empty folder, where it can change nothing. One that says nothing of the kind, or nothing in time, is believed to know it. */
async function lacksSparc(program: string, { cwd, env }: Surroundings): Promise<boolean> {
  const { execa } = await import('execa');
  const folder = mkdtempSync(join(tmpdir(), 'batchtool-doctor-'));
  try {
    const path = program.includes('/') ? resolve(cwd, program) : program;
    const { all } = await execa(path, helpArguments(program), {
      ...{ cwd: folder, env, extendEnv: false, reject: false, stdin: 'ignore', all: true },
      timeout: HELP_MILLIS,
    });
    const fault = runnerFault(all ?? '');
    return fault !== undefined && isUnsupported(fault);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
