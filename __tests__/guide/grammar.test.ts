/** What docs/grammar.md says of keys is what the table of options says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Option } from '../../src/input/option.js';
import { optionsOf } from '../../src/input/options.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/grammar.md'), 'utf8');
const options: readonly Option[] = optionsOf('orchestrate');

test('the options whose key in a plan file is another word are all named, each with its key', () => {
  const rows = [...page.matchAll(/^\| `--([a-z-]+)` \| `([a-z.-]+)` \|$/gm)].map(([, name, key]) => [
    name,
    key,
  ]);
  const others = options.filter(({ name, fileKey }) => fileKey !== undefined && fileKey !== name);
  expect(rows).toEqual(others.map(({ name, fileKey }) => [name, fileKey]));
});

test('so are the options that have none', () => {
  const said = /None have (.*?):/s.exec(page)?.[1] ?? '';
  const without = options.filter(({ variable, fileKey }) => variable !== undefined && fileKey === undefined);
  expect([...said.matchAll(/`--([a-z-]+)`/g)].map(([, name]) => name).sort()).toEqual(
    without.map(({ name }) => name).sort(),
  );
});
