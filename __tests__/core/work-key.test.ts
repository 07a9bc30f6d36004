import { describe, expect, test } from '@jest/globals';
import type { Work } from '../../src/core/plan.js';
import { workKey } from '../../src/core/work-key.js';

describe('workKey', () => {
  test('tells the same text apart by kind and mode', () => {
    const works: Work[] = [
      { kind: 'command', text: 'a' },
      { kind: 'prompt', text: 'a', mode: 'code' },
      { kind: 'prompt', text: 'a', mode: 'tdd' },
      { kind: 'integrate', members: ['a'] },
    ];
    expect(new Set(works.map(workKey)).size).toBe(4);
  });
});
