/** The published JSON Schema: fresh, and of one mind with the reader. BATCHTOOL_WRITE_SCHEMA=1 writes it anew. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { readPlanFile } from '../../src/input/file.js';
import { jsonSchema } from '../../src/input/file-schema.js';

const root = join(import.meta.dirname, '..', '..');
const published = join(root, 'schema', 'batchtool.schema.json');

const fresh = `${JSON.stringify(jsonSchema(), null, 2)}\n`;
if (process.env.BATCHTOOL_WRITE_SCHEMA === '1') writeFileSync(published, fresh);

test('the published schema is the one that the reader uses', () => {
  expect(readFileSync(published, 'utf8')).toBe(fresh);
});

describe('the published schema', () => {
  const schema = z.fromJSONSchema(JSON.parse(readFileSync(published, 'utf8')));
  const fits = (text: string): boolean => schema.safeParse(parse(text, { merge: true })).success;

  test('describes every key', () => {
    const { properties } = jsonSchema() as {
      properties: Record<string, { properties?: Record<string, object> }>;
    };
    expect(Object.keys(properties)).toEqual(
      expect.arrayContaining(['tasks', 'defaults', 'stages', 'pools', 'env']),
    );
    const defaults = Object.entries(properties.defaults?.properties ?? {}).filter(([key]) => key !== 'run');
    const described = [...Object.entries(properties), ...defaults];
    expect(described.filter(([, value]) => !('description' in value))).toEqual([]);
  });

  test.each([
    'tasks: {a: {run: x}}',
    'stages: [a, {name: b, isolate: worktree, copy: .env, setup: make}]\ntasks: {a: {run: x, stage: b}}',
    'x-c: {anything: [1]}\nname: n\ntasks: {a: {run: x, needs: b, timeout: 1h30m, retry: 3}, b: {prompt: y, memory: 5}}',
    'stages: [a]\nmax-concurrent: 2\ntasks: {a: {run: x, stage: a, matrix: {v: [1, b, true], include: [{w: 1}]}, retry: {max: 0, delay: "0"}}}',
    'tasks: {a: {run: x, if: always(), env: {A: 1, B: true, C: c}, tags: [a], expect: {files: a}}}',
  ])('takes what the reader takes: %j', (text) => {
    expect(readPlanFile('p.yml', text).ok).toBe(true);
    expect(fits(text)).toBe(true);
  });

  test.each([
    'name: n',
    'stages: [{isolate: worktree}]\ntasks: {a: {run: x}}',
    'stages: [{name: a, isolate: yes}]\ntasks: {a: {run: x}}',
    'stages: [{name: a, timeout: 1m}]\ntasks: {a: {run: x}}',
    'tasks: [a]',
    'tasks: {a: x}',
    'tasks: {a: {rn: x}}',
    'foo: 1\ntasks: {a: {run: x}}',
    'max-concurrent: 0\ntasks: {a: {run: x}}',
    'tasks: {a: {run: x, timeout: 30}}',
    'tasks: {a: {run: x, timeout: soon}}',
    'tasks: {a: {run: x, retry: 1.5}}',
    'tasks: {a: {run: x, retry: {often: 1}}}',
    'tasks: {a: {run: x, matrix: {v: 1}}}',
    'on-error: die\ntasks: {a: {run: x}}',
  ])('refuses what the reader refuses: %j', (text) => {
    expect(readPlanFile('p.yml', text).ok).toBe(false);
    expect(fits(text)).toBe(false);
  });

  const examples = readdirSync(join(root, 'examples')).filter((name) => /\.(ya?ml|json)$/.test(name));
  test('finds examples to hold it against', () => {
    expect(examples.length).toBeGreaterThan(0);
  });

  test.each(examples)('takes examples/%s, and so does the reader', (name) => {
    const text = readFileSync(join(root, 'examples', name), 'utf8');
    expect(readPlanFile(name, text)).toMatchObject({ ok: true });
    expect(fits(text)).toBe(true);
  });
});
