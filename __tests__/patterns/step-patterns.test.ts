/** What patterns of named steps make of them: who waits for whom, in which order, in which stage. */
import { describe, expect, test } from '@jest/globals';
import { abTest } from '../../src/patterns/ab-test.js';
import { boomerang } from '../../src/patterns/boomerang.js';
import { components } from '../../src/patterns/components.js';
import type { Pattern, Section, WayBack } from '../../src/patterns/pattern.js';
import { pipeline } from '../../src/patterns/pipeline.js';
import { progressive } from '../../src/patterns/progressive.js';
import { prototypes } from '../../src/patterns/prototypes.js';
import { sprint } from '../../src/patterns/sprint.js';

type Rest = Omit<Section, 'items' | 'id'>;

const item = (text: string) => ({ work: { kind: 'command', text } as const, label: text });

function step(id: string, texts: string[], rest: Rest = {}): Section {
  return { id, items: texts.map(item), ...rest };
}

const SIDE_BY_SIDE: Rest = { flow: 'side-by-side' };

function compiled(pattern: Pattern, sections: Section[], back?: WayBack) {
  const result = pattern.compile(sections, back);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join());
  return result.value;
}

/** `~` before a need of mere order. */
function graphOf(pattern: Pattern, sections: Section[], back?: WayBack): Record<string, string[]> {
  return Object.fromEntries(
    compiled(pattern, sections, back).tasks.map(({ id, needs }) => [
      id,
      needs.map(({ task, kind }) => (kind === 'order' ? `~${task}` : task)),
    ]),
  );
}

const faultOf = (pattern: Pattern, sections: Section[]): string => {
  const result = pattern.compile(sections);
  return result.ok ? '' : result.problems.map(({ message }) => message).join(' | ');
};

describe.each([
  ['pipeline', pipeline],
  ['sprint', sprint],
  ['progressive', progressive],
  ['boomerang', boomerang],
])('%s', (_, pattern) => {
  test('lets each step wait for the one before, as mere order', () => {
    expect(graphOf(pattern, [step('a', ['x']), step('b', ['y']), step('c', ['z'])])).toEqual({
      a: [],
      b: ['~a'],
      c: ['~b'],
    });
  });

  test('runs the texts of a step in order, and those of a group side by side', () => {
    expect(
      graphOf(pattern, [
        step('a', ['x', 'y']),
        step('b', ['x', 'y', 'z'], SIDE_BY_SIDE),
        step('c', ['x', 'y'], { flow: 'in-order' }),
      ]),
    ).toEqual({
      'a-1': [],
      'a-2': ['~a-1'],
      'b-1': ['~a-2'],
      'b-2': ['~a-2'],
      'b-3': ['~a-2'],
      'c-1': ['~b-1', '~b-2', '~b-3'],
      'c-2': ['~c-1'],
    });
  });

  test('says the stage of each task, and tags those of a step with its name and label', () => {
    const { tasks, loops } = compiled(pattern, [
      step('a', ['x']),
      step('b', ['x', 'y'], { ...SIDE_BY_SIDE, label: 'Both of them' }),
    ]);
    expect(tasks.map(({ id, stage, tags = [] }) => [id, stage, ...tags])).toEqual([
      ['a', 'a'],
      ['b-1', 'b', 'b', 'Both of them'],
      ['b-2', 'b', 'b', 'Both of them'],
    ]);
    expect(loops).toEqual([]);
  });
});

describe('stages', () => {
  test('of many tasks share one list of needs', () => {
    const texts = Array.from({ length: 2000 }, (_, index) => `echo ${index}`);
    const { tasks } = compiled(pipeline, [step('a', texts, SIDE_BY_SIDE), step('b', texts, SIDE_BY_SIDE)]);
    expect(new Set(tasks.map(({ needs }) => needs)).size).toBe(2);
  });

  test('of too many tasks are refused with the way out', () => {
    const texts = Array.from({ length: 2500 }, (_, index) => `echo ${index}`);
    expect(faultOf(pipeline, [step('a', texts, SIDE_BY_SIDE), step('b', texts, SIDE_BY_SIDE)])).toBe(
      'the plan has more than 5,000,000 dependencies',
    );
  });
});

describe('prototypes', () => {
  test('runs ideas side by side and the rest after all of them, in order', () => {
    expect(
      graphOf(prototypes, [
        step('idea-1', ['x', 'y']),
        step('idea-2', ['x']),
        step('idea-3', ['x', 'y'], SIDE_BY_SIDE),
        step('test-all', ['x']),
        step('compare', ['x']),
      ]),
    ).toEqual({
      'idea-1-1': [],
      'idea-1-2': ['~idea-1-1'],
      'idea-2': [],
      'idea-3-1': [],
      'idea-3-2': [],
      'test-all': ['~idea-1-2', '~idea-2', '~idea-3-1', '~idea-3-2'],
      compare: ['~test-all'],
    });
  });

  test('keeps the order in which they were written', () => {
    const sections = [
      step('idea-review', ['x']),
      step('idea-1', ['y']),
      step('z', ['z']),
      step('idea-b', ['w']),
    ];
    expect(graphOf(prototypes, sections)).toEqual({
      'idea-review': ['~idea-1', '~idea-b'],
      'idea-1': [],
      z: ['~idea-review'],
      'idea-b': [],
    });
    expect(compiled(prototypes, sections).tasks.map(({ id }) => id)).toEqual(sections.map(({ id }) => id));
  });

  test('without an idea is refused', () => {
    expect(faultOf(prototypes, [step('ideas', ['x'])])).toBe('--prototypes has no idea');
  });
});

describe('ab-test', () => {
  test('runs the judge after all variants, if one succeeded, and lets variants fail', () => {
    const { tasks } = compiled(abTest, [step('a', ['x']), step('b', ['y']), step('compare', ['z'])]);
    expect(tasks).toMatchObject([
      { id: 'a', needs: [], mayFail: true, stage: 'variants' },
      { id: 'b', needs: [], mayFail: true, stage: 'variants' },
      {
        id: 'compare',
        needs: [
          { task: 'a', kind: 'data' },
          { task: 'b', kind: 'data' },
        ],
        when: 'any-success',
        stage: 'compare',
      },
    ]);
    expect(tasks[2]).not.toHaveProperty('mayFail');
  });

  test('runs the texts of a variant in order, each only after the success of the one before', () => {
    const { tasks } = compiled(abTest, [step('compare', ['z']), step('a', ['x', 'y']), step('b', ['y'])]);
    expect(tasks.map(({ id }) => id)).toEqual(['compare', 'a-1', 'a-2', 'b']);
    expect(tasks[0]?.needs.map(({ task }) => task)).toEqual(['a-2', 'b']);
    expect(tasks[2]).toMatchObject({ needs: [{ task: 'a-1' }], when: 'any-success', mayFail: true });
  });

  test('without a judge lets no variant fail', () => {
    const { tasks } = compiled(abTest, [step('a', ['x', 'y']), step('b', ['y'])]);
    expect(tasks.map(({ mayFail, when }) => [mayFail, when])).toEqual(
      tasks.map(() => [undefined, undefined]),
    );
    expect(tasks[1]?.needs).toEqual([{ task: 'a-1', kind: 'order' }]);
  });

  test('lets several texts judge one after the other, or side by side', () => {
    const variants = [step('a', ['x']), step('b', ['y'])];
    expect(graphOf(abTest, [...variants, step('compare', ['z', 'w'])])).toMatchObject({
      'compare-1': ['a', 'b'],
      'compare-2': ['~compare-1'],
    });
    expect(graphOf(abTest, [...variants, step('compare', ['z', 'w'], SIDE_BY_SIDE)])).toMatchObject({
      'compare-1': ['a', 'b'],
      'compare-2': ['a', 'b'],
    });
  });

  test.each<[string, Section[], string]>([
    ['no variant', [step('compare', ['x'])], '--ab-test has no variant'],
    ['one variant', [step('a', ['x']), step('compare', ['x'])], '--ab-test has only one variant'],
    [
      'a group as a variant',
      [step('a', ['x', 'y'], SIDE_BY_SIDE), step('b', ['x'])],
      '--variant-a-parallel: the texts of a variant run in order',
    ],
  ])('with %s is refused', (_, sections, message) => {
    expect(faultOf(abTest, sections)).toBe(message);
  });
});

describe('component-parallel', () => {
  const needing = (text: string, needs: string[] | 'all') => ({ ...item(text), needs });

  test('lets no step wait, and the texts of one for each other', () => {
    expect(graphOf(components, [step('web', ['x', 'y']), step('api', ['x', 'y'], SIDE_BY_SIDE)])).toEqual({
      'web-1': [],
      'web-2': ['~web-1'],
      'api-1': [],
      'api-2': [],
    });
  });

  test('takes a needed step as all of its tasks, and a task by its own id', () => {
    expect(
      graphOf(components, [
        step('web', ['x', 'y'], SIDE_BY_SIDE),
        { id: 'api', items: [needing('x', ['web']), needing('y', ['web-1', 'web'])] },
        { id: 'last', items: [needing('x', ['nothing'])] },
      ]),
    ).toEqual({
      'web-1': [],
      'web-2': [],
      'api-1': ['web-1', 'web-2'],
      'api-2': ['web-1', 'web-2', '~api-1'],
      last: ['nothing'],
    });
  });

  test('lets who waits for all wait for what neither waits itself nor comes after one that does', () => {
    expect(
      graphOf(components, [
        step('web', ['x']),
        { id: 'join', items: [item('x'), needing('y', 'all'), item('z')] },
        { id: 'end', items: [needing('x', 'all')] },
      ]),
    ).toEqual({
      web: [],
      'join-1': [],
      'join-2': ['web', 'join-1'],
      'join-3': ['~join-2'],
      end: ['web', 'join-1'],
    });
  });
});

describe('boomerang', () => {
  const phases = [step('code', ['x', 'y'], SIDE_BY_SIDE), step('test', ['x', 'y']), step('tune', ['x'])];
  const until = item('test -f done');

  test('repeats all phases while a task of a named one failed', () => {
    const { tasks, loops } = compiled(boomerang, phases, { phases: ['test'], max: 4 });
    expect(loops).toEqual([
      {
        id: 'boomerang',
        tasks: ['code-1', 'code-2', 'test-1', 'test-2', 'tune'],
        again: { kind: 'failed', tasks: ['test-1', 'test-2'] },
        max: 4,
      },
    ]);
    expect(tasks).toHaveLength(5);
  });

  test('asks at the end of each round, whatever became of it', () => {
    const { tasks, loops } = compiled(boomerang, phases, { phases: [], until, max: 3 });
    expect(tasks.at(-1)).toMatchObject({ id: 'until', when: 'always', label: 'test -f done' });
    expect(tasks.at(-1)).not.toHaveProperty('mayFail');
    expect(tasks.at(-1)?.needs.map(({ task }) => task)).toEqual(tasks.slice(0, -1).map(({ id }) => id));
    expect(loops).toMatchObject([{ again: { kind: 'not-succeeded', tasks: ['until'] }, max: 3 }]);
    expect(loops[0]?.tasks).toContain('until');
  });

  test('counts rounds together when both ask', () => {
    expect(compiled(boomerang, phases, { phases: ['tune'], until, max: 3 }).loops).toMatchObject([
      { again: { kind: 'not-succeeded', tasks: ['tune', 'until'] }, max: 3 },
    ]);
  });
});
