/** Gives each isolated attempt a git worktree of its own, and what it leaves there a commit. */
import { existsSync, mkdirSync, realpathSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Exit, isSuccess } from '../core/exit.js';
import type { Launch } from '../core/launch.js';
import type { WorktreeOrder } from '../core/orders.js';
import type { AttemptFiles, AttemptRef, Executor, Report } from '../core/ports.js';
import { Fatal } from '../core/problem.js';
import { stashOf } from '../workspace/aside.js';
import { type AttemptWork, commitWork } from '../workspace/commit.js';
import { copyIgnored } from '../workspace/copy.js';
import { ignoredIn } from '../workspace/ignored.js';
import type { Workspace } from '../workspace/workspace.js';
import { addWorktree, removeWorktree } from '../workspace/worktree.js';
import { mapKeyOf } from './attempt.js';
import { withBill } from './bill.js';
import { partFailed } from './check.js';
import { layConflict, withConflict } from './conflict-files.js';
import { masked } from './mask.js';
import { tellAside, tellNotKept } from './not-kept.js';
import { keepPatch } from './patch-file.js';
import { setupOf, withTimeLeft } from './setup.js';

export interface IsolatedOptions {
  /** Carries out what is not isolated, and what is within its worktree. */
  readonly inner: Executor;
  readonly workspace: Workspace;
  /** As the disk spells it. */
  readonly stateDir: string;
  readonly files: (attempt: AttemptRef) => AttemptFiles;
  /** All shapes in which a patch may hold a secret. */
  readonly secretForms: readonly Buffer[];
}

type Exited = Extract<Parameters<Report>[0], { type: 'attempt.exited' }>;
type IsolatedLaunch = Launch & { readonly worktree: WorktreeOrder };

interface Attempt {
  readonly launch: IsolatedLaunch;
  readonly work: AttemptWork;
  readonly report: Report;
  stopped: boolean;
  /** Its setup or its work was started. */
  begun: boolean;
  /** What it left could not be committed: a resume will try it. */
  unsaved: boolean;
  /** What git ignores and was there before its work began. */
  ignored: readonly string[];
  /** What was in the stash before it began. */
  stash: readonly string[];
}

const FRESH = { stopped: false, begun: false, unsaved: false, ignored: [] };

export class IsolatedExecutor implements Executor {
  readonly #options: IsolatedOptions;
  readonly #attempts = new Map<string, Attempt>();
  readonly #pending = new Set<Promise<void>>();
  /** Worktrees in which services go on until the run ends. */
  readonly #kept: AttemptRef[] = [];
  /** What ends the run, met where nobody could be told. */
  #fatal: Fatal | undefined;
  #closing = false;

  constructor(options: IsolatedOptions) {
    this.#options = options;
  }

  start(launch: Launch, report: Report): void {
    if (this.#fatal !== undefined) throw this.#fatal;
    const { worktree } = launch;
    if (worktree === undefined) this.#options.inner.start(launch, report);
    else this.#settle(this.#carryOut({ ...launch, worktree }, report));
  }

  stop(ref: AttemptRef, how: { readonly now: boolean }): void {
    const attempt = this.#attempts.get(mapKeyOf(ref));
    if (attempt !== undefined) attempt.stopped = true;
    this.#options.inner.stop(ref, how);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#options.inner.close();
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    await Promise.all(this.#kept.splice(0).map((ref) => this.#remove(ref)));
    dropIfEmpty(this.#options.workspace.places.folder);
  }

  /** Its label goes into a message that others may be shown. */
  #workOf({ task, attempt, label, work, worktree }: IsolatedLaunch): AttemptWork {
    const agent = work.kind === 'prompt' ? (work.agent ?? work.runner) : undefined;
    return {
      ...{ task, attempt, base: worktree.base, label: masked(label, this.#options.secretForms) },
      ...(agent === undefined ? {} : { agent }),
    };
  }

  #settle(pending: Promise<void>): void {
    this.#pending.add(pending);
    void pending.finally(() => this.#pending.delete(pending));
  }

  async #carryOut(launch: IsolatedLaunch, report: Report): Promise<void> {
    const stash = stashOf(this.#options.workspace);
    const attempt: Attempt = { launch, work: this.#workOf(launch), report, ...FRESH, stash };
    this.#attempts.set(mapKeyOf(launch), attempt);
    const seen = await this.#lived(attempt);
    const ended = await this.#gathered(attempt, seen);
    this.#attempts.delete(mapKeyOf(launch));
    report(ended);
    await this.#cleanUp(attempt, ended);
  }

  /** From the worktree to the end of what works in it. */
  async #lived(attempt: Attempt): Promise<Exited> {
    const { launch } = attempt;
    try {
      const fault = await this.#options.workspace.guard.fault();
      if (fault !== undefined) return exited(launch, { kind: 'contract', reason: fault });
      const inside = await this.#prepared(attempt);
      const { setup } = launch.worktree;
      if (setup === undefined) return await this.#work(attempt, inside);
      const before = performance.now();
      const made = await this.#inner(attempt, setupOf(inside, setup), () => undefined);
      const ended = (exit: Exit): Exited => withBillOf(made, exited(launch, exit));
      if (attempt.stopped) return ended(made.exit);
      if (!isSuccess(made.exit))
        return ended(partFailed('setup', setup, made.exit, launch.limits.timeoutMillis));
      const worked = await this.#work(attempt, withTimeLeft(inside, performance.now() - before));
      return withBillOf(made, worked);
    } catch (error) {
      if (error instanceof Fatal) this.#fatal = error;
      return exited(launch, { kind: 'spawn-error', message: (error as Error).message });
    }
  }

  /** Makes the worktree. Gives what is started in it. */
  async #prepared({ launch, work: order }: Attempt): Promise<Launch> {
    const { workspace, stateDir, files } = this.#options;
    const { places, repository } = workspace;
    const { base, copy, redo } = launch.worktree;
    const path = places.worktree(launch);
    mkdirSync(places.folder, { recursive: true, mode: 0o700 });
    writeFileSync(places.order(launch), JSON.stringify(order), { mode: 0o600 });
    await addWorktree(workspace, launch, base);
    await copyIgnored(workspace, { patterns: copy, from: launch.cwd, to: path, stateDir });
    if (redo !== undefined) await layConflict(workspace, redo, files(launch).context);
    const { taskCwd, ...rest } = launch;
    const wanted = resolve(launch.cwd, taskCwd ?? '.');
    const cwd = join(path, relative(repository.top, existsSync(wanted) ? realpathSync(wanted) : wanted));
    // A folder of the user's in which git tracks nothing.
    if (existsSync(wanted)) mkdirSync(cwd, { recursive: true });
    const work = redo === undefined ? launch.work : withConflict(launch.work, redo);
    return { ...rest, work, cwd, env: { ...launch.env, BATCHTOOL_WORKTREE: path, BATCHTOOL_BASE: base } };
  }

  /** Its worktree is as it is to be. */
  async #work(attempt: Attempt, launch: Launch): Promise<Exited> {
    const { copy, setup } = attempt.launch.worktree;
    if (copy.length > 0 || setup !== undefined)
      attempt.ignored = await ignoredIn(this.#options.workspace, launch);
    return this.#inner(attempt, launch, attempt.report);
  }

  #inner(attempt: Attempt, launch: Launch, report: Report): Promise<Exited> {
    if (attempt.stopped || this.#closing)
      return Promise.resolve(exited(launch, { kind: 'signal', signal: 'SIGINT' }));
    attempt.begun = true;
    return new Promise((resolve) => {
      this.#options.inner.start(launch, (seen) => {
        if (seen.type === 'attempt.exited') resolve(seen);
        else report(seen);
      });
    });
  }

  /** With the commit of what it left. */
  async #gathered(attempt: Attempt, seen: Exited): Promise<Exited> {
    const { launch, work } = attempt;
    const { workspace, files, secretForms } = this.#options;
    // It has never been ready.
    if (!existsSync(workspace.places.index(launch))) return seen;
    try {
      const fault = await workspace.guard.fault();
      if (fault !== undefined) throw new Error(fault);
      const made = await commitWork(workspace, work);
      const { patch, log } = files(work);
      if (made !== undefined) await keepPatch(workspace.git, work.base, made.commit, patch, secretForms);
      const span = { ...work, tip: made?.commit ?? work.base };
      const aside = await tellAside(workspace, span, { stash: attempt.stash, log, secretForms });
      const told = { ...seen, ...made, ...(aside === undefined ? {} : { aside }) };
      if (!isSuccess(seen.exit)) return told;
      const notKept = await tellNotKept(workspace, work, { before: attempt.ignored, log, secretForms });
      return { ...told, ...(notKept === undefined ? {} : { notKept }) };
    } catch (error) {
      attempt.unsaved = true;
      return broken(seen, `${(error as Error).message}${whereText(workspace.places.worktree(launch))}`);
    }
  }

  /**
   * Once it is told: who goes on after our death finds all as it was until then. The order goes last, and the index first: what
   * has an order and no index is nothing but a worktree to be taken away.
   */
  async #cleanUp({ launch, begun, unsaved }: Attempt, { exit }: Exited): Promise<void> {
    if (unsaved) return;
    const { places } = this.#options.workspace;
    rmSync(places.index(launch), { force: true });
    if (launch.keep && isSuccess(exit)) this.#kept.push(launch);
    else if (!begun || isSuccess(exit) || exit.kind === 'rate-limit') await this.#remove(launch);
    else rmSync(places.order(launch), { force: true });
  }

  /** One that cannot go now goes with `batchtool clean`. */
  async #remove(ref: AttemptRef): Promise<void> {
    const { places, repository } = this.#options.workspace;
    await removeWorktree(repository.commonDir, places.worktree(ref)).catch(() => undefined);
    rmSync(places.order(ref), { force: true });
  }
}

function dropIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // What failed has left its worktree.
  }
}

function exited({ task, attempt }: AttemptRef, exit: Exit): Exited {
  return { type: 'attempt.exited', task, attempt, exit };
}

/** With what runs within its setup have spent. */
function withBillOf({ result: bill }: Exited, seen: Exited): Exited {
  const result = withBill(seen.result, bill);
  return result === undefined ? seen : { ...seen, result };
}

/** Where all is that could not be committed. The task may have removed it. */
function whereText(worktree: string): string {
  return existsSync(worktree) ? `; all that it left is still in ${worktree}` : '';
}

/** What it left cannot be kept, so that it has not delivered. A failure of its own says more. */
function broken(seen: Exited, uncommitted: string): Exited {
  const exit: Exit = isSuccess(seen.exit) ? { kind: 'contract', reason: uncommitted } : seen.exit;
  return { ...seen, exit, uncommitted };
}
