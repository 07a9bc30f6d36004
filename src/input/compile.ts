/**
 * From a request to a plan: texts are understood, a pattern makes tasks of them, settings fill in what the tasks
 * leave open, and everything that makes the plan impossible is reported at once.
 */
import {
  DEFAULT_GRACE_MILLIS,
  DEFAULT_RATE_LIMIT_WAIT_MILLIS,
  MAIN_POOL,
  type OnError,
  type Plan,
} from '../core/plan.js';
import { failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { asWritten, type Blueprint, type Pattern, type Section } from '../patterns/pattern.js';
import { strayPools, withAgentPools, withSlots } from './agent-pools.js';
import { unknownAgents } from './agent-problems.js';
import { agentPart, withForced, withRoles } from './agent-settings.js';
import { budgetIn, budgetNow, unmeteredProblems } from './budget.js';
import { withCalls } from './calls.js';
import { baseOf, fillTask, overrideTask } from './fill.js';
import { impossibilities } from './impossible.js';
import { type Bare, isInRepository, saysNone, withIsolation, withoutMerges } from './isolation.js';
import { repositoryProblems } from './isolation-notices.js';
import type { Machine } from './machine.js';
import { baseName, resolvePath } from './paths.js';
import type { Places } from './place.js';
import type { TaskFile } from './plan-file.js';
import type { RunRequest, Source } from './request.js';
import { withRunners } from './runner-choice.js';
import { secretsInPlan } from './secrets.js';
import { selectTasks } from './select.js';
import { missingShell, settingProblems } from './setting-problems.js';
import { isForced, type Settings } from './settings.js';
import { sparcFaults, sparcMissing } from './sparc-problems.js';
import { asMeantHere, withoutDownloads } from './sparc-work.js';
import { seenByTasks } from './task-machine.js';
import { understand } from './understand.js';
import { type Phase, phasesOf, wayBack } from './way-back.js';

const MAX_PROBLEMS = 50;

/**
 * What the plan is for: to be run here and now, to be shown as a run here would take it, to be checked so, whatever the run may be
 * told besides, or only to be looked at.
 */
export type Use = 'run' | 'dry-run' | 'validate' | 'look';

export function compile(request: RunRequest, here: Machine, use: Use = 'run'): Result<Plan> {
  const machine = seenByTasks(here, request.settings);
  const { bare, problems } = planOf(request, machine);
  const plan = bare?.plan;
  const impossible =
    plan === undefined ? [] : impossibilities(plan).map((fault) => inFile(fault, request.source));
  const wrong = [
    ...request.faults,
    ...settingProblems(request.settings, machine),
    ...problems,
    ...impossible,
  ];
  if (bare === undefined || wrong.length > 0) return failures(wrong);
  const chosen = selectTasks(bare.plan, request.settings);
  if (!chosen.ok) return chosen;
  const isolated = withIsolation({ ...bare, plan: chosen.value }, request.settings, machine);
  if (!isolated.ok) return isolated;
  const secretValue = (name: string): string | undefined =>
    Object.hasOwn(request.secretValues, name) ? request.secretValues[name] : machine.env[name];
  const meant = withForced(isolated.value, request.settings);
  const carried =
    use === 'look'
      ? meant
      : withCalls(withAgentPools(withoutDownloads(withRunners(meant, machine), machine)));
  const ready = withRoles(carried, machine);
  const faults = [
    ...(use === 'look' ? [] : sparcFaults(ready, machine, placesIn(request.source)).slice(0, MAX_PROBLEMS)),
    ...unknownAgents(meant, request.settings.agent, placesIn(request.source)),
    ...(isWritten(request.source) ? strayPools(bare.plan, placesIn(request.source)) : []),
    ...secretsInPlan(ready, secretValue),
    ...(use === 'run' || use === 'dry-run' ? unmeteredProblems(ready, budgetNow(ready, machine)) : []),
  ].map((fault) => inFile(fault, request.source));
  const missing = use === 'run' ? missingHere(ready, request, machine) : [];
  return missing.length + faults.length > 0 ? failures([...faults, ...missing]) : success(ready);
}

/** What must be installed or set on this machine before the plan can run here, and is not. */
export function missingHere(plan: Plan, request: RunRequest, machine: Machine): Problem[] {
  return [
    ...missingShell(plan, request.settings.shell, machine),
    ...sparcMissing(plan, machine).slice(0, MAX_PROBLEMS),
    ...repositoryProblems(plan, request, machine),
    ...secretProblems(plan, request, machine),
  ].map((fault) => inFile(fault, request.source));
}

/** A plan, perhaps of what is wrong: then the rest of it can be looked at all the same. */
interface Understood {
  readonly bare?: Bare;
  readonly problems: readonly Problem[];
}

function planOf(request: RunRequest, machine: Machine): Understood {
  const { source } = request;
  if (source.kind === 'texts') return ofTexts(source, request, machine);
  if (source.file.kind === 'tasks') return fromFile(source.file, request, machine);
  const back = wayBack(request.settings, undefined, () => [], machine);
  const bare = withoutMerges(source.file.plan);
  return {
    bare: { ...bare, plan: taken(bare.plan, request, machine) },
    problems: back.ok ? [] : back.problems,
  };
}

function ofTexts(
  { sections: texts, pattern }: Extract<Source, { kind: 'texts' }>,
  request: RunRequest,
  machine: Machine,
): Understood {
  const problems: Problem[] = [];
  const sections = texts.map((section) => understand(section, machine, problems));
  const back = wayBack(request.settings, pattern, () => sections.map(phaseOf), machine);
  if (!back.ok) problems.push(...back.problems);
  const blueprint = pattern.compile(sections, back.ok ? back.value : undefined, worksApart(request, machine));
  if (blueprint.ok) return { bare: fresh(blueprint.value, request, machine), problems };
  // What a pattern misses may be no more than a word that could not be read.
  return { problems: request.faults.length > 0 ? problems : [...problems, ...blueprint.problems] };
}

function phaseOf({ id = '', items }: Section): Phase {
  return { name: id, works: items.map(({ work }) => work) };
}

function fromFile(file: TaskFile, request: RunRequest, machine: Machine): Understood {
  const pattern = patternOf(request.source);
  const tasks = asMeantHere(file.tasks, machine);
  const back = wayBack(request.settings, pattern, () => phasesOf(tasks), machine);
  const blueprint = pattern?.arrange?.(tasks, back.ok ? back.value : undefined) ?? asWritten(tasks);
  const whole = { ...blueprint, loops: [...blueprint.loops, ...file.loops] };
  return { bare: fresh(whole, request, machine), problems: back.ok ? [] : back.problems };
}

/** The pattern of texts, or of a plan file unless a flag says another. */
function patternOf(source: Source): Pattern | undefined {
  if (source.kind === 'texts') return source.pattern;
  return source.pattern ?? (source.file.kind === 'tasks' ? source.file.pattern : undefined);
}

/** A plan that is made here and now: settings from every origin apply. */
function fresh({ tasks, loops, picks = [] }: Blueprint, request: RunRequest, machine: Machine): Bare {
  const { settings, source, kept } = request;
  const file = source.kind === 'file' && source.file.kind === 'tasks' ? source.file : undefined;
  const pattern = patternOf(source);
  const base = baseOf(request);
  const budget = budgetIn(settings);
  const prices = { ...kept.prices, ...file?.prices };
  const plan = withSecrets(
    {
      version: 1,
      name: nameOf(request) ?? (file === undefined ? pattern?.name : baseName(file.file)) ?? 'run',
      pattern: pattern?.name ?? 'file',
      tags: settings.tag?.value ?? [],
      tasks: tasks.map((draft) => fillTask(draft, base)),
      loops,
      pools: { [MAIN_POOL]: settings['max-concurrent']?.value ?? 4, ...file?.pools },
      onError: onErrorOf(settings),
      rateLimitWaitMillis: settings['rate-limit-wait']?.value ?? DEFAULT_RATE_LIMIT_WAIT_MILLIS,
      cwd: folderOf(settings, machine),
      env: { ...file?.env, ...request.env },
      secrets: [],
      graceMillis: settings.grace?.value ?? DEFAULT_GRACE_MILLIS,
      ...agentPart(request, file, machine),
      ...(settings.namespace === undefined ? {} : { namespace: settings.namespace.value }),
      ...(settings['no-context']?.value === true ? { noContext: true } : {}),
      ...(budget === undefined ? {} : { budget }),
      ...(settings['allow-unmetered']?.value === true ? { allowUnmetered: true } : {}),
      ...(Object.keys(prices).length === 0 ? {} : { prices }),
    },
    request,
  );
  return { plan, picks };
}

/** Variants get trees of their own. */
function worksApart({ settings }: RunRequest, machine: Machine): boolean {
  if (settings.isolate?.value === 'worktree') return true;
  return !saysNone(settings) && isInRepository({ cwd: folderOf(settings, machine) }, machine);
}

/** `--name`, or what the flag of a pattern says, or what a variable or file does. */
function nameOf({ settings: { name }, runName }: RunRequest): string | undefined {
  return name?.origin.kind === 'flag' ? name.value : (runName ?? name?.value);
}

/** An exported plan as it is, but for what flags and variables say. */
function taken(plan: Plan, request: RunRequest, machine: Machine): Plan {
  const { settings, env } = request;
  const forced = <K extends keyof Settings>(name: K): Settings[K] | undefined =>
    isForced(settings[name]) ? settings[name] : undefined;
  const base = baseOf(request);
  const { name, tag, namespace, grace, cwd, slots, contextless, patience, unmetered } = {
    name: forced('name'),
    tag: forced('tag'),
    namespace: forced('namespace'),
    grace: forced('grace'),
    cwd: forced('cwd'),
    slots: forced('max-concurrent'),
    contextless: forced('no-context'),
    patience: forced('rate-limit-wait'),
    unmetered: forced('allow-unmetered'),
  };
  const { noContext, allowUnmetered, ...rest } = plan;
  const withoutContext = contextless?.value ?? noContext;
  const budget = budgetIn(settings, isForced);
  return withSecrets(
    {
      ...rest,
      ...(name === undefined ? {} : { name: name.value }),
      ...(tag === undefined ? {} : { tags: tag.value }),
      ...(namespace === undefined ? {} : { namespace: namespace.value }),
      ...(grace === undefined ? {} : { graceMillis: grace.value }),
      ...(withoutContext === true ? { noContext: true } : {}),
      ...(budget === undefined ? {} : { budget: { ...plan.budget, ...budget } }),
      ...((unmetered?.value ?? allowUnmetered) === true ? { allowUnmetered: true } : {}),
      ...(patience === undefined ? {} : { rateLimitWaitMillis: patience.value }),
      ...(cwd === undefined ? {} : { cwd: folderOf(settings, machine) }),
      ...(slots === undefined ? {} : { pools: withSlots(plan.pools, slots.value) }),
      ...(forced('on-error') === undefined ? {} : { onError: onErrorOf(settings) }),
      ...(Object.keys(env).length === 0 ? {} : { env: { ...plan.env, ...env } }),
      tasks: base.forcesNothing ? plan.tasks : plan.tasks.map((task) => overrideTask(task, base)),
    },
    request,
  );
}

/** Names of secrets into the plan, and their values out of it. */
function withSecrets(plan: Plan, { settings, secretValues }: RunRequest): Plan {
  const given = Object.keys(secretValues);
  const passed = settings['pass-env']?.value;
  if (given.length === 0 && passed === undefined) return plan;
  const passEnv = passed ?? plan.passEnv;
  return {
    ...plan,
    env: Object.fromEntries(Object.entries(plan.env).filter(([name]) => !given.includes(name))),
    secrets: [...new Set([...plan.secrets, ...(passed ?? []), ...given])],
    ...(passEnv === undefined ? {} : { passEnv: [...new Set([...passEnv, ...given])] }),
  };
}

function onErrorOf(settings: Settings): OnError {
  const policy = settings['on-error']?.value ?? 'skip';
  return policy === 'retry' ? 'skip' : policy;
}

function folderOf(settings: Settings, machine: Machine): string {
  return resolvePath(machine.cwd, settings.cwd?.value ?? '.');
}

function secretProblems(plan: Plan, { secretValues }: RunRequest, { env }: Machine): Problem[] {
  return plan.secrets
    .filter((name) => env[name] === undefined && !Object.hasOwn(secretValues, name))
    .map((name) =>
      problem(`the variable ${name} is to be passed to tasks but is not set`, `set ${name}, even to nothing`),
    );
}

/** An option, a variable or the config is named as the one that said it: it stands in no plan file. */
const SAID_ELSEWHERE = /^(?:--|BATCHTOOL_\w+: |config: )/;

/** Faults of the graph name tasks; in a plan file these have a place. */
export function inFile(fault: Problem, source: Source): Problem {
  if (source.kind !== 'file' || fault.place !== undefined || SAID_ELSEWHERE.test(fault.message)) return fault;
  const id = /^tasks? "?([^"\s:,]+)/.exec(fault.message)?.[1] ?? /: (\S+) → /.exec(fault.message)?.[1];
  const place = id === undefined ? undefined : placesIn(source)(['tasks', id], 'key');
  return { ...fault, place: place ?? { file: source.file.file } };
}

/** Where things stand in the file of a source; nowhere, if it is none that people write. */
export function placesIn(source: Source): Places {
  return isWritten(source) ? source.file.placeOf : () => undefined;
}

function isWritten(
  source: Source,
): source is Extract<Source, { kind: 'file' }> & { readonly file: TaskFile } {
  return source.kind === 'file' && source.file.kind === 'tasks';
}
