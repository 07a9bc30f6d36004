/**
 * Bundles tsc's output into dist/: `node scripts/bundle.mjs [BUILD [DIST]]`. The result is the same on every machine;
 * CI compares it with what is committed. Three things make a start of the CLI fast: the bundle is CommonJS, for
 * Node's loader of ES modules costs 10 ms; chunks are minified too (ncc would only do the entry); and the entry is
 * `code-cache.ts` alone, which loads all others as V8 compiled them before.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { minifySync, transformFileSync } from '@swc/core';

const ncc = createRequire(import.meta.url).resolve('@vercel/ncc/dist/ncc/cli.js');
const [build = 'build', dist = 'dist'] = process.argv.slice(2);

/**
 * Entry in the build → folder of the bundle, and whether it is loaded as V8 compiled it before: a runner is a new machine
 * each time, where that would only cost. What talks with GitHub's services stays ES modules: ncc makes CommonJS of
 * @azure/storage-common that does not load (its `import.meta.url`), and there a network takes longer.
 */
const BUNDLES = {
  cli: { folder: 'cli', isCompiled: true, isModule: false },
  action: { folder: 'main', isCompiled: false, isModule: false },
  post: { folder: 'post', isCompiled: false, isModule: true },
};

sayWithoutSideEffects('@actions/core');
for (const [entry, { folder, isCompiled, isModule }] of Object.entries(BUNDLES)) {
  const out = join(dist, folder);
  rmSync(out, { recursive: true, force: true });
  const source = isModule ? join(build, `${entry}.js`) : commonEntry(entry);
  execFileSync(process.execPath, [ncc, 'build', source, '-o', out, '--license', 'licenses.txt'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (!isModule) renameSync(join(out, 'index.cjs'), join(out, isCompiled ? 'main.js' : 'index.js'));
  if (isCompiled) writeEntry(join(out, 'index.js'));
  writeFileSync(join(out, 'package.json'), `{"type":"${isModule ? 'module' : 'commonjs'}"}\n`);
  for (const name of readdirSync(out).filter((file) => file.endsWith('.js'))) {
    refuseMissing(join(out, name));
    minify(join(out, name), isModule);
  }
}

/** ncc writes CommonJS only for an entry that is CommonJS itself. */
function commonEntry(entry) {
  const path = join(build, `${entry}.entry.cjs`);
  writeFileSync(path, `require('./${entry}.js');\n`);
  return path;
}

/**
 * Puts a copy of a package beside the build that says what its own package.json does not: that to load its files does
 * nothing. Then only what is used of it is in the bundle, and of this one not the HTTP client, which takes longer to load
 * than a step without work takes in all.
 */
function sayWithoutSideEffects(name) {
  const copy = join(build, 'node_modules', name);
  rmSync(copy, { recursive: true, force: true });
  cpSync(join(import.meta.dirname, '../node_modules', name), copy, { recursive: true });
  const file = join(copy, 'package.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), sideEffects: false }));
}

function writeEntry(path) {
  const { code } = transformFileSync(join(build, 'code-cache.js'), {
    module: { type: 'commonjs' },
    jsc: { target: 'es2022' },
  });
  const call = "exports.loadCompiled(__dirname, './main.js', require);";
  writeFileSync(path, `#!/usr/bin/env node\n${code}\n${call}\n`);
  chmodSync(path, 0o755);
}

/** ncc leaves a `require` for what it did not find, and says nothing. */
function refuseMissing(path) {
  const missing = /eval\("require"\)\("((?!node:)[^"]+)"\)/.exec(readFileSync(path, 'utf8'));
  if (missing !== null)
    throw new Error(`${path}: ${missing[1]} was not found and is not in the bundle; npm ci installs it`);
}

function minify(path, isModule) {
  const { code } = minifySync(readFileSync(path, 'utf8'), {
    module: isModule,
    compress: { passes: 2, keep_classnames: isModule },
    // The packages of GitHub tell errors apart by the names of their classes.
    mangle: { keep_classnames: isModule },
    // The code cache reads the files as plain ASCII.
    format: { comments: false, asciiOnly: true },
  });
  if (/[^\0-\x7f]/.test(code)) throw new Error(`${path}: is not plain ASCII`);
  writeFileSync(path, `${code}\n`);
}
