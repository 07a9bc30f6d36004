/**
 * Bundles tsc's output into dist/. ncc minifies only the entry, and parsing is most of what a start costs,
 * so the chunks are minified here. The result is the same on every machine: CI compares it with what is committed.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { minifySync } from '@swc/core';

const ncc = createRequire(import.meta.url).resolve('@vercel/ncc/dist/ncc/cli.js');

/** Entry in build/ → folder in dist/. */
const BUNDLES = { 'cli.js': 'cli' };

for (const [entry, folder] of Object.entries(BUNDLES)) {
  const out = join('dist', folder);
  rmSync(out, { recursive: true, force: true });
  execFileSync(
    process.execPath,
    [ncc, 'build', join('build', entry), '-o', out, '--license', 'licenses.txt'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  for (const name of readdirSync(out).filter((file) => file.endsWith('.js'))) {
    const path = join(out, name);
    const { code } = minifySync(readFileSync(path, 'utf8'), {
      module: true,
      compress: { passes: 2 },
      mangle: true,
      format: { comments: false },
    });
    writeFileSync(path, `${code}\n`);
  }
}
