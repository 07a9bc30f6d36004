/** Tells the same work by one short word, in whatever plan and under whatever id it stands. */
import { hashText } from './hash.js';
import type { Work } from './plan.js';
import { unreachable } from './unreachable.js';

const SEPARATOR = '\0';

/** Names the same work in any plan: its kind, mode and text. 16 hexadecimal digits. */
export function workKey(work: Work): string {
  return hashText(wordsOf(work).join(SEPARATOR));
}

/** Whether it has the form of one, for what was stored where others can write. */
export function isWorkKey(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{16}$/.test(value);
}

function wordsOf(work: Work): string[] {
  switch (work.kind) {
    case 'command':
      return [work.kind, work.text];
    case 'prompt':
      return [work.kind, work.mode, work.text];
    case 'integrate':
      return [work.kind, ...work.members];
    default:
      return unreachable(work);
  }
}
