/** `batchtool status`: how a run stands, going on or over, from any terminal. */
import { systemClock } from '../clock.js';
import { statusDocument } from '../reports/json.js';
import { tellingTasks } from '../reports/monitor.js';
import { withRest } from '../reports/rest.js';
import { statusSheet } from '../reports/status.js';
import { showRun } from './looking.js';
import type { Verb } from './surroundings.js';

export const statusVerb: Verb = {
  run: (words, around) =>
    showRun('status', words, around, ({ folder, state, interrupted }, { most, stateWords }) => ({
      sheet: () => {
        const shown = tellingTasks(state, most);
        const sheet = statusSheet({ state, now: systemClock.now(), interrupted, shown, stateWords });
        return withRest(sheet, state.tasks.length - shown.length);
      },
      document: () => statusDocument(state, interrupted, (attempt) => folder.files(attempt).log),
    })),
};
