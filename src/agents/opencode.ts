/** opencode, `opencode run`: reports parts of messages as lines; it has no report of the whole (1.18.33). */
import type { Exit } from '../core/exit.js';
import type { FailureClass } from '../core/failure.js';
import type { Agent, AgentReader, AgentResult, Tokens } from './agent.js';
import { Complaints } from './complaints.js';
import { failureClass, failureOf, isEnough } from './failure.js';
import { count, type Fields, fields, fieldsIn, number, text } from './fields.js';
import { allowed, DO_NOT_TRY } from './permission.js';
import { shortLine, toolUse } from './tool-line.js';
import { finished, hadBegun, refused, type Told } from './verdict.js';

const DEFAULT = 'ask';
const PERMISSIONS = [DEFAULT, 'auto'];
const RIGHTS = `You may read and change files in the current folder and run commands in it. Other folders and files named .env are closed. What is closed, ${DO_NOT_TRY}`;

export const opencode: Agent = {
  name: 'opencode',
  program: 'opencode',
  install: 'npm install -g opencode-ai',
  keys: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'OPENCODE_API_KEY'],
  tested: 'for real',
  permissions: PERMISSIONS,
  goesOn: true,
  mentions: 'before-words',
  // Only by a variable that would stand in the place of what the user has said in it.
  opensFolders: false,
  rights: ({ permission = DEFAULT }) => (permission === DEFAULT ? RIGHTS : ''),
  call: ({ prompt, model, permission = DEFAULT, extraArguments = [], session }) =>
    allowed('opencode', PERMISSIONS, permission, {
      argv: [
        // Without its log nothing shows that it waits to ask again, and it waits for long.
        ...['opencode', 'run', '--format', 'json', '--print-logs', '--log-level', 'ERROR'],
        ...(permission === 'auto' ? ['--auto'] : []),
        ...(model === undefined ? [] : ['--model', model]),
        ...(session === undefined ? [] : ['--session', session]),
        ...extraArguments,
      ],
      env: { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_TERMINAL_TITLE: '1' },
      stdin: prompt,
    }),
  reader: () => new OpencodeReader(),
};

const REJECTED = /rejected permission|permission .{0,40}(?:denied|prevents)/i;
/** What it says of a conversation that it cannot go on with. */
const GONE = /session not found/i;
/** A line of its log about a request that failed, not one on the side such as for a title. */
const STREAM_ERROR =
  /message="stream error".* small=false .*error\.error="(?:[A-Za-z_]*Error: )?((?:[^"\\]|\\.)*)"/;

class OpencodeReader implements AgentReader {
  private readonly complaints = new Complaints();
  private readonly denied: string[] = [];
  private session = '';
  private answer = '';
  private turns = 0;
  private costUsd = 0;
  private tokens: Tokens = { input: 0, cached: 0, output: 0 };
  private failed: { readonly kind: FailureClass; readonly said: string } | undefined;
  private retryAfterMillis: number | undefined;
  /** Since it last used a tool: it makes room and asks again, for ever if the prompt itself is too long. */
  private overflows = 0;
  /** It has told nothing since it finished a step. */
  private isBetweenSteps = false;
  /** Requests that failed since one did not. */
  private refusals = 0;
  isOver = false;

  line(raw: string): string {
    const event = fieldsIn(raw);
    if (event === undefined) return this.complaint(raw);
    this.session = text(event.sessionID);
    this.isBetweenSteps = event.type === 'step_finish';
    const part = fields(event.part);
    switch (event.type) {
      case 'text':
        if (part.synthetic === true) return '';
        this.answer = text(part.text);
        return this.answer;
      case 'tool_use':
        return this.toolUse(part);
      case 'step_finish':
        this.addStep(part);
        return '';
      case 'error':
        return this.error(fields(event.error));
      default:
        return '';
    }
  }

  private complaint(raw: string): string {
    const said = STREAM_ERROR.exec(raw)?.[1];
    if (said === undefined) return this.complaints.hear(raw);
    const kind = failureClass(undefined, said);
    if (isEnough(kind, ++this.refusals)) {
      this.failed = { kind, said };
      this.isOver = true;
    }
    return `  refused: ${shortLine(said)}`;
  }

  private toolUse(part: Fields): string {
    const state = fields(part.state);
    const use = toolUse(text(part.tool), state.input);
    this.overflows = 0;
    if (state.status !== 'error') return `> ${use}`;
    if (REJECTED.test(text(state.error))) this.denied.push(use);
    return `> ${use}\n  failed: ${shortLine(text(state.error))}`;
  }

  private addStep({ tokens, cost }: Fields): void {
    const { input, output, reasoning, cache } = fields(tokens);
    const { read, write } = fields(cache);
    this.turns++;
    this.refusals = 0;
    // What it still tells while it is being ended changes nothing.
    if (!this.isOver) this.failed = undefined;
    this.costUsd += count(cost);
    this.tokens = {
      input: this.tokens.input + count(input) + count(read) + count(write),
      cached: this.tokens.cached + count(read),
      output: this.tokens.output + count(output) + count(reasoning),
    };
  }

  private error(error: Fields): string {
    const { message, statusCode, responseHeaders } = fields(error.data);
    const said = text(message) === '' ? text(error.name) : text(message);
    const isOverflow = error.name === 'ContextOverflowError';
    const kind = isOverflow ? 'context-too-long' : failureClass(number(statusCode), said);
    this.failed = { kind, said };
    if (isOverflow && ++this.overflows > 1) this.isOver = true;
    const seconds = Number(text(fields(responseHeaders)['retry-after']) || Number.NaN);
    if (Number.isFinite(seconds)) this.retryAfterMillis = seconds * 1000;
    return `  refused: ${shortLine(said)}`;
  }

  /** It tells what a step has used at its end. A request that is refused costs nothing, one that is cut off may. */
  private isUntold(exit: Exit): boolean {
    if (exit.kind === 'code' && (exit.code === 0 || this.isBetweenSteps)) return false;
    return hadBegun(this.session, exit) && (this.failed === undefined || this.failed.kind === 'network');
  }

  result(exit: Exit): AgentResult {
    const told: Told = {
      text: this.answer,
      tokens: this.tokens,
      turns: this.turns,
      deniedPermissions: this.denied,
      // A provider of which it knows no prices costs nothing, as far as it knows.
      ...(this.costUsd > 0 ? { costUsd: this.costUsd } : {}),
      ...(this.isUntold(exit) ? { untold: true } : {}),
      ...(this.session === '' ? {} : { session: this.session }),
      ...(this.session === '' && this.complaints.say(GONE) ? { sessionIsGone: true } : {}),
    };
    if (this.failed !== undefined) {
      const wait = this.retryAfterMillis === undefined ? {} : { retryAfterMillis: this.retryAfterMillis };
      return refused({ ...told, ...wait }, failureOf(this.failed.kind, this.failed.said));
    }
    if (this.turns === 0 || exit.kind !== 'code' || exit.code !== 0)
      return refused(told, this.complaints.failure('opencode', exit));
    return finished(told);
  }
}
