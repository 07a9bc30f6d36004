/** Puts runs into a state folder that nobody ran, for verbs that only look. */
import { writeFileSync } from 'node:fs';
import type { RunFolder } from '../../src/journal/folder.js';
import { openStateDir } from '../../src/journal/folder.js';
import { openJournal } from '../../src/journal/journal.js';
import { createRun } from '../../src/journal/runs.js';
import type { Story } from '../reports/story.js';
import type { Bench } from './harness.js';

/** Records a story as if it had happened here and ended so long ago. `patches` are files of attempts, by `task.attempt`. */
export async function record(
  here: Bench,
  { plan, events }: Story,
  patches: Readonly<Record<string, string>> = {},
  agoMillis = 0,
): Promise<RunFolder> {
  const opened = await openStateDir(here.path('.batchtool'));
  if (!opened.ok) throw new Error(opened.problems[0]?.message);
  const { run, planDigest } = createRun(opened.value, plan);
  const journal = openJournal(run, 'create');
  const later = Date.now() - agoMillis - (events.at(-1)?.at ?? 0);
  const [first, ...rest] = events.map((event) => ({ ...event, at: event.at + later }));
  journal.append([{ ...first, run: run.id, planDigest } as never, ...rest]);
  journal.close();
  for (const [attempt, patch] of Object.entries(patches)) {
    const [, task = '', number] = /^(.*)\.(\d+)$/.exec(attempt) ?? [];
    writeFileSync(run.files({ task, attempt: Number(number) }).patch, patch);
  }
  return run;
}
