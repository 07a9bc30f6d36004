/**
 * A tiny process that ends everything when this one dies, kill -9 included: orphaned agents would go on spending.
 * It hears of each task through a pipe, and the kernel closes the pipe however we end.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { ProcessRef } from './process-table.js';
import { uptimeMillis } from './uptime.js';
import { NODE_SCRIPT, SHELL_SCRIPT } from './watchdog-script.js';

const SHELL = '/bin/sh';
const SCRIPT = 'BATCHTOOL_WATCHDOG';
const MAX_STARTS = 3;
/**
 * Each word wakes it, which costs as much as a tenth of a short task. What starts in quick succession is told
 * together; should we die before, a process is found by its mark all the same, unless it hides it.
 */
const TELL_MILLIS = 10;
/** All that it needs of the environment, on Windows too. No mark: nobody who ends a task may end its watchdog. */
const VARIABLES = ['PATH', 'SystemRoot', 'SYSTEMROOT'];

interface Group {
  /** Clock ticks, or `-`. */
  readonly start: string;
  told: boolean;
}

export class Watchdog {
  readonly #markPrefix: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #groups = new Map<number, Group>();
  #child: ChildProcess | undefined;
  #withShell = process.platform !== 'win32';
  #starts = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  /** Removals of groups that it knows. Until it hears of them the start time guards against a reused number. */
  #removals = '';

  constructor(markPrefix: string, environment: NodeJS.ProcessEnv) {
    this.#markPrefix = markPrefix;
    this.#env = Object.fromEntries(
      VARIABLES.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
    );
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it, if it does not run yet. */
  start(): void {
    if (this.#child !== undefined || this.#starts >= MAX_STARTS) return;
    this.#starts++;
    const [file, args] = this.#withShell
      ? [SHELL, ['-c', `eval "$${SCRIPT}"`, 'batchtool-watchdog', this.#markPrefix]]
      : [process.execPath, ['-e', NODE_SCRIPT]];
    const child = spawn(file, args, {
      // A session of its own, for Ctrl-C goes to all of a terminal's group; and nobody's folder is held.
      detached: true,
      cwd: '/',
      // The script is in a variable, for whoever lists processes wants to read the list.
      env: { ...this.#env, [SCRIPT]: SHELL_SCRIPT },
      stdio: ['pipe', 'ignore', 'ignore'],
      windowsHide: true,
    });
    this.#child = child;
    child.unref();
    child.on('error', () => this.#lost(child, 'cannot be started'));
    child.on('exit', () => this.#lost(child, 'has ended'));
    // There is no pipe when it could not be started for want of files.
    (child.stdin as Socket | undefined)?.unref();
    child.stdin?.on('error', () => undefined);
    for (const group of this.#groups.values()) group.told = false;
    this.#removals = '';
    this.#tell();
  }

  /** This process leads, or led, a group that must not outlive us. */
  add({ pid, startTime }: ProcessRef): void {
    this.start();
    const start = startTime.includes(':') ? startTime.slice(startTime.indexOf(':') + 1) : '-';
    this.#groups.set(pid, { start, told: false });
    if (this.#timer !== undefined) return;
    const pause = this.#toldAt + TELL_MILLIS - uptimeMillis();
    if (pause <= 0) this.#tell();
    else this.#timer = setTimeout(() => this.#tell(), pause).unref();
  }

  remove(pid: number): void {
    if (this.#groups.get(pid)?.told === true) this.#removals += `- ${pid}\n`;
    this.#groups.delete(pid);
  }

  /** Sends it away, without a word, for to say one would take longer than all else here. Nobody waits for it. */
  close(): void {
    const child = this.#child;
    this.#starts = MAX_STARTS;
    this.#groups.clear();
    clearTimeout(this.#timer);
    child?.kill('SIGKILL');
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#toldAt = uptimeMillis();
    let words = this.#removals;
    this.#removals = '';
    for (const [pid, group] of this.#groups) {
      if (group.told) continue;
      group.told = true;
      words += `+ ${pid} ${group.start}\n`;
    }
    if (words !== '') this.#child?.stdin?.write(words);
  }

  #lost(child: ChildProcess, how: 'cannot be started' | 'has ended'): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    if (how === 'cannot be started') this.#withShell = false;
    if (this.#groups.size > 0) this.start();
  }
}
