/** Runs commands as processes of this machine. */
import { rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Launch } from '../core/launch.js';
import type { AttemptFiles, AttemptRef, Executor, Report } from '../core/ports.js';
import { Fatal } from '../core/problem.js';
import { exitFor, exitOf, nameOf, type RunningAttempt } from './attempt.js';
import { type Invocation, invocation } from './command.js';
import { ContextFolders } from './context.js';
import { type Delivery, delivery } from './delivery.js';
import { FifoSupply } from './fifo.js';
import { markPrefix } from './mark.js';
import { secretForms } from './mask.js';
import { MaskedSink } from './masked-sink.js';
import type { Usage } from './sampler.js';
import { DirectSink, type Sink, type SinkEnd } from './sink.js';
import { startProcess } from './start-process.js';
import { inState, makeTaskFolder } from './state-files.js';
import { Supervisor } from './supervisor.js';
import { uptimeMillis } from './uptime.js';
import { inherited, type Variables, variables } from './variables.js';

export interface LocalExecutorOptions {
  readonly files: (attempt: AttemptRef) => AttemptFiles;
  /** Ours, which tasks inherit. */
  readonly environment: NodeJS.ProcessEnv;
  /** Names the run in the marks of its processes. The same when the run is resumed. */
  readonly runMark: string;
  /** An empty folder that exists: BATCHTOOL_CONTEXT of tasks that look back at nothing. */
  readonly emptyContext: string;
  /** Values by name. If there are any, all output loses them on its way to the logs. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

type Call = Extract<Invocation, { kind: 'ready' }>;

export class LocalExecutor implements Executor {
  readonly #options: LocalExecutorOptions;
  readonly #now: () => number;
  readonly #supervisor: Supervisor;
  readonly #contexts: ContextFolders;
  readonly #fifos = new FifoSupply();
  readonly #secretForms: readonly Buffer[];
  readonly #secretValues: Readonly<Record<string, string | undefined>>;
  readonly #markPrefix: string;
  readonly #running = new Map<string, RunningAttempt>();
  /** Logs that kept services still write to. */
  readonly #openSinks: Sink[] = [];
  readonly #settling = new Set<Promise<void>>();
  #inherited: { readonly passEnv: readonly string[] | undefined; readonly base: Variables } | undefined;
  #count = 0;
  /** The folder of logs that is known to be there. */
  #made = '';

  constructor(options: LocalExecutorOptions) {
    this.#options = options;
    const { environment, secrets = {}, runMark } = options;
    this.#secretForms = secretForms(secrets);
    this.#secretValues = { ...environment, ...secrets };
    this.#markPrefix = markPrefix(runMark);
    this.#contexts = new ContextFolders(options.files);
    this.#now = options.now ?? uptimeMillis;
    this.#supervisor = new Supervisor({
      runMark,
      environment,
      now: this.#now,
      announce,
      over: (attempt, usage) => this.#over(attempt, usage),
    });
  }

  start(launch: Launch, report: Report): void {
    if (launch.work.kind === 'integrate') {
      refuse(launch, report, 'not supported by this executor');
      return;
    }
    const files = this.#options.files(launch);
    const call = invocation(launch.work, scriptOf(files), process.platform);
    if (call.kind === 'impossible') {
      refuse(launch, report, call.message);
      return;
    }
    try {
      this.#launch(launch, report, files, call);
    } catch (error) {
      if (error instanceof Fatal) throw error;
      refuse(launch, report, (error as Error).message);
    }
  }

  stop(ref: AttemptRef, { now }: { readonly now: boolean }): void {
    const attempt = this.#running.get(nameOf(ref));
    if (attempt !== undefined) this.#supervisor.stop(attempt, now);
  }

  async close(): Promise<void> {
    await this.#supervisor.close();
    await Promise.all(this.#openSinks.splice(0).map((sink) => sink.finish()));
    while (this.#settling.size > 0) await Promise.all(this.#settling);
    this.#fifos.close();
  }

  #launch(launch: Launch, report: Report, files: AttemptFiles, call: Call): void {
    const key = this.#newKey();
    const cwd = launch.taskCwd === undefined ? launch.cwd : resolve(launch.cwd, launch.taskCwd);
    const env = this.#variables(launch, files, key);
    const sink = this.#prepare(launch, files, call);
    this.#supervisor.guard();
    const script = call.script === undefined ? undefined : scriptOf(files);
    const child = startProcess({ ...call, cwd, env, stdio: sink.stdio }, (message) => {
      if (script !== undefined) rmSync(script, { force: true });
      void Promise.resolve(sink.finish()).then(() => refuse(launch, report, message));
    });
    sink.attach(child);
    if (child?.pid === undefined) return;
    const attempt: RunningAttempt = {
      key,
      pid: child.pid,
      startTime: '',
      startedAt: this.#now(),
      launch,
      files,
      cwd,
      script,
      sink,
      report,
      stopped: false,
      broke: undefined,
      ended: undefined,
    };
    this.#running.set(nameOf(launch), attempt);
    this.#supervisor.admit(attempt);
    child.once('exit', (code, signal) => {
      attempt.ended = exitOf(code, signal);
      this.#supervisor.exited(attempt);
    });
  }

  /** Different also from those of an earlier owner of the run. */
  #newKey(): string {
    return `${process.pid}_${++this.#count}`;
  }

  #makeFolder(path: string): void {
    if (path === this.#made) return;
    makeTaskFolder(path);
    this.#made = path;
  }

  /** Makes what the attempt finds on disk, and opens its log. */
  #prepare(launch: Launch, files: AttemptFiles, { script }: Call): Sink {
    return inState(files.log, () => {
      this.#makeFolder(dirname(files.log));
      if (hasContext(launch)) this.#contexts.provide(files.context, launch.context);
      if (script !== undefined) writeFileSync(scriptOf(files), script, { mode: 0o600 });
      if (this.#secretForms.length === 0) return new DirectSink(files.log);
      return new MaskedSink(files.log, this.#secretForms, () => this.#fifos.take());
    });
  }

  #variables(launch: Launch, files: AttemptFiles, key: string): Variables {
    const { environment, emptyContext } = this.#options;
    const { passEnv } = launch;
    if (this.#inherited === undefined || this.#inherited.passEnv !== passEnv)
      this.#inherited = { passEnv, base: inherited(environment, passEnv, process.platform) };
    return variables(launch, {
      base: this.#inherited.base,
      secrets: this.#secretValues,
      mark: this.#markPrefix + key,
      context: hasContext(launch) ? files.context : emptyContext,
      output: files.output,
      summary: files.summary,
      platform: process.platform,
    });
  }

  /** Nothing of it runs any more. It is reported at once, unless there is something to wait for. */
  #over(attempt: RunningAttempt, usage: Usage | undefined): void {
    this.#running.delete(nameOf(attempt.launch));
    if (attempt.script !== undefined) rmSync(attempt.script, { force: true });
    const end = this.#endOutput(attempt);
    const told =
      end instanceof Promise
        ? end.then((sinkEnd) => this.#deliver(attempt, usage, sinkEnd))
        : this.#deliver(attempt, usage, end);
    if (told === undefined) return;
    this.#settling.add(told);
    void told.finally(() => this.#settling.delete(told));
  }

  #endOutput({ launch, sink }: RunningAttempt): SinkEnd | Promise<SinkEnd> {
    if (!launch.keep) return sink.finish();
    this.#openSinks.push(sink);
    return { bytes: sink.bytes() };
  }

  #deliver(attempt: RunningAttempt, usage: Usage | undefined, end: SinkEnd): Promise<void> | undefined {
    const exit = exitFor(attempt, usage?.peakMemoryBytes ?? 0, end.bytes);
    const delivered = delivery(attempt, exit, end, this.#secretForms);
    if (delivered instanceof Promise) return delivered.then((late) => tell(attempt, usage, end, late));
    tell(attempt, usage, end, delivered);
    return undefined;
  }
}

function announce({ launch: { task, attempt }, pid, startTime, report }: RunningAttempt): void {
  // An attempt that was over before anybody looked has no start time.
  report({ type: 'attempt.spawned', task, attempt, pid, ...(startTime === '' ? {} : { startTime }) });
}

function tell(
  { launch: { task, attempt }, report }: RunningAttempt,
  usage: Usage | undefined,
  { bytes: outputBytes }: SinkEnd,
  { exit, outputs }: Delivery,
): void {
  report({
    type: 'attempt.exited',
    task,
    attempt,
    exit,
    outputBytes,
    ...(usage && { peakMemoryBytes: usage.peakMemoryBytes, cpuMillis: Math.round(usage.cpuMillis) }),
    ...(outputs && { outputs }),
  });
}

function refuse({ task, attempt }: Launch, report: Report, message: string): void {
  queueMicrotask(() =>
    report({ type: 'attempt.exited', task, attempt, exit: { kind: 'spawn-error', message } }),
  );
}

function hasContext({ context, noContext }: Launch): boolean {
  return context.length > 0 && noContext !== true;
}

/** Where the shell finds a text that is too long for an argument. */
function scriptOf(files: AttemptFiles): string {
  return `${files.log}.script`;
}
