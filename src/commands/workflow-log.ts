/** Who shows a run in the log of a GitHub step. */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../clock.js';
import type { Observer, OpenLog } from '../core/ports.js';
import { masked, secretForms } from '../executors/mask.js';
import type { ActionRequest } from '../input/inputs.js';
import type { Settings } from '../input/settings.js';
import { shortClosingLines } from '../reports/failures.js';
import { inStep } from '../reports/narrator.js';
import { GroupedOutput } from '../terminal/grouped.js';
import { Heartbeat } from '../terminal/heartbeat.js';
import { Outlet } from '../terminal/outlet.js';
import { renderLines, type Style, styleFor } from '../terminal/style.js';
import { UnfoldingTail } from '../terminal/unfolding.js';
import { WorkflowFrame } from '../terminal/workflow-frame.js';
import { extrasWanted, type OutputPlaces, type RunOutput, withExtras } from './output.js';

/** What must not be seen, by name. */
export type Hidden = Readonly<Record<string, string>>;

/** Takes all that is hidden out of a text of ours; what tasks write has lost it before it gets into their logs. */
export function hider(hidden: Hidden): (text: string) => string {
  const forms = secretForms(hidden);
  return (text) => masked(text, forms);
}

/** What stands around pieces of the log. */
export function frameFor(
  commands: ActionRequest['workflowCommands'],
  hidden: Hidden,
  look: Style,
): WorkflowFrame {
  return new WorkflowFrame({ commands, newToken: randomUUID, look, mask: hider(hidden) });
}

/** Makes the output of `execute`, with others that watch. Notices and tasks share stdout: the runner would mix two streams. */
export function workflowLog(
  settings: Settings,
  { workflowCommands }: ActionRequest,
  hidden: Hidden,
  others: readonly Observer[],
): (places: OutputPlaces) => Promise<RunOutput> {
  return async (places) => {
    const { stdout, env } = places.around;
    const look = styleFor(stdout, env, 'notices');
    const frame = frameFor(workflowCommands, hidden, look);
    const log = new Outlet(stdout);
    const openLog: OpenLog =
      workflowCommands === 'allow' ? places.openLog : (attempt) => new UnfoldingTail(places.openLog(attempt));
    const ports = { out: stdout, err: stdout, outStyle: look, errStyle: look };
    const main = new GroupedOutput({ ...ports, openLog, narrator: inStep }, frame);
    const output = await withExtras(main, extrasWanted(settings), places);
    const heartbeat = new Heartbeat(systemClock, inStep, output.say);
    await log.write(frame.begin());
    return {
      observers: [...output.observers, heartbeat, ...others],
      say: output.say,
      close: async () => {
        heartbeat.close();
        await output.close();
        await log.write(frame.end());
      },
      sayClosing: (state) => {
        const lines = shortClosingLines({ state, now: systemClock.now() });
        return log.write(frame.notice(renderLines(lines, look)));
      },
    };
  };
}
