/** `batchtool logs`: the output of tasks, chosen, filtered and followed. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Bench, until, useBench, waitFor } from './harness.js';
import { inShell } from './shell.js';

const bench = useBench();

/** Two tasks; the first of them needs two attempts. */
async function twoTasks(here: Bench): Promise<void> {
  here.write('plan.json', {
    tasks: {
      build: {
        run: 'for i in 1 2 3; do echo "build $BATCHTOOL_ATTEMPT.$i"; done; echo "Warning: old" >&2; [ "$BATCHTOOL_ATTEMPT" = 2 ]',
        retry: { max: 1, delay: '0' },
      },
      test: { run: 'echo "test ok"; echo "an ERROR that is none"', needs: ['build'] },
    },
  });
  expect((await here.run(['run', '-f', 'plan.json', '--output', 'quiet'])).code).toBe(0);
}

describe('logs', () => {
  it('refuses an attempt that never was, and says when there is no output', async () => {
    const here = bench();
    await here.run(['run', '--output', 'quiet', 'true']);
    const refused = await here.run(['logs', '--task', '1', '--attempt', '9']);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      'batchtool: task 1 has no attempt 9\n  hint: there is 1\n',
    ]);
    expect(await here.run(['logs'])).toMatchObject({ code: 0, stdout: '', stderr: 'no output\n' });
  });

  it('shows colours and no other control sequence, and the file keeps all', async () => {
    const here = bench();
    const { stdout } = await here.run(['run', `printf 'a\\033[2J\\033[31mb\\033]0;t\\007\\033[0m\\n'`]);
    expect(stdout).toBe('[1] a\u001b[31mb\u001b[0m\n');
    expect((await here.run(['logs', '--task', '1'])).stdout).toBe('a\u001b[31mb\u001b[0m\n');
    const { logs } = JSON.parse((await here.run(['logs', '--json'])).stdout);
    expect(readFileSync(logs[0].log, 'utf8')).toContain('\u001b[2J');
  });

  it('shows all tasks in the order of the plan, attempt by attempt, each line with its name', async () => {
    const here = bench();
    await twoTasks(here);
    const { code, stdout, stderr } = await here.run(['logs']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().split('\n')).toEqual([
      '[build] · attempt 1: exited with code 1',
      ...['[build] build 1.1', '[build] build 1.2', '[build] build 1.3', '[build] Warning: old'],
      '[build] · attempt 2: exited with code 0',
      ...['[build] build 2.1', '[build] build 2.2', '[build] build 2.3', '[build] Warning: old'],
      ...['[test] test ok', '[test] an ERROR that is none'],
    ]);
  });

  it.each([
    ['--task shows one task, without its name', ['--task', 'test'], 'test ok\nan ERROR that is none\n'],
    [
      '--attempt shows one attempt of each',
      ['--task', 'build', '--attempt', '2'],
      'build 2.1\nbuild 2.2\nbuild 2.3\nWarning: old\n',
    ],
    [
      '--tail shows the last lines of each',
      ['--tail', '1'],
      '[build] · attempt 1: exited with code 1\n[build] Warning: old\n' +
        '[build] · attempt 2: exited with code 0\n[build] Warning: old\n[test] an ERROR that is none\n',
    ],
    ['--tail 0 shows nothing', ['--tail', '0'], ''],
    [
      '--filter is a regular expression for lines, whatever their case',
      ['--filter', 'error|warning', '--attempt', '1'],
      '[build] Warning: old\n[test] an ERROR that is none\n',
    ],
    ['--filter without a match shows nothing', ['--filter', 'no such line'], ''],
    ['--since leaves out what ended before', ['--since', '1ms'], ''],
    [
      '--since keeps what ended after',
      ['--since', '1h', '--task', 'test'],
      'test ok\nan ERROR that is none\n',
    ],
    [
      'several tasks keep their names',
      ['--task', 'build', '--task', 'test', '--tail', '1', '--attempt', '1'],
      '[build] Warning: old\n[test] an ERROR that is none\n',
    ],
  ])('%s', async (_, args, expected) => {
    const here = bench();
    await twoTasks(here);
    expect(await here.run(['logs', ...args])).toEqual({
      code: 0,
      signal: null,
      stdout: expected,
      stderr: '',
    });
  });

  it('shows what a live task has written so far, and ends', async () => {
    const here = bench();
    const { ended } = here.start(['run', `echo so far; touch began; ${waitFor('go')}`]);
    await here.appears('began');
    expect((await here.run(['logs'])).stdout).toBe('[1] so far\n');
    here.write('go', '');
    await ended;
  });

  it('--json says where the logs are', async () => {
    const here = bench();
    await twoTasks(here);
    const { run, logs } = JSON.parse((await here.run(['logs', '--json', '--task', 'build'])).stdout);
    expect((await here.status()).run).toMatchObject(run);
    expect(logs).toEqual([1, 2].map((attempt) => ({ task: 'build', attempt, log: expect.any(String) })));
    const last = logs[1].log.slice(here.dir.length);
    expect(here.read(last)).toMatch(/^build 2\.1\n/);
  });

  it.each([
    [['--task', 'biuld'], 'did you mean "build"?'],
    [['--filter', '('], 'is no regular expression'],
    [['--tail', '-1'], '--tail'],
    [['--attempt', '0'], 'expected a whole number from 1'],
    [['--since', 'yesterday'], 'times are written 500ms'],
  ])('%j is refused in words', async (args, words) => {
    const here = bench();
    await twoTasks(here);
    const { code, stdout, stderr } = await here.run(['logs', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(words);
  });
});

describe('logs --follow', () => {
  it('interleaves the tasks of a live run, follows new ones, and ends with the run', async () => {
    const here = bench();
    const talk = (id: string, next: string): string =>
      `echo "${id} begins"; touch ${id}; ${waitFor(next)}; echo "${id} ends"`;
    here.write('plan.json', {
      tasks: {
        a: { run: talk('a', 'go1') },
        b: { run: talk('b', 'go2') },
        c: { run: talk('c', 'go3'), needs: ['b'] },
      },
    });
    const run = here.start(['run', '-f', 'plan.json', '--output', 'quiet']);
    await here.appears('a');
    const follow = here.start(['logs', '--follow']);
    const shows = (line: string): Promise<void> =>
      until(`the line ${line}`, () => follow.printed().includes(`${line}\n`));
    await shows('[a] a begins');
    await shows('[b] b begins');
    here.write('go2', '');
    await shows('[b] b ends');
    await shows('[c] c begins');
    expect(follow.printed()).not.toContain('a ends');
    here.write('go1', '');
    await shows('[a] a ends');
    expect(follow.child.exitCode).toBeNull();
    here.write('go3', '');
    const { code, stdout } = await follow.ended;
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n').sort()).toEqual(
      ['a', 'b', 'c'].flatMap((id) => [`[${id}] ${id} begins`, `[${id}] ${id} ends`]),
    );
    await run.ended;
  });

  it('--filter picks lines as they come, and ends with 0 without a match', async () => {
    const here = bench();
    const { ended } = here.start([
      'run',
      `echo An Error; echo fine; touch began; ${waitFor('go')}; echo done`,
    ]);
    await here.appears('began');
    const some = here.start(['logs', '--follow', '--filter', 'error|warning']);
    const none = here.start(['logs', '--follow', '--filter', 'nothing like it']);
    await until('the line', () => some.printed() === '[1] An Error\n');
    here.write('go', '');
    expect(await some.ended).toMatchObject({ code: 0, stdout: '[1] An Error\n' });
    expect(await none.ended).toMatchObject({ code: 0, stdout: '' });
    await ended;
  });

  it('shows all of a run that is over, and ends', async () => {
    const here = bench();
    await here.run(['run', 'echo one', 'exit 1']);
    expect(await here.run(['logs', '--follow'])).toMatchObject({ code: 0, stdout: '[1] one\n' });
  });

  it('shows all of more logs than may be open together', async () => {
    const here = bench();
    const ids = Array.from({ length: 150 }, (_, i) => `t${i}`);
    here.write('plan.json', { tasks: Object.fromEntries(ids.map((id) => [id, { run: `echo says ${id}` }])) });
    await here.run(['run', '-f', 'plan.json', '--output', 'quiet']);
    const { stdout } = await inShell(here, 'ulimit -n 100; batchtool logs --follow');
    expect(stdout.trimEnd().split('\n')).toEqual(ids.map((id) => `[${id}] says ${id}`));
  });

  it('without a name follows all live runs, with their names; with a name, that one', async () => {
    const here = bench();
    const text = (name: string): string => `echo "says ${name}"; touch ${name}; ${waitFor('go')}`;
    const runs = ['red', 'blue'].map((name) => here.start(['run', '--name', name, text(name)]));
    await Promise.all([here.appears('red'), here.appears('blue')]);
    const all = here.start(['logs', '--follow']);
    const one = here.start(['logs', '--follow', 'red']);
    await until(
      'both',
      () => /red 1\] says red\n/.test(all.printed()) && /blue 1\] says blue\n/.test(all.printed()),
    );
    await until('the one', () => one.printed() === '[1] says red\n');
    here.write('go', '');
    expect((await all.ended).stdout.trimEnd().split('\n').sort()).toEqual([
      '[blue 1] says blue',
      '[red 1] says red',
    ]);
    expect((await one.ended).stdout).toBe('[1] says red\n');
    await Promise.all(runs.map(({ ended }) => ended));
  });

  it('without a name follows a run that begins meanwhile, too', async () => {
    const here = bench();
    const first = here.start(['run', '--name', 'red', `echo first; touch began; ${waitFor('go')}`]);
    await here.appears('began');
    const follow = here.start(['logs', '--follow']);
    await until('the first', () => follow.printed() === '[1] first\n');
    const second = here.start(['run', '--name', 'blue', `echo second; ${waitFor('go')}`]);
    await until('the second', () => follow.printed().includes('[blue 1] second\n'));
    here.write('go', '');
    expect((await follow.ended).code).toBe(0);
    await Promise.all([first.ended, second.ended]);
  });

  it('ends when the process of the run is killed', async () => {
    const here = bench();
    const { child } = here.start(['run', `echo hello; touch began; ${waitFor('never')}`]);
    await here.appears('began');
    const follow = here.start(['logs', '--follow']);
    await until('the line', () => follow.printed() === '[1] hello\n');
    child.kill('SIGKILL');
    expect((await follow.ended).code).toBe(0);
  });

  it('ends quietly by Ctrl-C, and leaves the run alone', async () => {
    const here = bench();
    const { ended } = here.start(['run', `touch began; ${waitFor('go')}`]);
    await here.appears('began');
    const follow = here.start(['logs', '--follow']);
    await until('it follows', async () => follow.child.pid !== undefined);
    follow.child.kill('SIGINT');
    expect((await follow.ended).signal).toBe('SIGINT');
    here.write('go', '');
    expect((await ended).code).toBe(0);
  });
});
