/** batchtool is killed at one call of git after the other, from the first worktree to the user's tree; a resume always gets there. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Bench, useBench } from './harness.js';

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

describe('a run with isolated tasks', () => {
  it('that is killed at any call of git goes on to the same end when it is resumed', async () => {
    const first = bench();
    repository(first);
    const calls = await callsIn(first);
    expect(calls).toBeGreaterThan(20);
    for (let at = 1, before = false; at <= calls; at += EVERY, before = !before)
      await killedAndResumed(at, before ? 'before' : 'meanwhile');
  }, 600_000);
});
