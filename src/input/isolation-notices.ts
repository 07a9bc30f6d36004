/** What to know about isolation before a run starts: where there is less of it than could be, and where that is refused. */
import type { Plan, Task } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import { isInRepository, keepsGoodStates, saysNone } from './isolation.js';
import type { Machine } from './machine.js';
import { resolvePath } from './paths.js';
import type { RunRequest } from './request.js';
import { said } from './setting-problems.js';
import type { Settings } from './settings.js';
import { wordFor } from './settings.js';

/** Where isolation was asked for and cannot be. */
export function repositoryProblems(plan: Plan, { settings }: RunRequest, machine: Machine): Problem[] {
  if (plan.isolation?.asked !== true || isInRepository(plan, machine)) return [];
  const path = resolvePath(machine.cwd, plan.cwd);
  const folder = path.slice(0, 200);
  const [message, hint] =
    machine.isInBare?.(path) === true
      ? [
          `a worktree needs a git repository with files, and the one around ${folder} is bare`,
          '`git worktree add ../checkout` makes a checkout of it: start the run there',
        ]
      : [
          `a worktree needs a git repository, and there is none around ${folder}`,
          '`git init` and a first commit make one; without isolation all tasks work in this folder',
        ];
  const { isolate } = settings;
  if (isolate?.value === 'worktree') return [said(isolate.origin, message, hint)];
  const task = plan.tasks.find((one) => one.isolate === 'worktree') as Task;
  return [problem(`task ${task.id}: ${message}`, hint)];
}

/** To be said before a run. */
export function isolationNotices(plan: Plan, request: RunRequest, machine: Machine): string[] {
  return [
    ...(plan.isolation === undefined ? notIsolated(plan, request, machine) : leftOut(plan)),
    ...judging(plan),
    ...withoutEffect(plan, request.settings),
  ];
}

/** What would have been isolated, were there a repository. */
function notIsolated(plan: Plan, { source, settings }: RunRequest, machine: Machine): string[] {
  if (isInRepository(plan, machine) || saysNone(settings)) return [];
  const exported = source.kind === 'file' && source.file.kind === 'plan' ? source.file.plan : undefined;
  const isStaged = keepsGoodStates(plan.pattern, settings);
  const isWanted =
    exported?.isolation !== undefined ||
    (source.kind === 'texts' && source.pattern.apart === true) ||
    isStaged;
  const isPutBack =
    exported?.isolation?.rollback === true || (isStaged && settings['rollback-enabled']?.value === true);
  if (!isWanted) return [];
  const isBare = machine.isInBare?.(resolvePath(machine.cwd, plan.cwd)) === true;
  const why = isBare ? 'the git repository here is bare' : 'there is no git repository here';
  return [`${why}: ${onSameFiles(isPutBack)}`];
}

/** What it means that nothing is isolated. `isPutBack`: what a run has changed was to be put back where it fails. */
export function onSameFiles(isPutBack: boolean): string {
  return `all tasks work on the same files${isPutBack ? ', and --rollback-enabled puts nothing back' : ''}`;
}

function leftOut({ tasks }: Plan): string[] {
  const isolated = new Set(tasks.filter(({ isolate }) => isolate === 'worktree').map(({ id }) => id));
  const stale = tasks.filter(
    ({ isolate, work, needs }) =>
      isolate !== 'worktree' && work.kind !== 'integrate' && needs.some(({ task }) => isolated.has(task)),
  );
  if (stale.length === 0) return [];
  const shown = stale.slice(0, MOST_SHOWN).map(({ id }) => id);
  const names = stale.length > shown.length ? [...shown, '…'] : shown;
  return [
    `${names.join(', ')}: not isolated, so what isolated tasks before changed is not there until the run ends`,
  ];
}

const MOST_SHOWN = 5;

/** Names of steps of which everybody expects that they compare. */
const JUDGES = /compar|judg|evaluat|review|select|choose|pick|decide/i;

/** The step after the ideas looks at them, whatever it is called. */
function judging({ pattern, tasks }: Plan): string[] {
  if (pattern !== 'prototypes') return [];
  return tasks.flatMap(({ work }) => {
    const pick = work.kind === 'integrate' ? work.pick : undefined;
    if (pick?.judge === undefined || JUDGES.test(pick.judge)) return [];
    const names = pick.among.map(({ name }) => name).join(', ');
    return [
      `${pick.judge} compares ${names}, and what it changes itself is not merged; to have it go on from the winner put a step before it: --compare 'TEXT'`,
    ];
  });
}

const OF_ISOLATION = ['checkpoint-on-failure', 'rollback-enabled', 'checkpoint-strategy'] as const;

/** What was said for this plan is told; what `config` says for all of them is not told each time. */
function withoutEffect(plan: Plan, settings: Settings): string[] {
  const isInVain = plan.isolation === undefined && !keepsGoodStates(plan.pattern, settings);
  const notices = OF_ISOLATION.flatMap((name) => {
    const setting = settings[name];
    if (setting === undefined || setting.value === false || setting.origin.kind === 'config') return [];
    if (!isInVain || setting.value === 'none') return [];
    return [`${wordFor(setting.origin, { name })} has no effect: no task is isolated (--isolate worktree)`];
  });
  const strategy = settings['checkpoint-strategy'];
  if (strategy !== undefined && !['commit', 'none'].includes(strategy.value))
    notices.push(
      `${wordFor(strategy.origin, { name: 'checkpoint-strategy' })} ${JSON.stringify(strategy.value)} is not known; commit is meant`,
    );
  return notices;
}
