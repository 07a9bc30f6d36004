/**
 * Forms that people have typed: each means the plan that is written down here, and runs with stand-ins for the runners.
 * The plans are written by hand, from what the forms say, not from what the program makes of them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { useBench } from '../cli/harness.js';
import {
  type Before,
  beforeIn,
  beforeOf,
  closure,
  inTurn,
  type Order,
  peers,
  several,
  together,
  violations,
} from './order.js';
import { argumentsOf, type PlanDocument, Workshop, wordsOf } from './stand-ins.js';

const bench = useBench();

interface Entry {
  readonly id: number;
  readonly argv: readonly string[];
}
const CORPUS = JSON.parse(readFileSync(join(import.meta.dirname, 'corpus.json'), 'utf8')) as Entry[];

function words(id: number): string[] {
  const entry = CORPUS.find((entry) => entry.id === id);
  if (entry === undefined) throw new Error(`no entry ${id}`);
  return entry.argv.slice(1);
}

/** The texts among the arguments, without the id and the suffix that they may carry. */
function textsIn(argv: readonly string[]): string[] {
  const json = argv[argv.indexOf('--tasks') + 1];
  if (argv.includes('--tasks')) return Object.values(JSON.parse(json ?? '') as Record<string, string>);
  return argv
    .filter((word) => / sparc | run /.test(` ${word} `) && word.includes(' '))
    .map((word) => (argv.includes('--task') ? word.replace(/^[a-z]+:/, '') : word))
    .map((word) => word.replace(/:(depends|wait-for)=\S+$/, ''));
}

const FULL_APP = inTurn(
  together(...several('phase1', 3)),
  inTurn(...several('phase2', 2)),
  together(...several('phase3', 3)),
  inTurn(...several('phase4', 2)),
  together(...several('phase5', 3)),
);
const SPRINT = inTurn(
  'planning',
  together(...several('development', 3)),
  together(...several('testing', 3)),
  inTurn(...several('review', 2)),
);
const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1));

/** Entries whose texts are all commands for a SPARC runner: pattern, and what comes before what. */
const SPARC: readonly (readonly [number, string, Order | Before])[] = [
  [6, 'boomerang', inTurn('research', 'design', 'implement', 'test')],
  [7, 'boomerang', inTurn('phase1', 'phase2', 'phase3', 'phase4', 'phase5')],
  [8, 'prototypes', inTurn(together(...several('idea', 3)), 'test-all', 'compare')],
  [9, 'boomerang', inTurn('analyze', 'implement', 'test', 'deploy')],
  [10, 'boomerang', inTurn('monitor', 'identify', 'optimize', 'validate')],
  [12, 'boomerang', FULL_APP],
  [13, 'progressive', inTurn('mvp', 'enhance-1', 'enhance-2', 'enhance-3', 'polish')],
  [14, 'sprint', SPRINT],
  [
    18,
    'boomerang',
    inTurn(
      together(...several('phase1', 3)),
      together(...several('phase2', 2)),
      inTurn(...several('phase3', 2)),
    ),
  ],
  [19, 'dependency-aware', graphOf(19)],
  [20, 'dependency-aware', graphOf(20)],
  [21, 'boomerang', inTurn('phase1', 'phase2', 'phase3', 'phase4')],
  [23, 'pipeline', inTurn('stage1', 'stage2', 'stage3', 'stage4')],
  [24, 'parallel', together(...numbered(3))],
  [25, 'ab-test', inTurn(together('a', 'b'), 'compare')],
  [26, 'dependency-aware', inTurn('db', 'auth', 'api')],
  [27, 'parallel', together('1')],
  [28, 'parallel', together(...numbered(5))],
  [29, 'parallel', together('1')],
  [30, 'sequential', inTurn(...numbered(3))],
  [31, 'component-parallel', inTurn(together('frontend', 'backend', 'data', 'infra'), 'integrate')],
  [35, 'parallel', together(...numbered(4))],
  [36, 'parallel', together(...numbered(3))],
  [37, 'parallel', together(...numbered(4))],
  [38, 'parallel', together(...numbered(3))],
  [39, 'parallel', together(...numbered(8))],
];

function graphOf(id: number): Before {
  const argv = words(id);
  return closure(JSON.parse(argv[argv.indexOf('--dependency-graph') + 1] ?? ''));
}

function expectedOf(order: Order | Before): Before {
  return typeof order === 'string' || 'turn' in order || 'together' in order
    ? beforeOf(order as Order)
    : (order as Before);
}

describe('a form with SPARC commands', () => {
  it.each(SPARC)('%i is the plan that it says (%s)', async (id, pattern, order) => {
    const argv = words(id);
    const shop = new Workshop(bench());
    const plan = await shop.plan(argv);
    const before = expectedOf(order);
    expect(plan.plan.pattern).toBe(pattern);
    expect(plan.tasks.map(({ text }) => text)).toEqual(textsIn(argv));
    expect([...new Set(plan.tasks.map(({ kind }) => kind))]).toEqual(['command']);
    expect(beforeIn(plan)).toEqual(before);
    expect(shop.calls()).toEqual([]);
    expect(shop.here.has('.batchtool')).toBe(false);
  });

  it.each(SPARC)(
    '%i runs: what it says, in its order, side by side where it may (%s)',
    async (id, _, order) => {
      const argv = words(id);
      const shop = new Workshop(bench());
      const before = expectedOf(order);
      // With a meeting of peers, the run could not end if they did not run at one time.
      shop.script(
        ...peers(before).map((group, index) => [
          `^(${group.join('|')})#`,
          `meet room${index} ${group.length}`,
          `say done`,
        ]),
        ['', 'say done'],
      );
      const { code, stderr } = await shop.run(argv, { env: { BATCHTOOL_MAX_CONCURRENT: '8' } });
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      const calls = shop.calls();
      expect(calls.map(({ task }) => task).sort()).toEqual(Object.keys(before).sort());
      expect(violations(before, calls)).toEqual([]);
      const texts = textsIn(argv);
      for (const [index, task] of Object.keys(before).entries()) {
        const text = texts[index] ?? '';
        const call = shop.call(task);
        expect([task, call.argv]).toEqual([task, argumentsOf(text)]);
        expect(call.via).toBe(text.startsWith('npx') ? wordsOf(text).slice(0, 2).join(' ') : '');
        expect(
          Object.keys(call.context)
            .filter((name) => name.endsWith('.md'))
            .sort(),
        ).toEqual(
          seen(id, task, before)
            .map((name) => `${name}.md`)
            .sort(),
        );
      }
      expect((await shop.here.status()).run.status).toBe('succeeded');
    },
  );
});

/** Whose results a task finds: what it needs itself, and all of earlier stages. */
function seen(id: number, task: string, before: Before): string[] {
  const argv = words(id);
  if (id === 30) return [String(Number(task) - 1)].filter((other) => other !== '0');
  if (id === 26) return { db: [], auth: ['db'], api: ['auth', 'db'] }[task] ?? [];
  if (!argv.includes('--dependency-graph')) return before[task] ?? [];
  const graph = JSON.parse(argv[argv.indexOf('--dependency-graph') + 1] ?? '') as Record<string, string[]>;
  return graph[task] ?? [];
}

describe('a form with prompts', () => {
  const PROMPTS: readonly (readonly [number, string, readonly (readonly [string, string, string])[]])[] = [
    [
      11,
      'boomerang',
      [
        ['phase1', 'ask', 'Research and gather requirements'],
        ['phase2', 'architect', 'Design based on research'],
        ['phase3', 'code', 'Implement the design'],
        ['phase4', 'tdd', 'Test the implementation'],
        ['phase5', 'refinement-optimization-mode', 'Optimize based on test results'],
      ],
    ],
    [
      15,
      'boomerang',
      [
        ['phase1', 'ask', 'research requirements'],
        ['phase2', 'architect', 'design architecture'],
        ['phase3', 'code', 'implement solution'],
      ],
    ],
    [
      16,
      'boomerang',
      [
        ['phase1', 'ask', 'research'],
        ['phase2', 'architect', 'design'],
      ],
    ],
    [
      17,
      'progressive',
      [
        ['mvp', 'code', 'basic feature'],
        ['enhance-1', 'code', 'add authentication'],
        ['enhance-2', 'code', 'add real-time updates'],
      ],
    ],
    [
      22,
      'boomerang',
      [
        ['research', 'ask', 'evaluate tech options'],
        ['design', 'architect', 'architect solution'],
        ['implement', 'code', 'build feature'],
        ['test', 'tdd', 'validate with TDD'],
        ['optimize', 'refinement-optimization-mode', 'performance tune'],
      ],
    ],
  ];

  it.each(PROMPTS)('%i is planned as prompts with their modes (%s)', async (id, pattern, tasks) => {
    const plan = await new Workshop(bench()).plan(words(id));
    expect(plan.plan.pattern).toBe(pattern);
    expect(plan.tasks.map(({ id, kind, mode, text }) => [id, kind, mode, text])).toEqual(
      tasks.map(([task, mode, text]) => [task, 'prompt', mode, text]),
    );
    expect(beforeIn(plan)).toEqual(beforeOf(inTurn(...tasks.map(([task]) => task))));
  });

  it.each(PROMPTS)('%i reaches the runner, each text as one argument (%s)', async (id, _, tasks) => {
    const shop = new Workshop(bench());
    const { code } = await shop.run(words(id));
    expect(code).toBe(0);
    expect(shop.calls().map(({ runner, argv }) => [runner, argv[0], argv[1], argv[2], argv.at(-1)])).toEqual(
      tasks.map(([, mode]) => ['flowx', 'sparc', 'run', mode, '--non-interactive']),
    );
    for (const [task, , text] of tasks) {
      const told = shop.call(task).argv[3] ?? '';
      expect(told.startsWith(text) || told.endsWith(text) || told.includes(`\n${text}\n`)).toBe(true);
    }
    expect(violations(beforeOf(inTurn(...tasks.map(([task]) => task))), shop.calls())).toEqual([]);
  });

  it('22 names what it goes back for', async () => {
    const plan = await new Workshop(bench()).plan(words(22));
    expect(plan.loops).toMatchObject([
      {
        tasks: ['research', 'design', 'implement', 'test', 'optimize'],
        max: 3,
        again: { tasks: ['test', 'optimize'] },
      },
    ]);
  });
});

describe('a form whose words are no commands here', () => {
  it.each([
    [32, { db: 'create schema', api: 'create endpoints' }],
    [33, { db: 'create' }],
    [34, { 1: 'task1', 2: 'task2', 3: 'task3' }],
  ])('%i is a plan of commands, and fails with 127 and the way out', async (id, texts) => {
    const shop = new Workshop(bench());
    const plan = await shop.plan(words(id));
    expect(Object.fromEntries(plan.tasks.map((task) => [task.id, task.text]))).toEqual(texts);
    expect(plan.tasks.every(({ kind }) => kind === 'command')).toBe(true);
    const { code, stderr } = await shop.run(words(id));
    expect(code).toBe(1);
    expect(stderr).toContain('127');
    expect(stderr).toContain('"prompt: ');
    const [first] = (await shop.here.status()).tasks;
    expect(first?.attempts[0]?.exit).toEqual({ kind: 'code', code: 127 });
  });
});

describe('what the options of a form say', () => {
  const planOf = (id: number): Promise<PlanDocument> => new Workshop(bench()).plan(words(id));

  it('12: its name, and the labels of its phases', async () => {
    const { plan, tasks } = await planOf(12);
    expect(plan.name).toBe('full-app-development');
    expect(tasks.map(({ text }) => text)).not.toContain('Research Phase');
  });

  it('14: the sprint gives the name', async () => {
    expect((await planOf(14)).plan.name).toBe('feature-sprint-1');
  });

  it('19 and 20: name, slots, and notices about what has no effect', async () => {
    const shop = new Workshop(bench());
    const { plan } = await shop.plan(words(19));
    expect([plan.name, plan.pools.main]).toEqual(['phase2-consolidation', 5]);
    const { code, stdout, stderr } = await shop.run([...words(20), '--dry-run', '--json']);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as PlanDocument).plan.pools.main).toBe(8);
    expect(stderr).toContain('--checkpoint-strategy');
    expect(stderr).toContain('--rollback-enabled');
  });

  it('27: the memory limit; 28: the tag; 29: the priority; 35: the slots', async () => {
    expect((await planOf(27)).tasks[0]?.limits).toMatchObject({ memoryBytes: 2e9 });
    expect((await planOf(28)).plan.tags).toEqual(['microservices']);
    expect((await planOf(29)).tasks[0]?.priority).toBeGreaterThan(0);
    expect((await planOf(35)).plan.pools.main).toBe(4);
  });
});

describe('a form that looks', () => {
  const ROUND = [
    'run',
    '--name',
    'my-workflow',
    "flowx sparc run code 'x' --non-interactive",
    "flowx sparc run tdd 'y'",
  ];

  async function afterRun(...rules: string[][]): Promise<Workshop> {
    const shop = new Workshop(bench());
    shop.script(...rules);
    await shop.run(ROUND);
    return shop;
  }

  it('1: config keeps the slots for later runs of the project', async () => {
    const shop = new Workshop(bench());
    expect((await shop.run(words(1))).code).toBe(0);
    expect((await shop.plan(ROUND)).plan.pools.main).toBe(5);
    expect((await shop.run(['config'])).stdout).toMatch(/max-concurrent.*5/);
  });

  it('2: export writes the plan of the newest run, and run -f takes it back', async () => {
    const shop = await afterRun();
    expect((await shop.run(words(2))).code).toBe(0);
    shop.forget();
    expect((await shop.run(['run', '-f', 'plan.json'])).code).toBe(0);
    expect(
      shop
        .calls()
        .map(({ argv }) => argv[3])
        .sort(),
    ).toEqual(['x', 'y']);
  });

  it('2: export of nothing is refused', async () => {
    const shop = new Workshop(bench());
    const { code, stderr } = await shop.run(words(2));
    expect([code, shop.here.has('plan.json')]).toEqual([2, false]);
    expect(stderr).toContain('hint: ');
  });

  it('3: logs --follow shows the lines that match, and ends with the run', async () => {
    const shop = await afterRun(['code', 'say all fine', 'say a WARNING: old', 'say error: none']);
    const { code, stdout } = await shop.run(words(3));
    expect(code).toBe(0);
    expect(stdout).toContain('a WARNING: old');
    expect(stdout).toContain('error: none');
    expect(stdout).not.toContain('all fine');
  });

  it.each([4, 5])('%i: monitor without a terminal is a snapshot', async (id) => {
    const shop = await afterRun();
    const { code, stdout } = await shop.run(words(id));
    expect(code).toBe(0);
    expect(stdout).toContain('my-workflow');
  });

  it('40: stats of a run by its name, and exit 2 for a name that no run has', async () => {
    const shop = await afterRun();
    const { code, stdout } = await shop.run(words(40));
    expect(code).toBe(0);
    expect(stdout).toContain('my-workflow');
    expect((await shop.run(['stats', '--orchestration', 'other'])).code).toBe(2);
  });

  it('40: a name that no run has is refused, for it may be a typo', async () => {
    const { code, stderr } = await new Workshop(bench()).run(words(40));
    expect([code, stderr]).toEqual([2, expect.stringContaining('there is no run "my-workflow"')]);
  });

  it.each([3, 4, 5])('%i says that there is no run yet, and that is no failure', async (id) => {
    const { code, stdout, stderr } = await new Workshop(bench()).run(words(id));
    expect([code, stdout + stderr]).toEqual([0, expect.stringMatching(/no run/i)]);
  });
});

it('every entry of the corpus is tried here', () => {
  const tried = [...SPARC.map(([id]) => id), 11, 15, 16, 17, 22, 32, 33, 34, 1, 2, 3, 4, 5, 40];
  expect(tried.sort((a, b) => a - b)).toEqual(CORPUS.map(({ id }) => id));
});
