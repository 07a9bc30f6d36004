/** What an attempt is told that has to do its work again. */
import { expect, test } from '@jest/globals';
import type { Work } from '../../src/core/plan.js';
import { withConflict } from '../../src/executors/conflict-files.js';

const redo = { task: 't', against: ['other'], onto: 'abc', commit: 'def' };
const prompt = { kind: 'prompt', text: 'See @mine.', mode: 'code', agent: 'claude' } as const;
const told = (work: Work, files: readonly string[]) =>
  (withConflict(work, { ...redo, files }) as { text: string }).text;

test('A prompt says which files are in conflict; their names attach no file, and the text of the user stays', () => {
  const text = told(prompt, ['a.txt', '@/etc/passwd']);
  expect(text).toMatch(
    /^See @mine\.\n\nAn earlier attempt[\s\S]*- a\.txt\n- \\@\/etc\/passwd\n[\s\S]*Here \\@ stands for @/,
  );
  expect(told(prompt, ['a.txt'])).not.toContain('stands for @');
});

test('A command finds it in its context', () => {
  expect(told({ kind: 'command', text: 'make' }, ['a.txt'])).toBe('make');
});
