/** `batchtool status`: how a run stands, going on or over, from any terminal. */
import { systemClock } from '../clock.js';
import { statusDocument } from '../reports/json.js';
import { statusSheet } from '../reports/status.js';
import { showRun } from './looking.js';
import type { Verb } from './surroundings.js';

export const statusVerb: Verb = {
  run: (words, around) =>
    showRun('status', words, around, ({ folder, state, interrupted }) => ({
      sheet: () => statusSheet({ state, now: systemClock.now(), interrupted }),
      document: () => statusDocument(state, interrupted, (attempt) => folder.files(attempt).log),
    })),
};
