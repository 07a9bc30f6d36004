/** What an attempt finds when it begins: its folder with context and script, a log to write to, and its variables. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Launch } from '../core/launch.js';
import type { Note } from '../core/note.js';
import type { Command, Prompt } from '../core/plan.js';
import type { AttemptFiles, AttemptRef } from '../core/ports.js';
import type { AgentProcess } from './agent-process.js';
import { invocation } from './command.js';
import { ContextFolders } from './context.js';
import { FifoSupply } from './fifo.js';
import { markPrefix } from './mark.js';
import { Masker, secretForms } from './mask.js';
import { PipedSink } from './piped-sink.js';
import type { Preparation } from './preparation.js';
import { DirectSink } from './sink.js';
import { inState, makeTaskFolder } from './state-files.js';
import { type Environment, inherited, ownVariables, type Variables, withoutRepository } from './variables.js';

export interface ProvisionOptions {
  readonly files: (attempt: AttemptRef) => AttemptFiles;
  /** Ours, which tasks inherit. */
  readonly environment: NodeJS.ProcessEnv;
  /** Names the run in the marks of its processes. The same when the run is resumed. */
  readonly runMark: string;
  /** An empty folder that exists: BATCHTOOL_CONTEXT of tasks that look back at nothing. */
  readonly emptyContext: string;
  /** Values by name. If there are any, all output loses them on its way to the logs. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Starts agents; only a run with prompts for them loads it. */
  readonly agentProcess?: (process: AgentProcess) => Preparation;
  /** What earlier runs of a namespace have left. */
  readonly notes?: (namespace: string) => readonly Note[];
}

export class Provisions {
  /** All shapes in which output may hold a secret. */
  readonly secretForms: readonly Buffer[];
  readonly #options: ProvisionOptions;
  readonly #contexts: ContextFolders;
  readonly #fifos = new FifoSupply();
  readonly #secretValues: Readonly<Record<string, string | undefined>>;
  readonly #markPrefix: string;
  /** `apart`: for attempts in worktrees of their own. */
  #inherited:
    | { readonly passEnv: readonly string[] | undefined; readonly base: Variables; readonly apart: Variables }
    | undefined;
  /** The folder of logs that is known to be there. */
  #made = '';

  constructor(options: ProvisionOptions) {
    this.#options = options;
    const { environment, secrets = {}, runMark } = options;
    this.secretForms = secretForms(secrets);
    this.#secretValues = { ...environment, ...secrets };
    this.#markPrefix = markPrefix(runMark);
    this.#contexts = new ContextFolders(options.files);
  }

  /** Makes what an attempt finds on disk. Gives the notes that are in it. */
  lay(launch: Launch, files: AttemptFiles): readonly Note[] {
    return inState(files.log, () => {
      this.#makeFolder(dirname(files.log));
      if (!mayHaveContext(launch) || launch.noContext === true) return [];
      const { namespace, context } = launch;
      const notes = namespace === undefined ? [] : (this.#options.notes?.(namespace) ?? []);
      if (context.length + notes.length > 0) this.#contexts.provide(files.context, context, notes);
      return notes;
    });
  }

  /** Opens the log for a prompt that an agent carries out, and makes what the agent is started with. */
  agent(work: Prompt, launch: Launch, files: AttemptFiles, notes: readonly Note[]): Preparation {
    const { agentProcess } = this.#options;
    if (agentProcess === undefined)
      return {
        kind: 'impossible',
        message: 'the plan names no SPARC runner for the prompt, and no agent is at hand',
      };
    return agentProcess({
      ...{ work, launch, files, notes },
      forms: this.secretForms,
      filesOf: this.#options.files,
    });
  }

  /** The same for one process that gets its work as it is written. */
  process(work: Command | Prompt, files: AttemptFiles): Preparation {
    const script = scriptOf(files);
    const call = invocation(work, script, process.platform);
    if (call.kind === 'impossible') return call;
    const sink = inState(files.log, () => {
      if (call.script !== undefined) writeFileSync(script, call.script, { mode: 0o600 });
      if (this.secretForms.length === 0) return new DirectSink(files.log);
      return new PipedSink({
        log: files.log,
        intake: () => new Masker(this.secretForms),
        takeFifo: () => this.#fifos.take(),
      });
    });
    const { file, args } = call;
    return { kind: 'ready', file, args, sink, ...(call.script === undefined ? {} : { script }) };
  }

  /** Its variables; `key` tells its processes from those of every other attempt. */
  environment(launch: Launch, files: AttemptFiles, key: string): Environment {
    const { environment, emptyContext } = this.#options;
    const { passEnv } = launch;
    if (this.#inherited === undefined || this.#inherited.passEnv !== passEnv) {
      const all = inherited(environment, passEnv, process.platform);
      this.#inherited = { passEnv, base: all, apart: withoutRepository(all) };
    }
    const base = launch.worktree === undefined ? this.#inherited.base : this.#inherited.apart;
    const own = ownVariables(launch, {
      base,
      secrets: this.#secretValues,
      mark: this.#markPrefix + key,
      context: mayHaveContext(launch) && existsSync(files.context) ? files.context : emptyContext,
      output: files.output,
      summary: files.summary,
      bill: files.bill,
    });
    return { base, own };
  }

  close(): void {
    this.#fifos.close();
  }

  #makeFolder(path: string): void {
    if (path === this.#made) return;
    makeTaskFolder(path);
    this.#made = path;
  }
}

/** What an attempt has to do again it must be told, too. */
function mayHaveContext({ context, namespace, noContext, worktree }: Launch): boolean {
  const hasEarlier = (context.length > 0 || namespace !== undefined) && noContext !== true;
  return hasEarlier || worktree?.redo !== undefined;
}

/** Where the shell finds a text that is too long for an argument. */
function scriptOf(files: AttemptFiles): string {
  return `${files.log}.script`;
}
