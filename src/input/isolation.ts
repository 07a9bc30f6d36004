/** Which tasks of a plan work in a worktree of their own, and what holds for all of them. */
import type {
  Integrate,
  Into,
  Isolation,
  Need,
  Plan,
  Task,
  TaskId,
  Pick as VariantPick,
} from '../core/plan.js';
import { DEFAULT_KEEP_MILLIS } from '../core/plan.js';
import { type Result, success } from '../core/problem.js';
import { withMerges } from './integration.js';
import type { Machine } from './machine.js';
import { resolvePath } from './paths.js';
import { isForced, type Setting, type Settings } from './settings.js';

/** A plan without the merges that were added to it, and what they said. */
export interface Bare {
  /** It was exported: taken as it is, but for what is said for this call. */
  readonly exported?: true;
  readonly plan: Plan;
  readonly picks: readonly VariantPick[];
  readonly into?: Into;
}

/** Patterns whose stages are states of the tree, each a step further. */
const STAGED: readonly string[] = ['progressive', 'boomerang'];

/**
 * The plan as it is to run on this machine: tasks marked, each with the task in whose commit it begins, and merges between
 * them. Where isolation is only what the pattern does, and there is no repository, none of it.
 */
export function withIsolation(bare: Bare, all: Settings, machine: Machine): Result<Plan> {
  const { plan, picks, into } = bare;
  const settings = bare.exported === true ? onlyForced(all) : all;
  const asked = isAsked(plan, settings);
  const { isolation: _, ...rest } = plan;
  if (!asked && (!isInRepository(plan, machine) || saysNone(settings)))
    return success(withoutMarks(rest, picks));
  const marked = spread(withMarks(plan, picks, settings), settings);
  if (!marked.some(({ isolate }) => isolate === 'worktree')) return success(rest);
  const isolation = isolationOf(plan, asked, settings);
  const place = settings.into?.value ?? into ?? all.into?.value ?? 'worktree';
  return withMerges({ ...rest, tasks: marked, isolation }, picks, {
    into: place,
    checkpoints: STAGED.includes(plan.pattern),
  });
}

/** Without isolation each variant counts that nobody judges. */
function withoutMarks(plan: Plan, picks: readonly VariantPick[]): Plan {
  const counting = new Set(
    picks.flatMap(({ judge, among }) => (judge === undefined ? among.flatMap(({ tasks }) => tasks) : [])),
  );
  const tasks = plan.tasks.map((task): Task => {
    const { isolate, mayFail, ...rest } = task;
    if (isolate !== 'worktree' && !counting.has(task.id)) return task;
    return {
      ...rest,
      ...(isolate === undefined || isolate === 'worktree' ? {} : { isolate }),
      ...(mayFail === undefined || counting.has(task.id) ? {} : { mayFail }),
    };
  });
  return { ...plan, tasks };
}

/** An exported plan as it was before merges were added. */
export function withoutMerges(plan: Plan): Bare {
  const merges = plan.tasks.filter((task) => task.work.kind === 'integrate');
  if (merges.length === 0) return { exported: true, plan, picks: [] };
  const works = merges.map(({ work }) => work as Integrate);
  const ids = new Set(merges.map(({ id }) => id));
  const shared = new Map<readonly Need[], readonly Need[]>();
  const needsOf = (needs: readonly Need[]): readonly Need[] => {
    const known = shared.get(needs) ?? (needs.some(isMerge) ? needs.filter((need) => !isMerge(need)) : needs);
    shared.set(needs, known);
    return known;
  };
  const isMerge = (need: Need): boolean => ids.has(need.task);
  const into = works.findLast((work) => work.into !== undefined)?.into;
  return {
    exported: true,
    plan: {
      ...plan,
      tasks: plan.tasks.flatMap(({ base: _, ...task }) =>
        ids.has(task.id) ? [] : [{ ...task, needs: needsOf(task.needs) }],
      ),
      loops: plan.loops.map(({ checkpoint: _, ...loop }) => ({
        ...loop,
        tasks: loop.tasks.filter((id) => !ids.has(id)),
      })),
    },
    picks: works.flatMap(({ pick }) => (pick === undefined ? [] : [pick])),
    ...(into === undefined ? {} : { into }),
  };
}

/** True where this folder of tasks lies in a repository. */
export function isInRepository({ cwd }: Pick<Plan, 'cwd'>, machine: Machine): boolean {
  return machine.hasRepository?.(resolvePath(machine.cwd, cwd)) === true;
}

/** Flags that keep good states do so where each stage is one. */
export function keepsGoodStates(pattern: string, settings: Settings): boolean {
  const strategy = settings['checkpoint-strategy']?.value;
  const isMeant =
    settings['checkpoint-on-failure']?.value === true ||
    settings['rollback-enabled']?.value === true ||
    strategy !== undefined;
  return isMeant && strategy !== 'none' && STAGED.includes(pattern);
}

/** Somebody said that tasks are to work in one tree. */
export function saysNone({ isolate }: Settings): boolean {
  return isolate?.value === 'none' && isolate.origin.kind !== 'default';
}

function isAsked(plan: Plan, { isolate }: Settings): boolean {
  if (isolate?.value === 'worktree') return true;
  return plan.isolation?.asked ?? plan.tasks.some((task) => task.isolate === 'worktree');
}

function onlyForced(settings: Settings): Settings {
  const entries = Object.entries(settings as Readonly<Record<string, Setting<unknown>>>);
  return Object.fromEntries(entries.filter(([, setting]) => isForced(setting))) as Settings;
}

/** Variants, and all where good states are kept, are isolated by themselves. */
function withMarks(plan: Plan, picks: readonly VariantPick[], settings: Settings): readonly Task[] {
  if (saysNone(settings)) return plan.tasks;
  const all = keepsGoodStates(plan.pattern, settings);
  const variants = new Set(picks.flatMap(({ among }) => among.flatMap(({ tasks }) => tasks)));
  return plan.tasks.map((task) =>
    (all || variants.has(task.id)) && task.isolate === undefined ? { ...task, isolate: 'worktree' } : task,
  );
}

/** What comes after an isolated task would find the old tree if it were not isolated too. It may say that it wants to. */
function spread(tasks: readonly Task[], settings: Settings): readonly Task[] {
  const dependents = new Map<TaskId, Task[]>();
  for (const task of tasks)
    for (const need of task.needs) dependents.set(need.task, [...(dependents.get(need.task) ?? []), task]);
  const after = new Set(tasks.filter(({ isolate }) => isolate === 'worktree').map(({ id }) => id));
  for (const id of after) for (const task of dependents.get(id) ?? []) after.add(task.id);
  const copy = settings['isolate-copy'];
  const setup = settings['isolate-setup'];
  return tasks.map((task): Task => {
    const isMeant = after.has(task.id) && task.isolate === undefined && !saysNone(settings);
    if (!isMeant && task.isolate !== 'worktree') return task;
    return {
      ...task,
      isolate: 'worktree',
      ...choose('copy', task.copy, copy),
      ...choose('setup', task.setup, setup),
    };
  });
}

/** What is said for this call beats what a task says, and that beats all else. */
function choose<K extends string, T>(
  key: K,
  own: T | undefined,
  setting: Setting<T> | undefined,
): Partial<Record<K, T>> {
  const value = isForced(setting) ? setting?.value : (own ?? setting?.value);
  return value === undefined ? {} : ({ [key]: value } as Record<K, T>);
}

function isolationOf({ isolation: before }: Plan, asked: boolean, settings: Settings): Isolation {
  const author = settings['commit-author']?.value ?? before?.author;
  const rollback = settings['rollback-enabled']?.value ?? before?.rollback ?? false;
  return {
    asked,
    // Who asks for isolation is told of changes that would be missing; where it comes unasked, nothing may be missing.
    includeDirty: settings['include-dirty']?.value ?? before?.includeDirty ?? !asked,
    onConflict: settings['on-conflict']?.value ?? before?.onConflict ?? 'fail',
    keepMillis: settings['keep-work']?.value ?? before?.keepMillis ?? DEFAULT_KEEP_MILLIS,
    ...(author === undefined ? {} : { author }),
    ...(rollback ? { rollback: true } : {}),
  };
}
