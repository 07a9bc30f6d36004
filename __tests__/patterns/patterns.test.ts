import { describe, expect, test } from '@jest/globals';
import { dag } from '../../src/patterns/dag.js';
import { DEFAULT_PATTERN, PATTERNS } from '../../src/patterns/index.js';
import { parallel } from '../../src/patterns/parallel.js';
import type { Pattern, Section } from '../../src/patterns/pattern.js';
import { inOrder, sequential } from '../../src/patterns/sequential.js';

const section = (texts: string[], rest: Omit<Section, 'items'> = {}): Section => ({
  items: texts.map((text) => ({ work: { kind: 'command', text }, label: text })),
  ...rest,
});

function graphOf(pattern: Pattern, sections: Section[]): Record<string, string[]> {
  const compiled = pattern.compile(sections);
  if (!compiled.ok) throw new Error('refused');
  return Object.fromEntries(
    compiled.value.tasks.map(({ id, needs }) => [id, needs.map(({ task, kind }) => `${task} ${kind}`)]),
  );
}

describe('the list of patterns', () => {
  test('has a name and flags of its own for each', () => {
    const names = PATTERNS.map(({ name }) => name);
    const flags = PATTERNS.flatMap((pattern) => pattern.flags);
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(flags).size).toBe(flags.length);
    expect(names).toEqual([
      'parallel',
      'sequential',
      'dependency-aware',
      'ab-test',
      'component-parallel',
      'pipeline',
      'boomerang',
      'sprint',
      'progressive',
      'prototypes',
    ]);
  });

  test('holds the one that runs when none is named', () => {
    expect(PATTERNS).toContain(DEFAULT_PATTERN);
    expect(DEFAULT_PATTERN).toBe(parallel);
  });
});

describe('parallel', () => {
  test('numbers the texts and lets none wait', () => {
    expect(graphOf(parallel, [section(['x', 'y', 'z'])])).toEqual({ 1: [], 2: [], 3: [] });
  });
});

describe('sequential', () => {
  test('lets each wait for the one before, as mere order', () => {
    expect(graphOf(sequential, [section(['x', 'y', 'z'])])).toEqual({
      1: [],
      2: ['1 order'],
      3: ['2 order'],
    });
  });

  test('adds no second need where there is one', () => {
    const work = { kind: 'command', text: 'x' } as const;
    const drafts = inOrder([
      { id: 'a', label: 'a', work, needs: [] },
      { id: 'b', label: 'b', work, needs: [{ task: 'a', kind: 'data' }] },
    ]);
    expect(drafts[1]?.needs).toEqual([{ task: 'a', kind: 'data' }]);
  });
});

describe('dependency-aware', () => {
  test('takes ids and needs as given', () => {
    expect(
      graphOf(dag, [
        section(['x'], { id: 'db' }),
        section(['y'], { id: 'api', needs: ['db'] }),
        section(['z'], { id: 'web', needs: ['db', 'api', 'db'] }),
      ]),
    ).toEqual({ db: [], api: ['db data'], web: ['db data', 'api data'] });
  });

  test('lets who waits for all wait for every other one that does not', () => {
    expect(
      graphOf(dag, [
        section(['w'], { id: 'first', needs: 'all' }),
        section(['x'], { id: 'a' }),
        section(['y'], { id: 'b', needs: ['a'] }),
        section(['z'], { id: 'last', needs: 'all' }),
      ]),
    ).toEqual({ first: ['a data', 'b data'], a: [], b: ['a data'], last: ['a data', 'b data'] });
  });
});
