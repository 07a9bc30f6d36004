/** The shape of a plan file. The JSON Schema for editors is made from it. */
import { z } from 'zod';
import { isolationKeys, stage, stageMap } from './file-isolation-schema.js';
import {
  agentSettings,
  defaultsSchema,
  expectation,
  reviewMap,
  taskObject,
  taskSchema,
} from './file-task-schema.js';
import {
  budget,
  command,
  count,
  durationOrZero,
  filled,
  flag,
  oneOrMany,
  prices,
  variables,
} from './file-values.js';

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
/** By name. */
export const agents = z.record(z.string(), agent, 'a map of agents');

const mode = z.strictObject(
  {
    agent: filled.optional().meta({ description: 'Agent that takes prompts of this mode' }),
    ...agentSettings,
  },
  'a map (agent, model, permission, args)',
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
      stages: z.array(stage, 'a list of stages').optional().meta({
        description:
          'Stages in order, by name or as maps (name, isolate, copy, setup); tasks of a later one wait for all of the one before',
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
      pools: z.record(z.string(), count(1), 'a map of pools and their slots').optional().meta({
        description:
          'Pools besides the main one, each with the number of its slots: those that tasks name, and agent:NAME',
      }),
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
      agents: agents.optional().meta({ description: 'How agents are called, by name: {claude: {model: …}}' }),
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
      ...isolationKeys,
    },
    'a map with "tasks"',
  )
  .meta({ title: 'batchtool plan', description: 'Tasks for batchtool: what runs, and what needs what' });

/** The file without a look at its tasks, which are checked one by one: there may be very many. */
export const frameSchema = fileSchema.extend({ tasks: z.unknown() });

export type RawFrame = z.output<typeof frameSchema>;

/** Keys that a map at this place of a plan file may have; undefined where any key may stand. */
export function keysAllowedAt(path: readonly (string | number)[]): readonly string[] | undefined {
  const last = path[path.length - 1];
  if (path.length === 0) return Object.keys(fileSchema.shape);
  if (path[0] === 'defaults' && path.length === 1) return Object.keys(defaultsSchema.shape);
  if (path[0] === 'tasks' && path.length === 2) return Object.keys(taskObject.shape);
  if (path[0] === 'stages' && path.length === 2) return Object.keys(stageMap.shape);
  if (path[0] === 'agents' && path.length === 2) return Object.keys(agent.shape);
  if (path[0] === 'modes' && path.length === 2) return Object.keys(mode.shape);
  if (last === 'expect') return Object.keys(expectation.shape);
  if (last === 'review') return Object.keys(reviewMap.shape);
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
