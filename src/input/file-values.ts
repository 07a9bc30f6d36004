/** Values of a plan file, as schemas: each message says what was expected, for it ends up in `expected X, found Y`. */
import { z } from 'zod';
import { type Problem, type Result, success } from '../core/problem.js';
import { parseCost, parseDuration, parseSize, parseTokens, TIME_PATTERN } from '../core/units.js';
import { splitWords } from './command-line.js';
import { expandMatrix, type Matrix, matrixVariable } from './matrix.js';
import { parseShell } from './shell.js';
import { MAX_TIMER_MILLIS, parseCount, parsePriority, parseTimer } from './value.js';
import { variableProblem } from './variables.js';

type Context = z.core.$RefinementCtx;

/** What else to know of a fault: `key` when the key at the path is wrong, not its value; `weak` when it may only follow from another. */
interface Marks {
  readonly key?: boolean;
  readonly weak?: boolean;
}

/** A fault in our own words at a path below the value that is looked at. */
export function report(
  context: Context,
  { message, hint }: Problem,
  at: readonly string[] = [],
  marks: Marks = {},
): void {
  context.addIssue({ code: 'custom', message, path: [...at], params: { hint, ...marks } });
}

/** Runs one of our own parsers on a text; its faults become issues with their hints. */
function parsed<T>(schema: z.ZodType<string | number>, parse: (text: string) => Result<T>) {
  return schema.transform((value, context): T => {
    const result = parse(String(value));
    if (result.ok) return result.value;
    for (const fault of result.problems)
      report(context, { ...fault, message: unquoted(fault.message, value) });
    return z.NEVER;
  });
}

/** A number in the file is no text in quotes. */
function unquoted(message: string, value: string | number): string {
  return typeof value === 'number' ? message.replace(JSON.stringify(String(value)), String(value)) : message;
}

export const flag = z.boolean('true or false');

/** Nothing in a text is replaced, so what looks as if it would be is refused. */
export const filled = z
  .string('a text')
  .superRefine((value, context) => {
    for (const fault of textFaults(value)) report(context, fault);
  })
  .meta({ minLength: 1 });

function textFaults(value: string): Problem[] {
  if (value.trim() === '') return [{ message: 'expected a text, found an empty one' }];
  if (value.includes('\0')) return [{ message: 'the text holds a NUL character' }];
  if (!value.includes('${{')) return [];
  return [
    {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what users write
      message: '${{ }} is not replaced in a plan file',
      hint: 'a matrix value arrives as $BATCHTOOL_MATRIX_<KEY>, an output as $BATCHTOOL_OUTPUT_<ID>_<KEY>, our own variables with pass-env',
    },
  ];
}

export const oneOrMany = z.union(
  [z.array(filled, 'a list of texts'), filled.transform((one) => [one])],
  'a text or a list of texts',
);

export const duration = parsed(z.string('a time such as 30m'), parseTimer).meta({
  description: 'A time: 500ms, 5s, 30m, 2h, 1h30m',
  pattern: `^${TIME_PATTERN}$`,
});
/** A time that no timer has to hold. */
export const age = parsed(z.string('a time such as 7d'), (value) => parseDuration(value, true)).meta({
  pattern: `^(0|${TIME_PATTERN})$`,
});
export const durationOrZero = parsed(z.string('a time such as 5s'), (value) => parseTimer(value, true)).meta({
  description: 'A time: 500ms, 5s, 30m, or "0"',
  pattern: `^(0|${TIME_PATTERN})$`,
});

export const minutes = z
  .number('a number of minutes')
  .refine(
    (value) => value > 0 && value * 60_000 <= MAX_TIMER_MILLIS,
    'expected a number of minutes above zero and below 24 days',
  )
  .transform((value) => Math.max(1, Math.round(value * 60_000)))
  .meta({ description: 'The timeout as a number of minutes', exclusiveMinimum: 0 });

export const size = parsed(z.union([z.string(), z.number()], 'a size such as 2GB'), parseSize).meta({
  description: 'A size: 512MB, 2GB, 1.5GiB, or plain bytes',
});

const cost = parsed(z.union([z.string(), z.number()], 'an amount such as 5USD'), parseCost).meta({
  description: 'An amount of money: 5USD, 0.50USD, $5, or a plain number of US dollars',
});
const tokens = parsed(z.union([z.string(), z.number()], 'a number of tokens such as 2M'), parseTokens).meta({
  description: 'A number of tokens: 2M, 500k, or a plain number',
});
export const budget = z.strictObject(
  { cost: cost.optional(), tokens: tokens.optional() },
  'a map (cost, tokens)',
);

const dollars = z.number('a number of US dollars').min(0, 'zero or more').max(1e6, 'at most 1000000');
export const prices = z
  .record(
    z.string(),
    z
      .strictObject(
        { input: dollars, 'cached-input': dollars.optional(), output: dollars },
        'a map (input, cached-input, output)',
      )
      .transform((price) => ({
        inputUsd: price.input,
        cachedInputUsd: price['cached-input'] ?? price.input,
        outputUsd: price.output,
      })),
    'a map of models and their prices',
  )
  .meta({ description: 'US dollars for a million tokens, by model, for agents that tell only their tokens' });

export function count(min: number) {
  return parsed(z.number('a whole number'), (value) => parseCount(value, min)).meta({
    type: 'integer',
    minimum: min,
  });
}

export const priority = parsed(
  z.union([z.string(), z.number()], 'critical, high, normal, low or a whole number'),
  parsePriority,
).meta({
  description: 'critical (200), high (100), normal (0), low (-100), or a whole number; higher starts first',
});

export const shell = filled
  .superRefine((value, context) => {
    const result = parseShell(value);
    if (!result.ok) for (const fault of result.problems) report(context, fault);
  })
  .meta({ description: 'Program and options before the text: bash, or bash -eo pipefail -c' });

/** Words of a command that no shell reads: as a list, or as one text with quotes. */
export const command = z
  .union([z.array(z.string('a text'), 'a text or a list of texts'), z.string()], 'a text or a list of texts')
  .transform((value, context): readonly string[] => {
    const split = typeof value === 'string' ? splitWords(value) : success({ words: value, rest: '' });
    const words = split.ok ? split.value.words : [];
    if (!split.ok)
      report(context, { message: 'a quote is never closed, or a sign of a shell is not quoted' });
    else if (split.value.rest !== '' || (words[0] ?? '') === '' || words.some((word) => word.includes('\0')))
      report(context, { message: 'expected a program and its arguments in one line' });
    return words;
  });

/** A pattern as people write it in `--filter` and `expect`. */
export const pattern = filled.superRefine((value, context) => {
  try {
    new RegExp(value, 'i');
  } catch {
    report(context, {
      message: `expected a regular expression, found ${JSON.stringify(value.slice(0, 60))}`,
    });
  }
});

const scalar = z.union([z.string(), z.number(), z.boolean()], 'a text, a number, true or false');

/** Values stay as they are here; whoever reads them takes numbers as they were written. */
export const variables = z
  .record(z.string(), scalar, 'a map of variables')
  .superRefine((map, context) => {
    for (const [name, value] of Object.entries(map)) {
      const fault = variableProblem(name, String(value));
      if (fault !== undefined) report(context, fault, [name], { key: true });
      else if (typeof value === 'string' && value.includes('${{'))
        for (const problem of textFaults(value)) report(context, problem, [name]);
    }
  })
  .meta({ description: 'Environment variables' });

const values = z.record(z.string(), scalar, 'a map of values');

export const matrix = z
  .object(
    {
      include: z.array(values, 'a list of maps').optional(),
      exclude: z.array(values, 'a list of maps').optional(),
    },
    'a map of lists',
  )
  .catchall(z.array(scalar, 'a list of values'))
  .superRefine((raw, context) => {
    const matrix = matrixOf(raw, String);
    for (const [index, one] of matrix.exclude.entries())
      for (const key of Object.keys(one))
        if (!Object.hasOwn(matrix.axes, key))
          report(
            context,
            { message: `"exclude" names ${JSON.stringify(key)}, which the matrix does not have` },
            ['exclude', String(index), key],
            { key: true },
          );
    for (const fault of keyFaults(matrix)) report(context, fault);
    const expanded = expandMatrix(matrix);
    if (!expanded.ok) for (const fault of expanded.problems) report(context, fault);
  })
  .meta({ description: 'One task for each combination of values, which arrive as BATCHTOOL_MATRIX_<KEY>' });

type Scalar = z.output<typeof scalar>;
type RawMatrix = z.output<typeof matrix>;

/** Values as texts; `write` knows how each was written. */
export function matrixOf(
  raw: RawMatrix,
  write: (value: Scalar, path: readonly (string | number)[]) => string,
): Matrix {
  const { include = [], exclude = [], ...lists } = raw;
  const texts = (map: Readonly<Record<string, Scalar>>, path: readonly (string | number)[]) =>
    Object.fromEntries(Object.entries(map).map(([key, value]) => [key, write(value, [...path, key])]));
  return {
    axes: Object.fromEntries(
      Object.entries(lists as Readonly<Record<string, readonly Scalar[]>>).map(([key, list]) => [
        key,
        list.map((value, index) => write(value, [key, index])),
      ]),
    ),
    include: include.map((map, index) => texts(map, ['include', index])),
    exclude: exclude.map((map, index) => texts(map, ['exclude', index])),
  };
}

function keyFaults({ axes, include }: Matrix): Problem[] {
  const byVariable = new Map<string, string>();
  const faults: Problem[] = [];
  for (const key of new Set([...Object.keys(axes), ...include.flatMap((map) => Object.keys(map))])) {
    const variable = matrixVariable(key);
    const other = byVariable.get(variable);
    if (other !== undefined)
      faults.push({
        message: `the matrix keys ${JSON.stringify(other)} and ${JSON.stringify(key)} give the same variable ${variable}`,
        hint: 'rename one of them',
      });
    byVariable.set(variable, key);
  }
  return faults;
}

/** `success()`, with or without `${{ }}`. */
export const condition = z
  .string('success(), failure() or always()')
  .transform((value, context): 'success' | 'failure' | 'always' => {
    const match =
      /^\s*(?:\$\{\{\s*(success|failure|always)\(\)\s*\}\}|(success|failure|always)\(\))\s*$/.exec(value);
    const name = match?.[1] ?? match?.[2];
    if (name === 'success' || name === 'failure' || name === 'always') return name;
    const found = JSON.stringify(value.slice(0, 60));
    report(context, { message: `expected success(), failure() or always(), found ${found}` });
    return z.NEVER;
  })
  .meta({
    description: 'success() (default), failure() or always()',
    examples: ['success()', 'failure()', 'always()'],
  });
