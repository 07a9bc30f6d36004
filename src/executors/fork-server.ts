/**
 * A tiny process that starts others. To fork ourselves costs a millisecond each time in which nothing else happens, for
 * the kernel copies the map of all our memory; to ask a small process costs a tenth of that.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:fs';
import type { Socket } from 'node:net';
import { constants as system } from 'node:os';
import type { Exit } from '../core/exit.js';
import { FORK_SERVER, FORK_SERVER_SCRIPT } from './fork-server-script.js';
import { notStarted } from './start-process.js';
import type { Start, Starter, StartListener } from './starter.js';
import type { Variables } from './variables.js';

/** The number of the system call: without modules Perl has no name for it. */
const SETSID: Readonly<Record<string, number>> = { x64: 112, arm64: 157 };
/** What it said before its death has arrived by then; a child that is stuck before its `exec` could hold the line. */
const LAST_WORDS_MILLIS = 100;

interface Entry {
  readonly start: Start;
  readonly listener: StartListener;
  pid: number;
}

export class ForkServer implements Starter {
  readonly #child: ChildProcess;
  readonly #line: Socket | undefined;
  readonly #entries = new Map<string, Entry>();
  readonly #onReady: () => void;
  #state: 'starting' | 'ready' | 'gone' = 'starting';
  #count = 0;
  #base: Variables | undefined;
  #heard = '';
  #unsaid = '';

  /** Where it can be had at all: on Linux, with a `/proc` to reach logs through. Whether there is a Perl will show. */
  static readonly possible = process.platform === 'linux' && SETSID[process.arch] !== undefined;

  constructor(onReady: () => void = () => undefined) {
    this.#onReady = onReady;
    const { O_RDWR, O_WRONLY, O_APPEND } = constants;
    const numbers = [process.pid, SETSID[process.arch] ?? 0, O_RDWR | O_APPEND, O_WRONLY].map(String);
    this.#child = spawn('perl', ['-e', `eval $ENV{${FORK_SERVER}}`, 'batchtool-fork-server', ...numbers], {
      // A session of its own, for Ctrl-C goes to all of a terminal's group; and nobody's folder is held.
      detached: true,
      cwd: '/',
      // The script is in a variable, for whoever lists processes wants to read the list. No mark: nobody who ends a
      // task may end what started it.
      env: { PATH: `${process.env.PATH ?? ''}:/usr/bin:/bin`, [FORK_SERVER]: FORK_SERVER_SCRIPT },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    });
    this.#child.unref();
    this.#child.once('error', () => this.#gone());
    this.#child.once('exit', () => setTimeout(() => this.#gone(), LAST_WORDS_MILLIS).unref());
    // There is none when it could not be started for want of files.
    this.#line = (this.#child.stdio as (Socket | undefined)[])[3];
    this.#line?.setEncoding('latin1');
    this.#line?.on('data', (text) => this.#hear(String(text)));
    this.#line?.on('error', () => undefined);
    this.#line?.once('close', () => this.#gone());
    this.#line?.unref();
  }

  get state(): 'starting' | 'ready' | 'gone' {
    return this.#state;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether it can start this one: it needs a file or pipe for all output, and texts that it can be told. */
  carries({ sink, file, args, cwd, env }: Start): boolean {
    if (sink.fd === undefined || file.includes('\0') || cwd.includes('\0')) return false;
    if (args.some((argument) => argument.includes('\0'))) return false;
    return (env.base === this.#base || areTellable(env.base)) && areTellable(env.own);
  }

  start(start: Start, listener: StartListener): void {
    const { file, args, cwd, env, sink } = start;
    const id = String(++this.#count);
    if (this.#entries.size === 0) this.#line?.ref();
    this.#entries.set(id, { start, listener, pid: 0 });
    if (env.base !== this.#base) {
      this.#base = env.base;
      this.#say(['', ...pairsOf(env.base)]);
    }
    this.#say([id, cwd, String(sink.fd), file, String(args.length), ...args, ...pairsOf(env.own)]);
  }

  /** It goes by itself when its line ends; nobody waits for it. */
  close(): void {
    this.#line?.destroy();
  }

  /** What is said in one go is sent in one go. */
  #say(fields: readonly string[]): void {
    const text = fields.join('\0');
    if (this.#unsaid === '') queueMicrotask(() => this.#send());
    this.#unsaid += `${Buffer.byteLength(text)}\n${text}`;
  }

  #send(): void {
    this.#line?.write(this.#unsaid);
    this.#unsaid = '';
  }

  #hear(text: string): void {
    const lines = (this.#heard + text).split('\n');
    this.#heard = lines.pop() as string;
    for (const line of lines) {
      const [what, id = '', number = ''] = line.split(' ', 3);
      if (what === 'ready') {
        this.#state = 'ready';
        this.#onReady();
        continue;
      }
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      if (what === 's') this.#started(entry, Number(number));
      else
        this.#ended(
          id,
          entry,
          what === 'e' ? exitOfStatus(Number(number)) : refusal(entry.start, Number(number)),
        );
    }
  }

  #started(entry: Entry, pid: number): void {
    entry.pid = pid;
    entry.start.sink.attach(undefined);
    entry.listener.started(pid);
  }

  #ended(id: string, entry: Entry, exit: Exit): void {
    this.#entries.delete(id);
    if (this.#entries.size === 0) this.#line?.unref();
    if (entry.pid === 0) entry.start.sink.attach(undefined);
    entry.listener.ended(exit);
  }

  /** Whatever it has started goes on without anybody who could learn how it ends. */
  #gone(): void {
    this.#state = 'gone';
    this.#line?.destroy();
    for (const [id, entry] of this.#entries) this.#ended(id, entry, { kind: 'lost' });
  }
}

/** As Perl's `$?` has it: the signal in the lower seven bits, the code above eight. */
function exitOfStatus(status: number): Exit {
  const number = status & 127;
  if (number === 0) return { kind: 'code', code: status >> 8 };
  return { kind: 'signal', signal: nameOf(system.signals, number) ?? `SIG${number}` };
}

function refusal(start: Start, errno: number): Exit {
  const code = nameOf(system.errno, errno) ?? `E${errno}`;
  return notStarted(Object.assign(new Error(`spawn ${start.file} ${code}`), { code }), start);
}

function nameOf(numbers: Readonly<Record<string, number>>, wanted: number): string | undefined {
  return Object.keys(numbers).find((name) => numbers[name] === wanted);
}

function pairsOf(variables: Variables): string[] {
  const pairs: string[] = [];
  for (const name in variables) pairs.push(name, variables[name] as string);
  return pairs;
}

/** A NUL would end a field, and a name with a `=` would be another name. */
function areTellable(variables: Variables): boolean {
  for (const name in variables) {
    if (name === '' || name.includes('=') || name.includes('\0')) return false;
    if ((variables[name] as string).includes('\0')) return false;
  }
  return true;
}
