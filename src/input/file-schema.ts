/** The shape of a plan file. The JSON Schema for editors is made from it. */
import { z } from 'zod';
import {
  budget,
  command,
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
  prices,
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

const isolate = z.enum(['none', 'worktree'], 'none or worktree');

/** How an agent is called. */
const agentSettings = {
  model: filled.optional().meta({ description: 'Model that the agent uses, in its own words' }),
  permission: filled.optional().meta({
    description: 'What the agent may do without asking, in its own words: acceptEdits, workspace-write',
  }),
  args: oneOrMany.optional().meta({ description: 'More arguments for the program of the agent' }),
};
const agent = z.strictObject(
  {
    command: command.optional().meta({
      description:
        'Of an agent of your own: program and arguments; {prompt}, {prompt-file} and {model} are replaced, without a place the prompt goes to standard input',
    }),
    ...agentSettings,
  },
  'a map (model, permission, args, command)',
);
const mode = z.strictObject(
  {
    agent: filled.optional().meta({ description: 'Agent that takes prompts of this mode' }),
    ...agentSettings,
  },
  'a map (agent, model, permission, args)',
);

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
  isolate: isolate
    .optional()
    .meta({ description: 'Where it works: in the common tree or in a worktree of its own' }),
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

const expectation = z.strictObject(
  {
    files: oneOrMany.optional().meta({ description: 'Paths that must exist afterwards' }),
    changed: oneOrMany.optional().meta({ description: 'Files that it must have made or changed' }),
    output: patterns.optional().meta({ description: 'Patterns that a line of the output must match' }),
    'not-output': patterns.optional().meta({ description: 'Patterns that no line of the output may match' }),
    schema: z
      .union([filled, z.record(z.string(), z.unknown())], 'a JSON Schema, or the path of a file with one')
      .optional()
      .meta({ description: 'JSON Schema of its result, or the path of a file with one' }),
    check: filled.optional().meta({ description: 'A command that must exit with 0 afterwards' }),
  },
  'a map (files, changed, output, not-output, schema, check)',
);

const review = z.union(
  [
    filled.transform((prompt) => ({ prompt, rounds: undefined })),
    z
      .strictObject(
        {
          run: filled.optional().meta({ description: 'A text for the shell; exit code 0 accepts' }),
          prompt: filled.optional().meta({ description: 'A text for a coding agent' }),
          mode: filled.optional(),
          agent: filled.optional(),
          rounds: count(1).optional().meta({ description: 'How often the task is done at most (2)' }),
        },
        'a prompt, or a map (run, prompt, mode, agent, rounds)',
      )
      .refine(
        ({ run, prompt }) => (run === undefined) !== (prompt === undefined),
        'expected either "run" or "prompt"',
      ),
  ],
  'a prompt, or a map (run, prompt, mode, agent, rounds)',
);

const taskObject = z.strictObject(
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
  for (const name of ['mode', 'agent', 'model', 'permission', 'args'] as const)
    if (task.run !== undefined && task[name] !== undefined)
      report(context, { message: `"${name}" belongs to "prompt", not to "run"` }, [name], { key });
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

export const fileSchema = z
  .strictObject(
    {
      name: filled.optional().meta({ description: 'Name of the run' }),
      env: variables.optional(),
      defaults: defaultsSchema
        .optional()
        .meta({ description: 'What holds for every task that does not say otherwise' }),
      tasks: z
        .record(z.string(), taskSchema, 'a map of tasks, each with its id as key')
        .meta({ description: 'The tasks by id' }),
      'max-concurrent': count(1).optional().meta({ description: 'Tasks at one time' }),
      'on-error': z
        .enum(['skip', 'stop', 'fail-fast', 'continue', 'retry'], 'skip, stop, fail-fast, continue or retry')
        .optional()
        .meta({ description: 'What a failure means for all else; skip unless it is said' }),
      pattern: filled.optional().meta({
        description:
          'parallel, sequential, dependency-aware, pipeline, boomerang, sprint or progressive; without it, a graph by needs',
      }),
      'loop-back-on': filled.optional().meta({
        description: 'With pattern boomerang: stages or tasks whose failure leads back to the first',
      }),
      until: filled.optional().meta({
        description: 'With pattern boomerang: go back to the first until this command exits with 0',
      }),
      'max-iterations': count(1).optional().meta({
        description: 'With pattern boomerang: most rounds, the first one included',
      }),
      stages: z.array(filled, 'a list of stage names').optional().meta({
        description: 'Names of stages in order; tasks of a later one wait for all of the one before',
      }),
      budget: budget.optional().meta({
        description: 'What all tasks together may cost: nothing starts that does not fit',
      }),
      'allow-unmetered': flag.optional().meta({
        description: 'With a budget: run tasks all the same whose cost nobody can know',
      }),
      'rate-limit-wait': durationOrZero.optional().meta({
        description: 'How long to put up with nothing but rate limits before tasks fail for it',
      }),
      prices: prices.optional(),
      pools: z
        .record(z.string(), count(1), 'a map of pools and their slots')
        .optional()
        .meta({ description: 'Pools besides the main one, each with the number of its slots' }),
      tags: oneOrMany.optional().meta({ description: 'Words to find the run by' }),
      namespace: filled.optional().meta({ description: 'The namespace whose notes the tasks share' }),
      only: oneOrMany.optional().meta({
        description: 'Run only these tasks, by id or tag, and what they need',
      }),
      skip: oneOrMany.optional().meta({ description: 'Leave these tasks out, by id or tag' }),
      'pass-env': oneOrMany.optional().meta({
        description:
          'Our own variables that the tasks get, masked in all output; all others are kept from them',
      }),
      'working-directory': filled.optional().meta({ description: 'Folder in which the tasks run' }),
      grace: durationOrZero
        .optional()
        .meta({ description: 'Time to clean up for a task that is told to end' }),
      output: z
        .enum(['stream', 'grouped', 'quiet'], 'stream, grouped or quiet')
        .optional()
        .meta({ description: 'Output as it comes, task by task, or only what went wrong' }),
      monitor: flag.optional().meta({ description: 'Show the live view' }),
      verbose: flag.optional().meta({ description: 'Say more about what happens and why' }),
      debug: flag
        .optional()
        .meta({ description: 'Say everything that helps to find a fault in batchtool itself' }),
      runner: z
        .enum(['auto', 'builtin', 'as-written'], 'auto, builtin or as-written')
        .optional()
        .meta({ description: 'Who runs SPARC commands and prompts' }),
      agents: z
        .record(z.string(), agent, 'a map of agents')
        .optional()
        .meta({ description: 'How agents are called, by name: {claude: {model: …}}' }),
      modes: z
        .record(z.string(), mode, 'a map of SPARC modes')
        .optional()
        .meta({ description: 'Which agent takes prompts of a mode, and how: {tdd: {agent: codex}}' }),
      'context-tokens': count(1)
        .optional()
        .meta({ description: 'Room for the results of earlier tasks in the prompt of an agent' }),
      'progress-tracking': filled
        .optional()
        .meta({ description: 'File or folder in which the status of the run is kept current, as JSON' }),
      'no-context': flag.optional().meta({
        description: 'Leave BATCHTOOL_CONTEXT empty: later tasks get only the outputs of earlier ones',
      }),
      runners: oneOrMany.optional().meta({
        description: 'SPARC runners besides flowx, claude-flow, ruflo and sparc, asked before these',
      }),
      'checkpoint-on-failure': flag.optional().meta({ description: 'No effect yet' }),
      'rollback-enabled': flag.optional().meta({ description: 'No effect yet' }),
      'checkpoint-strategy': filled.optional().meta({ description: 'commit or none; no effect yet' }),
    },
    'a map with "tasks"',
  )
  .meta({ title: 'batchtool plan', description: 'Tasks for batchtool: what runs, and what needs what' });

/** The file without a look at its tasks, which are checked one by one: there may be very many. */
export const frameSchema = fileSchema.extend({ tasks: z.unknown() });

export type RawTask = z.output<typeof taskSchema>;
export type RawDefaults = z.output<typeof defaultsSchema>;
export type RawFrame = z.output<typeof frameSchema>;

/** Keys that a map at this place of a plan file may have; undefined where any key may stand. */
export function keysAllowedAt(path: readonly (string | number)[]): readonly string[] | undefined {
  const last = path[path.length - 1];
  if (path.length === 0) return Object.keys(fileSchema.shape);
  if (path[0] === 'defaults' && path.length === 1) return Object.keys(defaultsSchema.shape);
  if (path[0] === 'tasks' && path.length === 2) return Object.keys(taskObject.shape);
  if (path[0] === 'agents' && path.length === 2) return Object.keys(agent.shape);
  if (path[0] === 'modes' && path.length === 2) return Object.keys(mode.shape);
  if (last === 'expect') return Object.keys(expectation.shape);
  if (last === 'review') return ['run', 'prompt', 'mode', 'agent', 'rounds'];
  if (last === 'retry') return ['max', 'delay', 'max-delay'];
  if (last === 'run') return ['shell', 'working-directory'];
  if (last === 'budget') return ['cost', 'tokens'];
  if (path[0] === 'prices' && path.length === 2) return ['input', 'cached-input', 'output'];
  return undefined;
}

/** The JSON Schema of a plan file, for editors. */
export function jsonSchema(): unknown {
  const schema = z.toJSONSchema(fileSchema, { io: 'input', target: 'draft-07', unrepresentable: 'any' });
  return { ...schema, patternProperties: { '^x-': {} } };
}
