import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Plan } from '../../src/core/plan.js';
import { readPlanFile } from '../../src/input/file.js';
import { plan, task } from '../fakes/plan.js';
import { faultsOf, right } from './typed.js';

const read = (data: unknown) => readPlanFile('plan.json', JSON.stringify(data, null, 1));

/** A plan that uses every key that there is. */
const FULL: Plan = plan(
  [
    task('a', {
      tags: ['t'],
      priority: -1,
      stage: 's',
      namespace: 'n',
      cwd: 'd',
      isolate: 'none',
      mayFail: true,
      once: true,
      keep: true,
    }),
    task('b', {
      needs: ['a', { task: 'a', kind: 'order' }],
      when: 'any-success',
      work: { kind: 'command', text: 'x', shell: ['bash', '-c'] },
      limits: { timeoutMillis: 1, idleMillis: 2, memoryBytes: 3, outputBytes: 4 },
      expect: { files: ['f'], output: ['o'], notOutput: ['n'], winner: ['a'], verdict: true },
      env: { A: '' },
    }),
    task('c', { work: { kind: 'prompt', text: 'x', mode: 'code', agent: 'claude', runner: 'flowx' } }),
    task('d', {
      work: { kind: 'integrate', members: ['a'], pick: { judge: 'b', among: [{ name: 'a', tasks: ['a'] }] } },
    }),
  ],
  {
    namespace: 'n',
    tags: ['t'],
    loops: [{ id: 'l', tasks: ['a', 'b'], again: { kind: 'not-succeeded', tasks: ['b'] }, max: 3 }],
    pools: { main: 2, gpu: 1 },
    onError: 'continue',
    budget: { costUsd: 1.5, tokens: 10 },
    deadlineMillis: 1000,
    env: { A: '1' },
    passEnv: ['HOME'],
    secrets: ['HOME'],
    graceMillis: 0,
    noContext: true,
  },
);

describe('an exported plan', () => {
  test('is taken back as it is', () => {
    expect(right(read(FULL))).toEqual({ kind: 'plan', file: 'plan.json', plan: FULL });
  });

  test('may be written as YAML', () => {
    const text = 'version: 1\ntasks: []';
    expect(faultsOf(readPlanFile('p.yml', text))[0]).toContain(
      'p.yml:1:1: name: expected a text, found nothing',
    );
  });

  test.each<[string, unknown, string]>([
    [
      'another version',
      { ...FULL, version: 2 },
      'plan.json:2:13: expected a plan of version 1, found version 2',
    ],
    ['a missing key', { ...FULL, cwd: undefined }, 'cwd: expected a text, found nothing'],
    ['an unknown key', { ...FULL, pols: {} }, 'unknown key "pols"\n  hint: did you mean "pools"?'],
    [
      'an unknown policy',
      { ...FULL, onError: 'retry' },
      'onError: expected skip, stop, fail-fast or continue, found the text "retry"',
    ],
    ['slots that are none', { ...FULL, pools: { main: 0.5 } }, 'pools.main: expected a whole number from 1'],
    [
      'an endless grace',
      { ...FULL, graceMillis: 1e12 },
      'graceMillis: expected a whole number from 0 to 2147483647',
    ],
    ['a variable without name', { ...FULL, env: { 'a b': 'x' } }, 'env: expected names of variables as keys'],
    [
      'a need that is a text',
      { ...FULL, tasks: [{ ...FULL.tasks[0], needs: ['a'] }] },
      'needs.0: expected a map (task, kind), found the text "a"',
    ],
    [
      'unknown work',
      { ...FULL, tasks: [{ ...FULL.tasks[0], work: { kind: 'dance' } }] },
      'work.kind: expected a command, prompt or integrate, found the text "dance"',
    ],
    [
      'an unknown key in a task',
      { ...FULL, tasks: [{ ...FULL.tasks[0], whn: 1 }] },
      'unknown key "whn"\n  hint: did you mean "when"?',
    ],
    [
      'a limit of zero',
      { ...FULL, tasks: [{ ...FULL.tasks[0], limits: { timeoutMillis: 0 } }] },
      'limits.timeoutMillis: expected a whole number from 1',
    ],
    [
      'a text with NUL',
      { ...FULL, tasks: [{ ...FULL.tasks[0], work: { kind: 'command', text: 'a\0' } }] },
      'work.text: the text holds a NUL',
    ],
    ['a task that is none', { ...FULL, tasks: [null] }, 'expected a task, found nothing'],
  ])('with %s is refused', (_, data, message) => {
    expect(faultsOf(read(data)).join('\n')).toContain(message);
  });

  test('with any one part replaced never throws', () => {
    const paths = fc.constantFrom(
      ...['version', 'name', 'tasks', 'loops', 'pools', 'env', 'secrets', 'passEnv', 'budget'].map((key) => [
        key,
      ]),
      ...['id', 'needs', 'work', 'limits', 'retry', 'expect', 'tags', 'pools'].map((key) => [
        'tasks',
        '1',
        key,
      ]),
    );
    fc.assert(
      fc.property(paths, fc.jsonValue({ maxDepth: 3 }), (path, junk) => {
        const data = structuredClone(FULL) as unknown as Record<string, unknown>;
        let parent = data;
        for (const step of path.slice(0, -1)) parent = parent[step] as Record<string, unknown>;
        parent[path.at(-1) as string] = junk;
        const result = read(data);
        expect(result.ok || result.problems.length > 0).toBe(true);
      }),
    );
  });
});
