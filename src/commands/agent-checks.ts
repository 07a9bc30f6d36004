/** What `doctor` says about coding agents: which are there, and with `--live` whether one answers. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '../agents/agent.js';
import { AGENTS } from '../agents/index.js';
import { systemClock } from '../clock.js';
import type { Observation } from '../core/event.js';
import { isSuccess } from '../core/exit.js';
import type { Launch } from '../core/launch.js';
import type { Prompt } from '../core/plan.js';
import { shellWord } from '../core/shell-word.js';
import { showCost, showDuration } from '../core/units.js';
import { agentProcess } from '../executors/agent-process.js';
import { createExecutor } from '../executors/index.js';
import { forAgent } from '../input/agent-choice.js';
import type { KeptMaps } from '../input/file-config-maps.js';
import type { Machine } from '../input/machine.js';
import { RunFolder } from '../journal/folder.js';
import type { Check } from '../reports/doctor.js';
import { exitReason } from '../reports/reason.js';
import type { Surroundings } from './surroundings.js';
import { whereIs } from './where-is.js';

/** Programs of this kind read a good part of their code to say which they are. */
const VERSION_MILLIS = 20_000;
const LIVE_MILLIS = 120_000;
const QUESTION = 'Answer with the one word "ready". Use no tools.';

/**
 * One check for each agent that is there or that `profiles`, which a project keeps, have a command for; or one that none is.
 * `live`: each is asked one small question, as a run would call it, which costs money.
 */
export async function agentChecks(
  machine: Machine,
  around: Surroundings,
  profiles: KeptMaps['agents'] = {},
  live: boolean,
): Promise<Check[]> {
  const isOwn = (name: string): boolean =>
    Object.hasOwn(profiles, name) && profiles[name]?.command !== undefined;
  const own = Object.keys(profiles).filter(isOwn);
  const there = AGENTS.filter(({ name, program }) => machine.resolves(program) && !isOwn(name));
  const asked = (agent: string): (() => Promise<Answer>) | undefined =>
    live
      ? () =>
          ask(forAgent({ kind: 'prompt', text: QUESTION, mode: 'ask' }, agent, { agents: profiles }), around)
      : undefined;
  const checks = [
    ...there.map((agent) => agentCheck(agent, machine, around, asked(agent.name))),
    ...own.map((name) => ownCheck(name, profiles[name]?.command ?? [], machine, asked(name))),
  ];
  if (checks.length > 0) return Promise.all(checks);
  const [first] = AGENTS;
  return [
    {
      name: 'agents',
      status: 'warning',
      found: `none of ${AGENTS.map(({ program }) => program).join(', ')}`,
      hint: `commands run without one; for prompts install one, for example \`${first?.install}\` (its key is ${first?.keys[0]})`,
    },
  ];
}

async function agentCheck(
  agent: Agent,
  machine: Machine,
  around: Surroundings,
  asked: (() => Promise<Answer>) | undefined,
): Promise<Check> {
  const { name: program, keys, tested } = agent;
  const name = `agent ${program}`;
  const version = await versionOf(agent, around);
  const where = whereIs(agent.program, machine.env, machine.resolves) ?? agent.program;
  if (version === undefined)
    return {
      name,
      status: 'warning',
      found: `${where}: \`${agent.program} --version\` fails`,
      hint: `see what it says; to install it anew: \`${agent.install}\``,
    };
  const key = keys.find((variable) => (machine.env[variable] ?? '') !== '');
  const access =
    key === undefined ? 'no key in a variable, so only a login of its own will do' : `key in ${key}`;
  const found = [
    `${version} at ${where}`,
    access,
    ...(tested === 'untested' ? ['never run by our tests'] : []),
  ];
  const hint = `log in with \`${agent.program}\`, or set ${keys.join(' or ')}`;
  return withAnswer({ name, status: 'ok', found: found.join('; ') }, await asked?.(), hint);
}

/** An agent of the user's own: what its program says of its version nobody knows how to ask. */
async function ownCheck(
  agent: string,
  command: readonly string[],
  machine: Machine,
  asked: (() => Promise<Answer>) | undefined,
): Promise<Check> {
  const [program = ''] = command;
  const name = `agent ${agent}`;
  if (!machine.resolves(program))
    return {
      name,
      status: 'warning',
      found: `${program} is not on PATH`,
      hint: `install it, or change agents.${agent}.command in the settings (\`batchtool config\`)`,
    };
  const where = whereIs(program, machine.env, machine.resolves) ?? program;
  const found = `a command of your own, at ${where}`;
  return withAnswer(
    { name, status: 'ok', found },
    await asked?.(),
    `try it by hand: \`${command.map(shellWord).join(' ')}\``,
  );
}

interface Answer {
  readonly ok: boolean;
  readonly words: string;
}

function withAnswer(check: Check, answer: Answer | undefined, hint: string): Check {
  if (answer === undefined) return check;
  const found = `${check.found}; ${answer.words}`;
  return answer.ok ? { ...check, found } : { ...check, status: 'warning', found, hint };
}

async function versionOf({ program }: Agent, { cwd, env }: Surroundings): Promise<string | undefined> {
  const { execa } = await import('execa');
  const { exitCode, stdout } = await execa(program, ['--version'], {
    cwd,
    env,
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout: VERSION_MILLIS,
  });
  const [line = ''] = stdout?.trim().split('\n') ?? [];
  return exitCode === 0 && line !== '' ? line.slice(0, 60) : undefined;
}

/**
 * Through the same way as any prompt, so that what is found here is what a run would find; and in an empty folder, but for a
 * command of the user's own, which may name files of the project.
 */
async function ask(question: Prompt, { cwd, env }: Surroundings): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'batchtool-doctor-'));
  try {
    const run = new RunFolder('doctor', folder);
    const work = join(folder, 'work');
    for (const path of [work, join(folder, 'empty')]) mkdirSync(path);
    const executor = createExecutor({
      files: (attempt) => run.files(attempt),
      environment: env,
      // Its own: all that bears the mark of one that has ended is ended too.
      runMark: `doctor${process.pid}_${(question.agent ?? '').replaceAll(/\W/g, '_')}`,
      emptyContext: join(folder, 'empty'),
      agentProcess,
    });
    const began = systemClock.now();
    const seen = await new Promise<Extract<Observation, { type: 'attempt.exited' }>>((resolve) => {
      executor.start(questionFor(question, question.command === undefined ? work : cwd), (event) => {
        if (event.type === 'attempt.exited') resolve(event);
      });
    });
    await executor.close();
    const cost = seen.result?.costUsd === undefined ? '' : ` for ${showCost(seen.result.costUsd)}`;
    const took = `in ${showDuration(systemClock.now() - began)}${cost}`;
    return isSuccess(seen.exit)
      ? { ok: true, words: `answers ${took}` }
      : { ok: false, words: `does not answer: ${exitReason(seen.exit)} (${took})` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function questionFor(work: Prompt, cwd: string): Launch {
  return {
    run: 'doctor',
    task: 'question',
    label: QUESTION,
    attempt: 1,
    round: 1,
    work,
    limits: { timeoutMillis: LIVE_MILLIS },
    graceMillis: 5000,
    keep: false,
    cwd,
    env: {},
    secrets: [],
    context: [],
  };
}
