/** What the stand-in of a model API is told to do, in words that all its dialects understand. */

/** One answer to one request. */
export type Answer =
  /** A last word; the agent's turn is over. */
  | { readonly kind: 'say'; readonly text: string }
  /** Asks the agent to write a file, with the tool that it offers for this; `path` is absolute. */
  | { readonly kind: 'write'; readonly path: string; readonly content: string }
  /** Asks the agent to read a file; `path` is absolute. */
  | { readonly kind: 'read'; readonly path: string }
  /** Asks the agent to run a shell command. */
  | { readonly kind: 'run'; readonly command: string }
  /** An HTTP status instead of an answer. `code` and `message` are the provider's own words. */
  | {
      readonly kind: 'refuse';
      readonly status: number;
      readonly code?: string;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The first half of an answer, then the connection breaks. */
  | { readonly kind: 'cut' }
  /** The first half of an answer, then nothing for ever. */
  | { readonly kind: 'hang' };

/** Answers that are spoken in a dialect rather than in HTTP. */
export type Spoken = Extract<Answer, { kind: 'say' | 'write' | 'read' | 'run' }>;

/** A request as it was received. */
export interface Asked {
  /** `METHOD /path`. */
  readonly line: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: unknown;
  /** All that a user has said in it, joined: the prompt, and what the agent put around it. */
  readonly prompt: string;
  /** Names of the tools that it offers. */
  readonly tools: readonly string[];
  /** What tools have answered so far, oldest first. */
  readonly results: readonly string[];
  /** Something that the agent asks for itself, as a title: no script is asked for the answer. */
  readonly isAside: boolean;
}

/** What an answer costs, on every dialect the same: made-up numbers that are easy to recognise in a sum. */
export const USAGE = { input: 1000, cached: 200, output: 30 } as const;

/** One provider's way of asking and answering. */
export interface Dialect {
  /** Paths that ask for an answer. */
  readonly path: RegExp;
  read(body: unknown): Pick<Asked, 'prompt' | 'tools' | 'results' | 'isAside'>;
  /** The events of a whole answer, each as it goes over the wire. */
  speak(answer: Spoken, asked: Asked): readonly string[];
  refusal(status: number, code: string | undefined, message: string): unknown;
}

/** A member of something that came as JSON; undefined where it is not there. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** The members of a list; none for anything else. */
export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The texts of a content, which is a text or a list of parts. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return list(content)
    .map((part) => member(part, 'text'))
    .filter((text) => typeof text === 'string')
    .join('\n');
}

/** The first of these tools that is offered. */
export function offered(asked: Asked, names: readonly string[]): string {
  const found = names.find((name) => asked.tools.includes(name));
  if (found === undefined)
    throw new Error(`the agent offers none of ${names.join(', ')}: ${asked.tools.join(', ')}`);
  return found;
}
