/** What an attempt finds in its context when it has to do its work again on top of that of others. Read by agents. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorktreeOrder } from '../core/orders.js';
import type { Work } from '../core/plan.js';
import { ABOUT_MENTIONS, withoutMentions } from '../sparc/mention.js';
import { writePatch } from '../workspace/difference.js';
import type { Workspace } from '../workspace/workspace.js';

/** The result of a task that is called `conflict` would take its place. */
export const CONFLICT_TEXT = 'conflict.md';
export const CONFLICT_PATCH = 'conflict.patch';

type Redo = NonNullable<WorktreeOrder['redo']>;

/** In words; a prompt holds them too. */
function conflictText({ files, against, onto, commit }: Redo): string {
  const others = against.length === 0 ? 'what was merged before' : `the work of ${against.join(', ')}`;
  return [
    `An earlier attempt did this task, and its changes could not be merged with ${others}.`,
    `Do the task again: the folder now holds that work (commit ${onto}), so build on it and keep it.`,
    '',
    'Both changed, in different ways:',
    ...files.map((file) => `- ${file}`),
    '',
    `What the earlier attempt did is commit ${commit} (\`git show ${commit}\`), and the file ${CONFLICT_PATCH} in the folder that BATCHTOOL_CONTEXT names.`,
    '',
  ].join('\n');
}

/** Commands have to look into their context. Names of files are not the user's words, so they attach none. */
export function withConflict(work: Work, redo: Redo): Work {
  if (work.kind !== 'prompt') return work;
  const told = conflictText(redo);
  const harmless = withoutMentions(told, 'anywhere');
  const words = harmless === told ? told : `${harmless}\n${ABOUT_MENTIONS}`;
  return { ...work, text: `${work.text}\n\n${words}` };
}

/** Writes both into the folder, which is made. */
export async function layConflict(workspace: Workspace, redo: Redo, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, CONFLICT_TEXT), conflictText(redo), { mode: 0o600 });
  const base = await workspace.git.line(['rev-parse', `${redo.commit}^`]);
  await writePatch(workspace.git, base, redo.commit, join(folder, CONFLICT_PATCH));
}
