/** What becomes of a plan whose tasks work in worktrees: where each begins, and what is merged where. */
import { describe, expect, test } from '@jest/globals';
import type { Plan, Task } from '../../src/core/plan.js';
import { type Around, asked, faultsOf, planned, refused, right } from './typed.js';

const AGENT = { resolves: (word: string) => word === 'claude', env: { ANTHROPIC_API_KEY: 'k' } };
const HERE = { machine: { ...AGENT, hasRepository: () => true } };
const NOWHERE = { machine: AGENT };

/** `base > id: needs` of isolated tasks; `[members] > …` of merges; `-` of what is not isolated. */
function laidOut({ tasks }: Plan): string[] {
  return tasks.map((task) => `${beginning(task)} ${task.id}${needsOf(task)}`);
}

function beginning({ base = '.', work, isolate }: Task): string {
  if (work.kind === 'integrate') return `${base} + [${work.members.join(' ')}] >`;
  return isolate === 'worktree' ? `${base} >` : '-';
}

function needsOf({ needs }: Task): string {
  const words = needs.map(({ task, kind }) => (kind === 'order' ? `~${task}` : task));
  return words.length === 0 ? '' : `: ${words.join(' ')}`;
}

const graph = (...tasks: string[]): string[] => [
  '--isolate',
  'worktree',
  ...tasks.flatMap((t) => ['--task', t]),
];
const of = (argv: string[], around: Around = HERE): string[] => laidOut(planned(argv, around));
const dependent = (...tasks: string[]): string[] => of(['--dependency-aware', ...graph(...tasks)]);

describe('an isolated task', () => {
  test('begins where the run does, and all are merged at the end, in the order of the plan', () => {
    expect(of(['--isolate', 'worktree', 'x', 'y', 'z'])).toEqual([
      '. > 1',
      '. > 2',
      '. > 3',
      '. + [1 2 3] > integrate: ~1 ~2 ~3',
    ]);
  });

  test('begins in the commit of the one before it', () => {
    expect(of(['--isolate', 'worktree', '--sequential', 'x', 'y'])).toEqual([
      '. > 1',
      '1 > 2: ~1',
      '. + [1 2] > integrate: ~1 ~2',
    ]);
  });

  test('begins in a merge of several before it, which stands between', () => {
    expect(dependent('a:x', 'b:x', 'c:x:depends=a,b')).toEqual([
      '. > a',
      '. > b',
      '. + [a b] > integrate-c: a b',
      'integrate-c > c: a b integrate-c',
      '. + [a b c] > integrate: ~a ~b ~c',
    ]);
  });

  test('shares that merge with others that come after the same', () => {
    expect(dependent('a:x', 'b:x', 'c:x:depends=a,b', 'd:x:depends=b,a')).toContain(
      'integrate-c > d: b a integrate-c',
    );
  });

  test('finds several that began alike merged on top of where they did', () => {
    expect(dependent('a:x', 'b:x:depends=a', 'c:x:depends=a', 'd:x:depends=b,c')[3]).toBe(
      'a + [b c] > integrate-d: b c',
    );
  });

  test('finds several that began in different places merged from the beginning of the run', () => {
    expect(dependent('a:x', 'b:x:depends=a', 'c:x', 'd:x:depends=b,c')[3]).toBe(
      '. + [a b c] > integrate-d: b c',
    );
  });

  test('looks only at the nearest of those that come one after the other', () => {
    expect(dependent('a:x', 'b:x:depends=a', 'c:x:depends=a,b')[2]).toBe('b > c: a b');
  });

  test('makes those isolated that come after it, but not who says that it wants the common tree', () => {
    const file = `tasks:
  a: {run: x, isolate: worktree}
  b: {run: x, needs: a}
  c: {run: x, needs: b, isolate: none}
  d: {run: x, needs: c}
  e: {run: x}`;
    expect(of([], { ...HERE, file })).toEqual([
      '. > a',
      'a > b: a',
      '- c: b',
      'b > d: c',
      '- e',
      '. + [a b d] > integrate: ~a ~b ~d',
    ]);
  });
});

describe('a loop', () => {
  test('goes on from its last phase, and is one work for all outside', () => {
    const argv = ['--isolate', 'worktree', '--boomerang', '--p1', 'sh: x', '--p2', 'sh: y'];
    const plan = right(asked('orchestrate', [...argv, '--until', 'sh: z'], HERE));
    expect(laidOut(plan)).toEqual([
      '. > p1',
      'p1 > p2: ~p1',
      'p2 > until: ~p1 ~p2',
      'until + [] > integrate: ~until',
    ]);
    expect(plan.loops[0]).toMatchObject({ tasks: ['p1', 'p2', 'until'], checkpoint: 'until' });
  });

  test('with several ends gets a merge of its own that is repeated with it', () => {
    const argv = [
      '--boomerang',
      '--checkpoint-on-failure',
      '--p1',
      'sh: x',
      '--p2-parallel',
      'sh: y',
      'sh: z',
    ];
    const plan = right(asked('orchestrate', [...argv, '--loop-back-on', 'p2'], HERE));
    expect(laidOut(plan)).toEqual([
      '. > p1',
      'p1 > p2-1: ~p1',
      'p1 > p2-2: ~p1',
      'p1 + [p2-1 p2-2] > integrate-boomerang: ~p1 ~p2-1 ~p2-2',
      'integrate-boomerang + [] > integrate: ~integrate-boomerang',
    ]);
    expect(plan.loops[0]).toMatchObject({
      tasks: ['p1', 'p2-1', 'p2-2', 'integrate-boomerang'],
      checkpoint: 'integrate-boomerang',
    });
  });

  test('of a review is one work with what was reviewed', () => {
    const file =
      'defaults: {isolate: worktree}\ntasks: {a: {run: x, review: {run: y}}, b: {run: z, needs: a}}';
    expect(of([], { ...HERE, file })).toEqual([
      '. > a',
      'a > a-review: a',
      'a-review > b: a a-review',
      '. + [a-review b] > integrate: ~a-review ~b',
    ]);
  });
});

describe('variants', () => {
  const ab = ['--ab-test', '--variant-a', 'sh: x', '--variant-b', 'sh: y'];

  test('are isolated in a repository, and the merge takes the one that is named', () => {
    const plan = planned([...ab, '--compare', 'prompt: which?'], HERE);
    expect(laidOut(plan)).toEqual(['. > a', '. > b', '. > compare: a b', '. + [a b] > integrate: compare']);
    expect(plan.tasks[3]).toMatchObject({
      when: 'success',
      work: {
        pick: {
          judge: 'compare',
          among: [
            { name: 'a', tasks: ['a'] },
            { name: 'b', tasks: ['b'] },
          ],
        },
      },
    });
    expect(plan.isolation).toMatchObject({ asked: false, includeDirty: true });
  });

  test('tell an agent that judges how to name the winner', () => {
    const [, , judge] = planned([...ab, '--compare', 'prompt: which?'], HERE).tasks;
    expect(judge?.work).toMatchObject({
      text: 'which?\n\nOne of a, b is taken. End with one of these lines: "WINNER: a", "WINNER: b", "WINNER: tie".',
    });
    expect(judge?.expect).toEqual({ winner: ['a', 'b'] });
  });

  test('tell the built-in runner the same where it takes a SPARC command', () => {
    const [, , judge] = planned([...ab, '--compare', "flowx sparc run code 'which?'"], HERE).tasks;
    expect(judge?.work).toMatchObject({ kind: 'prompt', text: expect.stringContaining('"WINNER: a"') });
  });

  test('without a judge may fail, for one of them is taken by rule', () => {
    const plan = planned(ab, HERE);
    expect(plan.tasks.map(({ id, mayFail, when }) => [id, mayFail, when])).toEqual([
      ['a', true, 'success'],
      ['b', true, 'success'],
      ['integrate', undefined, 'always'],
    ]);
  });

  test.each([
    ['there is no repository', [], NOWHERE],
    ['nobody is to be isolated', ['--isolate', 'none'], HERE],
    ['config says that nobody is', [], { ...HERE, config: { isolate: 'none' } }],
  ])('work in one tree as ever where %s', (_, more, around) => {
    const plan = planned([...ab, '--compare', 'prompt: which?', ...more], around);
    expect(laidOut(plan)).toEqual(['- a', '- b', '- compare: a b']);
    expect(JSON.stringify(plan)).not.toMatch(/isol|WINNER|pick/);
  });

  test('that are ideas hand the winner on to the steps after the judge', () => {
    const argv = [
      '--prototypes',
      '--idea-1',
      'sh: x',
      '--idea-2',
      'sh: y',
      'sh: z',
      '--test',
      'sh: t',
      '--land',
      'sh: s',
    ];
    const plan = right(asked('orchestrate', argv, HERE));
    expect(laidOut(plan)).toEqual([
      '. > idea-1',
      '. > idea-2-1',
      'idea-2-1 > idea-2-2: idea-2-1',
      '. > test: ~idea-1 ~idea-2-2',
      '. + [idea-1 idea-2-1 idea-2-2] > integrate-winner: test',
      'integrate-winner > land: ~test integrate-winner',
      '. + [integrate-winner land] > integrate: ~integrate-winner ~land',
    ]);
    expect(plan.tasks.map(({ when, mayFail }) => [when, mayFail === true]).slice(0, 4)).toEqual([
      ['success', true],
      ['success', true],
      ['any-success', true],
      ['any-success', false],
    ]);
  });
});

describe('flags that keep good states', () => {
  const steps = ['--mvp', 'sh: x', '--more', 'sh: y'];

  test('isolate the steps of progressive, and end with the last that was good', () => {
    const plan = right(asked('orchestrate', ['--progressive', '--rollback-enabled', ...steps], HERE));
    expect(laidOut(plan)).toEqual(['. > mvp', 'mvp > more: ~mvp', 'more + [] > integrate: ~mvp ~more']);
    expect(plan.isolation).toMatchObject({ asked: false, rollback: true });
  });

  test('take a stage as a whole', () => {
    const argv = [
      '--progressive',
      '--checkpoint-strategy',
      'commit',
      '--mvp',
      'sh: x',
      '--more-parallel',
      'sh: y',
      'sh: z',
    ];
    expect(laidOut(right(asked('orchestrate', argv, HERE))).slice(3)).toEqual([
      'mvp + [more-1 more-2] > integrate-last: ~more-1 ~more-2',
      'integrate-last + [] > integrate: ~mvp ~more-1 ~more-2 ~integrate-last',
    ]);
  });

  test.each([['--progressive', '--checkpoint-strategy', 'none'], ['--progressive']])(
    'say nothing of %s %s %s',
    (...flags) => {
      expect(right(asked('orchestrate', [...flags, ...steps], HERE)).isolation).toBeUndefined();
    },
  );
});

describe('what holds for isolated tasks', () => {
  const wide = ['--isolate', 'worktree', 'x'];

  test.each([
    [['--include-dirty'], { includeDirty: true }],
    [['--on-conflict', 'retry'], { onConflict: 'retry' }],
    [['--keep-work', '30d'], { keepMillis: 30 * 86_400_000 }],
    [['--commit-author', 'A B <a@b.c>'], { author: 'A B <a@b.c>' }],
  ])('is said by %j', (argv, isolation) => {
    expect(planned([...argv, ...wide], HERE).isolation).toEqual({
      ...{ asked: true, includeDirty: false, onConflict: 'fail', keepMillis: 7 * 86_400_000 },
      ...isolation,
    });
  });

  test.each([
    ['in the tree', {}, [], 'worktree'],
    ['on a branch in CI', { CI: 'true' }, [], 'branch'],
    ['in the worktree of a task around it', { CI: 'true', BATCHTOOL_WORKTREE: '/w' }, [], 'worktree'],
    ['where it is said', { CI: 'true' }, ['--into', 'none'], 'none'],
  ])('ends %s', (_, env, argv, into) => {
    const { tasks } = planned([...argv, ...wide], { machine: { ...HERE.machine, env } });
    expect(tasks[1]?.work).toMatchObject({ into });
  });

  test('is for each task what it says itself, unless a flag says otherwise', () => {
    const file =
      'defaults: {isolate: worktree, copy: .env, setup: npm ci}\ntasks: {a: {run: x}, b: {run: x, copy: [a, b], setup: make}}';
    const told = (argv: string[]) =>
      planned(argv, { ...HERE, file }).tasks.map(({ copy, setup }) => [copy, setup]);
    expect(told([]).slice(0, 2)).toEqual([
      [['.env'], 'npm ci'],
      [['a', 'b'], 'make'],
    ]);
    expect(told(['--isolate-setup', 'true'])[1]).toEqual([['a', 'b'], 'true']);
  });

  test('without a repository is refused where somebody asked for it', () => {
    expect(refused(wide)).toEqual([
      expect.stringContaining(
        '--isolate: a worktree needs a git repository, and there is none around /home/me',
      ),
    ]);
    expect(refused([], { file: 'tasks:\n  a: {run: x, isolate: worktree}' })[0]).toContain(
      'plan.yml:2:3: task a:',
    );
  });

  test.each(['no mail', 'A <a', '<a@b.c>', 'A\n <a@b.c>'])('takes no %j for an author', (author) => {
    expect(refused(['--commit-author', author, ...wide], HERE)).toHaveLength(1);
  });
});

describe('a stage of a plan file', () => {
  const STAGES = `stages: [{name: look, isolate: none}, {name: make, isolate: worktree, copy: .env, setup: npm ci}, ship]
tasks:
  a: {run: x, stage: look}
  b: {run: x, stage: make}
  c: {run: x, stage: make, isolate: none, copy: [a, b], setup: make}
  d: {run: x, stage: ship}`;

  test('says for its tasks where they work, and what comes after them follows', () => {
    expect(of([], { ...HERE, file: STAGES })).toEqual([
      '- a',
      '. > b: ~a',
      '- c: ~a',
      'b > d: ~b ~c',
      '. + [b d] > integrate: ~b ~d',
    ]);
  });

  test('beats what holds for all tasks, and a flag or variable beats it', () => {
    const marks = (file: string, argv: string[] = [], env = {}) =>
      planned(argv, { machine: { ...HERE.machine, env }, file })
        .tasks.filter(({ work }) => work.kind === 'command')
        .map(({ isolate = 'none' }) => isolate);
    const all = `defaults: {isolate: worktree}\n${STAGES}`;
    expect(marks(all)).toEqual(['none', 'worktree', 'none', 'worktree']);
    expect(marks(STAGES, ['--isolate', 'worktree'])).toEqual(Array(4).fill('worktree'));
    expect(marks(all, [], { BATCHTOOL_ISOLATE: 'none' })).toEqual(Array(4).fill('none'));
  });

  test('says what their worktrees need, unless they say it themselves', () => {
    const [, b, c, d] = planned(['--isolate', 'worktree'], { ...HERE, file: STAGES }).tasks;
    expect([b, c, d].map((task) => [task?.copy, task?.setup])).toEqual([
      [['.env'], 'npm ci'],
      [['a', 'b'], 'make'],
      [undefined, undefined],
    ]);
  });

  test('says so in a pattern too, and of the reviews of its tasks', () => {
    const file = `pattern: progressive
stages: [mvp, {name: more, isolate: worktree}]
tasks: {a: {run: x, stage: mvp}, b: {run: x, stage: more, review: {run: y}}}`;
    expect(of([], { ...HERE, file })).toEqual([
      '- a',
      '. > b: ~a',
      'b > b-review: b',
      'b-review + [] > integrate: ~b-review',
    ]);
  });

  test('without a repository is refused, for somebody asked for it', () => {
    expect(refused([], { ...NOWHERE, file: STAGES })[0]).toContain(
      'plan.yml:4:3: task b: a worktree needs a git repository',
    );
  });
});

describe('an exported plan', () => {
  const plans: [string, Plan][] = [
    [
      'graph',
      planned(['--dependency-aware', ...graph('a:x', 'b:x', 'c:x:depends=a,b', 'd:x:depends=a,c')], HERE),
    ],
    [
      'A/B',
      planned(['--ab-test', '--variant-a', 'sh: x', '--variant-b', 'sh: y', '--compare', 'prompt: z'], HERE),
    ],
    [
      'boomerang',
      right(
        asked(
          'orchestrate',
          [
            '--boomerang',
            '--rollback-enabled',
            '--a',
            'sh: x',
            '--b-parallel',
            'sh: y',
            'sh: z',
            '--until',
            'sh: t',
          ],
          HERE,
        ),
      ),
    ],
    [
      'ideas',
      right(
        asked(
          'orchestrate',
          ['--prototypes', '--idea-1', 'sh: x', '--idea-2', 'sh: y', '--t', 'sh: z', '--u', 'sh: z'],
          HERE,
        ),
      ),
    ],
    [
      'stages',
      planned([], {
        ...HERE,
        file: 'stages: [{name: s, isolate: worktree}, {name: t, isolate: none}]\ntasks: {a: {run: x, stage: s}, b: {run: x, stage: t}}',
      }),
    ],
  ];

  test.each(plans)('is the same plan when it is run again: %s', (_, plan) => {
    const around = {
      machine: { ...HERE.machine, env: { ...AGENT.env, CI: '1' } },
      file: JSON.stringify(plan),
      name: 'plan.json',
    };
    expect(planned([], around)).toEqual(plan);
  });

  test('without a repository is one without isolation, if nobody asked for it', () => {
    const [, [, plan]] = plans as [unknown, [string, Plan]];
    const again = planned([], { ...NOWHERE, file: JSON.stringify(plan), name: 'plan.json' });
    expect(laidOut(again)).toEqual(['- a', '- b', '- compare: a b']);
    expect(again.isolation).toBeUndefined();
  });

  test('with fewer tasks merges what is left', () => {
    const [[, plan]] = plans as [[string, Plan]];
    const around = { ...HERE, file: JSON.stringify(plan), name: 'plan.json' };
    expect(of(['--skip', 'a'], around)).toEqual([
      '. > b',
      'b > c: b',
      'c > d: c',
      '. + [b c d] > integrate: ~b ~c ~d',
    ]);
    expect(of(['--isolate', 'none'], around)[2]).toBe('- c: a b');
  });
});

test('a plan without isolated tasks knows nothing of it', () => {
  expect(JSON.stringify(planned(['--sequential', 'x', 'y'], HERE))).not.toMatch(/isol|integrate|base/);
  expect(faultsOf(asked('orchestrate', ['--setup', 'sh: x', '--copy', 'sh: y'], HERE))).toEqual([]);
});
