/** Keys of a plan file that say where tasks work, and what becomes of what they changed. */
import { z } from 'zod';
import { age, filled, flag, oneOrMany } from './file-values.js';

/** At the top, for the run as a whole. */
export const isolationKeys = {
  into: z
    .enum(['branch', 'worktree', 'none'], 'branch, worktree or none')
    .optional()
    .meta({ description: 'Where the work of isolated tasks ends' }),
  'include-dirty': flag
    .optional()
    .meta({ description: 'Isolated tasks begin with changes that are not committed' }),
  'on-conflict': z
    .enum(['fail', 'retry'], 'fail or retry')
    .optional()
    .meta({ description: 'When changes of two tasks do not go together; fail unless it is said' }),
  keep: age.optional().meta({ description: 'How long work stays that failed or was not taken: 7d' }),
  'commit-author': filled.optional().meta({ description: 'Who commits are by: Name <mail>' }),
  'checkpoint-on-failure': flag.optional().meta({
    description: 'With progressive and boomerang: leave the last good state of the tree after a failure',
  }),
  'rollback-enabled': flag.optional().meta({
    description: 'With isolated tasks: a run that fails leaves the tree as it was before',
  }),
  'checkpoint-strategy': filled.optional().meta({
    description: 'With progressive and boomerang: commit (each good state is a commit) or none',
  }),
};

/** Of a task, of a stage for all tasks in it, and of `defaults` for all there are. */
export const isolatedTaskKeys = {
  isolate: z
    .enum(['none', 'worktree'], 'none or worktree')
    .optional()
    .meta({ description: 'Where it works: in the common tree or in a worktree of its own' }),
  copy: oneOrMany.optional().meta({
    description: 'Files that git ignores and that its worktree needs all the same, as patterns',
  }),
  setup: filled.optional().meta({ description: 'A shell command that makes its worktree ready' }),
};

export const stageMap = z.strictObject(
  { name: filled.meta({ description: 'What tasks call it in "stage"' }), ...isolatedTaskKeys },
  'a map (name, isolate, copy, setup)',
);
export type RawStage = z.output<typeof stageMap>;

/** A stage is its name, or a map where it says what its tasks do not say themselves. */
export const stage = z.union(
  [filled.transform((name): RawStage => ({ name })), stageMap],
  'a name, or a map (name, isolate, copy, setup)',
);
