/** What keeps SPARC work from being started, all of it told before anything is: by the built-in runner, or by one that is to be there. */
import { isForAgent } from '../core/agent-work.js';
import { tooLongFor } from '../core/argument.js';
import type { Plan, Task } from '../core/plan.js';
import { type Place, type Problem, problem } from '../core/problem.js';
import { modeNamed, type OwnMode, unknownMode } from '../sparc/modes.js';
import { saidHow } from './agent-choice.js';
import { impossibleCalls, missingAgents } from './agent-problems.js';
import type { Machine } from './machine.js';
import type { Places } from './place.js';
import { shellBound } from './runner-choice.js';
import { npxDownloads, npxProblems, someIds, somePrograms, whichAre } from './sparc-work.js';

/** What is wrong with a plan whose work goes to who takes it here, whatever else were installed. */
export function sparcFaults(plan: Plan, machine: Machine, placeOf?: Places): Problem[] {
  return [
    ...(plan.runner === 'as-written' ? unheeded(plan) : builtInFaults(plan, machine, placeOf)),
    ...npxDownloads(plan.tasks, plan, machine),
    ...longPrompts(plan, machine),
  ];
}

/** What is only not there: an agent, a runner. */
export function sparcMissing(plan: Plan, machine: Machine): Problem[] {
  if (plan.runner === 'as-written')
    return [...runnerProblems(plan.tasks.filter(goesToAgent), machine), ...npxProblems(plan.tasks, machine)];
  const bound = shellBound(plan, machine);
  const others = plan.tasks.filter((task) => !bound.includes(task));
  return [
    ...(plan.runner === 'builtin' ? [] : bound.map(onlyForShell)),
    ...missingAgents(plan, machine),
    ...npxProblems(others, machine),
  ];
}

/** A prompt that no runner takes. */
function goesToAgent({ work }: Task): boolean {
  return isForAgent(work);
}

/** Of what the built-in runner is to take. */
function builtInFaults(plan: Plan, machine: Machine, placeOf: Places | undefined): Problem[] {
  const { problems = [], modes = [] } = machine.ownModes ?? {};
  return [
    ...(plan.runner === 'builtin' ? shellBound(plan, machine).map(onlyForShell) : []),
    ...(plan.tasks.some(goesToAgent)
      ? [...problems, ...modeProblems(plan, modes, placeOf), ...impossibleCalls(plan)]
      : []),
  ];
}

/** Prompts that their runner cannot be given: found before others have worked for them. */
function longPrompts({ tasks }: Plan, { platform }: Machine): Problem[] {
  return tasks.flatMap(({ id, work }) => {
    if (work.kind !== 'prompt' || work.runner === undefined) return [];
    const tooLong = tooLongFor(work.runner, work.text, platform);
    return tooLong === undefined
      ? []
      : [problem(`task ${id}: ${tooLong}`, 'put it into a file and name that in the prompt')];
  });
}

/** Modes that nobody knows, of prompts that no runner takes: each once, with the nearest names. `own` are those of the project. */
export function modeProblems(
  plan: Plan,
  own: readonly OwnMode[] = [],
  placeOf: Places = () => undefined,
): Problem[] {
  const isKnown = (mode: string): boolean => modeNamed(mode, own) === mode || hasRole(plan, mode);
  const users = new Map<string, Task[]>();
  for (const task of plan.tasks.filter(goesToAgent)) {
    const { work } = task;
    if (work.kind !== 'prompt' || isKnown(work.mode)) continue;
    users.set(work.mode, [...(users.get(work.mode) ?? []), task]);
  }
  const others = Object.keys(plan.modes ?? {}).filter((mode) => !isKnown(mode) && !users.has(mode));
  return [
    ...[...users].map(([mode, tasks]) =>
      placed(
        unknownMode(mode, own, `${tasks.length === 1 ? 'task' : 'tasks'} ${someIds(tasks)}: `),
        placeOf(['tasks', tasks[0]?.id ?? '', 'mode'], 'value'),
      ),
    ),
    ...others.map((mode) => placed(unknownMode(mode, own, 'modes: '), placeOf(['modes', mode], 'key'))),
  ];
}

function placed(fault: Problem, place: Place | undefined): Problem {
  return place === undefined ? fault : { ...fault, place };
}

function hasRole({ modes = {} }: Plan, mode: string): boolean {
  return Object.hasOwn(modes, mode) && modes[mode]?.role !== undefined;
}

function onlyForShell({ id, label, work }: Task): Problem {
  const runner = work.kind === 'command' ? work.runner : undefined;
  return problem(
    `task ${id}: ${JSON.stringify(label)} calls ${runner}, and only a shell could tell the built-in runner what it says`,
    `write it as a prompt ("MODE: TEXT"), or without what a shell acts on; --runner as-written runs it as it is`,
  );
}

/** What only an agent could heed, where none is called. Tasks that say the same are told together. */
function unheeded(plan: Plan): Problem[] {
  const saying = new Map<string, Task[]>();
  for (const task of plan.tasks) {
    const words = task.work.kind === 'prompt' ? saidHow(task.work, plan).join(', ') : '';
    if (words !== '') saying.set(words, [...(saying.get(words) ?? []), task]);
  }
  return [...saying].map(([words, tasks]) =>
    problem(
      `${tasks.length === 1 ? 'task' : 'tasks'} ${someIds(tasks)}: ${words} can only be said to an agent, and with --runner as-written none is called`,
      'leave that out, or leave "as-written" out: then an agent takes such prompts',
    ),
  );
}

function runnerProblems(tasks: readonly Task[], { moreRunners }: Machine): Problem[] {
  if (tasks.length === 0) return [];
  return [
    problem(
      `${whichAre(tasks)} for a SPARC runner, and none is installed`,
      `put one on PATH (${somePrograms(moreRunners)}), or leave "as-written" out; a text that is a command takes "sh:" before it, in a plan file "run"`,
    ),
  ];
}
