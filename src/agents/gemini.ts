/** Gemini CLI, `gemini`: reports as lines; what it says of its retries is on standard error (0.61.0). */
import type { Exit } from '../core/exit.js';
import type { FailureClass } from '../core/failure.js';
import type { Agent, AgentReader, AgentRequest, AgentResult } from './agent.js';
import { Complaints } from './complaints.js';
import { failureClass, failureOf, isEnough } from './failure.js';
import { count, type Fields, fields, fieldsIn, number, text } from './fields.js';
import { allowed, DO_NOT_TRY, hasOption } from './permission.js';
import { shortLine, toolUse } from './tool-line.js';
import { finished, hadBegun, refused, type Told } from './verdict.js';

const DEFAULT = 'auto_edit';
const PERMISSIONS = [DEFAULT, 'default', 'plan', 'yolo'];

export const gemini: Agent = {
  name: 'gemini',
  program: 'gemini',
  install: 'npm install -g @google/gemini-cli',
  keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  tested: 'for real',
  permissions: PERMISSIONS,
  goesOn: false,
  mentions: 'anywhere',
  opensFolders: true,
  rights,
  call: ({ prompt, model, permission = DEFAULT, extraArguments = [], folder }) =>
    allowed('gemini', PERMISSIONS, permission, {
      argv: [
        ...['gemini', '--output-format', 'stream-json', '--skip-trust', '--approval-mode', permission],
        ...(folder === undefined ? [] : ['--include-directories', folder]),
        ...(model === undefined ? [] : ['--model', model]),
        ...extraArguments,
      ],
      // Else it starts itself anew as a child, which a signal to the first one does not reach.
      env: { GEMINI_CLI_NO_RELAUNCH: 'true' },
      stdin: prompt,
    }),
  reader: () => new GeminiReader(),
};

const DENIED_KINDS = new Set(['policy_violation', 'path_not_in_workspace', 'permission_denied']);
const DENIED_WORDS = /^path not in workspace|denied by policy/i;
/** It calls the first two a success. */
const STOPPED = /loop detected|maximum session turns|empty response/i;
/** It shows where in its code an error came from. */
const STACK = /^\s+at /;
const RETRYING = /^Attempt (\d+) failed with status (\d+)\. Retrying with backoff/;

/** They change what is permitted in ways of their own. */
const OTHER_RIGHTS = ['--approval-mode', '--yolo', '-y', '--allowed-tools', '--policy'];

function rights({ permission = DEFAULT, extraArguments = [] }: Partial<AgentRequest>): string {
  if (permission === 'yolo' || hasOption(extraArguments, OTHER_RIGHTS)) return '';
  const files =
    permission === DEFAULT
      ? 'You may read and change files in the current folder.'
      : 'You may read files, and change none.';
  return `${files} Commands are not permitted, unless this project's own instructions say that they are. What is not, ${DO_NOT_TRY}`;
}

class GeminiReader implements AgentReader {
  private readonly complaints = new Complaints();
  private readonly denied: string[] = [];
  /** The tools that it used, by the id that their results name. */
  private readonly uses = new Map<string, string>();
  private session = '';
  private answer = '';
  /** The last word comes in pieces; whatever is not one of them ends it. */
  private isSpeaking = false;
  private report: Fields | undefined;
  private complaint = '';
  private refusal: { readonly kind: FailureClass; readonly said: string } | undefined;

  get isOver(): boolean {
    return this.refusal !== undefined;
  }

  line(raw: string): string {
    const event = fieldsIn(raw);
    if (event === undefined) return this.stray(raw);
    const wasSpeaking = this.isSpeaking;
    this.isSpeaking = event.type === 'message' && event.role === 'assistant';
    switch (event.type) {
      case 'init':
        this.session = text(event.session_id);
        return '';
      case 'message':
        if (!this.isSpeaking) return '';
        this.answer = wasSpeaking ? this.answer + text(event.content) : text(event.content);
        return text(event.content);
      case 'tool_use':
        return this.toolUse(event);
      case 'tool_result':
        return this.toolResult(event);
      case 'error':
        this.complaint = text(event.message);
        return `  ${shortLine(this.complaint)}`;
      case 'result':
        this.report = event;
        return '';
      default:
        return '';
    }
  }

  private stray(raw: string): string {
    if (STACK.test(raw)) return '';
    const [, attempt, status] = RETRYING.exec(raw) ?? [];
    if (status === undefined) return this.complaints.hear(raw);
    const kind = classOf(Number(status), `status ${status}`);
    if (isEnough(kind, Number(attempt))) this.refusal = { kind, said: `status ${status}` };
    return `  refused: status ${status}`;
  }

  private toolUse(event: Fields): string {
    const use = toolUse(text(event.tool_name), event.parameters);
    this.uses.set(text(event.tool_id), use);
    return `> ${use}`;
  }

  private toolResult(event: Fields): string {
    if (event.status !== 'error') return '';
    const { type, message } = fields(event.error);
    if (DENIED_KINDS.has(text(type)) || DENIED_WORDS.test(text(message)))
      this.denied.push(this.uses.get(text(event.tool_id)) ?? text(message));
    return `  failed: ${shortLine(text(message))}`;
  }

  /** It tells all at the end. What its first request was refused has cost nothing. */
  private isUntold(exit: Exit): boolean {
    if (this.report !== undefined || !hadBegun(this.session, exit)) return false;
    return this.refusal === undefined || this.answer !== '' || this.uses.size > 0;
  }

  result(exit: Exit): AgentResult {
    const stats = fields(this.report?.stats);
    const told: Told = {
      text: this.answer,
      deniedPermissions: this.denied,
      tokens: {
        input: count(stats.input_tokens),
        cached: count(stats.cached),
        output: count(stats.total_tokens) - count(stats.input_tokens),
      },
      ...(this.isUntold(exit) ? { untold: true } : {}),
      ...(this.session === '' ? {} : { session: this.session }),
    };
    if (STOPPED.test(this.complaint)) return refused(told, failureOf('contract', this.complaint));
    if (this.report?.status === 'success') return finished(told);
    if (this.refusal !== undefined) return refused(told, failureOf(this.refusal.kind, this.refusal.said));
    if (this.report === undefined) return refused(told, this.complaints.failure('gemini', exit));
    const said = text(fields(this.report.error).message) || this.complaint;
    const { code, message } = refusalIn(said);
    const words = text(message) || said;
    return refused(told, failureOf(classOf(number(code), words), words));
  }
}

/** What it says of a quota is said of each minute's too, which is no lack of money. */
function classOf(status: number | undefined, said: string): FailureClass {
  return status === 429 ? 'rate-limit' : failureClass(status, said);
}

/** The provider's own words in `[API Error: {"error":{"code":…,"message":…}}]`. */
function refusalIn(said: string): Fields {
  return fields(fieldsIn(/^\[API Error: (.*)\]$/s.exec(said)?.[1] ?? '')?.error);
}
