/** The sources as JavaScript in a folder, for processes of their own that a test can kill. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';

const SOURCES = join(process.cwd(), 'src');

/** Writes `core`, `sparc` and `executors`, and `main.js` with the given text, which may import `./executors/…`. */
export function compile(folder: string, main: string): string {
  for (const part of ['core', 'sparc', 'executors']) {
    for (const name of readdirSync(join(SOURCES, part))) {
      const source = readFileSync(join(SOURCES, part, name), 'utf8');
      const options = { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } } as const;
      const target = join(folder, part, name.replace(/\.ts$/, '.js'));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, transformSync(source, options).code);
    }
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'main.js'), main);
  return join(folder, 'main.js');
}
