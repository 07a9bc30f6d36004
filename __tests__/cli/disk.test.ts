/** A disk that is full or read-only: exit 4 in words, nothing left running, nothing that was done is lost. */
import { existsSync, mkdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Bench, useBench } from './harness.js';
import { expectNothingRunning } from './refusal.js';
import { Repository } from './repository.js';
import { inMountNamespace, mountFault } from './shell.js';

const bench = useBench();
const fault = mountFault();
if (fault !== undefined)
  process.stderr.write(`disk.test.ts: skipped, nothing can be mounted here: ${fault}\n`);
const whereMountable = fault === undefined ? describe : describe.skip;

const FULL =
  'the disk is full (ENOSPC)\n  hint: make room there (`batchtool clean --state-dir disk/state` deletes old runs)\n';
const READ_ONLY =
  'the file system is read-only (EROFS)\n  hint: choose a state folder elsewhere with --state-dir\n';

whereMountable('a read-only state folder', () => {
  it('takes no run, but can be looked at', async () => {
    const here = bench();
    const { stdout, stderr } = await inMountNamespace(
      here,
      `mkdir disk
      batchtool run --state-dir disk/state 'echo seen' > first 2>&1
      mount --bind disk disk && mount -o remount,ro,bind disk
      batchtool run --state-dir disk/state 'touch ran'; echo "run $?"
      batchtool run --state-dir disk/other 'touch ran'; echo "other $?"
      batchtool resume --rerun 1 --state-dir disk/state 'parallel'; echo "resume $?"
      for verb in status stats list; do batchtool $verb --state-dir disk/state > out; echo "$verb $?"; done
      batchtool logs --state-dir disk/state; echo "logs $?"`,
    );
    expect(stdout).toBe('run 4\nother 4\nresume 4\nstatus 0\nstats 0\nlist 0\n[1] seen\nlogs 0\n');
    const [state, other] = [here.path('disk', 'state'), here.path('disk', 'other')];
    expect(stderr.replaceAll(/runs\/[0-9a-z-]+/g, 'runs/ID')).toBe(
      `batchtool: cannot make the run folder ${state}/runs/ID: ${READ_ONLY}` +
        `batchtool: cannot use the state folder ${other}: ${READ_ONLY}` +
        `batchtool: cannot claim the run ${state}/runs/ID: ${READ_ONLY}`,
    );
    expect(here.has('ran')).toBe(false);
    expectNothingRunning(here);
  });
});

whereMountable('a full disk', () => {
  it('before the start: nothing is started, and a run that was begun is taken away again', async () => {
    const here = bench();
    const { stdout, stderr } = await inMountNamespace(
      here,
      `mkdir disk && mount -t tmpfs -o size=64k none disk
      head -c 1000000 /dev/zero > disk/filler 2> /dev/null
      batchtool run --state-dir disk/state 'touch ran'; echo "no folder $?"
      rm -r disk/state
      rm disk/filler && batchtool run --state-dir disk/state true 2> /dev/null
      head -c 1000000 /dev/zero > disk/filler 2> /dev/null
      batchtool run --state-dir disk/state 'touch ran'; echo "no run $?"
      ls disk/state/runs | wc -l`,
    );
    expect(stdout).toBe('no folder 4\nno run 4\n1\n');
    const state = here.path('disk', 'state');
    expect(stderr.replace(/runs\/[0-9a-z-]+/, 'runs/ID')).toBe(
      `batchtool: cannot use the state folder ${state}: ${FULL}` +
        `batchtool: cannot make the run folder ${state}/runs/ID: ${FULL}`,
    );
    expect(here.has('ran')).toBe(false);
    expectNothingRunning(here);
  });

  it('is helped by what the hint says: clean makes room', async () => {
    const here = bench();
    const { stdout } = await inMountNamespace(
      here,
      `mkdir disk && mount -t tmpfs -o size=128k none disk
      batchtool run --state-dir disk/state 'head -c 50000 /dev/zero' > out 2>&1
      head -c 1000000 /dev/zero > disk/filler 2> /dev/null
      batchtool run --state-dir disk/state 'touch early' 2> /dev/null; echo "before $?"
      batchtool clean --keep 0 --state-dir disk/state > out; echo "clean $?"
      batchtool run --state-dir disk/state 'touch late' 2> /dev/null; echo "after $?"`,
    );
    expect(stdout).toBe('before 4\nclean 0\nafter 0\n');
    expect({ early: here.has('early'), late: here.has('late') }).toEqual({ early: false, late: true });
  });

  it('during a run: ends it and all that runs; with room again, resume completes what was not done', async () => {
    const here = bench();
    const small = Array.from({ length: 60 }, (_, i) => [`t${i}`, { run: 'true', needs: ['fill'] }]);
    here.write('plan.json', {
      'max-concurrent': 3,
      tasks: {
        steady: { run: '[ -e released ] || sleep 300' },
        first: { run: 'echo kept; echo once >> first.ran' },
        fill: {
          run: '[ -e released ] || head -c 1000000 /dev/zero > disk/filler; touch filled',
          needs: 'first',
        },
        ...Object.fromEntries(small),
      },
    });
    const { stdout, stderr } = await inMountNamespace(
      here,
      `mkdir disk && mount -t tmpfs -o size=200k none disk
      batchtool run -f plan.json --state-dir disk/state --output quiet --env "OF_A_TASK=$HOME"; echo "run $?"
      grep -lsF "OF_A_TASK=$HOME" /proc/[0-9]*/environ | wc -l
      batchtool status --state-dir disk/state --json > full.json; echo "status $?"
      rm disk/filler; touch released
      batchtool resume --state-dir disk/state --output quiet 2> resumed; echo "resume $?"
      batchtool status --state-dir disk/state --json > after.json
      batchtool logs --task first --state-dir disk/state`,
    );
    expect(stdout).toBe('run 4\n0\nstatus 0\nresume 0\nkept\n');
    // Whichever of them met it first: the journal, a log, or the look that is taken before an end is written.
    expect(stderr).toMatch(/^(head: .*\n)?batchtool: .*the disk is full.*\n {2}hint: make room.*\n$/);
    expect(here.read('resumed')).toContain('63 tasks succeeded');
    const full = JSON.parse(here.read('full.json'));
    expect(full.run.status).toBe('interrupted');
    expect(existsSync(here.path('filled'))).toBe(true);
    expect(here.read('first.ran')).toBe('once\n');
    expect(JSON.parse(here.read('after.json')).run.status).toBe('succeeded');
    expectNothingRunning(here);
  });
});

whereMountable('a full disk under isolated tasks', () => {
  /** Its objects lie elsewhere, so that room runs out for one thing only. */
  const repository = (here: Bench): Repository =>
    new Repository(here, { 'a.txt': 'a\n', 'gone.txt': 'gone\n', '.gitignore': '.batchtool\n' });

  it('that holds the state ends the run, and a resume with room again leaves all that was promised', async () => {
    const here = bench();
    const repo = repository(here);
    here.write('plan.json', {
      'max-concurrent': 3,
      defaults: { isolate: 'worktree' },
      tasks: {
        one: { run: 'echo one > one.txt' },
        fill: {
          run: 'echo fill > fill.txt; [ -e $HOME/released ] || head -c 1000000 /dev/zero > big.bin',
          needs: 'one',
        },
        two: { run: 'cat one.txt fill.txt > two.txt', needs: 'fill' },
        steady: { run: '[ -e $HOME/released ] || sleep 300; rm gone.txt' },
      },
    });
    const { stdout } = await inMountNamespace(
      here,
      `mkdir disk && mount -t tmpfs -o size=300k none disk && cd repo
      batchtool run -f ../plan.json --state-dir ../disk/state --output quiet; echo "run $?"
      git status --porcelain; git log --format=%s
      rm ../disk/state/worktrees/*/fill.1/big.bin; touch ../released
      batchtool resume --state-dir ../disk/state --output quiet; echo "resume $?"`,
    );
    expect(stdout).toBe('run 4\nfirst\nresume 0\n');
    expect([repo.tasks(), repo.isSound()]).toEqual([['one', 'fill', 'two', 'steady'], true]);
    expect(repo.git('ls-files').split('\n')).toEqual([
      ...['.gitignore', 'a.txt', 'fill.txt', 'one.txt', 'two.txt'],
    ]);
    expect(repo.read('two.txt')).toBe('one\nfill\n');
    // What the lost attempt had written.
    expect(repo.branches()).toEqual([expect.stringMatching(/\/task\/fill\.1$/)]);
    expectNothingRunning(here);
  });

  it('that holds the tree of the user leaves it as it was, and the work on a branch', async () => {
    const here = bench();
    const repo = repository(here);
    const work =
      'echo b > a0; echo b > a.txt; head -c 400000 /dev/urandom > big.bin; mkdir d; echo > d/x; rm gone.txt';
    const { stdout, stderr } = await inMountNamespace(
      here,
      `mkdir tree && mount -t tmpfs -o size=200k none tree && git clone -q --separate-git-dir copy repo tree && cd tree
      batchtool run --state-dir ../state --isolate worktree --into worktree --output quiet '${work}'; echo "run $?"
      git status --porcelain; git log --format=%s; ls -A; cat a.txt; git branch --format='%(refname:lstrip=2)'`,
    );
    expect(stdout).toMatch(
      /^run 0\nfirst\n\.git\n\.gitignore\na\.txt\ngone\.txt\na\nbatchtool\/\S+\/result\nmain\n$/,
    );
    expect(stderr).toMatch(/unable to write file .*\n {2}take it: git merge batchtool\/\S+\/result\n/);
    expect(repo.isSound()).toBe(true);
  });
});

whereMountable('a file for the project', () => {
  it('ends with 4 when the disk says no, and leaves no folder that it made', async () => {
    const here = bench();
    mkdirSync(here.path('disk'));
    const { stdout, stderr } = await inMountNamespace(
      here,
      `mount -t tmpfs -o nr_inodes=3 none disk && cd disk && batchtool init; echo $?; ls -A
       cd .. && mount -o remount,ro disk && cd disk && batchtool init; echo $?
       batchtool export --output a/plan.json true; echo $?`,
    );
    expect(stdout).toBe('4\n4\n4\n');
    expect(stderr).toContain('cannot write ".github/workflows/batchtool.yml": the disk is full (ENOSPC)');
    expect(stderr).toContain(
      'cannot write ".github/workflows/batchtool.yml": the file system is read-only (EROFS)',
    );
    expect(stderr).toContain('cannot write "a/plan.json": the file system is read-only (EROFS)');
  });
});
