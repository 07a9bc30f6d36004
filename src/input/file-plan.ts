/** The shape of an exported plan. What passes is taken back as it stands, not copied. */
import { z } from 'zod';
import type { Plan } from '../core/plan.js';
import { failures, problem, type Result, success } from '../core/problem.js';
import { checkShape, schemaProblems } from './file-problems.js';
import { pattern } from './file-values.js';
import { type Located, type Path, valueAt } from './place.js';
import { MAX_TIMER_MILLIS } from './value.js';
import { isVariableName } from './variables.js';

const MAX_PROBLEMS = 50;

const text = z.string('a text').refine((value) => !value.includes('\0'), 'the text holds a NUL character');
const filled = text.refine((value) => value.trim() !== '', 'expected a text, found an empty one');
const flag = z.boolean('true or false');
const texts = z.array(text, 'a list of texts');
const ids = z.array(filled, 'a list of ids');
const patterns = z.array(pattern, 'a list of patterns');

function whole(min: number, max = Number.MAX_SAFE_INTEGER) {
  return z
    .number('a whole number')
    .refine(
      (value) => Number.isInteger(value) && value >= min && value <= max,
      `expected a whole number from ${min} to ${max}`,
    );
}

const millis = whole(1, MAX_TIMER_MILLIS);

const env = z
  .record(z.string(), text, 'a map of texts')
  .refine((map) => Object.keys(map).every(isVariableName), 'expected names of variables as keys');

const dollars = z.number('a number').min(0, 'zero or more');
const budget = z.strictObject(
  {
    // Zero is what a run within a task may have been handed.
    costUsd: z.number('a number').min(0, 'expected zero or more').optional(),
    tokens: whole(0).optional(),
  },
  'a map',
);

const need = z.strictObject(
  { task: filled, kind: z.enum(['data', 'order'], 'data or order') },
  'a map (task, kind)',
);

const command = z.strictObject({
  kind: z.literal('command'),
  text: filled,
  shell: texts.min(1, 'expected a program').optional(),
  runner: filled.optional(),
  calls: filled.optional(),
});
const agentSettings = {
  model: filled.optional(),
  permission: filled.optional(),
  args: texts.optional(),
};
const prompt = z.strictObject({
  kind: z.literal('prompt'),
  text: filled,
  mode: filled,
  agent: filled.optional(),
  command: texts.min(1, 'expected a program').optional(),
  runner: filled.optional(),
  ...agentSettings,
});
const integrate = z.strictObject({
  kind: z.literal('integrate'),
  members: ids,
  pick: z
    .strictObject({
      judge: filled.optional(),
      among: z.array(z.strictObject({ name: filled, tasks: ids }), 'a list of variants'),
    })
    .optional(),
  into: z.enum(['branch', 'worktree', 'none'], 'branch, worktree or none').optional(),
});

const task = z.strictObject(
  {
    id: filled,
    label: text,
    work: z.discriminatedUnion('kind', [command, prompt, integrate], 'a command, prompt or integrate'),
    needs: z.array(need, 'a list of needs'),
    when: z.enum(['success', 'failure', 'always', 'any-success'], 'success, failure, always or any-success'),
    mayFail: flag.optional(),
    once: flag.optional(),
    keep: flag.optional(),
    stage: text.optional(),
    group: text.optional(),
    tags: texts,
    priority: z.number('a number'),
    pools: z.array(filled, 'a list of pools'),
    retry: z.strictObject(
      { max: whole(0), delayMillis: whole(0), maxDelayMillis: whole(0) },
      'a map (max, delayMillis, maxDelayMillis)',
    ),
    limits: z.strictObject(
      {
        timeoutMillis: millis.optional(),
        idleMillis: millis.optional(),
        memoryBytes: whole(1).optional(),
        outputBytes: whole(1).optional(),
      },
      'a map of limits',
    ),
    env,
    cwd: text.optional(),
    namespace: text.optional(),
    isolate: z.enum(['none', 'worktree'], 'none or worktree').optional(),
    base: filled.optional(),
    copy: texts.optional(),
    setup: filled.optional(),
    budget: budget.optional(),
    expect: z
      .strictObject(
        {
          files: texts.optional(),
          changed: texts.optional(),
          output: patterns.optional(),
          notOutput: patterns.optional(),
          schema: z.union([filled, z.boolean(), z.record(z.string(), z.unknown())]).optional(),
          check: filled.optional(),
          winner: texts.optional(),
          verdict: z.literal(true, 'true').optional(),
        },
        'a map',
      )
      .optional(),
  },
  'a task',
);

const loop = z.strictObject(
  {
    id: filled,
    tasks: ids,
    again: z.strictObject({
      kind: z.enum(['failed', 'not-succeeded'], 'failed or not-succeeded'),
      tasks: ids,
    }),
    max: whole(1),
    checkpoint: filled.optional(),
  },
  'a loop',
);

/** Tasks are checked one by one: there may be very many. */
const frameSchema = z.strictObject({
  version: z.literal(1, '1'),
  name: text,
  pattern: text,
  tags: texts,
  namespace: text.optional(),
  tasks: z.unknown(),
  loops: z.array(loop, 'a list of loops'),
  pools: z.record(z.string(), whole(1), 'a map of pools'),
  onError: z.enum(['skip', 'stop', 'fail-fast', 'continue'], 'skip, stop, fail-fast or continue'),
  budget: budget.optional(),
  allowUnmetered: z.literal(true, 'true').optional(),
  prices: z
    .record(
      z.string(),
      z.strictObject({ inputUsd: dollars, cachedInputUsd: dollars, outputUsd: dollars }, 'a map'),
      'a map of prices',
    )
    .optional(),
  deadlineMillis: millis.optional(),
  rateLimitWaitMillis: whole(0),
  cwd: filled,
  isolation: z
    .strictObject(
      {
        asked: flag,
        includeDirty: flag,
        onConflict: z.enum(['fail', 'retry'], 'fail or retry'),
        keepMillis: whole(0),
        author: filled.optional(),
        rollback: z.literal(true, 'true').optional(),
      },
      'a map',
    )
    .optional(),
  env,
  passEnv: texts.optional(),
  secrets: texts,
  graceMillis: whole(0, MAX_TIMER_MILLIS),
  noContext: z.literal(true, 'true').optional(),
  runner: z.enum(['builtin', 'as-written'], 'builtin or as-written').optional(),
  agent: filled.optional(),
  agents: z
    .record(
      z.string(),
      z.strictObject({ command: texts.min(1, 'expected a program').optional(), ...agentSettings }, 'a map'),
      'a map of agents',
    )
    .optional(),
  modes: z
    .record(
      z.string(),
      z.strictObject({ agent: filled.optional(), role: filled.optional(), ...agentSettings }, 'a map'),
      'a map of modes',
    )
    .optional(),
  contextTokens: whole(1).optional(),
});

/** An exported plan says which version it is and lists its tasks; a file that people write names them. */
export function looksExported(value: unknown): boolean {
  return valueAt(value, ['version']) !== undefined && Array.isArray(valueAt(value, ['tasks']));
}

export function readExportedPlan(located: Located): Result<Plan> {
  const version = valueAt(located.value, ['version']);
  if (version !== 1)
    return failures([
      problem(
        `expected a plan of version 1, found version ${JSON.stringify(version)}`,
        'it was exported by another version of batchtool; export it again',
        located.placeOf(['version'], 'value'),
      ),
    ]);
  const frame = checkShape(frameSchema, located.value);
  const problems = 'issues' in frame ? schemaProblems(frame.issues, located, keysAllowedAt) : [];
  for (const [index, value] of tasksOf(located).entries()) {
    const checked = checkShape(task, value);
    if ('issues' in checked)
      problems.push(...schemaProblems(checked.issues, located, keysAllowedAt, ['tasks', index]));
    if (problems.length > MAX_PROBLEMS) break;
  }
  return problems.length > 0 ? failures(problems) : success(located.value as Plan);
}

function tasksOf(located: Located): readonly unknown[] {
  const tasks = valueAt(located.value, ['tasks']);
  return Array.isArray(tasks) ? tasks : [];
}

function keysAllowedAt(path: Path): readonly string[] | undefined {
  const last = path[path.length - 1];
  if (path.length === 0) return Object.keys(frameSchema.shape);
  if (path[0] === 'tasks' && path.length === 2) return Object.keys(task.shape);
  if (last === 'limits') return Object.keys(task.shape.limits.shape);
  if (last === 'retry') return Object.keys(task.shape.retry.shape);
  return undefined;
}
