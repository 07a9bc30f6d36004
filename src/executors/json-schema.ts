/** JSON Schemas of results, read strictly: a misspelt keyword would be passed by everything. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ErrorObject, Options } from 'ajv';
import type { ExpectPolicy } from '../core/expect.js';
import { nearest } from '../core/nearest.js';
import { failure, type Result, success } from '../core/problem.js';

/** What is wrong with a value by the schema, in words; nothing when it follows it. */
export type Follows = (value: unknown) => readonly string[];

type Schema = Readonly<Record<string, unknown>> | boolean;
type Draft = 'draft-07' | '2020-12';

/** Combinations of keywords that are merely unusual are left alone. */
const OPTIONS: Options = {
  ...{ allErrors: true, logger: false },
  ...{ strictSchema: true, strictNumbers: true },
  ...{ strictTypes: false, strictTuples: false, strictRequired: false },
};
/** What each draft calls itself in `$schema`. */
const DRAFT = /^https?:\/\/json-schema\.org\/(?:(draft-07)|draft\/(2020-12))\/schema#?$/;
const HINT_2020 =
  'with "$schema": "https://json-schema.org/draft/2020-12/schema" the keywords of 2020-12 count';

/** The schema, or that in a file, ready to look at results. The packages for it are loaded only then. */
export async function readSchema(
  schema: NonNullable<ExpectPolicy['schema']>,
  folder: string,
): Promise<Result<Follows>> {
  if (typeof schema !== 'string') return compiled(schema);
  let read: unknown;
  try {
    read = JSON.parse(readFileSync(resolve(folder, schema), 'utf8'));
  } catch (error) {
    return failure(`the schema ${schema} cannot be read: ${(error as Error).message}`);
  }
  return compiled(read, ` ${schema}`);
}

async function compiled(schema: unknown, name = ' of its result'): Promise<Result<Follows>> {
  const unusable = (why: string, hint?: string) => failure(`the schema${name} cannot be used: ${why}`, hint);
  if (!isSchema(schema)) return unusable('it is neither a map nor true or false');
  const draft = draftOf(schema);
  if (draft === undefined)
    return unusable(
      `its "$schema" is ${JSON.stringify((schema as { $schema?: unknown }).$schema)}`,
      'draft-07, which is meant where there is none, and https://json-schema.org/draft/2020-12/schema are known',
    );
  const ajv = await validatorFor(draft);
  const bare = typeof schema === 'boolean' ? schema : withoutDraft(schema);
  try {
    if (ajv.validateSchema(bare) !== true) return unusable(wordsOf(ajv.errors).join('; '));
    const validate = ajv.compile(bare);
    if ('$async' in validate) return unusable('"$async" is no keyword of JSON Schema');
    return success((value) => (validate(value) === true ? [] : wordsOf(validate.errors)));
  } catch (error) {
    const why = (error as Error).message.replace(/^strict mode: /, '');
    return unusable(why, hintFor(why, draft, Object.keys(ajv.RULES.all)));
  }
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value));
}

function draftOf(schema: Schema): Draft | undefined {
  if (typeof schema === 'boolean' || schema.$schema === undefined) return 'draft-07';
  const found = typeof schema.$schema === 'string' ? DRAFT.exec(schema.$schema) : null;
  return (found?.[1] ?? found?.[2]) as Draft | undefined;
}

/** Which draft counts is settled then, however its name is spelt. */
function withoutDraft({ $schema: _, ...schema }: Exclude<Schema, boolean>): object {
  return schema;
}

/** A bundler gives a module that is a function its default alone. */
async function validatorFor(draft: Draft) {
  const { default: formats } = await import('ajv-formats');
  const ajv =
    draft === 'draft-07'
      ? new (await import('ajv')).default.Ajv(OPTIONS)
      : new (await import('ajv/dist/2020.js')).default.Ajv2020(OPTIONS);
  formats.default(ajv);
  return ajv;
}

/** `/risk must be string`, each thing once. */
function wordsOf(errors: readonly ErrorObject[] | null | undefined): readonly string[] {
  const words = (errors ?? []).map(({ instancePath, message }) => `${instancePath || 'it'} ${message ?? ''}`);
  return [...new Set(words)];
}

function hintFor(why: string, draft: Draft, known: readonly string[]): string | undefined {
  const keyword = /^unknown keyword: "(.*)"$/.exec(why)?.[1];
  if (keyword === undefined) return undefined;
  const near = nearest(keyword, known);
  if (near !== undefined) return `did you mean "${near}"?`;
  return draft === 'draft-07' ? HINT_2020 : undefined;
}
