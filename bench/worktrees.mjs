/** Isolated tasks in a repository with many files, against the same worktrees made and removed by git alone. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newStateDir, removeStateDir, verifyRun, writePlan } from './batchtool.mjs';
import { interleave, measure, summarize } from './measure.mjs';
import { check } from './verdict.mjs';

export const rounds = 3;

const FILES = 20_000;
const WORKTREES = 10;
const USER = {
  ...{ GIT_AUTHOR_NAME: 'bench', GIT_AUTHOR_EMAIL: 'bench@localhost', GIT_COMMITTER_NAME: 'bench' },
  ...{ GIT_COMMITTER_EMAIL: 'bench@localhost', GIT_CONFIG_NOSYSTEM: '1' },
};

/** 200 folders of 100 files of about 1 kB. */
function makeRepository(scratch) {
  const top = join(scratch, 'repository');
  for (let folder = 0; folder < FILES / 100; folder++) {
    mkdirSync(join(top, `folder-${folder}`), { recursive: true });
    for (let file = 0; file < 100; file++)
      writeFileSync(
        join(top, `folder-${folder}`, `file-${file}.txt`),
        `${folder} ${file} ${'words '.repeat(170)}\n`,
      );
  }
  const git = (...args) => execFileSync('git', ['-C', top, ...args], { env: { ...process.env, ...USER } });
  git('init', '--quiet');
  git('add', '.');
  git('commit', '--quiet', '--message', 'all');
  return top;
}

/** One worktree after the other, as a task has it: made, one file changed, committed, removed. */
function plainScript(scratch, top) {
  const script = join(scratch, 'plain.sh');
  const trees = join(scratch, 'plain');
  writeFileSync(
    script,
    `set -e
cd '${top}'
for n in $(seq ${WORKTREES}); do
  git worktree add --quiet --detach '${trees}'/$n HEAD
  cd '${trees}'/$n
  echo $n > new-$n.txt
  git add --all
  git commit --quiet --message $n
  cd '${top}'
  git worktree remove --force '${trees}'/$n
done
`,
  );
  return script;
}

function isolatedPlan(scratch) {
  const tasks = Array.from({ length: WORKTREES }, (_, index) => [
    `t${index + 1}`,
    { run: `echo ${index + 1} > new-${index + 1}.txt`, isolate: 'worktree' },
  ]);
  return writePlan(scratch, 'isolated', Object.fromEntries(tasks));
}

async function timeIsolated(bench, top, plan, round) {
  const stateDir = newStateDir(bench.scratch);
  const options = ['--max-concurrent', '1', '--output', 'quiet', '--state-dir', stateDir, '--into', 'branch'];
  const script = join(bench.scratch, 'isolated.sh');
  writeFileSync(script, `cd '${top}' && exec "$@"`);
  const argv = ['sh', script, process.execPath, bench.cli, 'run', ...options, '-f', plan];
  const { millis } = await measure(bench.scratch, argv, { env: USER });
  if (round === 0) {
    await verifyRun(bench, stateDir, WORKTREES + 1);
    const branch = execFileSync('git', [
      '-C',
      top,
      'branch',
      '--list',
      'batchtool/*',
      '--format=%(refname:short)',
    ]);
    const files = execFileSync('git', ['-C', top, 'ls-tree', '--name-only', String(branch).trim()]);
    const made = String(files)
      .split('\n')
      .filter((name) => name.startsWith('new-'));
    if (made.length !== WORKTREES) throw new Error(`the result holds ${made.length} new files`);
  }
  const trees = join(stateDir, 'worktrees');
  if (existsSync(trees) && readdirSync(trees, { recursive: true }).some((name) => name.endsWith('.txt')))
    throw new Error('worktrees were left');
  const left = execFileSync('git', [
    '-C',
    top,
    'for-each-ref',
    '--format=%(refname:short)',
    'refs/heads/batchtool',
  ]);
  for (const name of String(left).split('\n').filter(Boolean))
    execFileSync('git', ['-C', top, 'branch', '-qD', name]);
  removeStateDir(stateDir);
  return millis / 1000;
}

export async function run(bench) {
  const top = makeRepository(bench.scratch);
  const plan = isolatedPlan(bench.scratch);
  const plain = plainScript(bench.scratch, top);
  const { isolated, alone } = await interleave(bench.rounds, {
    isolated: (round) => timeIsolated(bench, top, plan, round),
    alone: async () => (await measure(bench.scratch, ['sh', plain], { env: USER })).millis / 1000,
  });
  rmSync(top, { recursive: true, force: true });
  const measured = summarize(isolated);
  const peer = { name: 'git worktree add, commit, remove', ...summarize(alone) };
  return [
    check({
      what: `${WORKTREES} isolated tasks, one after the other, ${FILES} files`,
      unit: 's',
      measured,
      peer,
      ratio: measured.median / peer.median,
      atMost: 1.5,
    }),
  ];
}
