/** What the messages of Claude Code tell that they have used, for when it ended before it could reckon itself. */
import { costOfTokens, priceOf } from '../core/prices.js';
import { estimateTokens } from '../sparc/token-budget.js';
import type { Tokens } from './agent.js';
import { count, type Fields, fields, fieldsList, text } from './fields.js';
import type { Told } from './verdict.js';

/** What is written to the cache costs more than other input, by how long it is kept: so much more, of its price. */
const KEPT_FOR_MINUTES = 0.25;
const KEPT_FOR_AN_HOUR = 1;

interface Message {
  readonly model: string;
  readonly usage: Fields;
  /** About as many tokens as can be seen of what it wrote. */
  readonly seen: number;
}

export class ClaudeUsage {
  private readonly messages = new Map<string, Message>();

  /** One message comes in several lines: each has a part of what it wrote, and all the same sums. */
  add({ id, model, usage, content }: Fields): void {
    const message = {
      // Without the day on which it came out.
      model: text(model).replace(/-\d{8}$/, ''),
      usage: fields(usage),
      seen: fieldsList(content).reduce((sum, block) => sum + writtenIn(block), 0),
    };
    if (tokensOf(message).input === 0) return;
    const before = this.messages.get(text(id))?.seen ?? 0;
    this.messages.set(text(id), { ...message, seen: before + message.seen });
  }

  /** Its cost by list prices, as it reckons itself; with a model that has none, the tokens and the model that spoke last. */
  told(): Pick<Told, 'tokens' | 'model' | 'costUsd'> {
    const messages = [...this.messages.values()];
    const last = messages.at(-1);
    if (last === undefined) return {};
    const costs = messages.map(costOf);
    const costUsd = costs.reduce(
      (sum, cost) => (sum === undefined || cost === undefined ? undefined : sum + cost),
      0,
    );
    return {
      tokens: sumOf(messages.map(tokensOf)),
      model: last.model,
      ...(costUsd === undefined ? {} : { costUsd }),
    };
  }
}

/** The sums tell nearly nothing of what it wrote, for they are made when it begins to. */
function tokensOf({ usage, seen }: Message): Tokens {
  const told = tokens(
    usage.input_tokens,
    usage.cache_read_input_tokens,
    usage.cache_creation_input_tokens,
    usage.output_tokens,
  );
  return { ...told, output: Math.max(told.output, seen) };
}

function costOf(message: Message): number | undefined {
  const price = priceOf(message.model);
  if (price === undefined) return undefined;
  const { usage } = message;
  const forAnHour = count(fields(usage.cache_creation).ephemeral_1h_input_tokens);
  const forMinutes = Math.max(0, count(usage.cache_creation_input_tokens) - forAnHour);
  const used = tokensOf(message);
  const extra = KEPT_FOR_MINUTES * forMinutes + KEPT_FOR_AN_HOUR * forAnHour;
  return costOfTokens({ ...used, input: used.input + extra }, price);
}

/** Of what a model wrote to a tool the input, else its words and thoughts. */
function writtenIn(block: Fields): number {
  const input = block.input === undefined ? '' : JSON.stringify(block.input);
  return estimateTokens(`${text(block.text)}${text(block.thinking)}${text(block.name)}${input}`);
}

/** In the words of its messages and reports. */
export function tokens(fresh: unknown, read: unknown, written: unknown, output: unknown): Tokens {
  return { input: count(fresh) + count(read) + count(written), cached: count(read), output: count(output) };
}

export function sumOf(all: readonly Tokens[]): Tokens {
  const sum = (part: keyof Tokens): number => all.reduce((total, each) => total + each[part], 0);
  return { input: sum('input'), cached: sum('cached'), output: sum('output') };
}
