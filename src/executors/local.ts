/** Runs commands as processes of this machine. */

import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { isForAgent } from '../core/agent-work.js';
import { type Exit, isSuccess } from '../core/exit.js';
import type { Launch } from '../core/launch.js';
import type { AttemptFiles, AttemptRef, Executor, Report } from '../core/ports.js';
import { Fatal } from '../core/problem.js';
import { exitFor, isKept, mapKeyOf, type RunningAttempt } from './attempt.js';
import { contentsOf } from './changes.js';
import { afterCheck, checkOf } from './check.js';
import { type Delivery, delivery } from './delivery.js';
import type { Preparation, Prepared } from './preparation.js';
import { type ProvisionOptions, Provisions } from './provisions.js';
import { QuickStarter } from './quick-starter.js';
import type { Usage } from './sampler.js';
import type { Sink, SinkEnd } from './sink.js';
import type { Starter } from './starter.js';
import { Supervisor } from './supervisor.js';
import { uptimeMillis } from './uptime.js';

export interface LocalExecutorOptions extends ProvisionOptions {
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** By default one that suits the pace. */
  readonly starter?: Starter;
}

/** What is known of an attempt before it is started. */
type Known = Pick<RunningAttempt, 'launch' | 'report' | 'files' | 'cwd' | 'before'>;
type Exited = Extract<Parameters<Report>[0], { type: 'attempt.exited' }>;

export class LocalExecutor implements Executor {
  readonly #options: LocalExecutorOptions;
  readonly #now: () => number;
  readonly #supervisor: Supervisor;
  readonly #starter: Starter;
  readonly #provisions: Provisions;
  readonly #running = new Map<string, RunningAttempt>();
  /** Logs that kept services still write to. */
  readonly #openSinks: Sink[] = [];
  readonly #settling = new Set<Promise<void>>();
  #count = 0;
  #closing = false;

  constructor(options: LocalExecutorOptions) {
    this.#options = options;
    this.#provisions = new Provisions(options);
    this.#now = options.now ?? uptimeMillis;
    this.#starter = options.starter ?? new QuickStarter(this.#now);
    this.#supervisor = new Supervisor({
      runMark: options.runMark,
      environment: options.environment,
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
    const { work } = launch;
    this.#begin(launch, report, (files) => {
      const notes = this.#provisions.lay(launch, files);
      return isForAgent(work)
        ? this.#provisions.agent(work, launch, files, notes)
        : this.#provisions.process(work, files);
    });
  }

  stop(ref: AttemptRef, { now }: { readonly now: boolean }): void {
    const attempt = this.#running.get(mapKeyOf(ref));
    if (attempt !== undefined) this.#supervisor.stop(attempt, now);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#supervisor.close();
    await Promise.all(this.#openSinks.splice(0).map((sink) => sink.finish()));
    while (this.#settling.size > 0) await Promise.all(this.#settling);
    this.#provisions.close();
    this.#starter.close();
  }

  #begin(launch: Launch, report: Report, prepare: (files: AttemptFiles) => Preparation): void {
    try {
      const files = this.#options.files(launch);
      const cwd = launch.taskCwd === undefined ? launch.cwd : resolve(launch.cwd, launch.taskCwd);
      const before = contentsOf(launch.expect?.changed ?? [], cwd);
      const prepared = prepare(files);
      if (prepared.kind === 'ready') this.#launch({ launch, report, files, cwd, before }, prepared);
      else refuse(launch, report, prepared.message);
    } catch (error) {
      if (error instanceof Fatal) throw error;
      refuse(launch, report, (error as Error).message);
    }
  }

  #launch(known: Known, { file, args, env: more, sink, script, agent }: Prepared): void {
    const attempt: RunningAttempt = {
      ...known,
      key: this.#newKey(),
      pid: 0,
      startTime: '',
      startedAt: this.#now(),
      script,
      sink,
      agent,
      stopped: 'no',
      broke: undefined,
      ended: undefined,
    };
    const { launch, files, cwd } = known;
    this.#running.set(mapKeyOf(launch), attempt);
    this.#supervisor.expect(attempt);
    if (agent !== undefined) agent.onOver = () => this.#supervisor.dismiss(attempt);
    const { base, own } = this.#provisions.environment(launch, files, attempt.key);
    const env = { base, own: more === undefined ? own : { ...own, ...more } };
    this.#starter.start(
      { file, args, cwd, env, sink },
      {
        started: (pid) => this.#started(attempt, pid),
        ended: (exit) => this.#ended(attempt, exit),
      },
    );
  }

  #started(attempt: RunningAttempt, pid: number): void {
    attempt.pid = pid;
    attempt.startedAt = this.#now();
    this.#supervisor.admit(attempt);
  }

  #ended(attempt: RunningAttempt, exit: Exit): void {
    attempt.ended = exit;
    if (attempt.pid === 0) this.#supervisor.callOff(attempt, () => this.#neverStarted(attempt, exit));
    else this.#supervisor.exited(attempt);
  }

  #neverStarted({ launch, report, script, sink }: RunningAttempt, exit: Exit): void {
    this.#running.delete(mapKeyOf(launch));
    if (script !== undefined) rmSync(script, { force: true });
    void Promise.resolve(sink.finish()).then(() => tellExit(launch, report, exit));
  }

  /** Different also from those of an earlier owner of the run. */
  #newKey(): string {
    return `${process.pid}_${++this.#count}`;
  }

  /** Nothing of it runs any more. It is reported at once, unless there is something to wait for. */
  #over(attempt: RunningAttempt, usage: Usage | undefined): void {
    // With a check to come it is not over for those who may want to stop it.
    if (attempt.launch.expect?.check === undefined) this.#running.delete(mapKeyOf(attempt.launch));
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

  #endOutput(attempt: RunningAttempt): SinkEnd | Promise<SinkEnd> {
    if (!isKept(attempt)) return attempt.sink.finish();
    this.#openSinks.push(attempt.sink);
    return { bytes: attempt.sink.bytes() };
  }

  #deliver(attempt: RunningAttempt, usage: Usage | undefined, end: SinkEnd): Promise<void> | undefined {
    const exit = exitFor(attempt, usage?.peakMemoryBytes ?? 0, end.bytes);
    const delivered = delivery(attempt, exit, end, this.#provisions.secretForms);
    if (delivered instanceof Promise)
      return delivered.then((late) => this.#tell(attempt, exited(attempt, usage, end, late)));
    if (delivered.sessionIsGone && this.#mayGoOn(attempt)) this.#beginAnew(attempt);
    else this.#tell(attempt, exited(attempt, usage, end, delivered));
    return undefined;
  }

  /** The agent without its conversation, as the rest of the same attempt. */
  #beginAnew({ launch: { session: _, ...launch }, report }: RunningAttempt): void {
    this.#running.delete(mapKeyOf(launch));
    this.start(launch, (seen) => {
      if (seen.type === 'attempt.exited') report(seen);
    });
  }

  #mayGoOn({ stopped }: RunningAttempt): boolean {
    return stopped === 'no' && !this.#closing;
  }

  #tell(attempt: RunningAttempt, seen: Exited): void {
    const { launch, files, report } = attempt;
    this.#running.delete(mapKeyOf(launch));
    const check = checkOf(launch, this.#now() - attempt.startedAt);
    if (check === undefined || !isSuccess(seen.exit) || !this.#mayGoOn(attempt)) report(seen);
    else
      this.#begin(check, afterCheck(seen, launch, report), () => this.#provisions.process(check.work, files));
  }
}

function announce({ launch: { task, attempt }, pid, startTime, report }: RunningAttempt): void {
  // An attempt that was over before anybody looked has no start time.
  report({ type: 'attempt.spawned', task, attempt, pid, ...(startTime === '' ? {} : { startTime }) });
}

function exited(
  { launch: { task, attempt } }: RunningAttempt,
  usage: Usage | undefined,
  { bytes: outputBytes }: SinkEnd,
  { exit, outputs, result }: Delivery,
): Exited {
  return {
    type: 'attempt.exited',
    task,
    attempt,
    exit,
    outputBytes,
    ...(usage && { peakMemoryBytes: usage.peakMemoryBytes, cpuMillis: Math.round(usage.cpuMillis) }),
    ...(outputs && { outputs }),
    ...(result && { result }),
  };
}

function refuse(launch: Launch, report: Report, message: string): void {
  queueMicrotask(() => tellExit(launch, report, { kind: 'spawn-error', message }));
}

function tellExit({ task, attempt }: Launch, report: Report, exit: Exit): void {
  report({ type: 'attempt.exited', task, attempt, exit });
}
