import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { entryText, readEntry } from '../../src/commands/cache-entry.js';
import { MOST_ENTRY_BYTES } from '../../src/github/service-request.js';
import type { Baseline } from '../../src/reports/baseline.js';

const folder = mkdtempSync(join(tmpdir(), 'batchtool-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'entry');
const baseline: Baseline = {
  version: 1,
  run: 'r1',
  endedAt: 2,
  durationMillis: 1,
  branch: 'main',
  tasks: [{ id: 'a', work: '0'.repeat(16), status: 'succeeded', durationMillis: 1 }],
};

function read(text: string): ReturnType<typeof readEntry> {
  writeFileSync(file, text);
  return readEntry(file);
}

describe('a cache entry', () => {
  it('comes back as it was written, with a baseline and without', () => {
    expect(read(entryText({ baseline, history: '{}\n' }))).toEqual({ baseline, history: '{}\n' });
    expect(read(entryText({ history: 'h' }))).toEqual({ history: 'h' });
  });

  it('may not be there', () => {
    expect(readEntry(join(folder, 'gone'))).toBe('none');
  });

  it.each([
    ['nothing', ''],
    ['no line', 'null'],
    ['no JSON', 'PK\u0003\u0004\n'],
    ['another document', '{"tasks":[]}\n'],
    ['a branch that breaks out', `${JSON.stringify({ ...baseline, branch: 'a\n::error::x' })}\n`],
  ])('is none when it holds something else: %s', (_, text) => {
    expect(read(text)).toBe('unknown');
  });

  it('is none when it is more than any, or leads elsewhere', () => {
    writeFileSync(file, 'null\n');
    truncateSync(file, MOST_ENTRY_BYTES + 1);
    expect(readEntry(file)).toBe('unknown');
    const link = join(folder, 'link');
    symlinkSync('/etc/hostname', link);
    expect(readEntry(link)).toBe('unknown');
  });
});
