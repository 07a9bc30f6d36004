/** What the machine may do to a run: a state folder that is wrong or goes away, streams that close, things that are missing. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { processesWith, until, useBench, waitFor } from './harness.js';
import { expectNothingDone, expectNothingRunning, says } from './refusal.js';
import { inShell } from './shell.js';

const bench = useBench();
const onPosix = process.platform === 'win32' ? describe.skip : describe;
const onLinux = process.platform === 'linux' ? describe : describe.skip;

describe('a state folder', () => {
  it('is not made where there is no folder around it', async () => {
    const here = bench();
    const { code, stdout, stderr } = await here.run(['run', '--state-dir', 'no/such/place', 'touch ran']);
    const path = here.path('no', 'such');
    expect({ code, stdout, stderr }).toEqual({
      code: 4,
      stdout: '',
      stderr: says(
        `cannot make the state folder ${path}/place: the folder ${path} does not exist`,
        `\`mkdir -p ${path}\` makes it`,
      ),
    });
    expectNothingDone(here);
  });

  it.each([
    [
      'file',
      (path: string) => `the state folder ${path}/file is a file`,
      'move it away, or choose another state folder with --state-dir',
    ],
    [
      'file/state',
      (path: string) =>
        `cannot use the state folder ${path}/file/state: a part of the path is a file, not a folder (ENOTDIR)`,
      'move that file away, or choose another state folder with --state-dir',
    ],
  ])('is not made at %s', async (name, message, hint) => {
    const here = bench();
    here.write('file', 'somebody needs this');
    const { code, stdout, stderr } = await here.run(['run', '--state-dir', name, 'touch ran']);
    expect({ code, stdout, stderr }).toEqual({ code: 4, stdout: '', stderr: says(message(here.dir), hint) });
    expect(here.read('file')).toBe('somebody needs this');
    expectNothingDone(here);
  });

  it('is never a folder that holds something else', async () => {
    const here = bench();
    here.write('README.md', 'a project');
    const { code, stderr } = await here.run(['run', '--state-dir', '.', 'touch ran']);
    expect(code).toBe(2);
    expect(stderr).toBe(
      says(
        `${here.dir} is no state folder: it holds "README.md"`,
        `give it a folder of its own: --state-dir ${here.path('.batchtool')}`,
      ),
    );
    expectNothingDone(here);
  });

  it.each(['run', 'resume', 'status', 'logs', 'stats', 'list', 'cancel', 'clean'])(
    'that git tracks is not read: %s',
    async (verb) => {
      const here = bench();
      await here.run(['run', '--name', 'planted', 'exit 1']);
      for (const args of [
        ['init', '-q'],
        ['add', '-f', '.batchtool'],
      ])
        expect(spawnSync('git', args, { cwd: here.dir }).status).toBe(0);
      const args = verb === 'run' ? ['run', 'touch ran'] : [verb];
      const { code, stdout, stderr } = await here.run(args);
      expect({ code, stdout, stderr }).toEqual({
        code: 2,
        stdout: '',
        stderr: says(
          `git tracks files in ${here.path('.batchtool')}: state that may have come with a repository is never read`,
          'take it out of the repository and keep it on disk (`git rm -r --cached .batchtool`), or choose another state folder with --state-dir',
        ),
      });
      expect({ runs: here.runs().length, ran: here.has('ran') }).toEqual({ runs: 1, ran: false });
    },
  );

  it('that is removed during the run ends it: exit 4, and nothing is left running', async () => {
    const here = bench();
    const tasks = ['sleep 300', 'setsid sleep 300', 'touch started; sleep 300', 'touch third'];
    const { ended } = here.start(['run', '--output', 'quiet', '--max-concurrent', '3', ...tasks]);
    await here.appears('started');
    const journal = here.path('.batchtool', 'runs', here.runs()[0] ?? '', 'events.jsonl');
    rmSync(here.path('.batchtool'), { recursive: true });
    const { code, stdout, stderr } = await ended;
    const said = says(
      `the journal ${journal} was removed or replaced while the run went on`,
      'nothing may move or delete the state folder during a run; start the run anew',
    );
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr.slice(-said.length)).toBe(said);
    expectNothingDone(here);
    expect(here.has('third')).toBe(false);
  });

  it('that is removed at the very end is told after all that was still to be shown', async () => {
    const here = bench();
    const { code, stderr } = await here.run(['run', 'seq 1 20000; rm -r .batchtool/runs']);
    expect({ code, last: stderr.split('\n').at(-2) }).toEqual({
      code: 4,
      last: '  hint: nothing may move or delete the state folder during a run; start the run anew',
    });
  });

  it('that cannot be reached because it has no folder for runs is one without runs', async () => {
    const here = bench();
    mkdirSync(here.path('.batchtool'));
    const { code, stdout } = await here.run(['status']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('no run yet') });
  });
});

onPosix('what is missing around us', () => {
  it('no sh on PATH: the task fails in words', async () => {
    const here = bench();
    mkdirSync(here.path('bin'));
    symlinkSync(process.execPath, here.path('bin', 'node'));
    const { code, stdout, stderr } = await here.run(['run', 'sh: touch ran'], {
      env: { PATH: here.path('bin') },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('could not be started: the program sh is not on PATH');
    const [task] = (await here.status()).tasks;
    expect(task?.attempts.map(({ exit }) => exit)).toEqual([
      { kind: 'spawn-error', message: 'the program sh is not on PATH' },
    ]);
    expect(here.has('ran')).toBe(false);
    expectNothingRunning(here);
  });

  it('no sh on PATH: another shell does', async () => {
    const here = bench();
    mkdirSync(here.path('bin'));
    symlinkSync(process.execPath, here.path('bin', 'node'));
    const args = ['run', '--shell', 'node -e', 'sh: console.log(process.env.HOME)'];
    const { code, stdout } = await here.run(args, { env: { PATH: here.path('bin') } });
    expect({ code, stdout }).toEqual({ code: 0, stdout: `[1] ${here.dir}\n` });
  });

  it('no current folder: refused in words', async () => {
    const here = bench();
    const { stdout, stderr } = await inShell(
      here,
      `mkdir gone; cd gone; rmdir ../gone
      for verb in 'run true' status resume clean; do batchtool $verb; echo $?; done; batchtool --version > /dev/null; echo $?`,
    );
    const said = says('the current folder does not exist any more', '`cd` to one that does');
    expect({ stdout, stderr }).toEqual({ stdout: '2\n2\n2\n2\n0\n', stderr: said.repeat(4) });
  });

  it.each([
    ['no HOME', { HOME: undefined }],
    ['no PATH', { PATH: undefined }],
    ['no variable at all', { HOME: undefined, PATH: undefined, TMPDIR: undefined }],
  ])('%s: runs', async (_what, env) => {
    const here = bench();
    const { code, stdout } = await here.run(['run', 'echo "home: $HOME"'], { env });
    expect(code).toBe(0);
    expect(stdout).toBe(`[1] home: ${'HOME' in env ? '' : here.dir}\n`);
  });
});

onLinux('too few files may be open', () => {
  it.each([4, 6, 10])('%i more than Node itself needs: told in words, and nothing is left', async (spare) => {
    const here = bench();
    const own = `$(($("$NODE" -p 'fs.readdirSync("/proc/self/fd").length') + ${spare}))`;
    const tasks = Array.from({ length: 20 }, (_, i) => `'sleep 0.2; echo ${i}'`).join(' ');
    const script = `ulimit -n ${own}; batchtool run --max-concurrent 20 --output quiet ${tasks}; echo $?`;
    const { stdout, stderr } = await inShell(here, script);
    expect(stdout).toMatch(/^[14]\n$/);
    expect(stderr).toMatch(/too many (files are open|open files)/);
    expect(stderr).toMatch(/ulimit -n/);
    expect(stderr).not.toMatch(/node:|at .*:\d+:\d+/);
    await until('nothing is left', () => processesWith(here.dir).length === 0);
  });
});

onPosix('closed streams', () => {
  it('closed stdin: runs, and tasks read nothing', async () => {
    const here = bench();
    const { stdout } = await inShell(here, `batchtool run 'cat; echo read' <&- 2> err; echo $?`);
    expect(stdout).toBe('[1] read\n0\n');
  });

  it('closed stdin as a plan file: refused', async () => {
    const here = bench();
    const { stdout, stderr } = await inShell(here, 'batchtool run -f - <&-; echo $?');
    expect(stdout).toBe('2\n');
    expect(stderr).toBe(
      says('<stdin>: the file is empty', 'for example tasks: {build: {run: npm run build}}'),
    );
    expectNothingDone(here);
  });

  it.each(['>&-', '2>&-', '>&- 2>&-'])('%s from the start: runs', async (closed) => {
    const here = bench();
    const { stdout } = await inShell(here, `batchtool run 'touch ran' ${closed}; echo $? > code`);
    expect({ code: here.read('code'), ran: here.has('ran') }).toEqual({ code: '0\n', ran: true });
    expect(stdout).toBe('');
  });

  it.each(['', '--output grouped', '--output quiet', '--json'])(
    'stdout closed early (| head -1): the run goes on to its end %s',
    async (how) => {
      const here = bench();
      const tasks = `'seq 1 100000; touch first' '${waitFor('first')}; seq 1 100000; touch second; exit 3'`;
      const script = `(batchtool run ${how} ${tasks} 2> err; echo $? > code) | head -1`;
      const { stderr } = await inShell(here, script);
      await until('the exit code', () => here.has('code') && here.read('code') !== '');
      expect({ code: here.read('code'), stderr }).toEqual({ code: '1\n', stderr: '' });
      expect({ first: here.has('first'), second: here.has('second') }).toEqual({ first: true, second: true });
      expect(here.read('err')).not.toMatch(/EPIPE|Error|at .*:\d+/);
      expect((await here.status()).run.status).toBe('failed');
    },
  );

  it('both closed early: the run goes on to its end', async () => {
    const here = bench();
    await inShell(here, `(batchtool run 'seq 1 100000; touch ran' 2>&1; echo $? > code) | true`);
    await until('the exit code', () => here.has('code') && here.read('code') !== '');
    expect({ code: here.read('code'), ran: here.has('ran') }).toEqual({ code: '0\n', ran: true });
  });

  it.each([
    'logs',
    'status',
    'status --json',
    'stats',
    'list',
    '--help',
    'run --help',
    '--version',
    'resume',
    'cancel',
    'clean',
  ])('nobody reads %s: it ends without a word', async (verb) => {
    const here = bench();
    await here.run(['run', 'seq 1 100000']);
    const { stdout, stderr } = await inShell(here, `(batchtool ${verb}; echo $? > code) | true`);
    await until('the exit code', () => here.has('code') && here.read('code') !== '');
    expect({ code: here.read('code'), stdout, stderr }).toEqual({ code: '0\n', stdout: '', stderr: '' });
  });

  it('a refusal that nobody reads is still exit 2', async () => {
    const here = bench();
    await inShell(here, '(batchtool run --timeout 5 "touch ran" 2>&1; echo $? > code) | true');
    await until('the exit code', () => here.has('code') && here.read('code') !== '');
    expect(here.read('code')).toBe('2\n');
    expectNothingDone(here);
  });
});

onLinux('a disk that is full under our own output', () => {
  it('is told on stderr, once, and with exit code 1, and ends no run', async () => {
    const here = bench();
    const { stdout, stderr } = await inShell(
      here,
      `batchtool run 'seq 1 100000; touch ran' > /dev/full; echo $?
      batchtool status --json > /dev/full; echo $?`,
    );
    expect({ stdout, ran: here.has('ran') }).toEqual({ stdout: '1\n1\n', ran: true });
    const said = 'batchtool: cannot write to standard output: ENOSPC: no space left on device, write\n';
    expect(stderr.split(said)).toHaveLength(3);
  });
});
