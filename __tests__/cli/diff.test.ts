/** `diff`: what isolated tasks changed, from what a run has written down. */
import { describe, expect, it } from '@jest/globals';
import { task } from '../fakes/plan.js';
import { IsolatedStory, isolatedPlan, MERGED, twoTasks } from '../reports/isolated.js';
import { useBench } from './harness.js';
import { record } from './recorded.js';
import { inShell } from './shell.js';

const bench = useBench();

const PATCH = 'diff --git a/src/app.ts b/src/app.ts\n@@ -1 +1 @@\n-old\n+new\u001b[31m\n';
const onBranch = { commit: 'c3', branch: 'batchtool/r1/result', landed: 'no' };
const merged = () => twoTasks().merged(4, onBranch, MERGED).finished(4, 'succeeded');
const conflict = { files: ['src/app.ts'], task: 'db', against: ['auth'], onto: 'c0' };

describe('diff', () => {
  it('is the patch of one task, byte for byte, or of all that was merged', async () => {
    const here = bench();
    await record(here, merged(), { 'db.1': PATCH, 'integrate.1': `${PATCH}more\r\n` });
    expect(await here.run(['diff', 'db'])).toMatchObject({ code: 0, stdout: PATCH, stderr: '' });
    expect((await here.run(['diff'])).stdout).toBe(`${PATCH}more\r\n`);
  });

  it('--stat names the files, and of a whole run who changed them and where they are', async () => {
    const here = bench();
    await record(here, merged());
    const whole = await here.run(['diff', '--stat']);
    expect(whole.stdout.split('\n').map((line) => line.trimEnd())).toEqual([
      'test changed 3 files, +45 -1',
      '',
      'FILE         WHAT      LINES  BY',
      'src/app.ts   changed   +5 -1  auth, db',
      'src/auth.ts  added    +40 -0  auth',
      'logo.png     changed  binary  db',
      '',
      '✔ changed 3 files, +45 -1: on branch batchtool/r1/result',
      '  take it: git merge batchtool/r1/result',
      '',
    ]);
    const one = await here.run(['diff', 'auth', '--stat']);
    expect(one.stdout).toMatch(
      /^auth attempt 1 changed 2 files, \+43 -1\n.*\non branch batchtool\/\S+\/task\/auth\.1\n$/s,
    );
  });

  it('--json says the same to programs, with the path of the patch', async () => {
    const here = bench();
    const run = await record(here, merged(), { 'auth.1': PATCH });
    const document = JSON.parse((await here.run(['diff', 'auth', '--json'])).stdout);
    expect(document).toMatchObject({
      run: { id: run.id, merged: { ...onBranch, landed: false, apart: [] } },
      task: 'auth',
      attempt: 1,
      commit: 'c1',
      branch: `batchtool/${run.id}/task/auth.1`,
      patch: run.files({ task: 'auth', attempt: 1 }).patch,
    });
    const whole = JSON.parse((await here.run(['diff', '--json'])).stdout);
    expect(whole).toMatchObject({ task: null, sharedFiles: [{ path: 'src/app.ts', tasks: ['auth', 'db'] }] });
  });

  it('--json says what a task left that is in no commit, also where there is nothing else to see', async () => {
    const here = bench();
    const notKept = { names: ['dist/'], omitted: 0 };
    const uncommitted = 'git add: no';
    const exit = { kind: 'code', code: 0 } as const;
    const left = (number: number, what: object) =>
      ({ type: 'attempt.exited', task: 'b', attempt: number, exit, ...what }) as const;
    const story = new IsolatedStory(isolatedPlan([task('a'), task('b')]))
      .started(0, 'a')
      .add(1, { ...left(1, { notKept, commit: 'c1', changes: MERGED }), task: 'a' })
      .started(0, 'b')
      .add(1, left(1, { notKept }))
      .started(1, 'b', 2)
      .add(2, left(2, { uncommitted }));
    await record(here, story);
    const told = async (...words: string[]): Promise<unknown> =>
      JSON.parse((await here.run(['diff', ...words, '--json'])).stdout);
    expect(await told('a')).toMatchObject({ commit: 'c1', notKept, uncommitted: null });
    expect(await told('b', '--attempt', '1')).toMatchObject({ commit: null, notKept, uncommitted: null });
    expect(await told('b')).toMatchObject({ commit: null, notKept: null, uncommitted });
  });

  it('is quiet when its reader goes away', async () => {
    const here = bench();
    await record(here, merged(), { 'db.1': PATCH.repeat(200_000) });
    const { stdout, stderr } = await inShell(here, 'batchtool diff db | head -1');
    expect([stdout, stderr]).toEqual(['diff --git a/src/app.ts b/src/app.ts\n', '']);
  });

  it.each([
    [['datb'], 'has no task "datb"\n  hint: its tasks: auth, db, integrate'],
    [['dbb'], 'has no task "dbb"\n  hint: did you mean "db"?'],
    [['test'], 'has no task "test"\n  hint: it is a run: --orchestration test'],
    [['db', 'auth'], 'diff takes one task, found "db" "auth"\n  hint: a run is named by --orchestration'],
    [['db', '--orchestration', 'tesst'], 'there is no run "tesst"\n  hint: did you mean "test"?'],
    [['db'], 'is not there\n  hint: `git show c2` may have it'],
  ])('refuses %j', async (words, said) => {
    const here = bench();
    await record(here, merged());
    const { code, stdout, stderr } = await here.run(['diff', ...words]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(said);
  });

  const nothing: [string, () => IsolatedStory, string[], string][] = [
    ['that is not isolated', () => new IsolatedStory(isolatedPlan([task('a')])), ['a'], 'a has not run'],
    [
      'that runs',
      () => twoTasks().started(3, 'integrate'),
      [],
      'integrate is running: what it changes is known',
    ],
    [
      'that has merged nothing',
      () => twoTasks().met(4, conflict),
      [],
      'has merged nothing; changes were left by auth, db\n  hint: batchtool diff auth --orchestration ',
    ],
    ['without a second attempt', merged, ['db', '--attempt', '2'], 'db has no attempt 2'],
  ];
  it.each(nothing)('says why there is nothing to see of a run %s', async (_, story, words, said) => {
    const here = bench();
    await record(here, story());
    const { code, stdout, stderr } = await here.run(['diff', ...words]);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain(said);
    expect(JSON.parse((await here.run(['diff', ...words, '--json'])).stdout)).toMatchObject({
      changes: null,
    });
  });

  it('says of a run without isolation how it is asked for, and that there is no run', async () => {
    const here = bench();
    expect(await here.run(['diff'])).toMatchObject({ code: 0, stdout: '' });
    await here.run(['run', 'true']);
    const { code, stderr } = await here.run(['diff', '1']);
    expect([code, stderr]).toEqual([
      0,
      'batchtool: task 1 was not isolated: nobody knows what it changed\n  hint: --isolate worktree gives each task a worktree of its own\n',
    ]);
  });
});
