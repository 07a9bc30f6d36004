/** What an attempt finds when it begins: its folder with context and script, a log to write to, and its variables. */
import { existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Launch } from '../core/launch.js';
import type { Note } from '../core/note.js';
import type { Command, Prompt } from '../core/plan.js';
import type { AttemptFiles, AttemptRef } from '../core/ports.js';
import { type Invocation, invocation } from './command.js';
import { ContextFolders } from './context.js';
import { FifoSupply } from './fifo.js';
import { markPrefix } from './mark.js';
import { Masker, secretForms } from './mask.js';
import { PipedSink } from './piped-sink.js';
import { DirectSink, type Sink } from './sink.js';
import { inState, makeTaskFolder } from './state-files.js';
import { type Environment, inherited, ownVariables, type Variables } from './variables.js';

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
  /** What earlier runs of a namespace have left. */
  readonly notes?: (namespace: string) => readonly Note[];
}

/** What one process of an attempt is started with. */
export interface Prepared {
  readonly kind: 'ready';
  readonly file: string;
  readonly args: readonly string[];
  readonly sink: Sink;
  /** The file in which its shell was handed a long text. */
  readonly script: string | undefined;
}

export type Preparation = Prepared | Extract<Invocation, { kind: 'impossible' }>;

export class Provisions {
  /** All shapes in which output may hold a secret. */
  readonly secretForms: readonly Buffer[];
  readonly #options: ProvisionOptions;
  readonly #contexts: ContextFolders;
  readonly #fifos = new FifoSupply();
  readonly #secretValues: Readonly<Record<string, string | undefined>>;
  readonly #markPrefix: string;
  #inherited: { readonly passEnv: readonly string[] | undefined; readonly base: Variables } | undefined;
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

  /** Makes what an attempt finds on disk. */
  lay(launch: Launch, files: AttemptFiles): void {
    inState(files.log, () => {
      this.#makeFolder(dirname(files.log));
      if (!mayHaveContext(launch)) return;
      const { namespace, context } = launch;
      const notes = namespace === undefined ? [] : (this.#options.notes?.(namespace) ?? []);
      if (context.length + notes.length > 0) this.#contexts.provide(files.context, context, notes);
    });
  }

  /** Opens the log for one process of an attempt, and makes what that process is started with. */
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
    return { kind: 'ready', file, args, sink, script: call.script === undefined ? undefined : script };
  }

  /** Its variables; `key` tells its processes from those of every other attempt. */
  environment(launch: Launch, files: AttemptFiles, key: string): Environment {
    const { environment, emptyContext } = this.#options;
    const { passEnv } = launch;
    if (this.#inherited === undefined || this.#inherited.passEnv !== passEnv)
      this.#inherited = { passEnv, base: inherited(environment, passEnv, process.platform) };
    const { base } = this.#inherited;
    const own = ownVariables(launch, {
      base,
      secrets: this.#secretValues,
      mark: this.#markPrefix + key,
      context: mayHaveContext(launch) && existsSync(files.context) ? files.context : emptyContext,
      output: files.output,
      summary: files.summary,
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

function mayHaveContext({ context, namespace, noContext }: Launch): boolean {
  return (context.length > 0 || namespace !== undefined) && noContext !== true;
}

/** Where the shell finds a text that is too long for an argument. */
function scriptOf(files: AttemptFiles): string {
  return `${files.log}.script`;
}
