/**
 * With BATCHTOOL_RECORD=1 what the real agents said is kept beside the tests of the adapters, which then read it
 * without them. Paths of this machine and the host of packages are replaced; stacks and lists of what an agent could do are left out.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Name } from './aimed.js';
import type { Ended } from './conversation.js';
import { HUGE_TITLE } from './scenarios.js';

export const RECORDED = join(import.meta.dirname, '../agents/recorded');

/** No line that says more about a verdict is as long. */
const MOST_CHARACTERS = 8000;

export function record(name: Name, title: string, base: string, { raw, exit }: Ended): void {
  if (process.env.BATCHTOOL_RECORD !== '1' || title === HUGE_TITLE) return;
  const lines = raw
    .map((line) => line.replaceAll(base, '/scratch').replaceAll(/\bregistry(?:\.\w+)+/g, 'registry.invalid'))
    .filter((line) => !line.includes('"subtype":"init"') && !/^\s+at /.test(line))
    .filter((line) => line.length < MOST_CHARACTERS);
  mkdirSync(join(RECORDED, name), { recursive: true });
  writeFileSync(join(RECORDED, name, fileOf(title)), [...lines, JSON.stringify({ exit }), ''].join('\n'));
}

/** The name of the file in which a scenario is recorded. */
export function fileOf(title: string): string {
  return `${title.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '')}.txt`;
}
