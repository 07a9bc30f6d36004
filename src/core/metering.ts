/** Whether the bill of a task can be known. */
import type { Work } from './plan.js';
import { unreachable } from './unreachable.js';

/** The agent that is a template of a user's own: what it prints is not known, so nothing is read off it. */
export const CUSTOM_AGENT = 'custom';

/**
 * `free`: it calls no model that we know of, and a run within it tells its own bill; `metered`: its agent says what it
 * used; `unmetered`: it calls a model and nobody says what that costs.
 */
export type Metering = 'free' | 'metered' | 'unmetered';

export function meteringOf(work: Work): Metering {
  switch (work.kind) {
    case 'integrate':
      return 'free';
    case 'command':
      return work.runner === undefined ? 'free' : 'unmetered';
    case 'prompt':
      return work.agent === undefined || work.agent === CUSTOM_AGENT ? 'unmetered' : 'metered';
    default:
      return unreachable(work);
  }
}
