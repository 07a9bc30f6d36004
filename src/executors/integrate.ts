/** Merges what isolated tasks have changed, one after the other, and at the end of a run leads the user's tree on to it. */
import { appendFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Exit, LeftOut } from '../core/exit.js';
import type { Launch } from '../core/launch.js';
import type { MergeOrder } from '../core/orders.js';
import type { Into, TaskId } from '../core/plan.js';
import type { AttemptFiles, AttemptRef, Executor, Report } from '../core/ports.js';
import { deleteBranches, mergedBranches, setBranch } from '../workspace/branches.js';
import { differenceBetween } from '../workspace/difference.js';
import { land, stay } from '../workspace/land.js';
import { holdsAll, mergeAll, mergeRest } from '../workspace/merge.js';
import type { Workspace } from '../workspace/workspace.js';
import { mapKeyOf } from './attempt.js';
import { keepPatch } from './patch-file.js';
import { inState, makeTaskFolder } from './state-files.js';

export interface IntegrateOptions {
  /** Carries out all else. */
  readonly inner: Executor;
  readonly workspace: Workspace;
  /** The commit in which the run began. */
  readonly base: string;
  readonly files: (attempt: AttemptRef) => AttemptFiles;
  /** All shapes in which a patch may hold a secret. */
  readonly secretForms: readonly Buffer[];
}

type Exited = Extract<Parameters<Report>[0], { type: 'attempt.exited' }>;
/** What is told of a merge. */
type Ended = Omit<Exited, 'type' | 'task' | 'attempt'>;
type Outputs = Readonly<Record<string, string>>;
/** Writes a line into the log of the merge. */
type Say = (line: string) => void;

interface Merging {
  readonly ref: { readonly task: TaskId; readonly attempt: number };
  readonly order: MergeOrder;
  readonly into: Into | undefined;
  readonly files: AttemptFiles;
  stopped: boolean;
}

const DONE: Exit = { kind: 'code', code: 0 };
const STOPPED: Exit = { kind: 'signal', signal: 'SIGINT' };

export class IntegratingExecutor implements Executor {
  readonly #options: IntegrateOptions;
  readonly #running = new Map<string, Merging>();
  readonly #pending = new Set<Promise<void>>();

  constructor(options: IntegrateOptions) {
    this.#options = options;
  }

  start(launch: Launch, report: Report): void {
    const { work, merge, task, attempt } = launch;
    if (work.kind !== 'integrate' || merge === undefined) {
      this.#options.inner.start(launch, report);
      return;
    }
    const files = this.#options.files(launch);
    inState(files.log, () => {
      makeTaskFolder(dirname(files.log));
      appendFileSync(files.log, '', { mode: 0o600 });
    });
    const merging = { ref: { task, attempt }, order: merge, into: work.into, files, stopped: false };
    this.#running.set(mapKeyOf(launch), merging);
    const pending = this.#carryOut(merging).then((seen) => {
      this.#running.delete(mapKeyOf(launch));
      report({ type: 'attempt.exited', task, attempt, ...seen });
    });
    this.#pending.add(pending);
    void pending.finally(() => this.#pending.delete(pending));
  }

  stop(ref: AttemptRef, how: { readonly now: boolean }): void {
    const merging = this.#running.get(mapKeyOf(ref));
    if (merging === undefined) this.#options.inner.stop(ref, how);
    else merging.stopped = true;
  }

  async close(): Promise<void> {
    for (const merging of this.#running.values()) merging.stopped = true;
    await this.#options.inner.close();
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  async #carryOut(merging: Merging): Promise<Ended> {
    const { order } = merging;
    try {
      const fault = order.fault ?? (await this.#options.workspace.guard.fault());
      if (fault !== undefined) return { exit: { kind: 'contract', reason: fault } };
      return await this.#merged(merging);
    } catch (error) {
      return { exit: { kind: 'contract', reason: (error as Error).message } };
    }
  }

  async #merged(merging: Merging): Promise<Ended> {
    const { workspace, base, secretForms } = this.#options;
    const { git } = workspace;
    const { order, into, files } = merging;
    const say: Say = (line) => appendFileSync(files.log, `${line}\n`);
    const won: Outputs = order.winner === undefined ? {} : { winner: order.winner.name };
    if (order.winner !== undefined) say(`winner: ${order.winner.name} (${order.winner.why})`);
    if (into === 'none' && order.members.length > 0) {
      say('nothing is merged, as was asked: the work of each task stays on its own branch');
      return { exit: DONE, outputs: { ...won, landed: 'no' } };
    }
    say(`on top of ${short(order.base)}`);
    const merged = await mergeAll(git, order.base, order.members, ({ task, commit }, step) =>
      say(`${task}: ${step} (${short(commit)})`),
    );
    if (merged.kind === 'conflict') return this.#conflicted(merging, merged, say);
    if (merging.stopped) return { exit: STOPPED };
    const { tip } = merged;
    const from = into === undefined ? order.base : base;
    const difference = await differenceBetween(git, from, tip);
    if (difference === undefined) {
      say('nothing was changed');
      return {
        exit: DONE,
        outputs: { ...won, ...(into === undefined ? {} : { landed: 'no', why: 'nothing was changed' }) },
      };
    }
    await keepPatch(git, from, tip, files.patch, secretForms);
    const outputs =
      into === undefined ? await this.#checkpoint(merging, tip) : await this.#end(merging, into, tip, say);
    say(sentence(outputs));
    return { exit: DONE, outputs: { ...won, ...outputs }, commit: tip, changes: difference.changes };
  }

  /** At the end of a run what does go together is put on a branch all the same, so that only what does not is left to do. */
  async #conflicted(
    { ref, order, into, files }: Merging,
    conflict: Extract<Exit, { kind: 'conflict' }>,
    say: Say,
  ): Promise<Ended> {
    const { workspace, base, secretForms } = this.#options;
    const { git, places } = workspace;
    const isLast = into !== undefined;
    const solved = isLast ? await this.#solved(order, say) : undefined;
    if (solved !== undefined) return solved;
    say(clash(conflict));
    const { tip, more } = await mergeRest(git, conflict, order.members, (member, step) =>
      say(`${member.task}: ${step} (${short(member.commit)})`),
    );
    for (const other of more) say(clash(other));
    const exit: Exit = more.length === 0 ? conflict : { ...conflict, more };
    if (!isLast) {
      if (conflict.onto !== base) await setBranch(git, places.branch(ref), conflict.onto);
      return { exit };
    }
    const difference = await differenceBetween(git, base, tip);
    if (difference === undefined) return { exit };
    await keepPatch(git, base, tip, files.patch, secretForms);
    await setBranch(git, places.resultBranch, tip);
    const branch = places.resultBranch;
    await this.#forget(tip, [branch], say);
    const leftOut = [conflict, ...more].map(({ task }) => task).join(', ');
    say(`all but ${leftOut} is ${short(tip)}, on the branch ${branch}`);
    const { kind: _, ...said } = await stay(workspace, base, tip);
    const outputs: Outputs = { commit: tip, landed: 'no', branch, ...said, why: `without ${leftOut}` };
    return { exit, outputs, commit: tip, changes: difference.changes };
  }

  async #checkpoint({ ref }: Merging, tip: string): Promise<Outputs> {
    const { git, places } = this.#options.workspace;
    const branch = places.branch(ref);
    await setBranch(git, branch, tip);
    return { commit: tip, branch };
  }

  /** Where the work of the run ends. What is safe there needs no other branch. */
  async #end({ order }: Merging, into: Into, tip: string, say: Say): Promise<Outputs> {
    const { git, places } = this.#options.workspace;
    await setBranch(git, places.resultBranch, tip);
    const landed = await this.#land(order, into, tip);
    await this.#forget(tip, landed.kind === 'stayed' ? [places.resultBranch] : [], say);
    if (landed.kind === 'landed') return { commit: tip, landed: 'yes', branch: landed.branch };
    const { kind: _, ...said } = landed;
    return { commit: tip, landed: 'no', branch: places.resultBranch, ...said };
  }

  /** Deletes the branches whose work is in `tip`, but these. */
  async #forget(tip: string, kept: readonly string[], say: Say): Promise<void> {
    const { workspace, base } = this.#options;
    const { git, places } = workspace;
    const merged = await mergedBranches(git, places, base, tip);
    for (const branch of kept) merged.delete(branch);
    // Nothing is wrong with the result when they stay: `batchtool clean` deletes them.
    await deleteBranches(git, merged).catch((error: Error) => say(`its branches stay: ${error.message}`));
  }

  /** Somebody has merged all of it by hand, conflict and all. What he changed beside it is no work of the run. */
  async #solved({ members }: MergeOrder, say: Say): Promise<Ended | undefined> {
    const { workspace, base } = this.#options;
    const { git, places } = workspace;
    const [head, branch] = (await git.line(['rev-parse', 'HEAD', '--abbrev-ref', 'HEAD'])).split('\n');
    if (head === undefined || branch === undefined || branch === 'HEAD') return undefined;
    if (!(await holdsAll(git, places.run, base, head, members))) return undefined;
    await this.#forget(head, [], say);
    say(`all of it is on ${branch} already (${short(head)})`);
    return { exit: DONE, outputs: { commit: head, landed: 'yes', branch }, commit: head };
  }

  async #land({ staysFor }: MergeOrder, into: Into, tip: string) {
    const { workspace, base } = this.#options;
    if (into === 'branch') return stay(workspace, base, tip);
    return staysFor === undefined ? land(workspace, base, tip) : stay(workspace, base, tip, staysFor);
  }
}

/** Why a task is left out, as a line of the log. */
function clash({ task, files, against = [] }: LeftOut): string {
  if (files === undefined) return `${task}: builds on what is left out`;
  const others = against.length === 0 ? 'what was there before' : against.join(', ');
  return `${task}: conflict with ${others} in ${files.join(', ')}`;
}

function short(commit: string): string {
  return commit.slice(0, 10);
}

function sentence({ commit = '', landed, branch, why }: Outputs): string {
  const work = `all of it is ${short(commit)}`;
  if (landed === 'yes') return `${work}, and ${branch} has moved on to it`;
  return why === undefined
    ? `${work}, on the branch ${branch}`
    : `${work}, on the branch ${branch}, for ${why}`;
}
