/** An agent of the user's own: a command, and a prompt that goes where the command has a place for it. */
import type { Exit } from '../core/exit.js';
import { failure, type Result, success } from '../core/problem.js';
import type { Agent, AgentCall, AgentReader, AgentRequest, AgentResult } from './agent.js';
import { Complaints } from './complaints.js';
import { failureOf } from './failure.js';
import { finished, refused } from './verdict.js';

/** Where the prompt, the path of a file that holds it, or the model goes in a word of the command. */
const PROMPT = '{prompt}';
const PROMPT_FILE = '{prompt-file}';
const MODEL = '{model}';

/** Linux takes no longer argument (128 KiB with the zero at its end). */
const ARGUMENT_LIMIT_BYTES = 131_071;

/** What is kept of its output as its last word, in characters. */
const ANSWER_LIMIT = 200_000;

/** `words` are those of its command; without `{prompt}` or `{prompt-file}` in them the prompt goes to standard input. */
export function customAgent(name: string, words: readonly string[]): Agent {
  return {
    name,
    program: words[0] ?? '',
    install: `see that ${words[0] ?? 'its program'} is on PATH`,
    keys: [],
    tested: 'untested',
    permissions: [],
    goesOn: false,
    // It may be any of them.
    mentions: 'anywhere',
    // BATCHTOOL_CONTEXT names it anyway.
    opensFolders: true,
    rights: () => '',
    call: (request) => callOf(name, words, request),
    reader: () => new OutputReader(name),
  };
}

/** The call with the path of the file that was written for it; as it is if it wants none. */
export function withPromptFile(call: AgentCall, path: string): AgentCall {
  if (call.file === undefined) return call;
  return { ...call, argv: call.argv.map((word) => word.replaceAll(PROMPT_FILE, () => path)) };
}

function callOf(name: string, words: readonly string[], request: AgentRequest): Result<AgentCall> {
  const { prompt, model, extraArguments = [] } = request;
  const has = (place: string) => words.some((word) => word.includes(place));
  if (has(MODEL) && model === undefined)
    return failure(
      `the command of agent ${name} wants a model, and none was given`,
      `say which in the plan file: agents: {${name}: {model: NAME}}`,
    );
  if (has(PROMPT) && has(PROMPT_FILE))
    return failure(
      `the command of agent ${name} wants its prompt twice`,
      `leave ${PROMPT} or ${PROMPT_FILE} out`,
    );
  if (has(PROMPT) && new TextEncoder().encode(prompt).length > ARGUMENT_LIMIT_BYTES)
    return failure(
      `the prompt for agent ${name} is longer than an argument may be`,
      `write ${PROMPT_FILE} in its command instead of ${PROMPT}, or leave both out for standard input`,
    );
  const argv = [...words.map((word) => filled(word, prompt, model ?? '')), ...extraArguments];
  if (has(PROMPT_FILE)) return success({ argv, env: {}, file: prompt });
  return success(has(PROMPT) ? { argv, env: {} } : { argv, env: {}, stdin: prompt });
}

/** In one go, so that nothing in a prompt is taken for a place. */
function filled(word: string, prompt: string, model: string): string {
  return word.replace(/\{(?:prompt|model)\}/g, (place) => (place === PROMPT ? prompt : model));
}

/** Its exit code and its output are the verdict; of one that failed, its last lines may say that its provider sent it away. */
class OutputReader implements AgentReader {
  readonly isOver = false;
  private readonly complaints = new Complaints();
  private output = '';

  constructor(private readonly name: string) {}

  line(raw: string): string {
    this.keep(raw);
    return this.complaints.hear(raw);
  }

  blank(): void {
    this.keep('');
  }

  private keep(line: string): void {
    this.output += `${line}\n`;
    if (this.output.length > 2 * ANSWER_LIMIT) this.output = this.output.slice(-ANSWER_LIMIT);
  }

  result(exit: Exit): AgentResult {
    const said = this.output.slice(-ANSWER_LIMIT).trim();
    const told = { text: said, deniedPermissions: [] };
    if (exit.kind === 'code' && exit.code === 0) return finished(told);
    const refusal = exit.kind === 'code' ? this.complaints.refusal() : undefined;
    const lastLine = refusal?.said ?? said.split('\n').at(-1) ?? '';
    const how = exit.kind === 'code' ? `ended with code ${exit.code}` : `was ended (${exit.kind})`;
    return refused(
      told,
      failureOf(refusal?.kind ?? 'crash', `${this.name} ${how}${lastLine === '' ? '' : `: ${lastLine}`}`),
    );
  }
}
