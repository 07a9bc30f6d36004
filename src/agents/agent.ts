/** What a coding agent is to batchtool: how its program is called, and how its output is read. */
import type { Exit } from '../core/exit.js';
import type { FailureClass } from '../core/failure.js';
import type { Result } from '../core/problem.js';
import type { MentionPlace } from '../sparc/mention.js';

/** What an agent is asked in one attempt. */
export interface AgentRequest {
  readonly prompt: string;
  /** In the agent's own words; its own default when left out. */
  readonly model?: string;
  /** One of the agent's `permissions`; the first of them when left out. */
  readonly permission?: string;
  /** For its program as they are, after all others. */
  readonly extraArguments?: readonly string[];
  /** What it may cost; for agents that have an option for it. */
  readonly maxCostUsd?: number;
  /** The conversation that the prompt goes on with, of an earlier attempt; for agents of which `goesOn` says so. */
  readonly session?: string;
  /** A folder with what others have handed over, maybe outside of its own: it may read it, where `opensFolders` says so. */
  readonly folder?: string;
}

/** How its program is called. */
export interface AgentCall {
  /** The first word is the program, as found on PATH. */
  readonly argv: readonly string[];
  /** Beside what a task gets anyway. */
  readonly env: Readonly<Record<string, string>>;
  /** Goes to its standard input, which is then closed; nothing but the end of it when left out. */
  readonly stdin?: string;
  /** Goes to a file of its own, whose path `withPromptFile` then puts into `argv`. */
  readonly file?: string;
}

/** What came of one attempt. */
export interface AgentResult {
  readonly ok: boolean;
  /** The last word of the agent. */
  readonly text: string;
  /** Only of agents that reckon it themselves. */
  readonly costUsd?: number;
  readonly tokens?: Tokens;
  /** That used them; where its price decides what they cost. */
  readonly model?: string;
  /** It ended before it had told all that it has used. */
  readonly untold?: true;
  /** How often it asked the model; of agents that say so. */
  readonly turns?: number;
  /** The name under which the agent could go on with this conversation. */
  readonly session?: string;
  /** The conversation that it was to go on with is not there any more: nothing was done. */
  readonly sessionIsGone?: true;
  /** Set if and only if not `ok`; the message is for people. `final`: the same request would be refused again. */
  readonly failure?: { readonly kind: FailureClass; readonly message: string; readonly final?: true };
  /** How long the provider wants to be left alone. */
  readonly retryAfterMillis?: number;
  /** What it wanted to do and was not allowed to, one short line each. */
  readonly deniedPermissions: readonly string[];
}

/** Tokens of all models and turns of one attempt. */
export interface Tokens {
  /** All that was sent to the model, the cached part too. */
  readonly input: number;
  /** The part of the input that was read from a cache, which costs less. */
  readonly cached: number;
  /** All that the model wrote, its thoughts too. */
  readonly output: number;
}

/** Reads the output of one attempt as it comes. */
export interface AgentReader {
  /** Takes a line of standard output or standard error; gives what a person wants to read of it: lines, or '' for nothing. */
  line(raw: string): string;
  /** Takes a line without a word in it, where these mean something. */
  blank?(): void;
  /** From now on it would only wait to ask again: end it, for how long to wait is not its to decide. */
  readonly isOver: boolean;
  /** The verdict, once the process has ended. */
  result(exit: Exit): AgentResult;
}

/** One kind of coding agent. */
export interface Agent {
  readonly name: string;
  /** The word to look for on PATH. */
  readonly program: string;
  /** What to type to install it. */
  readonly install: string;
  /** Variables of which one holds its key. */
  readonly keys: readonly string[];
  /** Whether `npm run test:agents` runs its real program. */
  readonly tested: 'for real' | 'untested';
  /** What it may be allowed to do, in its own words, the default first; empty when it knows no such thing. */
  readonly permissions: readonly string[];
  /** Whether it can go on with a conversation that was broken off. */
  readonly goesOn: boolean;
  /** Where it takes `@` in a prompt for the wish to attach a file. */
  readonly mentions: MentionPlace;
  /** Whether it lets itself be told of a folder that it may read beside its own, or may read all of them. */
  readonly opensFolders: boolean;
  /** What it may do when it is called like this, for its prompt, as one refusal fails its task; empty: nothing is refused, or nobody knows. */
  rights(request: Pick<AgentRequest, 'permission' | 'extraArguments'>): string;
  /** Fails for what it cannot be asked, so that this is known before anything starts. */
  call(request: AgentRequest): Result<AgentCall>;
  reader(): AgentReader;
}
