/** One attempt of a real agent, in a scratch folder, with a scratch HOME and PATH, and no network but the stand-in model. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Agent, AgentCall, AgentReader, AgentResult } from '../../src/agents/agent.js';
import { agentNamed } from '../../src/agents/index.js';
import type { Exit } from '../../src/core/exit.js';
import { programPath } from '../guide/stand-ins.js';
import { inOrder, type StandInModel } from '../stand-in-model/server.js';
import { AIMS, type Name } from './aimed.js';
import { installed } from './installed.js';
import type { Scenario } from './scenarios.js';

/** What there is on the PATH beside Node and the agent. */
const TOOLS = ['sh', 'bash', 'env', 'cat', 'ls', 'git', 'ps', 'sleep', 'uname', 'which', 'perl'];
/** No agent needs longer to say something, on a machine with other work. */
const IDLE_MILLIS = 90_000;
/** For a stream that never ends, from its first half on. */
const ENDLESS_MILLIS = 3000;
const GRACE_MILLIS = 10_000;

export interface Ended {
  readonly result: AgentResult;
  readonly exit: Exit;
  /** All lines of its output as they came. */
  readonly raw: readonly string[];
  /** What people read of it. */
  readonly log: string;
  readonly millis: number;
}

/** The agent in its folder; `close` takes all of it away. */
export class Desk {
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'batchtool-agent-')));
  readonly work = join(this.base, 'work');
  private readonly agent: Agent;

  constructor(
    readonly name: Name,
    readonly model: StandInModel,
  ) {
    this.agent = agentNamed(name) as Agent;
    for (const folder of ['work', 'home', 'tmp', 'bin']) mkdirSync(join(this.base, folder));
    for (const tool of TOOLS) symlinkSync(programPath(tool), join(this.base, 'bin', tool));
    for (const program of ['node', name] as const)
      symlinkSync(realpathSync(installed(program)), join(this.base, 'bin', program));
  }

  close(): void {
    rmSync(this.base, { recursive: true, force: true });
  }

  /** Lets the agent go through a scenario. */
  async play(scenario: Scenario): Promise<Ended> {
    const { model, extraArguments = [], env } = AIMS[this.name](this.model.url, join(this.base, 'home'));
    this.model.play(inOrder(...scenario.answers(this.work, this.name)));
    const call = this.agent.call({
      prompt: 'Do as you are told.',
      model,
      extraArguments,
      ...scenario.request,
    });
    if (!call.ok) throw new Error(call.problems.map(({ message }) => message).join('; '));
    const attempt = new Attempt(this.start(call.value, env), this.agent.reader());
    if (scenario.endless === true) attempt.limit(ENDLESS_MILLIS, () => this.model.asked.length > 0);
    return attempt.ended;
  }

  /** What the program says of its version. */
  async version(): Promise<string> {
    const child = this.start({ argv: [this.name, '--version'], env: {} }, {});
    return (await new Attempt(child, this.agent.reader()).ended).raw.join('\n');
  }

  private start(call: AgentCall, aim: Readonly<Record<string, string>>): ChildProcess {
    const [program = '', ...args] = call.argv;
    const { url } = this.model;
    const child = spawn(join(this.base, 'bin', program), args, {
      cwd: this.work,
      detached: true,
      env: {
        HOME: join(this.base, 'home'),
        PATH: join(this.base, 'bin'),
        TMPDIR: join(this.base, 'tmp'),
        LANG: 'C.UTF-8',
        // All that is not for loopback goes to the stand-in, which refuses it and keeps whom it was for.
        ...{ HTTPS_PROXY: url, HTTP_PROXY: url, https_proxy: url, http_proxy: url },
        ...{ NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
        ...aim,
        ...call.env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // It may end without having read it.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(call.stdin ?? '');
    return child;
  }
}

/** A running process, read line by line, and ended as an executor would. */
class Attempt {
  readonly ended: Promise<Ended>;
  private readonly raw: string[] = [];
  private readonly log: string[] = [];
  private readonly startedAt = Date.now();
  private idle: NodeJS.Timeout | undefined;
  private limitMillis = IDLE_MILLIS;
  private counts: () => boolean = () => true;
  private broke: Exit | undefined;
  private isEnding = false;

  constructor(
    private readonly child: ChildProcess,
    private readonly reader: AgentReader,
  ) {
    this.rest();
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream as NodeJS.ReadableStream, crlfDelay: Infinity }).on('line', (line) =>
        this.read(line),
      );
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        clearTimeout(this.idle);
        const exit: Exit =
          this.broke ?? (signal === null ? { kind: 'code', code: code ?? 1 } : { kind: 'signal', signal });
        const { raw, log } = this;
        const millis = Date.now() - this.startedAt;
        resolve({ result: this.reader.result(exit), exit, raw, log: log.join('\n'), millis });
      });
    });
  }

  /** Ends it after so long without a word, once `counts` is true. */
  limit(millis: number, counts: () => boolean): void {
    this.limitMillis = millis;
    this.counts = counts;
    this.rest();
  }

  private read(line: string): void {
    this.raw.push(line);
    const words = this.reader.line(line);
    if (words !== '') this.log.push(words);
    if (this.reader.isOver) this.end();
    else this.rest();
  }

  private rest(): void {
    clearTimeout(this.idle);
    this.idle = setTimeout(() => {
      if (!this.counts()) return this.rest();
      this.broke = { kind: 'idle', limitMillis: this.limitMillis };
      this.end();
    }, this.limitMillis);
  }

  /** Politely first, so that it can still report. */
  private end(): void {
    if (this.isEnding) return;
    this.isEnding = true;
    clearTimeout(this.idle);
    this.signal('SIGINT');
    this.idle = setTimeout(() => this.signal('SIGKILL'), GRACE_MILLIS);
  }

  private signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-(this.child.pid as number), signal);
    } catch {
      // It has ended.
    }
  }
}
