/** What a program said outside its report: all that there is to go by when the report is missing. */
import type { Exit } from '../core/exit.js';
import type { FailureClass } from '../core/failure.js';
import type { AgentResult } from './agent.js';
import { failureClass, failureOf } from './failure.js';

const MOST_LINES = 20;
const MOST_CHARACTERS = 500;

/** A line that is about an error, as far as free text can be told by its words. */
const ABOUT_AN_ERROR = /(?:error|exception)\b|\bplease\b|\bfailed to\b|limit reached|not logged in/i;
/** What providers and their programs say, and seldom the tests of a project that has rate limits or logins of its own. */
const OF_A_PROVIDER =
  /(?:status|error|code|http)"?:? (?:code )?"?(?:40[123]|413|429|5\d\d)\b|rate.?limit|too many requests|overloaded|usage limit|quota|credit balance|resource.?exhausted|api.?key|unauthorized|not logged in|authenticat|context.?(?:window|length)|too long|ECONN|ENOTFOUND|EAI_AGAIN/i;

export class Complaints {
  private readonly lines: string[] = [];

  /** Remembers the line if it says anything, and gives it back as it is. */
  hear(raw: string): string {
    const line = withoutColour(raw).trim().slice(0, MOST_CHARACTERS);
    if (line !== '' && this.lines.push(line) > MOST_LINES) this.lines.shift();
    return raw;
  }

  /** Whether a line says this. */
  say(what: RegExp): boolean {
    return this.lines.some((line) => what.test(line));
  }

  /** Of a program whose output is free text: that its provider refused it, if one of its last lines says so. */
  refusal(): { readonly kind: FailureClass; readonly said: string } | undefined {
    const refusals = this.lines
      .filter((line) => ABOUT_AN_ERROR.test(line) && OF_A_PROVIDER.test(line))
      .map((said) => ({ kind: failureClass(undefined, said), said }));
    return refusals.findLast(({ kind }) => kind !== 'unknown');
  }

  /** Why an attempt failed that ended like this without a report. */
  failure(program: string, exit: Exit): NonNullable<AgentResult['failure']> {
    const said = this.lines.find(isReason) ?? this.lines.at(-1);
    if (exit.kind === 'code' && exit.code === 0)
      return failureOf('crash', `${program} ended without a report`);
    const kind = exit.kind === 'code' ? classOf(said ?? '') : 'crash';
    return failureOf(
      kind,
      [`${program} ${howItEnded(exit)}`, ...(said === undefined ? [] : [said])].join(': '),
    );
  }
}

/** A program may say more after it has said why. */
function isReason(line: string): boolean {
  return /\berror\b|cannot|could not|please/i.test(line) && !/^warning/i.test(line);
}

/** What Claude Code says to root of the permission to do anything. */
const NOT_AS_ROOT = /cannot be used with root/i;

/** Of a program that said no before it began: that it wants a key, or may not run as this user, no other attempt changes. */
function classOf(said: string): FailureClass {
  if (NOT_AS_ROOT.test(said)) return 'permission';
  return failureClass(undefined, said) === 'auth' ? 'auth' : 'crash';
}

function howItEnded(exit: Exit): string {
  switch (exit.kind) {
    case 'code':
      return `ended with code ${exit.code}`;
    case 'signal':
      return `was ended by ${exit.signal}`;
    case 'spawn-error':
      return `could not be started (${exit.message})`;
    default:
      return `was ended (${exit.kind})`;
  }
}

function withoutColour(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape itself is what is looked for
  return line.replace(/\u001b\[[\d;]*m/g, '');
}
