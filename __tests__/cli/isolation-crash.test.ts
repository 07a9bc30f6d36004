/** batchtool is killed at one call of git after the other, and at any moment, from the first worktree to the user's tree; a resume always gets there. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Crash, type Moment, moments, processesIn } from './crash.js';
import { type Bench, processesWith, until, useBench } from './harness.js';
import { Repository } from './repository.js';

const bench = useBench();

/** Every call of git is a step; to try all of them takes minutes. */
const EVERY = 7;
const PLAN = {
  tasks: {
    one: { run: "sed -i 's/^line 1$/one/' f.txt", isolate: 'worktree' },
    two: { run: "sed -i 's/^line 30$/two/' f.txt; echo two > two.txt", isolate: 'worktree' },
    three: { run: 'grep one f.txt && grep two f.txt && cat two.txt > three.txt', needs: ['one', 'two'] },
  },
};

function repository(here: Bench): (...args: string[]) => string {
  const env = { PATH: process.env.PATH, HOME: here.dir };
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: here.dir, env, encoding: 'utf8' });
  here.write('.gitconfig', '[user]\nname = Uli\nemail = uli@example.org\n');
  here.write('.gitignore', '.gitconfig\nbin\nplan.json\ncalls\n');
  here.write('plan.json', PLAN);
  here.write('f.txt', Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join(''));
  git('init', '--quiet', '--initial-branch=main');
  git('add', '.');
  git('commit', '--quiet', '--message', 'base');
  return git;
}

/** A git that kills batchtool at its n-th call, before it does its work or in the middle of that; 0: never. */
function deadlyGit(here: Bench, at: number, when: 'before' | 'meanwhile'): string {
  mkdirSync(here.path('bin'), { recursive: true });
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const kill = `[ $n = ${at} ] && kill -9 $PPID${when === 'before' ? ' && exit 1' : ''}`;
  const script = `#!/bin/sh\necho >> '${here.path('calls')}'\nn=$(wc -l < '${here.path('calls')}')\n${kill}\nexec '${real}' "$@"\n`;
  here.write('bin/git', script);
  chmodSync(here.path('bin/git'), 0o755);
  return `${here.path('bin')}${delimiter}${process.env.PATH}`;
}

const RUN = ['run', '-f', 'plan.json', '--max-concurrent', '1', '--output', 'quiet', '--into', 'worktree'];

/** How often git is called when nothing goes wrong. */
async function callsIn(here: Bench): Promise<number> {
  const { code, stderr } = await here.run(RUN, { env: { PATH: deadlyGit(here, 0, 'before') } });
  expect([code, stderr]).toEqual([0, expect.anything()]);
  return readFileSync(here.path('calls'), 'utf8').length;
}

async function killedAndResumed(at: number, when: 'before' | 'meanwhile'): Promise<void> {
  const here = bench();
  const git = repository(here);
  const base = git('rev-parse', 'HEAD');
  const ended = await here.run(RUN, { env: { PATH: deadlyGit(here, at, when) } });
  expect(ended.signal).toBe('SIGKILL');
  if (here.journalIsThere()) {
    const resumed = await here.run(['resume', '--output', 'quiet']);
    expect([at, when, resumed.code, resumed.stderr]).toEqual([at, when, 0, expect.anything()]);
    const text = here.read('f.txt');
    expect([text.includes('one\n'), text.includes('two\n'), here.read('three.txt')]).toEqual([
      true,
      true,
      'two\n',
    ]);
    expect(git('log', '--format=%s', `${base.trim()}..HEAD`).split('\n').filter(Boolean)).toHaveLength(3);
  } else expect(git('rev-parse', 'HEAD')).toBe(base);
  expect(git('status', '--porcelain')).toBe('');
  expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
  // What a lost attempt had done is nowhere else.
  const branches = git('for-each-ref', '--format=%(refname)', 'refs/heads/batchtool')
    .split('\n')
    .filter(Boolean);
  for (const branch of branches) expect(branch).toMatch(/\/task\/(one|two|three)\.1$/);
  expect(git('fsck', '--no-dangling')).toBe('');
  rmSync(here.path('bin'), { recursive: true });
}

/** So long that a kill can hit any part of the work on a worktree, a commit or a merge. */
const SPREAD_MILLIS = 170;
const poem = (changes: Readonly<Record<number, string>>): string =>
  Array.from({ length: 40 }, (_, line) => `${changes[line] ?? `line ${line}`}\n`).join('');
/** Each notes each of its attempts once its change is on the disk. */
const changing = (id: string, change: string, rest = ':') => ({
  run: `${change}; echo "$BATCHTOOL_ATTEMPT" >> "$NOTES/${id}"; ${rest}`,
});
const replacing = (id: string, line: number): string => `sed -i 's/^line ${line}$/by ${id}/' poem.txt`;
const STORY = {
  'max-concurrent': 3,
  defaults: { isolate: 'worktree' },
  tasks: {
    a: { ...changing('a', `${replacing('a', 1)}; echo a > a.txt`, 'sleep 0.05'), setup: 'sleep 0.05' },
    b: changing('b', replacing('b', 20), 'setsid sleep 300 & sleep 0.1'),
    c: { ...changing('c', 'grep by poem.txt > c.txt'), needs: ['a', 'b'] },
    d: changing('d', `${replacing('d', 35)}; rm gone.txt`),
    e: { ...changing('e', 'grep by poem.txt > e.txt'), needs: ['d'] },
  },
};
/** A header, the start of the run, four events of each task, three of each merge, and the end. */
const LINES = 2 + 4 * 5 + 3 * 2 + 1;
const FIRST = { 'poem.txt': poem({}), 'gone.txt': 'gone\n', '.gitignore': 'plan.json\nnotes\n.cache\n' };
const LAST = {
  '.gitignore': FIRST['.gitignore'],
  'a.txt': 'a\n',
  'c.txt': 'by a\nby b\n',
  'e.txt': 'by d\n',
  'poem.txt': poem({ 1: 'by a', 20: 'by b', 35: 'by d' }),
};
/** What each of them changes. */
const CHANGED = {
  a: ['a.txt', 'poem.txt'],
  b: ['poem.txt'],
  c: ['c.txt'],
  d: ['gone.txt', 'poem.txt'],
  e: ['e.txt'],
};

/** What a commit holds. */
const filesAt = (repo: Repository, commit: string): Record<string, string> =>
  Object.fromEntries(
    repo
      .git('ls-tree', '-r', '--name-only', commit)
      .split('\n')
      .map((name) => [name, `${repo.at(commit, name)}\n`]),
  );

async function killAndResume(moment: Moment): Promise<string> {
  const here = bench();
  const repo = new Repository(here, FIRST, '.');
  const crash = new Crash(here, STORY, ['--into', 'worktree', '--keep-work', '0s']);
  await crash.killAt(moment);
  if (!moment.resumeAtOnce) await expectNobody(here);
  const told = crash.journal().flatMap(({ commit }) => commit ?? []);
  const finished = crash.succeeded();
  const noted = finished.map((id) => crash.noted(id));
  for (const commit of told) expect(repo.git('cat-file', '-t', commit)).toBe('commit');
  if (crash.run === undefined) {
    expect([repo.branches(), repo.worktrees(), repo.tasks()]).toEqual([[], [], []]);
    return 'before the run';
  }
  const wasOver = crash.isOver;
  if (!wasOver) {
    const resumed = await here.run(['resume', '--output', 'quiet'], { env: crash.env });
    expect([moment, resumed.code, resumed.stderr]).toEqual([moment, 0, expect.any(String)]);
  }
  await expectNobody(here);
  expectEnd(repo);
  expect(finished.map((id) => crash.noted(id))).toEqual(noted);
  const kept = await keptOf(crash, repo);
  // A git that outlived its owner may have made one behind the back of the resume.
  if (!moment.resumeAtOnce) expect(repo.worktrees()).toEqual([]);
  await expectNothingLeft(repo);
  return wasOver ? 'after the end' : `with ${finished.length} done and ${kept} kept`;
}

/** Neither a task nor a git of ours. */
const expectNobody = (here: Bench): Promise<void> =>
  until('nothing runs', () => [...processesIn(here.dir), ...processesWith(here.dir)].length === 0);

/** Every byte and commit that was promised, nothing else, and nothing half done. */
function expectEnd(repo: Repository): void {
  expect(filesAt(repo, 'HEAD')).toEqual(LAST);
  expect(repo.tasks()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect([repo.git('status', '--porcelain'), repo.git('stash', 'list'), repo.isSound()]).toEqual([
    '',
    '',
    true,
  ]);
  const inGit = readdirSync(repo.path('.git'), { recursive: true }).map(String);
  expect(inGit.filter((name) => /\.lock$|^(MERGE|CHERRY_PICK|REVERT)_HEAD$/.test(name))).toEqual([]);
}

/** What an attempt had written when it was lost is on its branch. Gives how many there were. */
async function keptOf(crash: Crash, repo: Repository): Promise<number> {
  const { tasks } = await repo.here.status();
  const lost = tasks.flatMap(({ id, attempts }) =>
    attempts
      .filter(({ number, exit }) => exit?.kind === 'lost' && crash.noted(id).includes(number))
      .map(({ number }) => `batchtool/${crash.run}/task/${id}.${number}`),
  );
  expect(repo.branches()).toEqual(expect.arrayContaining(lost));
  for (const branch of lost) {
    const id = branch.split('/').at(-1)?.split('.')[0] as keyof typeof STORY.tasks;
    const changed = repo.git('diff', '--name-only', `${branch}^`, branch).split('\n');
    expect([id, changed]).toEqual([id, CHANGED[id]]);
  }
  return lost.length;
}

/** All goes with the run, whatever was at work when it was killed. */
async function expectNothingLeft(repo: Repository): Promise<void> {
  expect(await repo.here.run(['clean', '--keep', '0'])).toMatchObject({ code: 0, stderr: '' });
  const folder = repo.path('.batchtool', 'worktrees');
  const folders = existsSync(folder) ? readdirSync(folder) : [];
  expect([repo.branches(), repo.worktrees(), repo.here.runs(), folders]).toEqual([[], [], [], []]);
}

describe('a run with isolated tasks', () => {
  it('that is killed at any call of git goes on to the same end when it is resumed', async () => {
    const first = bench();
    repository(first);
    const calls = await callsIn(first);
    expect(calls).toBeGreaterThan(20);
    for (let at = 1, before = false; at <= calls; at += EVERY, before = !before)
      await killedAndResumed(at, before ? 'before' : 'meanwhile');
  }, 600_000);

  // Looks into /proc for what is left.
  (process.platform === 'linux' ? it : it.skip)(
    'that is killed at any moment loses no commit, leaves no half-merged tree, and ends as it was promised',
    async () => {
      const spread = moments(18, LINES, 2, SPREAD_MILLIS);
      // The end is one line of the journal for all of the merges, the landing and what is deleted after it.
      const landing = Array.from({ length: 8 }, (_, i) => ({
        lines: LINES - 3,
        thenMillis: 30 * i,
        resumeAtOnce: i % 2 === 0,
      }));
      const seen: string[] = [];
      const all = [...spread, ...landing];
      for (let i = 0; i < all.length; i += 2)
        seen.push(...(await Promise.all(all.slice(i, i + 2).map(killAndResume))));
      expect(seen.filter((when) => when.startsWith('with')).length).toBeGreaterThan(15);
      expect(seen.filter((when) => /[1-9] kept/.test(when)).length).toBeGreaterThan(2);
    },
    180_000,
  );
});
