/** What one process of an attempt is started with. */
import type { AgentReader } from '../agents/agent.js';
import type { Sink } from './sink.js';
import type { Variables } from './variables.js';

/** An agent at work. */
export interface WorkingAgent {
  readonly name: string;
  readonly reader: AgentReader;
  /** Called, perhaps often, when it would only go on waiting: for how long is not its to decide. */
  onOver: () => void;
}

export interface Prepared {
  readonly kind: 'ready';
  readonly file: string;
  readonly args: readonly string[];
  readonly sink: Sink;
  /** The file in which its shell was handed a long text. */
  readonly script?: string;
  /** The agent that it is. */
  readonly agent?: WorkingAgent;
  /** Variables beside what an attempt gets anyway. */
  readonly env?: Variables;
}

export type Preparation = Prepared | { readonly kind: 'impossible'; readonly message: string };
