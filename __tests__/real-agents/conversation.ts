/** One attempt of a real agent, in a scratch folder, with a scratch HOME and PATH, and no network but the stand-in model. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent, AgentCall, AgentReader, AgentResult } from '../../src/agents/agent.js';
import { withPromptFile } from '../../src/agents/custom.js';
import { agentNamed } from '../../src/agents/index.js';
import type { Exit } from '../../src/core/exit.js';
import { inOrder, type StandInModel } from '../stand-in-model/server.js';
import { AIMS, type Name } from './aimed.js';
import { LineTail } from './line-tail.js';
import type { Scenario } from './scenarios.js';
import { furnish, offline } from './surroundings.js';

/** No agent needs longer to say something, on a machine with other work. */
const IDLE_MILLIS = 90_000;
/** For a stream that never ends, from its first half on. */
const ENDLESS_MILLIS = 3000;
const GRACE_MILLIS = 10_000;
const LOOK_MILLIS = 20;

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

  constructor(
    readonly name: Name,
    readonly model: StandInModel,
    /** How its program is called and read. */
    private readonly agent: Agent = agentNamed(name) as Agent,
  ) {
    for (const folder of ['work', 'home', 'tmp', 'bin']) mkdirSync(join(this.base, folder));
    furnish(join(this.base, 'bin'), name);
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
    const attempt = this.start(call.value, env);
    if (scenario.endless === true) attempt.limit(ENDLESS_MILLIS, () => this.model.asked.length > 0);
    return attempt.ended;
  }

  /** What the program says of its version. */
  async version(): Promise<string> {
    return (await this.start({ argv: [this.name, '--version'], env: {} }, {}).ended).raw.join('\n');
  }

  private start(call: AgentCall, aim: Readonly<Record<string, string>>): Attempt {
    const prompt = join(this.base, 'prompt.md');
    if (call.file !== undefined) writeFileSync(prompt, call.file);
    const [program = '', ...args] = withPromptFile(call, prompt).argv;
    // Files, for two of the agents end without waiting until a pipe has taken their last line.
    const outputs = ['out', 'err'].map((name) => join(this.base, name));
    const [out, err] = outputs.map((path) => openSync(path, 'w')) as [number, number];
    const child = spawn(join(this.base, 'bin', program), args, {
      cwd: this.work,
      detached: true,
      env: {
        HOME: join(this.base, 'home'),
        PATH: join(this.base, 'bin'),
        TMPDIR: join(this.base, 'tmp'),
        LANG: 'C.UTF-8',
        ...offline(this.model.url),
        ...aim,
        ...call.env,
      },
      stdio: ['pipe', out, err],
    });
    // It may end without having read it.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(call.stdin ?? '');
    for (const file of [out, err]) closeSync(file);
    return new Attempt(child, this.agent.reader(), outputs);
  }
}

/** A running process, read line by line, and ended as an executor would. */
class Attempt {
  readonly ended: Promise<Ended>;
  private readonly raw: string[] = [];
  private readonly log: string[] = [];
  private readonly tails: readonly LineTail[];
  private lastHeardAt = Date.now();
  private limitMillis = IDLE_MILLIS;
  private counts: () => boolean = () => true;
  private broke: Exit | undefined;
  private killing: NodeJS.Timeout | undefined;

  constructor(
    private readonly child: ChildProcess,
    private readonly reader: AgentReader,
    outputs: readonly string[],
  ) {
    const startedAt = Date.now();
    this.tails = outputs.map((path) => new LineTail(path));
    const looking = setInterval(() => this.look(), LOOK_MILLIS);
    this.ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        clearInterval(looking);
        clearTimeout(this.killing);
        this.readOn();
        const own: Exit = signal === null ? { kind: 'code', code: code ?? 1 } : { kind: 'signal', signal };
        const exit = this.broke ?? own;
        const { raw, log } = this;
        const millis = Date.now() - startedAt;
        resolve({ result: this.reader.result(exit), exit, raw, log: log.join('\n'), millis });
      });
    });
  }

  /** Ends it after so long without a word, once `counts` is true. */
  limit(millis: number, counts: () => boolean): void {
    this.limitMillis = millis;
    this.counts = counts;
  }

  private look(): void {
    this.readOn();
    if (this.reader.isOver) this.end();
    if (!this.counts()) this.lastHeardAt = Date.now();
    if (Date.now() - this.lastHeardAt < this.limitMillis) return;
    this.broke ??= { kind: 'idle', limitMillis: this.limitMillis };
    this.end();
  }

  private readOn(): void {
    for (const line of this.tails.flatMap((tail) => tail.lines())) {
      this.lastHeardAt = Date.now();
      this.raw.push(line);
      const words = this.reader.line(line);
      if (words !== '') this.log.push(words);
    }
  }

  /** Politely first, so that it can still report. */
  private end(): void {
    if (this.killing !== undefined) return;
    this.signal('SIGINT');
    this.killing = setTimeout(() => this.signal('SIGKILL'), GRACE_MILLIS);
  }

  private signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-(this.child.pid as number), signal);
    } catch {
      // It has ended.
    }
  }
}
