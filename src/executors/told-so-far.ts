/** What an attempt had told of its use when its owner died: by its agent's events as far as they were written down, and by runs within it. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { AgentReader } from '../agents/agent.js';
import { agentOf } from '../agents/of-prompt.js';
import { isForAgent } from '../core/agent-work.js';
import type { AttemptResult } from '../core/event.js';
import type { Launch } from '../core/launch.js';
import type { AttemptFiles } from '../core/ports.js';
import { agentFigures } from './agent-verdict.js';
import { readBill, withBill } from './bill.js';
import { EventIntake } from './event-intake.js';

const CHUNK_BYTES = 65_536;

/** Undefined: nothing. Its files stay as they are, for until this is recorded somebody may ask again. */
export function toldSoFar(
  { work, price }: Pick<Launch, 'work' | 'price'>,
  { raw, bill }: Pick<AttemptFiles, 'raw' | 'bill'>,
): AttemptResult | undefined {
  const reader = isForAgent(work) ? agentOf(work)?.reader() : undefined;
  const isRead = reader !== undefined && readEvents(raw, reader);
  return withBill(isRead ? agentFigures(reader.result({ kind: 'lost' }), price) : undefined, readBill(bill));
}

/** False if there are none. */
function readEvents(path: string, reader: AgentReader): boolean {
  const intake = new EventIntake(undefined, [], (event) => {
    if (event !== '') reader.line(event);
    return '';
  });
  try {
    const file = openSync(path, 'r');
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk))
      intake.push(chunk.subarray(0, size));
    closeSync(file);
  } catch {
    return false;
  }
  intake.end();
  return true;
}
