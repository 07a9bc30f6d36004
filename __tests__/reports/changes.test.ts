import { describe, expect, it } from '@jest/globals';
import { changeLines } from '../../src/reports/change-lines.js';
import { diffIn } from '../../src/reports/diff.js';
import { closingLines, shortClosingLines } from '../../src/reports/failures.js';
import { landingOf } from '../../src/reports/landing.js';
import { markdown } from '../../src/reports/markdown.js';
import type { Material } from '../../src/reports/material.js';
import { notices } from '../../src/reports/notices.js';
import { contestsOf } from '../../src/reports/variants.js';
import { whoChanged } from '../../src/reports/who-changed.js';
import { changesOf, together } from '../../src/reports/work-left.js';
import { plan, task } from '../fakes/plan.js';
import {
  changes,
  file,
  IsolatedStory,
  isolatedPlan,
  MERGED,
  twoTasks,
  twoVariants,
  variantsPlan,
} from './isolated.js';
import { at, type Story, texts } from './story.js';

const conflict = { files: ['src/app.ts'], task: 'db', against: ['auth'], onto: '0123456789abcdef' };
const onBranch = { commit: 'c3', branch: 'batchtool/r1/result', landed: 'no' };
const closing = (story: Story): string[] =>
  texts(closingLines({ state: story.state(), now: at(9), tails: new Map() }));
const report = (story: Story): string =>
  markdown({ state: story.state(), now: at(9), interrupted: false, tails: new Map(), summaries: new Map() });

describe('where the work of a run lies', () => {
  it('is the tree, a branch, or each task on its own', () => {
    const kind = (outputs: Record<string, string>) => landingOf(twoTasks().merged(4, outputs).state());
    expect(kind({ ...onBranch, landed: 'yes' })).toMatchObject({ kind: 'landed', commit: 'c3' });
    expect(kind({ ...onBranch, why: 'HEAD has moved' })).toMatchObject({
      kind: 'branch',
      why: 'HEAD has moved',
    });
    expect(kind({ commit: 'c3' })).toEqual({ kind: 'apart' });
    expect(kind({})).toEqual({ kind: 'nothing', uncommitted: [], failed: [] });
  });

  it('is on branches only, which is not nothing, where all that changed something failed', () => {
    const story = new IsolatedStory(isolatedPlan([task('auth')]))
      .started(0, 'auth')
      .add(1, {
        ...{ type: 'attempt.exited', task: 'auth', attempt: 1, exit: { kind: 'code', code: 1 } },
        ...{ commit: 'c1', changes: changes(file('app.ts', 1)) },
      })
      .ended(1, 'auth', { kind: 'failed', exit: { kind: 'code', code: 1 } })
      .merged(2, {})
      .finished(2, 'failed');
    expect(texts(changeLines(story.state())).join('\n')).toContain(
      'nothing was merged, for auth did not succeed\n  not merged: auth  1 file, +1 -0, on branch',
    );
  });

  it('is each task on its own where nothing was to be merged, with the branch of who won', () => {
    const apart = new IsolatedStory(
      isolatedPlan([task('a'), task('b')], {
        into: 'none',
        pick: { among: ['a', 'b'].map((name) => ({ name, tasks: [name] })) },
      }),
    )
      .left(1, 'a', 'c1', file('app.ts', 1))
      .left(1, 'b', 'c2', file('app.ts', 2))
      .merged(2, { landed: 'no', winner: 'a' })
      .finished(2, 'succeeded');
    expect(landingOf(apart.state())).toEqual({ kind: 'apart' });
    expect(texts(changeLines(apart.state())).join('\n')).toMatch(
      /a {2}succeeded .*; on branch batchtool\/r1\/task\/a\.1$/m,
    );
    expect(report(apart)).toMatch(/<code>a<\/code> 🏆.*batchtool\/r1\/task\/a\.1/);
  });

  it('is not said to be nothing where what a task left could not be committed', () => {
    const exit = { kind: 'code', code: 1 } as const;
    const why = 'git add: no; all that it left is still in /w/a.1';
    const story = new IsolatedStory(isolatedPlan([task('a')]))
      .started(0, 'a')
      .add(1, { type: 'attempt.exited', task: 'a', attempt: 1, exit, uncommitted: why })
      .ended(1, 'a', { kind: 'failed', exit })
      .merged(2, { landed: 'no', why: 'nothing was changed' })
      .finished(2, 'failed');
    expect(texts(changeLines(story.state()))[0]).toBe(
      '⚠ nothing was merged, for what a left could not be committed',
    );
    expect(report(story)).toContain('Nothing was merged, for what a left could not be committed.');
    const state = story.state();
    const [a] = state.tasks;
    for (const asked of [a, undefined])
      expect(diffIn(state, asked)).toMatchObject({
        ok: false,
        problems: [{ message: expect.stringMatching(/what a left could not be committed/) }],
      });
    expect([...notices(story.events, state).values()].flatMap(({ lines }) => texts(lines))).toContain(
      `⚠ a what it left could not be committed: ${why}`,
    );
  });

  it('is not said to be no change of a variant that could not be committed', () => {
    const exit = { kind: 'code', code: 1 } as const;
    const story = new IsolatedStory(variantsPlan())
      .started(0, 'a')
      .add(1, { type: 'attempt.exited', task: 'a', attempt: 1, exit, uncommitted: 'git add: no' })
      .ended(1, 'a', { kind: 'failed', exit })
      .left(2, 'b', 'c2', file('app.ts', 1));
    const rows = texts(changeLines(story.state()));
    expect(rows).toContainEqual(expect.stringMatching(/^ {2}a {2}failed in .*, not committed$/));
  });

  it('is not known where nothing is isolated, before it is merged, and after a conflict', () => {
    expect(landingOf(new IsolatedStory(plan([task('a')])).ran(0, 1, 'a').state())).toBeUndefined();
    expect(landingOf(twoTasks().state())).toBeUndefined();
    expect(landingOf(twoTasks().met(4, conflict).state())).toBeUndefined();
  });
});

describe('who changed what', () => {
  it('names each file with all its tasks, those first in which two have met', () => {
    const { files } = whoChanged(twoTasks().state());
    expect(
      files.map(({ path, isShared, by }) => [path, isShared, by.map((one) => one.task.task.id)]),
    ).toEqual([
      ['src/app.ts', true, ['auth', 'db']],
      ['logo.png', false, ['db']],
      ['src/auth.ts', false, ['auth']],
    ]);
  });

  it('does not warn of a task that goes on from what another has left', () => {
    const story = new IsolatedStory(isolatedPlan([task('a'), task('b', { needs: ['a'] })]))
      .left(1, 'a', 'c1', file('app.ts', 1))
      .left(2, 'b', 'c2', file('app.ts', 2));
    expect(whoChanged(story.state()).files.map(({ isShared }) => isShared)).toEqual([false]);
  });

  it('does not warn of variants, and leaves out those that were not taken', () => {
    const ids = (story: Story) => whoChanged(story.state()).tasks.map((one) => one.task.task.id);
    expect(ids(twoVariants())).toEqual(['b']);
    const undecided = new IsolatedStory(variantsPlan())
      .left(1, 'a', 'c1', file('app.ts', 1))
      .left(1, 'b', 'c2', file('app.ts', 1));
    expect(whoChanged(undecided.state()).files.map(({ by, isShared }) => [by.length, isShared])).toEqual([
      [2, false],
    ]);
  });

  it('counts the newest attempt that succeeded, and what is left of one that did not', () => {
    const story = new IsolatedStory(isolatedPlan([task('a')])).started(0, 'a').add(1, {
      type: 'attempt.exited',
      task: 'a',
      attempt: 1,
      exit: { kind: 'timeout', limitMillis: 1000 },
      commit: 'c1',
      changes: changes(file('half.ts', 1)),
    });
    const [a] = story.state().tasks;
    expect(changesOf(story.state(), a as never)?.files[0]?.path).toBe('half.ts');
  });

  it('forgets what a conflict has undone, even if the new try left nothing', () => {
    const story = twoTasks()
      .met(4, conflict)
      .add(4, { type: 'round.started', tasks: ['db', 'integrate'], because: 'conflict', conflict })
      .started(4, 'db', 2, 2)
      .exited(5, 'db', 0, 2)
      .ended(5, 'db', { kind: 'succeeded' }, 2);
    const { tasks, files } = whoChanged(story.state());
    expect(tasks.map(({ task: one }) => one.task.id)).toEqual(['auth']);
    expect(files.filter(({ isShared }) => isShared)).toEqual([]);
  });

  it('adds up what the rounds of a loop have left', () => {
    const looped = isolatedPlan(
      [task('a')],
      {},
      {
        loops: [{ id: 'l', tasks: ['a'], again: { kind: 'failed', tasks: ['a'] }, max: 2 }],
      },
    );
    const story = new IsolatedStory(looped)
      .left(1, 'a', 'c1', file('new.ts', 10, 0, 'added'))
      .add(1, { type: 'round.started', tasks: ['a'], loop: 'l', because: 'loop' })
      .started(1, 'a', 2, 2)
      .add(2, {
        type: 'attempt.exited',
        task: 'a',
        attempt: 2,
        exit: { kind: 'code', code: 0 },
        commit: 'c2',
        changes: changes(file('new.ts', 2, 1)),
      });
    const [a] = story.state().tasks;
    expect(changesOf(story.state(), a as never)).toEqual(changes(file('new.ts', 12, 1, 'added')));
  });

  it('keeps of changes one after the other where a file came from, and no lines of what has none', () => {
    expect(
      together([
        changes({ path: 'b', kind: 'renamed', from: 'a', added: 1, deleted: 0 }, file('p.png')),
        changes(file('b', 1), file('p.png', undefined, 0, 'deleted')),
      ])?.files,
    ).toEqual([
      { path: 'b', kind: 'changed', from: 'a', added: 2, deleted: 0 },
      { path: 'p.png', kind: 'deleted' },
    ]);
  });
});

describe('variants side by side', () => {
  it('tell of each how it ended, what it changed and where that lies, and which was taken', () => {
    const [contest] = contestsOf(twoVariants().state());
    expect(contest?.winner?.name).toBe('b');
    expect(
      contest?.rows.map(({ name, status, workMillis, isWinner, branch }) => [
        name,
        status,
        workMillis,
        isWinner,
        branch,
      ]),
    ).toEqual([
      ['a', 'succeeded', 2000, false, 'batchtool/r1/task/a.1'],
      ['b', 'succeeded', 3000, true, 'batchtool/r1/task/b.1'],
    ]);
  });

  it('have no winner before the merge has ended', () => {
    const story = new IsolatedStory(variantsPlan()).left(1, 'a', 'c1', file('x', 1)).broke(0, 1, 'b');
    const [contest] = contestsOf(story.state());
    expect([contest?.winner, contest?.rows.map(({ status }) => status)]).toEqual([
      undefined,
      ['succeeded', 'failed'],
    ]);
  });
});

describe('the closing lines of a run with isolated tasks', () => {
  it('say where all of it lies and how to take it, who changed how much, and where two have met', () => {
    const story = twoTasks().merged(4, { ...onBranch, why: 'HEAD has moved on' }, MERGED);
    expect(closing(story.finished(4, 'succeeded'))).toEqual([
      '✔ succeeded: 3 tasks succeeded in 4.0 s',
      '',
      '✔ changed 3 files, +45 -1: on branch batchtool/r1/result',
      '  HEAD has moved on',
      '  take it: git merge batchtool/r1/result',
      '  auth  2 files, +43 -1',
      '  db  2 files, +2 -0',
      '  ⚠ several tasks changed src/app.ts: auth, db',
    ]);
  });

  it('say that it is in the tree already', () => {
    const story = twoTasks()
      .merged(4, { ...onBranch, branch: 'main', landed: 'yes' }, MERGED)
      .finished(4, 'succeeded');
    expect(closing(story)).toContain('✔ changed 3 files, +45 -1: now on main, in your working tree (c3)');
  });

  it('name both tasks and the files of a conflict, on which branches the work is, and what to type', () => {
    const lines = closing(twoTasks().met(4, conflict).finished(4, 'failed'));
    expect(lines).toContain('  db  2 files, +2 -0; on branch batchtool/r1/task/db.1');
    expect(lines).toContain(
      '✖ integrate failed: the changes of db conflict with those of auth in src/app.ts',
    );
    expect(lines.join('\n')).toContain(
      'git switch -c merged 0123456789 && git merge batchtool/r1/task/db.1; `batchtool resume r1 --on-conflict retry` has it',
    );
  });

  it('say who won, and where the others are', () => {
    expect(closing(twoVariants().finished(6, 'succeeded')).slice(2)).toEqual([
      '✔ changed 1 file, +10 -1: now on main, in your working tree (c2)',
      '★ b won: compare named no winner, as a command does with `echo winner=NAME >> "$BATCHTOOL_OUTPUT"`; it changed less: 16 lines against 32 lines',
      '  a  succeeded in 2.0 s, 1 file, +30 -2; on branch batchtool/r1/task/a.1',
      '  b  succeeded in 3.0 s, 2 files, +15 -1',
    ]);
  });

  it('are as they were where nothing is isolated', () => {
    const story = new IsolatedStory(plan([task('a')])).ran(0, 1, 'a').finished(1, 'succeeded');
    expect(changeLines(story.state())).toEqual([]);
    expect(closing(story)).toHaveLength(1);
  });

  it('do not name a hundred tasks', () => {
    const ids = Array.from({ length: 100 }, (_, place) => `t${place}`);
    const story = new IsolatedStory(isolatedPlan(ids.map((id) => task(id))));
    for (const id of ids) story.left(1, id, `c${id}`, ...ids.map((name) => file(name, 1)));
    const lines = texts(changeLines(story.state()));
    expect(lines).toHaveLength(8 + 1 + 5 + 1);
    expect(lines).toContain('  and 92 more tasks: batchtool diff --stat --orchestration r1');
  });

  it('have room for one line of it where failures stand above', () => {
    const state = twoTasks()
      .merged(4, { ...onBranch, branch: 'main', landed: 'yes' }, MERGED)
      .finished(4, 'succeeded')
      .state();
    expect(texts(shortClosingLines({ state, now: at(9) }))).toHaveLength(2);
  });
});

describe('the report of a run with isolated tasks', () => {
  it('shows the branch with the command, the files that several tasks changed, and each task', () => {
    const text = report(twoTasks().merged(4, onBranch, MERGED).finished(4, 'succeeded'));
    expect(text.slice(text.indexOf('### What changed'), text.indexOf('### Tasks')).split('\n\n')).toEqual([
      '### What changed',
      '**3 files, &#43;45 -1**, on branch <code>batchtool/r1/result</code>. To take it:',
      '```sh\ngit merge batchtool/r1/result\n```',
      '⚠️ One file was changed by more than one task:',
      '- <code>src/app.ts</code>: <code>auth</code> &#43;3 -1, <code>db</code> &#43;2 -0',
      '| Task | Files | Lines |\n| --- | ---: | ---: |\n| <code>auth</code> | 2 | &#43;43 -1 |\n| <code>db</code> | 2 | &#43;2 -0 |',
      '<details><summary>3 files</summary>',
      expect.stringContaining('| <code>logo.png</code> | changed |  | <code>db</code> |'),
      '</details>',
      '',
    ]);
  });

  it('shows variants in a table', () => {
    const text = report(twoVariants().finished(6, 'succeeded'));
    expect(text).toContain(
      '### Variants\n\n**b won**: compare named no winner, as a command does with &#96;echo winner&#61;NAME &#62;&#62; "&#36;BATCHTOOL&#95;OUTPUT"&#96;; it changed less: 16 lines against 32 lines\n\n|  | Variant | Duration | Changes | Branch |',
    );
    expect(text).toContain('| ✅ | <code>b</code> 🏆 | 3.0 s | 2 files, &#43;15 -1 |  |');
  });

  it('names no branch that nobody can reach, and the command for one that is pushed', () => {
    const state = twoTasks().merged(4, onBranch, MERGED).finished(4, 'succeeded').state();
    const told = (branches: 'pushed' | 'gone') =>
      markdown({ state, now: at(9), interrupted: false, tails: new Map(), summaries: new Map(), branches });
    expect(told('pushed')).toContain('git fetch origin batchtool/r1/result && git merge FETCH_HEAD');
    expect(told('gone')).toContain('It was on the machine of the job only');
    const variants = twoVariants().state();
    const material = { now: at(9), interrupted: false, tails: new Map(), summaries: new Map() };
    expect(markdown({ ...material, state: variants, branches: 'gone' })).not.toContain('task/a.1');
    const fallenOut = twoTasks().met(4, conflict).finished(4, 'failed').state();
    const text = markdown({ ...material, state: fallenOut, branches: 'gone' });
    expect(text).toContain('with --on-conflict retry what does not fit is done again');
    expect(text).not.toMatch(/git switch|task\/db\.1/);
  });

  it.each<[Partial<Material>, string]>([
    [{ branches: 'gone' }, 'only: with <code>push: branch</code> it is pushed.'],
    [
      { branches: 'gone', patches: 'offered' },
      'it is pushed. With <code>artifact: always</code> the patches are kept.',
    ],
    [
      { branches: 'unpushed', patches: 'kept' },
      'only, for it is not pushed. The patches are in the artifact of the run, if it could be kept.',
    ],
    [{ branches: 'unpushed' }, 'only, for it is not pushed.'],
  ])('promises no more of a branch on a machine that is gone than there is: %j', (reader, told) => {
    const state = twoTasks().merged(4, onBranch, MERGED).finished(4, 'succeeded').state();
    const material = { state, now: at(9), interrupted: false, tails: new Map(), summaries: new Map() };
    expect(markdown({ ...material, ...reader }).split('\n\n')).toContainEqual(
      expect.stringMatching(new RegExp(`${told.replace(/[.*]/g, '\\$&')}$`)),
    );
  });

  it('offers no command in the log of a machine that nobody types on', () => {
    const state = twoTasks().merged(4, onBranch, MERGED).finished(4, 'succeeded').state();
    const lines = texts(shortClosingLines({ state, now: at(9) })).join('\n');
    expect(lines).toContain('on branch batchtool/r1/result');
    expect(lines).not.toContain('git merge');
  });

  it('fits, however many files have changed', () => {
    const ids = Array.from({ length: 200 }, (_, place) => `t${place}`);
    const story = new IsolatedStory(isolatedPlan(ids.map((id) => task(id))));
    for (const id of ids)
      story.left(1, id, `c${id}`, ...ids.map((name) => file(`${'x'.repeat(200)}${name}`, 1)));
    const material = {
      state: story.state(),
      now: at(9),
      interrupted: false,
      tails: new Map(),
      summaries: new Map(),
    };
    const text = markdown(material, 65_000);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_000);
    expect(text).toContain('### What changed');
    expect(text).toContain('### Tasks');
  });
});
