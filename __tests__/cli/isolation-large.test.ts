/** Ten tasks at once in ten worktrees of a repository with 20,000 files, through the built CLI. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { useBench } from './harness.js';
import { Repository } from './repository.js';

const bench = useBench();

const FILES = 20_000;
const AGENTS = Array.from({ length: 10 }, (_, agent) => agent);

/** Files by name, each with a content of its own, so that none can stand for another. */
function manyFiles(): Map<string, string> {
  return new Map(
    Array.from({ length: FILES }, (_, file) => {
      const name = `folder-${Math.floor(file / 100)}/file-${file % 100}.txt`;
      return [name, `first line of ${name}\nlast line of ${name}\n`];
    }),
  );
}

/** One commit of all files on top of the first, in one call of git instead of 20,000 files to look at. */
function commitAll(repo: Repository, files: ReadonlyMap<string, string>): void {
  const lines = [...files].map(
    ([name, content]) => `M 100644 inline ${name}\ndata ${content.length}\n${content}`,
  );
  const commit = 'commit refs/heads/main\ncommitter Ada <ada@localhost> 1 +0000\ndata 4\nmany\n';
  execFileSync('git', ['fast-import', '--quiet'], {
    cwd: repo.path(),
    input: `${commit}from ${repo.first}\n${lines.join('\n')}\n`,
  });
  repo.git('reset', '--quiet', '--hard');
}

/** Each makes a file, changes one, deletes one and moves one, and changes the same file as all others in a place of its own. */
function plan(): string {
  const tasks = AGENTS.map((agent) => {
    const work = [
      'touch $DONE/$BATCHTOOL_TASK_ID',
      // None is removed before all of them are there.
      `until [ $(ls $DONE | wc -l) -eq ${AGENTS.length} ]; do sleep 0.05; done`,
      `echo made by ${agent} > folder-${agent}/made.txt`,
      `sed -i "s/^last/LAST/" folder-${agent}/file-1.txt`,
      `rm folder-${agent}/file-2.txt`,
      `mkdir -p moved/${agent} && mv folder-${agent}/file-3.txt moved/${agent}/file.txt`,
      `sed -i "s/^${agent}$/${agent} changed/" common.txt`,
    ];
    return `  t${agent}: {run: '${work.join('; ')}', timeout: 3m}`;
  });
  return ['max-concurrent: 10', 'tasks:', ...tasks, ''].join('\n');
}

/** What the tree holds when the changes of all are in it, and nothing else has changed. */
function changed(files: ReadonlyMap<string, string>): Map<string, string> {
  const after = new Map(files);
  for (const agent of AGENTS) {
    const file = (number: number): string => `folder-${agent}/file-${number}.txt`;
    after.set(`folder-${agent}/made.txt`, `made by ${agent}\n`);
    after.set(file(1), (files.get(file(1)) as string).replace('last', 'LAST'));
    after.delete(file(2));
    after.set(`moved/${agent}/file.txt`, files.get(file(3)) as string);
    after.delete(file(3));
  }
  after.set(
    'common.txt',
    commonText((agent) => `${agent} changed`),
  );
  after.set('.gitignore', '.batchtool\n');
  return after;
}

/** Lines of one agent each, with enough between them for all of them to fit together. */
function commonText(lineOf: (agent: number) => string): string {
  return AGENTS.map((agent) => `${lineOf(agent)}\n\n\n\n`).join('');
}

it('ten worktrees of 20,000 files at one time bring back what each has changed, and nothing else', async () => {
  const here = bench();
  const common = commonText(String);
  const repo = new Repository(here, { '.gitignore': '.batchtool\n', 'common.txt': common });
  const files = manyFiles();
  commitAll(repo, files);
  const base = repo.git('rev-parse', 'HEAD');
  here.write('plan.yml', plan());
  const done = here.path('done');
  mkdirSync(done);
  const argv = ['run', '-f', '../plan.yml', '--isolate', 'worktree', '--env', `DONE=${done}`];
  const { code, stderr } = await repo.run(argv);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(repo.tasks()).toEqual(AGENTS.map((agent) => `t${agent}`));
  const after = changed(files);
  const names = repo.git('ls-files', '-z').split('\0').filter(Boolean);
  expect(names.sort()).toEqual([...after.keys()].sort());
  expect([...after].filter(([name, content]) => repo.read(name) !== content)).toEqual([]);
  expect(repo.git('status', '--porcelain')).toBe('');
  expect(repo.git('rev-list', '--count', `${base}..HEAD`)).toBe('10');
  expect([repo.branches(), repo.worktrees(), repo.isSound()]).toEqual([[], [], true]);
}, 240_000);
