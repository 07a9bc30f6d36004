/** The map of the code, kept by a test: who may import whom, what the pure half may not touch, and no cycles. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { cycles, type Sources, violations } from './layers.js';

function sourcesOnDisk(): Sources {
  const root = join(import.meta.dirname, '..', 'src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  return new Map(files.map((name) => [name.split(sep).join('/'), readFileSync(join(root, name), 'utf8')]));
}

const plant = (files: Readonly<Record<string, string>>): Sources => new Map(Object.entries(files));

describe('the sources of this project', () => {
  const sources = sourcesOnDisk();

  test('are read', () => {
    expect([...sources.keys()]).toEqual(expect.arrayContaining(['cli.ts', 'core/decide.ts']));
  });

  test('import only what their layer may', () => {
    expect(violations(sources)).toEqual([]);
  });

  test('have no cycle between files', () => {
    expect(cycles(sources)).toEqual([]);
  });
});

describe('the checker', () => {
  const there = { 'core/plan.ts': '', 'patterns/dag.ts': '', 'agents/codex.ts': '', 'input/argv.ts': '' };
  const check = (file: string, source: string): string[] => violations(plant({ ...there, [file]: source }));

  test.each([
    ['core/decide.ts', `import './plan.js'; new Date(0).toISOString(); Math.max(1, Date.UTC(2026))`],
    ['core/state.ts', 'interface A { process: number } const at: Date | undefined = a.process.performance'],
    ['agents/claude.ts', `import type { Plan } from '../core/plan.js'`],
    ['executors/agent.ts', `import { a } from '../agents/codex.js'; import 'node:fs'; import 'execa'`],
    ['input/file-tasks.ts', `import { z } from 'zod'; import '../patterns/dag.js'`],
    ['github/cache.ts', `await import('@actions/cache')`],
    ['machine.ts', `import type { Machine } from './input/argv.js'`],
    ['commands/run.ts', `import '../agents/codex.js'; import '../core/plan.js'; setTimeout(f, 1)`],
  ])('is content with an allowed %s', (file, source) => {
    expect(check(file, source)).toEqual([]);
  });

  test.each([
    ['core/a.ts', `import type { Dag } from '../patterns/dag.js'`, 'imports patterns/dag.ts'],
    ['core/a.ts', `const load = () => import('../patterns/dag.js')`, 'imports patterns/dag.ts'],
    ['core/a.ts', `type Dag = import('../patterns/dag.js').Dag`, 'imports patterns/dag.ts'],
    ['core/a.ts', `export { dag } from '../patterns/dag.js'`, 'imports patterns/dag.ts'],
    ['core/a.ts', `import { z } from 'zod'`, 'imports the package zod'],
    ['core/a.ts', `import { join } from 'node:path'`, 'imports node:path'],
    ['core/a.ts', `import { join } from 'path'`, 'imports the package path'],
    ['core/a.ts', `import './gone.js'`, 'imports core/gone.ts, which is no file of src'],
    ['core/a.ts', `import './a.js'`, 'imports core/a.ts'],
    [
      'core/a.ts',
      `import('./' + name)`,
      'has an import whose name cannot be read: write it as a plain string',
    ],
    ['input/argv.ts', `import 'yaml'`, 'imports the package yaml'],
    ['input/file.ts', `import 'lodash'`, 'imports the package lodash'],
    ['reports/text.ts', `import '../agents/codex.js'`, 'imports agents/codex.ts'],
    ['run.ts', `import 'node:fs'`, 'imports node:fs'],
    ['run.ts', `import 'execa'`, 'imports the package execa'],
    ['journal/folder.ts', `import '../input/argv.js'`, 'imports input/argv.ts'],
    ['executors/local.ts', `import '@actions/core'`, 'imports the package @actions/core'],
    ['machine.ts', `import { parse } from './input/argv.js'`, 'imports input/argv.ts'],
    ['cli.ts', `import './agents/codex.js'`, 'imports agents/codex.ts'],
    ['plugins/a.ts', '', 'stands in no layer: add it to the map'],
    ['core/string-utils.ts', '', 'has a name that says nothing'],
    ['commands/helpers/a.ts', '', 'has a name that says nothing'],
    ['commands/a.ts', 'export default 1', 'has a default export: export by name'],
    ['commands/a.ts', 'export default class A {}', 'has a default export: export by name'],
    ['commands/a.ts', 'const a = 1; export { a as default }', 'has a default export: export by name'],
    ['commands/a.ts', `export * from '../core/plan.js'`, 'says `export *`: export by name'],
    ['commands/a.ts', `export * as plan from '../core/plan.js'`, 'says `export *`: export by name'],
  ])('finds in %s: %s', (file, source, sentence) => {
    expect(check(file, source)).toEqual([`${file} ${sentence}`]);
  });

  test.each([
    ['Date', 'const now = Date.now()'],
    ['Date', 'const now = new Date()'],
    ['Date', 'const Clock = Date'],
    ['process', 'const home = process.env.HOME'],
    ['process', 'const world = { process }'],
    ['globalThis', 'globalThis.process.exit()'],
    ['setTimeout', 'function wait() { setTimeout(() => {}, 1) }'],
    ['setInterval', 'const stop = [setInterval]'],
    ['performance', 'class A { at = performance.now() }'],
    ['Math', 'const { random } = Math'],
    ['Math', 'const chance = Math.random()'],
  ])('hears the pure half speak of %s: %s', (word, source) => {
    expect(check('sparc/modes.ts', source)).toEqual([`sparc/modes.ts speaks of ${word}`]);
  });

  test('finds a cycle, of types and late imports too, and names the whole way round', () => {
    const planted = plant({
      'core/a.ts': `import type { B } from './b.js'`,
      'core/b.ts': `export const c = () => import('./deep/c.js')`,
      'core/deep/c.ts': `import { a } from '../a.js'`,
    });
    expect(cycles(planted)).toEqual(['core/a.ts → core/b.ts → core/deep/c.ts → core/a.ts']);
  });

  test('takes two ways to the same file for no cycle', () => {
    const planted = plant({
      'core/a.ts': `import './b.js'; import './c.js'`,
      'core/b.ts': `import './c.js'`,
      'core/c.ts': '',
    });
    expect(cycles(planted)).toEqual([]);
  });
});
