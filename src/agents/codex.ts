/** OpenAI Codex, `codex exec`: reports turns and items as lines; its failures are sentences (0.169.0). */
import type { Exit } from '../core/exit.js';
import type { Agent, AgentReader, AgentRequest, AgentResult, Tokens } from './agent.js';
import { Complaints } from './complaints.js';
import { failureClass, failureOf, isHopeless, isWeather } from './failure.js';
import { count, type Fields, fields, fieldsIn, text } from './fields.js';
import { allowed, DO_NOT_TRY, hasOption, valuesOf } from './permission.js';
import { shortLine, toolUse } from './tool-line.js';
import { finished, hadBegun, refused, type Told } from './verdict.js';

const DEFAULT = 'workspace-write';
const PERMISSIONS = [DEFAULT, 'read-only', 'danger-full-access'];

export const codex: Agent = {
  name: 'codex',
  program: 'codex',
  install: 'npm install -g @openai/codex',
  // Not OPENAI_API_KEY, which it does not read.
  keys: ['CODEX_API_KEY'],
  tested: 'for real',
  permissions: PERMISSIONS,
  goesOn: true,
  mentions: 'before-words',
  opensFolders: true,
  rights,
  call: ({ prompt, model, permission = DEFAULT, extraArguments = [], session }) =>
    allowed('codex', PERMISSIONS, permission, {
      argv: [
        ...['codex', 'exec', '--json', '--skip-git-repo-check', '--sandbox', permission],
        ...['-c', 'analytics.enabled=false', '-c', 'check_for_update_on_startup=false'],
        ...(model === undefined ? [] : ['--model', model]),
        ...extraArguments,
        ...(session === undefined ? [] : ['resume', session]),
        '-',
      ],
      env: {},
      stdin: prompt,
    }),
  reader: () => new CodexReader(),
};

/** They change what is permitted in ways of their own. */
const OTHER_RIGHTS = [
  ...['--sandbox', '-s', '--full-auto', '--yolo', '--dangerously-bypass-approvals-and-sandbox'],
  ...['--profile', '-p'],
];
/** The same of what is set for one call. */
const OTHER_SETTINGS = /^(?:sandbox|default_permissions|permissions|profile)/;
const OPEN_NETWORK = /^sandbox_workspace_write\.network_access\s*=\s*true$/;

/** In its sandbox what is forbidden fails, and it may still find another way. */
function rights({ permission = DEFAULT, extraArguments = [] }: Partial<AgentRequest>): string {
  const args = extraArguments.flatMap(apart);
  const settings = valuesOf(args, ['-c', '--config']).map((setting) => setting.trim());
  const isOther = settings.some((setting) => OTHER_SETTINGS.test(setting) && !OPEN_NETWORK.test(setting));
  if (isOther || hasOption(args, OTHER_RIGHTS)) return '';
  const mayNot = `What you may not, ${DO_NOT_TRY}`;
  if (permission === 'read-only')
    return `You may read all files, and change none; commands may do the same. The network is closed. ${mayNot}`;
  if (permission !== DEFAULT) return '';
  const folders = ['the current folder', 'that for temporary files', ...valuesOf(args, ['--add-dir'])];
  const network = settings.some((setting) => OPEN_NETWORK.test(setting))
    ? ''
    : " The network is closed, unless this project's own instructions say otherwise.";
  return `You may read all files, and change those in ${folders.join(' and in ')}; commands may do the same.${network} ${mayNot}`;
}

/** `-cNAME=VALUE` as two words. */
function apart(arg: string): readonly string[] {
  return /^-[a-z]./.test(arg) ? [arg.slice(0, 2), arg.slice(2).replace(/^=/, '')] : [arg];
}

/** What its sandbox lets a command see of what it forbids; it has no report of that. */
const SANDBOXED = /read-only file system|operation not permitted/i;
/** What it says of a conversation that it cannot go on with. */
const GONE = /no rollout found for thread/i;
/** An answer had begun to come. Any other refusal comes before the model does anything. */
const CUT_OFF = /stream disconnected(?!.*error sending request)/is;
const RECONNECTING = /^Reconnecting\.\.\. \d+\/\d+ \((.*)\)$/s;

class CodexReader implements AgentReader {
  private readonly complaints = new Complaints();
  private session = '';
  private answer = '';
  private tokens: Tokens = { input: 0, cached: 0, output: 0 };
  private isFinished = false;
  /** The model has answered at least once. */
  private hasWorked = false;
  private failed: string | undefined;
  /** What its last command was denied; the agent has found another way if one worked after that. */
  private denied: string | undefined;
  isOver = false;

  line(raw: string): string {
    const event = fieldsIn(raw);
    if (event === undefined) return this.complaints.hear(raw);
    switch (event.type) {
      case 'thread.started':
        this.session = text(event.thread_id);
        return '';
      case 'item.started':
        this.hasWorked = true;
        return startOf(fields(event.item));
      case 'item.completed':
        return this.completed(fields(event.item));
      case 'turn.completed':
        this.isFinished = true;
        this.failed = undefined;
        this.addTokens(fields(event.usage));
        return '';
      case 'turn.failed':
        this.failed = text(fields(event.error).message);
        return '';
      case 'error':
        return this.error(text(event.message));
      default:
        return '';
    }
  }

  private completed(item: Fields): string {
    if (item.type !== 'error') this.hasWorked = true;
    switch (item.type) {
      case 'agent_message':
        this.answer = text(item.text);
        return this.answer;
      case 'command_execution':
        this.denied = deniedIn(item);
        return item.status === 'failed' ? `  failed: ${failureLine(item)}` : '';
      case 'error':
        return this.complaints.hear(text(item.message));
      default:
        return '';
    }
  }

  private error(message: string): string {
    const again = RECONNECTING.exec(message);
    const said = again?.[1] ?? message;
    if (again !== null && isVain(said)) {
      this.isOver = true;
      this.failed = said;
    }
    return `  ${shortLine(message)}`;
  }

  /** Of a conversation that it goes on with it counts all; of what an earlier attempt had used nothing was told. */
  private addTokens(usage: Fields): void {
    this.tokens = {
      input: this.tokens.input + count(usage.input_tokens),
      cached: this.tokens.cached + count(usage.cached_input_tokens),
      output: this.tokens.output + count(usage.output_tokens),
    };
  }

  /** It tells what a turn has used when that has come to its end, and not before. */
  private isUntold(exit: Exit): boolean {
    if (this.isFinished || !hadBegun(this.session, exit)) return false;
    return this.hasWorked || this.failed === undefined || CUT_OFF.test(this.failed);
  }

  result(exit: Exit): AgentResult {
    const told: Told = {
      text: this.answer,
      tokens: this.tokens,
      deniedPermissions: this.denied === undefined ? [] : [this.denied],
      ...(this.isUntold(exit) ? { untold: true } : {}),
      ...(this.session === '' ? {} : { session: this.session }),
      ...(this.session === '' && this.complaints.say(GONE) ? { sessionIsGone: true } : {}),
    };
    if (this.failed !== undefined) {
      const said = sentenceIn(this.failed);
      return refused(told, failureOf(failureClass(undefined, this.failed), said));
    }
    if (!this.isFinished || exit.kind !== 'code' || exit.code !== 0)
      return refused(told, this.complaints.failure('codex', exit));
    return finished(told);
  }
}

/** Whether there is no use in letting it ask again; from a websocket it goes over to plain requests by itself. */
function isVain(said: string): boolean {
  const kind = failureClass(undefined, said);
  return (isWeather(kind) || isHopeless(kind)) && !/\bwss?:\/\//.test(said);
}

function startOf(item: Fields): string {
  switch (item.type) {
    case 'command_execution':
      return `> ${shortLine(text(item.command))}`;
    case 'mcp_tool_call':
      return `> ${toolUse(`${text(item.server)} ${text(item.tool)}`, item.arguments)}`;
    case 'web_search':
      return `> web search ${shortLine(text(item.query))}`;
    default:
      return '';
  }
}

function deniedIn(item: Fields): string | undefined {
  const isDenied = item.status === 'failed' && SANDBOXED.test(text(item.aggregated_output));
  return isDenied ? shortLine(text(item.command)) : undefined;
}

function failureLine(item: Fields): string {
  const line = shortLine(text(item.aggregated_output));
  return line === '' ? `code ${count(item.exit_code)}` : line;
}

/** For some refusals it hands on the body of the answer as it is. */
function sentenceIn(message: string): string {
  const inside = text(fields(fieldsIn(message)?.error).message);
  return inside === '' ? message : inside;
}
