/** Claude Code, `claude`: reports line by line, and once more as a whole in its last line (2.1.332). */
import type { Exit } from '../core/exit.js';
import type { FailureClass } from '../core/failure.js';
import { showDuration } from '../core/units.js';
import type { Agent, AgentReader, AgentRequest, AgentResult, Tokens } from './agent.js';
import { ClaudeUsage, sumOf, tokens } from './claude-usage.js';
import { Complaints } from './complaints.js';
import { failureClass, failureOf, isWeather } from './failure.js';
import { count, type Fields, fields, fieldsIn, fieldsList, number, text, textList } from './fields.js';
import { allowed, DO_NOT_TRY, hasOption, valuesOf } from './permission.js';
import { shortLine, toolUse } from './tool-line.js';
import { finished, hadBegun, refused, type Told } from './verdict.js';

/** A pause of its own that is not worth ending it for: it keeps all that it has done so far. */
const SHORT_WAIT_MILLIS = 2000;

/** What it says of a conversation that it cannot go on with. */
const GONE = /^No conversation found/;

const DEFAULT = 'acceptEdits';
const PERMISSIONS = [DEFAULT, 'auto', 'bypassPermissions', 'dontAsk', 'manual', 'plan'];

export const claude: Agent = {
  name: 'claude',
  program: 'claude',
  install: 'npm install -g @anthropic-ai/claude-code',
  keys: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'],
  tested: 'for real',
  permissions: PERMISSIONS,
  goesOn: true,
  mentions: 'before-words',
  opensFolders: true,
  rights,
  call: ({ prompt, model, permission = DEFAULT, extraArguments = [], maxCostUsd, session, folder }) =>
    allowed('claude', PERMISSIONS, permission, {
      argv: [
        ...['claude', '-p', '--output-format', 'stream-json', '--verbose', '--permission-mode', permission],
        ...(folder === undefined ? [] : [`--add-dir=${folder}`]),
        ...(model === undefined ? [] : ['--model', model]),
        ...(maxCostUsd === undefined ? [] : ['--max-budget-usd', maxCostUsd.toFixed(6)]),
        ...(session === undefined ? [] : ['--resume', session]),
        ...extraArguments,
      ],
      env: {
        // The one retry is how it tells for how long the provider wants to be left alone.
        CLAUDE_CODE_MAX_RETRIES: '1',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
      },
      stdin: prompt,
    }),
  reader: () => new ClaudeReader(),
};

/** They change what is permitted in ways of their own. */
const OTHER_RIGHTS = [
  '--dangerously-skip-permissions',
  '--permission-mode',
  '--permission-prompt-tool',
  '--settings',
];

function rights({ permission = DEFAULT, extraArguments = [] }: Partial<AgentRequest>): string {
  if (permission === 'bypassPermissions' || permission === 'auto' || hasOption(extraArguments, OTHER_RIGHTS))
    return '';
  const files =
    permission === DEFAULT
      ? 'You may read files, and change those in the current folder.'
      : 'You may read files, and change none.';
  const more = valuesOf(extraArguments, ['--allowedTools', '--allowed-tools']);
  const but = more.length === 0 ? '' : `, but for what these rules allow: ${more.join(', ')}`;
  return `${files} Commands and the web are not permitted, unless this project's own instructions say that they are${but}. What is not, ${DO_NOT_TRY}`;
}

class ClaudeReader implements AgentReader {
  private readonly complaints = new Complaints();
  private readonly denied: string[] = [];
  private report: Fields | undefined;
  /** By model, what each report adds to those before it. */
  private readonly added: unknown[] = [];
  /** What it was refused for when it began to wait. */
  private refusal:
    | { readonly kind: FailureClass; readonly said: string; readonly waitMillis: number }
    | undefined;
  private readonly usage = new ClaudeUsage();
  private session = '';
  /** In the words of its last message about an error of the API. */
  private errorName = '';

  get isOver(): boolean {
    return this.refusal !== undefined;
  }

  line(raw: string): string {
    const event = fieldsIn(raw);
    if (event === undefined) return this.complaints.hear(raw);
    if (event.session_id !== undefined) this.session = text(event.session_id);
    switch (event.type) {
      case 'assistant':
        this.errorName = text(event.error);
        this.usage.add(fields(event.message));
        return fieldsList(fields(event.message).content).map(readBlock).filter(Boolean).join('\n');
      case 'user':
        return fieldsList(fields(event.message).content).map(readToolFailure).filter(Boolean).join('\n');
      case 'system':
        return this.notice(event);
      case 'result':
        this.report = event;
        this.added.push(event.model_usage_since_last_result);
        return '';
      default:
        return '';
    }
  }

  private notice(event: Fields): string {
    if (event.subtype === 'permission_denied') {
      this.denied.push(text(event.tool_name));
      return '';
    }
    if (event.subtype !== 'api_retry') return '';
    const said = text(event.error).replaceAll('_', ' ');
    const waitMillis = count(event.retry_delay_ms);
    const kind = failureClass(number(event.error_status), said);
    if (isWeather(kind) && waitMillis > SHORT_WAIT_MILLIS) this.refusal = { kind, said, waitMillis };
    return `  waits ${showDuration(waitMillis)}: ${said} ${number(event.error_status) ?? ''}`.trimEnd();
  }

  result(exit: Exit): AgentResult {
    const told = this.told(exit);
    const failure =
      this.report === undefined
        ? this.complaints.failure('claude', exit)
        : failureIn(this.report, told.text, this.errorName);
    if (failure === undefined) return finished(told);
    if (this.refusal === undefined) return refused(told, failure);
    const { kind, said, waitMillis } = this.refusal;
    return refused({ ...told, retryAfterMillis: waitMillis }, failureOf(kind, said));
  }

  /** By model, all that this process has used: the sums of a report begin where a conversation began, maybe in another process. */
  private ownUsage(): readonly Fields[] | undefined {
    if (this.added.some((each) => each === undefined)) return undefined;
    return this.added.flatMap((each) => Object.values(fields(each)).map(fields));
  }

  private told(exit: Exit): Told {
    const report = this.report;
    if (report === undefined) {
      const session = this.session === '' ? {} : { session: this.session };
      // While it waited to ask again nothing was under way.
      const untold: Pick<Told, 'untold'> =
        this.refusal === undefined && hadBegun(this.session, exit) ? { untold: true } : {};
      return { text: '', deniedPermissions: this.denied, ...this.usage.told(), ...untold, ...session };
    }
    const turns = number(report.num_turns);
    const own = this.ownUsage();
    const costUsd =
      own === undefined
        ? number(report.total_cost_usd)
        : own.reduce((sum, { costUSD }) => sum + count(costUSD), 0);
    const isGone = textList(report.errors).some((said) => GONE.test(said));
    return {
      text: text(report.result),
      tokens: tokensIn(own ?? Object.values(fields(report.modelUsage)).map(fields), fields(report.usage)),
      session: text(report.session_id),
      deniedPermissions: fieldsList(report.permission_denials).map((denial) =>
        toolUse(text(denial.tool_name), denial.tool_input),
      ),
      ...(turns === undefined ? {} : { turns }),
      ...(costUsd === undefined ? {} : { costUsd }),
      ...(isGone ? { sessionIsGone: true } : {}),
    };
  }
}

/** It says `success` also when the API failed, and exits with 0 also when it was interrupted. */
function failureIn(report: Fields, said: string, errorName: string): AgentResult['failure'] {
  const reason = text(report.terminal_reason);
  const errors = textList(report.errors).join('; ');
  const words = said === '' ? errors : said;
  if (reason.startsWith('aborted')) return failureOf('crash', 'claude was interrupted');
  if (reason === 'prompt_too_long') return failureOf('context-too-long', words);
  if (reason === 'budget_exhausted' || report.subtype === 'error_max_budget_usd')
    return failureOf('budget', words);
  if (report.is_error !== true && report.subtype === 'success') return undefined;
  if (errorName === 'billing_error') return failureOf('budget', words);
  const status = number(report.api_error_status);
  return failureOf(failureClass(status, words), words, status);
}

/** By model where it says so, for that includes what its helpers used. */
function tokensIn(models: readonly Fields[], usage: Fields): Tokens {
  if (models.length === 0)
    return tokens(
      usage.input_tokens,
      usage.cache_read_input_tokens,
      usage.cache_creation_input_tokens,
      usage.output_tokens,
    );
  return sumOf(
    models.map((model) =>
      tokens(
        model.inputTokens,
        model.cacheReadInputTokens,
        model.cacheCreationInputTokens,
        model.outputTokens,
      ),
    ),
  );
}

function readBlock(block: Fields): string {
  if (block.type === 'text') return text(block.text);
  return block.type === 'tool_use' ? `> ${toolUse(text(block.name), block.input)}` : '';
}

function readToolFailure(block: Fields): string {
  if (block.type !== 'tool_result' || block.is_error !== true) return '';
  return `  failed: ${shortLine(text(block.content))}`;
}
