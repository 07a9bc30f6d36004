/** Steps, options among them, suffixes and plan files of random make: what is typed is what is planned. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { planProblems, variableName } from '../../src/core/graph.js';
import type { Plan } from '../../src/core/plan.js';
import { parseSuffix, parseTask } from '../../src/input/dependencies.js';
import { classify } from '../../src/input/text.js';
import { type Around, asked, machine, needsIn, right, textsIn } from './typed.js';

const PROGRAMS = new Set(['flowx', 'node', 'npm', 'ls']);
const around: Around = { machine: { resolves: (word) => PROGRAMS.has(word) } };
const planOf = (argv: readonly string[], more: Around = {}): Plan =>
  right(asked('orchestrate', argv, { ...around, ...more }));

/** What GitHub replaces and a plan file refuses. */
const OPEN = `$${'{{'}`;
/** Something that says what it is, whatever it holds. */
const body = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 30 })
  .filter((text) => text.trim() !== '' && !text.includes('\0') && !text.includes(OPEN))
  .map((text) => text.trimStart());
const text = fc.tuple(fc.constantFrom('sh', 'prompt', 'tdd', 'architect'), body);
const NAMES = ['alpha', 'beta-2', 'phase1', 'idea-1', 'idea-2', 'review', 'größe', 'monitor', 'x.y'];

interface Step {
  readonly name: string;
  readonly ending: '' | '-parallel' | '-sequential';
  readonly texts: readonly (readonly [string, string])[];
}
const step = (name: string): fc.Arbitrary<Step> =>
  fc.record({
    name: fc.constant(name),
    ending: fc.constantFrom('' as const, '-parallel' as const, '-sequential' as const),
    texts: fc.array(text, { minLength: 1, maxLength: 3 }),
  });
const steps = fc
  .shuffledSubarray(NAMES, { minLength: 1 })
  .chain((names) => fc.tuple(...names.map(step)) as unknown as fc.Arbitrary<readonly Step[]>);

/** One word list for each step, so that options can be put between. */
function typedSteps(all: readonly Step[]): string[][] {
  return all.map(({ name, ending, texts }) => [
    `--${name}${ending}`,
    ...texts.map(([prefix, rest]) => `${prefix}: ${rest}`),
  ]);
}

const PATTERN = [['--boomerang'], ['--progressive'], ['--sprint', 's1'], []];
const OPTIONS = [
  ['--timeout', '5m'],
  ['--max-concurrent=3'],
  ['--name', 'n'],
  ['--on-error=continue'],
  ['--monitor'],
  ['--env', 'A=1'],
];

describe('random steps', () => {
  test('are a plan that holds exactly their texts, in the order given', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(...PATTERN), (all, pattern) => {
        const plan = planOf([...pattern, ...typedSteps(all).flat()]);
        expect(textsIn(plan)).toEqual(all.flatMap(({ texts }) => texts.map(([, rest]) => rest)));
        expect(plan.tasks.map(({ id }) => id)).toEqual(
          all.flatMap(({ name, texts }) =>
            texts.length === 1 ? [name] : texts.map((_, index) => `${name}-${index + 1}`),
          ),
        );
        expect(planProblems(plan)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  test('wait for all of the step before, and inside a step only where they are in order', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const plan = planOf(typedSteps(all).flat());
        const expected: string[][] = [];
        let before: string[] = [];
        let at = 0;
        for (const { ending, texts } of all) {
          const own = plan.tasks.slice(at, at + texts.length).map(({ id }) => `~${id}`);
          for (const [index] of texts.entries())
            expected.push(index === 0 || ending === '-parallel' ? before : own.slice(index - 1, index));
          before = ending === '-parallel' ? own : own.slice(-1);
          at += texts.length;
        }
        expect(Object.values(needsIn(plan))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('mean the same wherever the options stand', () => {
    const places = fc.array(fc.nat(), { minLength: OPTIONS.length, maxLength: OPTIONS.length });
    fc.assert(
      fc.property(steps, fc.shuffledSubarray(OPTIONS), places, (all, options, at) => {
        const words = typedSteps(all);
        const first = planOf([...options.flat(), ...words.flat()]);
        const mixed = [...words];
        for (const [index, option] of options.entries())
          mixed.splice((at[index] ?? 0) % (mixed.length + 1), 0, option);
        // A bare switch before a text of a step would be taken for that step only if words followed it.
        expect(planOf(mixed.flat())).toEqual(first);
      }),
      { numRuns: 300 },
    );
  });

  test('that are exported come back as the same plan, as JSON and as YAML', () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(...PATTERN), (all, pattern) => {
        const plan = planOf([...pattern, ...typedSteps(all).flat()]);
        for (const [name, file] of [
          ['plan.json', JSON.stringify(plan)],
          ['plan.yml', stringify(plan)],
        ] as const) {
          expect(planOf([], { file, name, machine: { ...around.machine, cwd: '/other' } })).toEqual(plan);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('made of any words are a plan or faults', () => {
    const word = fc.oneof(
      fc.constantFrom(
        '--boomerang',
        '--progressive',
        '--prototypes',
        '--sprint',
        '--loop-back-on',
        '--until',
      ),
      fc.constantFrom(
        '--phase1',
        '--phase1-parallel',
        '--test',
        '--idea-1',
        '--monitor',
        '--debug',
        '--compare',
      ),
      fc.constantFrom('--max-retires', '--timeout', '--phase1-paralel', '--model', '--', '-x', '--='),
      fc.constantFrom(
        'sh: ls',
        'Research it',
        'Label',
        'test_failure',
        '5',
        '5m',
        '{}',
        '',
        'npm test',
        'npmm',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.string({ unit: 'binary', maxLength: 8 }).map((name) => `--${name}`),
    );
    fc.assert(
      fc.property(
        fc.constantFrom('orchestrate' as const, 'pipeline' as const),
        fc.array(word, { maxLength: 9 }),
        (verb, argv) => {
          const plan = asked(verb, argv, around);
          if (plan.ok) {
            expect(planProblems(plan.value)).toEqual([]);
            expect(plan.value.tasks.length).toBeGreaterThan(0);
            // No text is ever lost or made up.
            for (const text of textsIn(plan.value))
              expect(argv.some((word) => word.endsWith(text.trimEnd()) || word.includes(text))).toBe(true);
          } else {
            expect(plan.problems.length).toBeGreaterThan(0);
            for (const { message } of plan.problems) expect(message.trim()).not.toBe('');
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('random graphs', () => {
  const ids = ['a', 'b', 'c-d', 'e1'];

  test('typed as --task are the graph that they say', () => {
    const later = fc.tuple(
      ...ids.map((_, index) => fc.tuple(body, fc.subarray(ids.slice(0, index)))),
    ) as unknown as fc.Arbitrary<readonly (readonly [string, string[]])[]>;
    fc.assert(
      fc.property(later, (tasks) => {
        const argv = tasks.flatMap(([rest, needs], index) => {
          const suffix = needs.length === 0 ? ':depends=none' : `:depends=${needs.join(',')}`;
          return ['--task', `${ids[index]}:sh: ${rest}${suffix}`];
        });
        const plan = asked('run', argv, around);
        // A text that itself holds a suffix before ours may be refused, never misread.
        if (!plan.ok) {
          expect(tasks.some(([rest]) => /:(depend|wait|need|require)/i.test(rest))).toBe(true);
          return;
        }
        expect(textsIn(plan.value)).toEqual(tasks.map(([rest]) => rest));
        expect(needsIn(plan.value)).toEqual(
          Object.fromEntries(tasks.map(([, needs], index) => [ids[index], needs])),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('a suffix ends a text and is not found inside quotes', () => {
    fc.assert(
      fc.property(body, fc.constantFrom("'", '"'), (inner, quote) => {
        const whole = `echo ${quote}${inner}:depends=a${quote}`;
        expect(parseSuffix(whole)).toEqual({ ok: true, value: { text: whole, needs: [] } });
        expect(parseTask(`id:${whole}:wait-for=all`)).toEqual({ id: 'id', text: whole, needs: 'all' });
      }),
    );
  });

  test('as JSON are the same plan as with --task', () => {
    const texts = fc.dictionary(fc.constantFrom(...ids), body, { minKeys: 1 });
    fc.assert(
      fc.property(texts, (all) => {
        fc.pre(Object.values(all).every((rest) => !/:(depend|wait|need|require)/i.test(rest)));
        const names = Object.keys(all);
        const graph = Object.fromEntries(names.map((id, index) => [id, names.slice(0, index)]));
        const tasks = Object.fromEntries(names.map((id) => [id, `sh: ${all[id]}`]));
        const json = asked(
          'run',
          ['--dependency-graph', JSON.stringify(graph), '--tasks', JSON.stringify(tasks)],
          around,
        );
        const typed = asked(
          'run',
          names.flatMap((id, index) => [
            '--task',
            `${id}:sh: ${all[id]}:depends=${index === 0 ? 'none' : names.slice(0, index).join(',')}`,
          ]),
          around,
        );
        expect(right(json)).toEqual(right(typed));
      }),
    );
  });
});

describe('the text rule', () => {
  const loose = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }),
    fc
      .array(fc.constantFrom('npm', 'ls', 'the', 'Test', 'login', '-x', '|', 'npmm', "'a b'", '🙂'), {
        minLength: 1,
        maxLength: 6,
      })
      .map((words) => words.join(' ')),
  );
  const snapshot = machine(around.machine);

  test('says the same in both positions of everything that begins with a command', () => {
    fc.assert(
      fc.property(fc.constantFrom('npm', 'ls', 'node', 'cd', 'A=1', '['), loose, (first, rest) => {
        const whole = `${first} ${rest}`;
        expect(classify(whole, 'step', snapshot)).toEqual(classify(whole, 'command', snapshot));
      }),
      { numRuns: 1000 },
    );
  });

  test('never makes a prompt of what stands for a command, unless a prefix says so', () => {
    fc.assert(
      fc.property(loose, (whole) => {
        fc.pre(!/^\s*[a-z][a-z0-9-]*:/.test(whole));
        expect(classify(whole, 'command', snapshot).kind).not.toBe('prompt');
      }),
      { numRuns: 1000 },
    );
  });

  test('leaves every character of a prompt as it was typed', () => {
    fc.assert(
      fc.property(loose, (whole) => {
        const what = classify(whole, 'step', snapshot);
        if (what.kind === 'prompt' && what.mode === undefined && !whole.trimStart().startsWith('prompt:'))
          expect(what.text).toBe(whole);
      }),
      { numRuns: 1000 },
    );
  });
});

test('the names of these steps give different variables, as ids must', () => {
  expect(new Set(NAMES.map(variableName)).size).toBe(NAMES.length);
});
