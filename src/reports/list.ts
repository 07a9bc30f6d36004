/** Which runs there are, for people, in the order given. */
import type { EpochMillis } from '../core/event.js';
import type { Sheet } from '../core/shown.js';
import type { RunState } from '../core/state.js';
import type { ListedRun } from './json.js';
import { runTime, runWord } from './status.js';
import { MARKS, tallyOf } from './tally.js';
import { showAgo } from './time.js';

export function listSheet(runs: readonly ListedRun[], now: EpochMillis): Sheet {
  return {
    head: [],
    table: {
      columns: [
        { title: 'RUN' },
        { title: 'NAME', shrink: true },
        { title: 'STATUS' },
        { title: 'TASKS', spare: 2 },
        { title: 'STARTED', align: 'right', spare: 1 },
        { title: 'TIME', align: 'right', spare: 3 },
        { title: 'TAGS', shrink: true },
      ],
      rows: runs.map(({ state, interrupted }) => {
        const word = runWord(state, interrupted);
        return [
          { text: state.id },
          { text: state.plan.name },
          { text: word, tone: word === 'interrupted' ? 'warn' : MARKS[word].tone },
          { text: tasksText(state) },
          { text: showAgo(Math.max(0, now - state.startedAt)) },
          { text: word === 'interrupted' ? '' : runTime(state, now) },
          { text: state.plan.tags.join(', '), tone: 'dim' },
        ];
      }),
    },
    foot: [],
  };
}

/** `7 of 9 succeeded`: how far it came. */
function tasksText(state: RunState): string {
  return `${tallyOf(state).succeeded} of ${state.tasks.length} succeeded`;
}
