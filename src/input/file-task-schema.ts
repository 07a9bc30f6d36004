/** The shape of one task in a plan file, and of `defaults`, which hold for all tasks. */
import { z } from 'zod';
import { isolatedTaskKeys } from './file-isolation-schema.js';
import {
  budget,
  condition,
  count,
  duration,
  durationOrZero,
  filled,
  flag,
  matrix,
  minutes,
  oneOrMany,
  pattern,
  priority,
  report,
  shell,
  size,
  variables,
} from './file-values.js';

const retry = z.union(
  [
    count(0).transform((max) => ({ max })),
    z.strictObject(
      {
        max: count(0).optional(),
        delay: durationOrZero.optional(),
        'max-delay': duration.optional(),
      },
      'a number or a map (max, delay, max-delay)',
    ),
  ],
  'a number or a map (max, delay, max-delay)',
);

/** How an agent is called. */
export const agentSettings = {
  model: filled.optional().meta({ description: 'Model that the agent uses, in its own words' }),
  permission: filled.optional().meta({
    description: 'What the agent may do without asking, in its own words: acceptEdits, workspace-write',
  }),
  args: oneOrMany.optional().meta({ description: 'More arguments for the program of the agent' }),
};
/** What a task and `defaults` may say alike. */
const common = {
  timeout: duration.optional().meta({ description: 'Longest time of one attempt' }),
  'timeout-minutes': minutes.optional(),
  'idle-timeout': duration.optional().meta({ description: 'Longest time of one attempt without output' }),
  memory: size
    .optional()
    .meta({ description: 'Resident memory of the task and all its processes: 512MB, 2GB' }),
  'max-output': size.optional().meta({ description: 'Most output of one attempt: 500MB' }),
  retry: retry.optional().meta({ description: 'Further attempts after a failed one' }),
  priority: priority.optional(),
  env: variables.optional(),
  shell: shell.optional(),
  'working-directory': filled.optional().meta({ description: 'Folder in which it runs' }),
  'continue-on-error': flag
    .optional()
    .meta({ description: 'Its failure fails neither what needs it nor the run' }),
  tags: oneOrMany.optional().meta({ description: 'Words to choose tasks or find runs by' }),
  namespace: filled.optional().meta({ description: 'The namespace whose notes the tasks share' }),
  ...isolatedTaskKeys,
  budget: budget.optional().meta({
    description: 'What all attempts of one task may cost in a round; then it is not tried again',
  }),
  pool: oneOrMany.optional().meta({ description: 'Pools of which one slot each is held while it runs' }),
  mode: filled.optional().meta({ description: 'SPARC mode of a prompt' }),
  agent: filled.optional().meta({ description: 'Coding agent of a prompt' }),
};

const patterns = z.union(
  [pattern.transform((one) => [one]), z.array(pattern, 'a list of patterns')],
  'a pattern or a list of patterns',
);

export const expectation = z.strictObject(
  {
    files: oneOrMany.optional().meta({ description: 'Paths that must exist afterwards' }),
    changed: oneOrMany.optional().meta({ description: 'Files that it must have made or changed' }),
    output: patterns
      .optional()
      .meta({ description: 'Patterns that a line of the output, of an agent of its answer, must match' }),
    'not-output': patterns
      .optional()
      .meta({ description: 'Patterns that no line of the output, of an agent of its answer, may match' }),
    schema: z
      .union([filled, z.record(z.string(), z.unknown())], 'a JSON Schema, or the path of a file with one')
      .optional()
      .meta({
        description:
          'JSON Schema (draft-07, or what its $schema says) of its result, or the path of a file with one',
      }),
    check: filled.optional().meta({ description: 'A command that must exit with 0 afterwards' }),
  },
  'a map (files, changed, output, not-output, schema, check)',
);

export const reviewMap = z.strictObject(
  {
    run: filled.optional().meta({ description: 'A text for the shell; exit code 0 accepts' }),
    prompt: filled.optional().meta({ description: 'A text for a coding agent' }),
    mode: filled.optional(),
    agent: filled.optional(),
    rounds: count(1).optional().meta({ description: 'How often the task is done at most (2)' }),
  },
  'a prompt, or a map (run, prompt, mode, agent, rounds)',
);

const review = z.union(
  [
    filled.transform((prompt) => ({ prompt, rounds: undefined })),
    reviewMap
      .refine(
        ({ run, prompt }) => (run === undefined) !== (prompt === undefined),
        'expected either "run" or "prompt"',
      )
      .superRefine(keepToPrompt),
  ],
  'a prompt, or a map (run, prompt, mode, agent, rounds)',
);

/** What is said to an agent says nothing to a shell. */
function keepToPrompt(
  map: { readonly run?: string | undefined } & Readonly<Record<string, unknown>>,
  context: z.core.$RefinementCtx,
): void {
  for (const name of ['mode', 'agent', 'model', 'permission', 'args'])
    if (map.run !== undefined && map[name] !== undefined)
      report(context, { message: `"${name}" belongs to "prompt", not to "run"` }, [name], { key: true });
}

export const taskObject = z.strictObject(
  {
    run: filled.optional().meta({ description: 'A text for the shell' }),
    prompt: filled.optional().meta({ description: 'A text for a coding agent' }),
    needs: z
      .union(
        [z.array(z.string('an id'), 'a list of ids'), z.string().transform((one) => [one])],
        'an id or a list of ids',
      )
      .optional()
      .meta({ description: 'Tasks that must have succeeded before' }),
    if: condition.optional(),
    stage: filled
      .optional()
      .meta({ description: 'A task of a later stage waits for all tasks of the one before' }),
    matrix: matrix.optional(),
    expect: expectation
      .optional()
      .meta({ description: 'What must be true afterwards for an exit code 0 to count' }),
    review: review
      .optional()
      .meta({ description: 'Looks at what it has done, and sends it back with what is found' }),
    once: flag.optional().meta({ description: 'Never repeated by a resume: it may have acted' }),
    keep: flag.optional().meta({ description: 'What it leaves running lives until the run ends' }),
    ...agentSettings,
    ...common,
  },
  'a map such as {run: npm test}',
);

export const taskSchema = taskObject.superRefine((task, context) => {
  const key = true;
  if (task.run === undefined && task.prompt === undefined) {
    const fault = { message: 'the task has neither "run" nor "prompt"', hint: 'for example run: npm test' };
    report(context, fault, [], { key, weak: true });
  }
  if (task.run !== undefined && task.prompt !== undefined)
    report(
      context,
      { message: 'the task has both "run" and "prompt"', hint: 'make it two tasks' },
      ['prompt'],
      { key },
    );
  keepToPrompt(task, context);
  if (task.timeout !== undefined && task['timeout-minutes'] !== undefined) {
    const fault = { message: '"timeout" and "timeout-minutes" say the same', hint: 'leave one of them out' };
    report(context, fault, ['timeout-minutes'], { key });
  }
});

export const defaultsSchema = z.strictObject(
  {
    run: z
      .strictObject(
        { shell: shell.optional(), 'working-directory': filled.optional() },
        'a map (shell, working-directory)',
      )
      .optional(),
    ...common,
  },
  'a map',
);

export type RawTask = z.output<typeof taskSchema>;
export type RawDefaults = z.output<typeof defaultsSchema>;
