import { describe, expect, it } from '@jest/globals';
import type { TaskState } from '../../src/core/state.js';
import { changeLines } from '../../src/reports/change-lines.js';
import { mergedDocument } from '../../src/reports/changes-document.js';
import { changesSection } from '../../src/reports/changes-markdown.js';
import { detailLines } from '../../src/reports/details.js';
import { diffIn, diffSheet } from '../../src/reports/diff.js';
import { hintFor } from '../../src/reports/hint.js';
import { statusDocument } from '../../src/reports/json.js';
import { junit } from '../../src/reports/junit.js';
import type { Material } from '../../src/reports/material.js';
import { narrator } from '../../src/reports/narrator.js';
import { reportDocument } from '../../src/reports/report-document.js';
import { statusSheet } from '../../src/reports/status.js';
import { task } from '../fakes/plan.js';
import { changes, file, IsolatedStory, isolatedPlan, MERGED, twoTasks, twoVariants } from './isolated.js';
import { at, rows, type Story, texts } from './story.js';

const conflict = { files: ['src/app.ts'], task: 'db', against: ['auth'], onto: '0123456789abcdef' };
const material = (story: Story): Material => ({
  state: story.state(),
  now: at(9),
  interrupted: false,
  tails: new Map(),
  summaries: new Map(),
});
const said = (story: Story): string[] => {
  const state = story.state();
  return [...narrator.notices(story.events, state).values()].flatMap(({ lines }) => texts(lines));
};
const onBranch = { commit: 'c3', branch: 'batchtool/r1/result', landed: 'no', why: 'HEAD has moved on' };

describe('what is told of changes while a run goes on', () => {
  it('is how much a task has changed, and where all of it lies', () => {
    const lines = said(twoTasks().merged(4, onBranch, MERGED));
    expect(lines).toContain('✔ auth succeeded in 2.0 s, changed 2 files, +43 -1');
    expect(lines).toContain(
      '✔ integrate succeeded in 0 ms, changed 3 files, +45 -1, on branch batchtool/r1/result',
    );
  });

  it('is why a task does its work again', () => {
    const story = twoTasks()
      .met(4, conflict)
      .add(4, { type: 'round.started', tasks: ['db', 'integrate'], because: 'conflict', conflict });
    expect(said(story).at(-1)).toBe(
      '↺ the changes of db conflict with those of auth in src/app.ts: db, integrate run again on top of what others changed',
    );
  });

  it('is what git ignores, and so is not kept', () => {
    const notKept = { names: ['dist/', 'a.log'], omitted: 1 };
    const exit = { kind: 'code', code: 0 } as const;
    const exited = { type: 'attempt.exited', task: 'auth', attempt: 1, exit, notKept } as const;
    expect(said(twoTasks().started(4, 'auth').add(4, exited)).at(-1)).toMatch(
      /^⚠ auth not kept, for git ignores it: dist\/, a\.log and 1 more \(`git add -f`/,
    );
  });

  it('is each commit that it has put where no merge looks, with what is typed to have it', () => {
    const commit = 'c'.repeat(40);
    const aside = [
      { kind: 'left', commit, branch: 'my(feature' },
      { kind: 'left', commit },
      { kind: 'stashed', commit },
      { kind: 'unstashed', commit },
    ] as const;
    const exit = { kind: 'code', code: 0 } as const;
    const exited = { type: 'attempt.exited', task: 'auth', attempt: 1, exit, aside } as const;
    expect(said(twoTasks().started(4, 'auth').add(4, exited)).slice(-4)).toEqual([
      "⚠ auth not merged, for it went on without it: its commit cccccccccc on my(feature (`git merge 'my(feature'` takes it)",
      '⚠ auth not merged, for it went on without it: its commit cccccccccc, which no branch holds (`git branch NAME cccccccccc` keeps it)',
      '⚠ auth not merged: cccccccccc was put into the stash, which all worktrees share, while it ran (`git stash apply cccccccccc` takes it)',
      '⚠ auth cccccccccc was taken out of the stash, which all worktrees share, while it ran (`git stash store cccccccccc` puts it back)',
    ]);
  });

  it('is the commit of an attempt, where details are wanted', () => {
    const story = twoTasks();
    const lines = texts(detailLines(story.events, story.state(), () => '/log'));
    expect(lines).toContain('  · auth attempt 1 exited with code 0, left commit c1');
  });
});

describe('a status with isolated tasks', () => {
  it('has a column of changes, and says below where they are', () => {
    const state = twoTasks().merged(4, onBranch, MERGED).finished(4, 'succeeded').state();
    const sheet = statusSheet({ state, now: at(9), interrupted: false });
    expect(rows(sheet).map((row) => row.split('|').at(-2))).toEqual(['+43 -1', '+2 -0', '+45 -1']);
    expect(texts(sheet.foot)).toEqual([
      '✔ changed 3 files, +45 -1: on branch batchtool/r1/result',
      '  HEAD has moved on',
      '  take it: git merge batchtool/r1/result',
    ]);
  });
});

describe('work that is not in the result', () => {
  const tried = changes(file('src/app.ts', 9), file('polish.css', 1));
  const story = (integrate = {}) =>
    new IsolatedStory(
      isolatedPlan(
        ['auth', 'db', 'polish'].map((id) => task(id)),
        integrate,
      ),
    )
      .left(1, 'auth', 'c1', file('src/app.ts', 3, 1))
      .left(2, 'db', 'c2', file('src/app.ts', 2))
      .started(0, 'polish')
      .add(3, {
        ...{ type: 'attempt.exited', task: 'polish', attempt: 1, exit: { kind: 'code', code: 1 } },
        ...{ commit: 'c4', changes: tried },
      })
      .ended(3, 'polish', { kind: 'failed', exit: { kind: 'code', code: 1 } });
  const apart = (id: string, amount: string) =>
    `  not merged: ${id}  ${amount}, on branch batchtool/r1/task/${id}.1`;

  it('of a task that failed is told apart, in a status, in a diff and in a report', () => {
    const state = story().merged(4, onBranch, MERGED).finished(4, 'failed').state();
    const lines = texts(changeLines(state));
    expect(lines.slice(3)).toEqual([
      '  auth  1 file, +3 -1',
      '  db  1 file, +2 -0',
      apart('polish', '2 files, +10 -0'),
      '  ⚠ several tasks changed src/app.ts: auth, db',
    ]);
    const diff = diffIn(state, undefined);
    const sheet = diff.ok ? diffSheet(diff.value) : undefined;
    expect([texts(sheet?.foot ?? []).at(-1), sheet?.table?.rows[0]?.at(-1)?.text]).toEqual([
      apart('polish', '2 files, +10 -0'),
      'auth, db',
    ]);
    expect(statusDocument(state, false, () => '/log').run.merged?.apart).toEqual(['polish']);
    const section = changesSection({ ...material(story()), state }, { tasks: 9, files: 9 });
    expect(section).toMatch(
      /\| <code>db<\/code> .*\n\nNot merged:\n\n.*\n.*\n\| <code>polish<\/code> .*task\/polish\.1/,
    );
    expect(section).not.toContain('polish.css');
  });

  it('of a task that did not fit is told apart', () => {
    const seen = story()
      .started(4, 'integrate')
      .add(4, {
        ...{ type: 'attempt.exited', task: 'integrate', attempt: 1, exit: { kind: 'conflict', ...conflict } },
        ...{ outputs: onBranch, commit: 'c3', changes: MERGED },
      });
    const lines = texts(changeLines(seen.state()));
    expect(lines.slice(3)).toEqual([
      '  auth  1 file, +3 -1',
      apart('db', '1 file, +2 -0'),
      apart('polish', '2 files, +10 -0'),
    ]);
    const apartIds = statusDocument(seen.state(), false, () => '/log').run.merged?.apart;
    expect(apartIds).toEqual(['db', 'polish']);
  });

  it('is that of all tasks where nothing was to be merged, but not of variants that lost', () => {
    const apartOf = (one: IsolatedStory) => mergedDocument(one.state())?.apart;
    expect(apartOf(story({ into: 'none' }).merged(4, { landed: 'no' }))).toEqual(['auth', 'db', 'polish']);
    expect(apartOf(twoVariants())).toEqual([]);
    expect(mergedDocument(twoTasks().state())).toBeNull();
  });
});

describe('the documents of a run with isolated tasks', () => {
  it('hold what an attempt left that is in no commit, and why', () => {
    const notKept = { names: ['dist/'], omitted: 2 };
    const aside = [{ kind: 'left', commit: 'c1', branch: 'feature' }] as const;
    const exit = { kind: 'code', code: 1 } as const;
    const exited = { type: 'attempt.exited', task: 'auth', exit } as const;
    const story = new IsolatedStory(isolatedPlan([task('auth')]))
      .started(0, 'auth')
      .add(1, { ...exited, attempt: 1, notKept, aside })
      .started(1, 'auth', 2)
      .add(2, { ...exited, attempt: 2, uncommitted: 'git add: no' });
    const status = statusDocument(story.state(), false, () => '/log');
    for (const { tasks } of [status, reportDocument(material(story), () => '/log')])
      expect(tasks[0]?.attempts).toMatchObject([
        { commit: null, changes: null, notKept, aside, uncommitted: null },
        { commit: null, changes: null, notKept: null, aside: [], uncommitted: 'git add: no' },
      ]);
  });

  it('hold commit, branch and changes of each attempt, and what became of them', () => {
    const state = twoTasks().merged(4, onBranch, MERGED).finished(4, 'succeeded').state();
    const { run, tasks } = statusDocument(state, false, () => '/log');
    expect(run.merged).toEqual({ ...onBranch, landed: false, apart: [] });
    expect(tasks.map(({ attempts: [attempt] }) => [attempt?.commit, attempt?.branch])).toEqual([
      ['c1', 'batchtool/r1/task/auth.1'],
      ['c2', 'batchtool/r1/task/db.1'],
      ['c3', 'batchtool/r1/result'],
    ]);
    expect(tasks[1]?.attempts[0]?.changes).toEqual({
      files: [
        { path: 'src/app.ts', kind: 'changed', from: null, added: 2, deleted: 0 },
        { path: 'logo.png', kind: 'changed', from: null, added: null, deleted: null },
      ],
      omitted: 0,
      added: 2,
      deleted: 0,
    });
  });

  it('name both tasks of a conflict, in the exit of the merge and in words', () => {
    const story = twoTasks().met(4, conflict).finished(4, 'failed');
    const exit = { kind: 'conflict', ...conflict, more: [] };
    expect(statusDocument(story.state(), false, () => '/log').tasks[2]?.attempts[0]?.exit).toEqual(exit);
    const report = reportDocument(material(story), () => '/log');
    expect(report.tasks[2]?.reason).toBe('the changes of db conflict with those of auth in src/app.ts');
    expect(junit(material(story))).toContain(
      '<failure message="the changes of db conflict with those of auth in src/app.ts" type="conflict">',
    );
  });

  it('name all that did not fit, each with its branch', () => {
    const more = [{ task: 'ui', files: ['logo.png'], against: ['db'] }, { task: 'docs' }];
    const story = new IsolatedStory(isolatedPlan(['auth', 'db', 'ui', 'docs'].map((id) => task(id))))
      .left(1, 'auth', 'c1', file('src/app.ts', 3, 1))
      .left(2, 'db', 'c2', file('src/app.ts', 2), file('logo.png'))
      .left(3, 'ui', 'c3', file('logo.png'))
      .left(3, 'docs', 'c4', file('docs.md', 1))
      .met(4, { ...conflict, more })
      .finished(4, 'failed');
    const words =
      'the changes of db conflict with those of auth in src/app.ts; the changes of ui conflict with those of db in logo.png; ' +
      'docs builds on what is left out';
    const state = story.state();
    expect(reportDocument(material(story), () => '/log').tasks[4]?.reason).toBe(words);
    expect(junit(material(story))).toContain(`<failure message="${words}" type="conflict">`);
    expect(hintFor(state, state.tasks[4] as TaskState)).toContain(
      'git switch -c merged 0123456789 && git merge batchtool/r1/task/db.1; ' +
        'then ui: git merge batchtool/r1/task/ui.1; then docs: git merge batchtool/r1/task/docs.1',
    );
    expect(statusDocument(state, false, () => '/log').tasks[4]?.attempts[0]?.exit).toMatchObject({
      more: [more[0], { task: 'docs', files: [], against: [] }],
    });
  });

  it('have variants side by side, and the files that several tasks changed', () => {
    const { contests } = reportDocument(material(twoVariants().finished(6, 'succeeded')), () => '/log');
    expect(contests).toMatchObject([
      {
        winner: 'b',
        why: 'compare named no winner, as a command does with `echo winner=NAME >> "$BATCHTOOL_OUTPUT"`; it changed less: 16 lines against 32 lines',
        variants: [
          { name: 'a', workMs: 2000, costUsd: null },
          { name: 'b', tasks: ['b'] },
        ],
      },
    ]);
    expect(reportDocument(material(twoTasks()), () => '/log').sharedFiles).toEqual([
      { path: 'src/app.ts', tasks: ['auth', 'db'] },
    ]);
  });
});
