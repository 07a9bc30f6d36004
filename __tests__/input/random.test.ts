/** Whatever is typed or written, it is a plan or a list of faults, never an exception, never half a plan. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planProblems } from '../../src/core/graph.js';
import type { Plan } from '../../src/core/plan.js';
import type { Result } from '../../src/core/problem.js';
import { readPlanFile } from '../../src/input/file.js';
import type { VerbName } from '../../src/input/option.js';
import { OPTIONS } from '../../src/input/options.js';
import { classify } from '../../src/input/text.js';
import { PATTERNS } from '../../src/patterns/index.js';
import { asked, machine, planned, requestOf, run, textsIn } from './typed.js';

/** What GitHub replaces and a plan file refuses. */
const open = `$${'{{'}`;

function expectWhole(result: Result<Plan>): void {
  if (!result.ok) {
    expect(result.problems.length).toBeGreaterThan(0);
    for (const { message } of result.problems) expect(message.length).toBeGreaterThan(0);
    return;
  }
  expect(result.value.tasks.length).toBeGreaterThan(0);
  expect(planProblems(result.value)).toEqual([]);
  expect(JSON.parse(JSON.stringify(result.value))).toEqual(result.value);
}

const flags = OPTIONS.flatMap(({ name }) => [`--${name}`, `-${name}`, `--${name}=`]);
const word = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...flags,
      '--parallel',
      '--sequential',
      '--dependency-aware',
      '--',
      '-',
      '-1',
      '--=',
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'echo 1',
      'a:echo 1',
      'b:x:depends=a',
      '{"a":"x"}',
      '{"a":["b"]}',
      '5',
      '5s',
      '2GB',
      'A=1',
      'high',
      'skip',
      'quiet',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);

describe('random arguments', () => {
  test('are a plan or faults', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (argv) => {
        expectWhole(run(argv));
      }),
      { numRuns: 2000 },
    );
  });

  test('after -- keep every text as it is, or are refused', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1, maxLength: 4 }),
        (texts) => {
          const request = requestOf(['--', ...texts]);
          if (!request.ok) return;
          expect(request.value.source).toMatchObject({ sections: [{ texts }] });
        },
      ),
    );
  });
});

describe('random steps', () => {
  const verb = fc.constantFrom<VerbName>('run', 'orchestrate', 'pipeline', 'export');
  const mode = fc.constantFrom(...PATTERNS.flatMap(({ flags }) => flags.map((flag) => `--${flag}`)));
  const name = fc.oneof(
    fc.constantFrom(
      '--a',
      '--b-parallel',
      '--c-sequential',
      '--idea-1',
      '--variant-a',
      '--variant-b',
      '--compare',
    ),
    fc.constantFrom('--monitor', '--debug', '--a-paralel', '--timout', '--jobs', '--until', '--loop-back-on'),
    fc.string({ unit: 'binary', maxLength: 6 }).map((letters) => `--${letters}`),
  );
  const text = fc.constantFrom(
    'echo 1',
    'Test Phase',
    'sh: x',
    'a_failure',
    'echo 2:depends=a',
    'x:wait-for=all',
  );

  test('are a plan or faults, in every mode of every verb', () => {
    fc.assert(
      fc.property(
        verb,
        mode,
        fc.array(fc.oneof(name, text, text, word), { maxLength: 9 }),
        (verb, mode, argv) => {
          const machine = { resolves: (word: string) => word === 'flowx' };
          expectWhole(asked(verb, [mode, ...argv], { machine }));
          expectWhole(asked(verb, argv, { machine }));
        },
      ),
      { numRuns: 2000 },
    );
  });

  const option = fc.constantFrom(['--timeout', '5s'], ['--max-concurrent=2'], ['--tag', 'echo 1']);
  const texts = fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 1, maxLength: 4 });
  const ending = fc.constantFrom('', '-parallel', '-sequential');
  const written = fc.array(fc.record({ ending, texts, option: fc.option(option) }), {
    minLength: 1,
    maxLength: 6,
  });
  const pattern = fc.constantFrom('--boomerang', '--progressive', '--json');

  test('put every text given into the plan once, in the order given', () => {
    fc.assert(
      fc.property(written, pattern, (steps, pattern) => {
        const said = steps.map(({ texts }) => texts.map((text) => `sh:${text}`));
        const argv = steps.flatMap(({ ending, option }, index) => [
          `--step${index}${ending}`,
          ...(said[index] ?? []),
          ...(steps.findIndex(({ option }) => option !== null) === index ? (option ?? []) : []),
        ]);
        const result = asked('orchestrate', [pattern, ...argv]);
        expectWhole(result);
        // A text of nothing but blanks, or with a NUL, is refused.
        if (!result.ok) return expect(steps.flatMap(({ texts }) => texts).some(isUnusable)).toBe(true);
        expect(textsIn(result.value)).toEqual(
          steps.flatMap(({ texts }) => texts.map((text) => text.trimStart())),
        );
      }),
      { numRuns: 500 },
    );
  });

  const isUnusable = (text: string): boolean => text.trim() === '' || text.includes('\0');
});

describe('random texts', () => {
  const piece = fc.constantFrom(
    "'",
    '"',
    '\\',
    '`',
    '$(',
    ')',
    ';',
    '&',
    '|',
    '<',
    ' ',
    '\n',
    'npm',
    'the',
    'for',
    'done',
    '-x',
    'sh:',
    'sparc',
    'npx',
    '🙂',
    "don't",
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 20 }).map((parts) => parts.join('')),
  );

  test('are classified, and kept but for their prefix', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('command' as const, 'step' as const), (text, position) => {
        const what = classify(text, position, machine());
        if (what.kind === 'refused') expect(what.problem.message).not.toBe('');
        else expect(text.endsWith(what.text)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  test('with sh: before them are commands, unless nothing follows', () => {
    fc.assert(
      fc.property(text, (text) => {
        const what = classify(`sh:${text}`, 'step', machine());
        expect(what.kind).toBe(text.trim() === '' || text.includes('\0') ? 'refused' : 'command');
      }),
    );
  });
});

describe('random files', () => {
  const line = fc.constantFrom(
    ...[
      'tasks:',
      '  a:',
      '  b:',
      '    run: x',
      '    needs: a',
      '    needs: [a, b]',
      '    matrix: {v: [1, 2]}',
      '    stage: s',
    ],
    ...[
      '    <<: *c',
      'x-c: &c {timeout: 1m}',
      '  c: &c {run: y}',
      '    timeout: 5',
      'stages: [s]',
      'stages: [{name: s, isolate: worktree}]',
      '? [a]',
      '- x',
      '\t',
      '    if: always()',
      '  a: {run: "',
      '{',
      '}',
      '---',
      '!!x',
      '*z',
      '    env: {A: 1}',
      '  "1": {run: x}',
    ],
  );
  test('made of lines of plans are a plan or faults with places', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 10 }), (lines) => {
        const file = lines.join('\n');
        expectWhole(run([], { file }));
        const result = readPlanFile('p.yml', file);
        if (!result.ok) for (const { place } of result.problems) expect(place?.file).toBe('p.yml');
      }),
      { numRuns: 2000 },
    );
  });

  test('of any bytes are a plan or faults', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('p.yml', 'p.json'), (bytes, name) => {
        const result = readPlanFile(name, bytes);
        expect(result.ok || result.problems.length > 0).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('of any data under the keys of a plan are a plan or faults', () => {
    const keys = [
      'name',
      'env',
      'defaults',
      'max-concurrent',
      'on-error',
      'pattern',
      'stages',
      'budget',
      'pools',
      'tags',
      'pass-env',
      'grace',
      'tasks',
    ];
    const taskKeys = [
      'run',
      'needs',
      'if',
      'timeout',
      'timeout-minutes',
      'env',
      'shell',
      'matrix',
      'retry',
      'memory',
      'priority',
      'tags',
      'expect',
      'once',
      'pool',
      'stage',
    ];
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom('x', 'a', ['a'], { a: ['b'] }, 1, true, '5s'),
    );
    const map = (names: string[]) => fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 4 });
    fc.assert(
      fc.property(
        map(keys),
        fc.dictionary(fc.constantFrom('a', 'b', 'toString', '1'), map(taskKeys), { maxKeys: 3 }),
        (top, tasks) => {
          expectWhole(run([], { file: JSON.stringify({ ...top, tasks }), name: 'p.json' }));
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe('a plan that is exported', () => {
  const id = fc.constantFrom('a', 'b', 'c', 'd');
  const task = fc.record(
    {
      run: fc.string({ minLength: 1 }).filter((text) => text.trim() !== '' && !text.includes(open)),
      timeout: fc.constantFrom('1s', '5m'),
      retry: fc.nat(3),
      priority: fc.constantFrom('high', -3),
      env: fc
        .dictionary(fc.constantFrom('A', 'B'), fc.string())
        .filter((env) => !JSON.stringify(env).includes(open)),
      tags: fc.array(fc.constantFrom('t', 'u')),
      matrix: fc.constant({ v: [1, 2] }),
      stage: fc.constantFrom('s', 't'),
      if: fc.constantFrom('always()', 'failure()'),
      once: fc.boolean(),
    },
    { requiredKeys: ['run'] },
  );

  test('comes back as the same plan', () => {
    fc.assert(
      fc.property(fc.dictionary(id, task, { minKeys: 1 }), (tasks) => {
        const plan = planned([], { file: JSON.stringify({ tasks }) });
        expect(planned([], { file: JSON.stringify(plan), machine: { cwd: '/other' } })).toEqual(plan);
      }),
      { numRuns: 300 },
    );
  });
});
