/** What an attempt finds when it begins: its folder with context and script, a log to write to, and its variables. */
import { writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Launch } from '../core/launch.js';
import type { AttemptFiles, AttemptRef } from '../core/ports.js';
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
}

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

  /** Makes what the attempt finds on disk, and opens its log. */
  lay(launch: Launch, files: AttemptFiles, script: string | undefined): Sink {
    return inState(files.log, () => {
      this.#makeFolder(dirname(files.log));
      if (hasContext(launch)) this.#contexts.provide(files.context, launch.context);
      if (script !== undefined) writeFileSync(scriptOf(files), script, { mode: 0o600 });
      if (this.secretForms.length === 0) return new DirectSink(files.log);
      return new PipedSink({
        log: files.log,
        intake: () => new Masker(this.secretForms),
        takeFifo: () => this.#fifos.take(),
      });
    });
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
      context: hasContext(launch) ? files.context : emptyContext,
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

function hasContext({ context, noContext }: Launch): boolean {
  return context.length > 0 && noContext !== true;
}

/** Where the shell finds a text that is too long for an argument. */
export function scriptOf(files: AttemptFiles): string {
  return `${files.log}.script`;
}
