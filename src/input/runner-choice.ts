/**
 * Who carries out prompts and SPARC commands. As `--runner` says: an installed runner, as written; or the built-in one, which
 * hands the text to a coding agent. A prompt that names an agent, or says how one is called, is meant for the built-in one.
 */
import { idFault } from '../core/graph.js';
import type { Command, Plan, Prompt, Task } from '../core/plan.js';
import { askedForWinner } from '../patterns/variants.js';
import type { SparcCommand } from '../sparc/command.js';
import { modeNamed } from '../sparc/modes.js';
import { runnerNames } from '../sparc/runners.js';
import { forAgent, installedAgent, isProfiled, namedAgent, saidHow } from './agent-choice.js';
import { labelOf } from './label.js';
import type { Machine } from './machine.js';
import { readShell } from './shell-words.js';
import { findsRunner, localPath, sparcCommandOf } from './sparc-work.js';

/** The plan with a runner or an agent for all its SPARC work, as far as there is one here. A runner that it names is kept while it is there. */
export function withRunners(plan: Plan, machine: Machine): Plan {
  const here = new Here(plan, machine);
  const tasks = plan.tasks.map((task) => here.carried(task));
  return tasks.every((task, index) => task === plan.tasks[index]) ? plan : { ...plan, tasks };
}

/** Commands that are for the built-in runner, which cannot take them: only a shell could tell what they say. */
export function shellBound(plan: Plan, machine: Machine): readonly Task[] {
  const isBound = (task: Task): boolean =>
    task.work.kind === 'command' && isForBuiltIn(task.work, task, plan, machine) && !isPlain(task.work);
  return plan.tasks.filter(isBound);
}

/** The machine as one plan sees it. What is installed is looked for once, and only if somebody needs it. */
class Here {
  private looked: { readonly runner: string | undefined; readonly agent: string | undefined } | undefined;

  constructor(
    private readonly plan: Plan,
    private readonly machine: Machine,
  ) {}

  carried(task: Task): Task {
    const { work } = task;
    if (work.kind === 'prompt') {
      const carried = this.prompt(work);
      return carried === work ? task : { ...task, work: carried };
    }
    if (work.kind !== 'command' || !isForBuiltIn(work, task, this.plan, this.machine)) return task;
    const sparc = sparcCommandOf(work);
    return sparc === undefined || !isPlain(work) ? task : this.taken(task, sparc);
  }

  private prompt(work: Prompt): Prompt {
    const way = this.plan.runner ?? 'auto';
    if (way === 'builtin' || (way === 'auto' && this.asksForAgent(work))) return this.builtIn(work);
    if (work.runner !== undefined && this.machine.resolves(work.runner)) return work;
    const { runner } = this.found();
    if (runner !== undefined) return { ...work, runner };
    return way === 'auto' ? this.builtIn(work) : withoutRunner(work);
  }

  /** Somebody names an agent for it, or says how the one that would have it is called: a runner would heed neither. */
  private asksForAgent(work: Prompt): boolean {
    if (namedAgent(work, this.plan) !== undefined || saidHow(work, this.plan).length > 0) return true;
    const agent = this.plan.agents === undefined ? undefined : this.found().agent;
    return agent !== undefined && isProfiled(agent, this.plan);
  }

  /** A SPARC command becomes the prompt that it holds, and is shown as such. Its flags are the runner's own, but for the namespace. */
  private taken(task: Task, { mode, task: text, flags }: SparcCommand): Task {
    const namespace = task.namespace ?? namespaceIn(flags);
    const names = task.expect?.winner;
    const asked = names === undefined ? text : askedForWinner(text, names);
    return {
      ...task,
      label: labelOf(text),
      work: this.builtIn({ kind: 'prompt', text: asked, mode }),
      ...(namespace === undefined ? {} : { namespace }),
    };
  }

  private builtIn(prompt: Prompt): Prompt {
    const mode = modeNamed(prompt.mode, this.machine.ownModes?.modes) ?? prompt.mode;
    const work = mode === prompt.mode ? prompt : { ...prompt, mode };
    const agent = namedAgent(work, this.plan) ?? this.found().agent;
    return agent === undefined ? withoutRunner(work) : forAgent(work, agent, this.plan);
  }

  private found(): NonNullable<Here['looked']> {
    this.looked ??= { runner: installedRunner(this.machine), agent: installedAgent(this.machine) };
    return this.looked;
  }
}

function withoutRunner({ runner: _, ...prompt }: Prompt): Prompt {
  return prompt;
}

/** The first runner of the list that is on PATH or that the project has installed. */
function installedRunner(machine: Machine): string | undefined {
  for (const runner of runnerNames(machine.moreRunners)) {
    if (machine.resolves(runner)) return runner;
    const local = localPath(runner, machine);
    if (machine.resolves(local)) return local;
  }
  return undefined;
}

function isForBuiltIn(work: Command, task: Task, plan: Plan, machine: Machine): boolean {
  if (work.runner === undefined || plan.runner === 'as-written') return false;
  if (plan.runner !== 'builtin' && findsRunner(task, plan, machine)) return false;
  return sparcCommandOf(work) !== undefined;
}

/** Nothing stands in the text but the SPARC command, and every word of it means itself. */
function isPlain({ text }: Command): boolean {
  const { words, signs } = readShell(text, { prose: false });
  return !signs && words.every(({ expands, leads }, index) => !expands && (index === 0 || !leads));
}

function namespaceIn(flags: readonly string[]): string | undefined {
  const at = flags.findIndex((flag) => /^--namespace(=|$)/.test(flag));
  const name = at < 0 ? undefined : (/=(.*)$/s.exec(flags[at] as string)?.[1] ?? flags[at + 1]);
  return name === undefined || idFault(name) !== undefined ? undefined : name;
}
