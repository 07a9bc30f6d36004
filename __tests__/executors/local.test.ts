import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Observation } from '../../src/core/event.js';
import { isFinal } from '../../src/core/exit.js';
import { Fatal } from '../../src/core/problem.js';
import { createExecutor } from '../../src/executors/index.js';
import { LocalExecutor } from '../../src/executors/local.js';
import { isAlive } from '../../src/executors/process-table.js';
import { exitHint } from '../../src/reports/hint.js';
import { keepsTheContract } from './contract.js';
import { pidIn, until } from './processes.js';
import { Workbench } from './workbench.js';

jest.setTimeout(30_000);

const onPosix = process.platform === 'win32' ? describe.skip : describe;

let bench: Workbench;

beforeEach(() => {
  bench = new Workbench();
});

afterEach(() => bench.clear());

onPosix('the local executor', () => {
  keepsTheContract();

  test('is what the wiring makes', async () => {
    const executor = createExecutor({
      files: (attempt) => bench.files(attempt),
      environment: {},
      runMark: 'wiring',
      emptyContext: bench.folder,
    });
    expect(executor).toBeInstanceOf(LocalExecutor);
    await executor.close();
  });

  test('reports a process that can be told from any other while it runs', async () => {
    const seen: Observation[] = [];
    bench.executor.start(bench.launch('sleep 60'), (observation) => seen.push(observation));
    await until('it runs', () => seen.length > 0);
    const [spawned] = seen;
    const { pid, startTime } = spawned as Extract<Observation, { type: 'attempt.spawned' }>;
    expect(startTime !== undefined && isAlive({ pid, startTime })).toBe(true);
  });

  test('does not merge', async () => {
    const work = { kind: 'integrate', members: [] } as const;
    expect((await bench.run('', { work })).exit).toEqual({
      kind: 'spawn-error',
      message: 'not supported by this executor',
    });
  });
});

onPosix('a prompt', () => {
  const prompt = (text: string, runner?: string) =>
    ({ kind: 'prompt', mode: 'ask', text, ...(runner && { runner }) }) as const;

  test('is given to its runner as arguments, through no shell', async () => {
    const { exit } = await bench.run('', { work: prompt('$(touch ran) "x"\n', 'echo') });
    expect(exit).toEqual({ kind: 'code', code: 0 });
    expect(bench.log()).toBe('sparc run ask $(touch ran) "x"\n --non-interactive\n');
    expect(existsSync(bench.path('ran'))).toBe(false);
  });

  test('without a runner, or with one that is gone, is not started', async () => {
    expect((await bench.run('', { work: prompt('x') })).exit).toEqual({
      kind: 'spawn-error',
      message: 'the plan names no SPARC runner for the prompt, and no agent is at hand',
    });
    expect((await bench.run('', { work: prompt('x', '/nowhere/flowx') })).exit).toEqual({
      kind: 'spawn-error',
      message: 'the program /nowhere/flowx does not exist',
    });
  });
});

onPosix('work of a SPARC runner', () => {
  const says = (text: string, runner?: string) =>
    bench.run('', { work: { kind: 'command', text, ...(runner && { runner }) } });

  test('fails when the runner says so, whatever its code', async () => {
    expect((await says("echo '❌ Mode not found: x'", 'flowx')).exit).toEqual({
      kind: 'contract',
      reason: 'flowx exited with code 0 but said "❌ Mode not found: x"',
    });
    expect((await says("echo '❌ Mode not found: x'; exit 1", 'flowx')).exit).toEqual({
      kind: 'code',
      code: 1,
    });
  });

  test.each([0, 1])(
    'is not tried again when the runner does not know such work, with code %i',
    async (code) => {
      const { exit } = await says(`echo '[ERROR] Unknown command: sparc'; exit ${code}`, 'claude-flow');
      expect(exit).toEqual({
        kind: 'contract',
        reason: `claude-flow exited with code ${code} ${code === 0 ? 'but' : 'and'} said "[ERROR] Unknown command: sparc"`,
        failure: 'unsupported',
      });
      expect(isFinal(exit)).toBe(true);
      expect(exitHint(exit, { kind: 'command', text: '', runner: 'claude-flow' })).toContain(
        '--runner builtin',
      );
    },
  );

  test('keeps what it promised besides', async () => {
    const work = { kind: 'command', text: 'true', runner: 'flowx' } as const;
    const { exit } = await bench.run('', { work, expect: { files: ['gone'] } });
    expect(exit).toMatchObject({ kind: 'contract', reason: expect.stringContaining('gone') });
  });

  test('is told by the end of a long log', async () => {
    const noise = 'i=0; while [ $i -lt 4000 ]; do echo "line $i of noise"; i=$((i+1)); done';
    expect((await says(`${noise}; echo 'Mode not found'`, 'flowx')).exit.kind).toBe('contract');
    expect((await says(`echo 'Mode not found'; ${noise}`, 'flowx')).exit.kind).toBe('code');
  });

  test('is no other command', async () => {
    expect((await says("echo 'Mode not found'")).exit).toEqual({ kind: 'code', code: 0 });
  });
});

onPosix('a command', () => {
  test('writes stdout and stderr into its log, in order, and reads nothing', async () => {
    const { outputBytes } = await bench.run('cat; echo one; echo two >&2; echo three');
    expect(bench.log()).toBe('one\ntwo\nthree\n');
    expect(outputBytes).toBe(14);
    expect(statSync(bench.files({ task: 't', attempt: 1 }).log).mode & 0o777).toBe(0o600);
  });

  test('runs in the folder of its task', async () => {
    mkdirSync(bench.path('sub'));
    await bench.run('pwd', { taskCwd: 'sub' });
    expect(bench.log()).toBe(`${bench.path('sub')}\n`);
  });

  test('runs in the shell that it names', async () => {
    const work = { kind: 'command', text: 'console.log(1 + 1)', shell: [process.execPath, '-e'] } as const;
    await bench.run('', { work });
    expect(bench.log()).toBe('2\n');
  });

  test('reports the signal that ended it', async () => {
    expect((await bench.run('kill -KILL $$')).exit).toEqual({ kind: 'signal', signal: 'SIGKILL' });
  });

  test('of 200 kB runs, and leaves no script behind', async () => {
    const text = `echo start; : ${'x'.repeat(200_000)}\necho end; exit 7`;
    expect((await bench.run(text)).exit).toEqual({ kind: 'code', code: 7 });
    expect(bench.log()).toBe('start\nend\n');
    expect(readdirSync(join(bench.folder, 'run', 'tasks', 't'))).toEqual(['1.log']);
  });

  test('gets its variables, and those of the plan', async () => {
    await bench.run('echo $BATCHTOOL_TASK_ID $BATCHTOOL_ATTEMPT $A; env | grep -c BATCHTOOL_MARK_', {
      env: { A: 'from plan' },
    });
    expect(bench.log()).toBe('t 1 from plan\n1\n');
  });

  test('keeps the marks of runs around it, and counts them', async () => {
    await bench.clear();
    bench = new Workbench({
      environment: { ...process.env, BATCHTOOL_MARK_outer_1: '1', BATCHTOOL_DEPTH: '1' },
    });
    await bench.run('echo $BATCHTOOL_MARK_outer_1 $BATCHTOOL_DEPTH');
    expect(bench.log()).toBe('1 2\n');
  });

  test('gets a small clean environment and the named variables with pass-env', async () => {
    await bench.clear();
    bench = new Workbench({ environment: { ...process.env, KEPT: 'yes', DROPPED: 'no' } });
    await bench.run('printenv KEPT; printenv DROPPED || echo none', { passEnv: ['KEPT'] });
    expect(bench.log()).toBe('yes\nnone\n');
  });

  test('runs without a HOME', async () => {
    await bench.clear();
    bench = new Workbench({ environment: { PATH: process.env.PATH } });
    await bench.run('printenv HOME || echo none');
    expect(bench.log()).toBe('none\n');
  });
});

onPosix('what cannot be started says why', () => {
  test.each([
    ['the folder is missing', { taskCwd: 'not/there' }, /^the folder .*\/not\/there does not exist$/],
    ['the folder is a file', { taskCwd: 'file' }, /\/file is not a folder$/],
    ['there is no sh', { env: { PATH: '/nowhere' } }, /^the program sh is not on PATH$/],
    ['a variable is too long', { env: { A: 'x'.repeat(3_000_000) } }, /are too long for this system/],
    ['a variable holds a NUL', { env: { A: 'a\0b' } }, /holds a NUL character/],
  ])('%s', async (_, parts, message) => {
    writeFileSync(bench.path('file'), '');
    const { exit } = await bench.run('true', parts);
    expect(exit).toEqual({ kind: 'spawn-error', message: expect.stringMatching(message) });
  });

  test('the text holds a NUL', async () => {
    expect((await bench.run('true\0')).exit).toMatchObject({ kind: 'spawn-error' });
  });
});

onPosix('what a command hands over', () => {
  test('is in its outputs', async () => {
    const { outputs, exit } = await bench.run(
      'echo a=1 >> "$BATCHTOOL_OUTPUT"; printf "b<<X\\none\\ntwo\\nX\\n" >> "$BATCHTOOL_OUTPUT"',
    );
    expect(outputs).toEqual({ a: '1', b: 'one\ntwo' });
    expect(exit).toEqual({ kind: 'code', code: 0 });
  });

  test('is closed to others, whatever the umask of the task was', async () => {
    await bench.run('umask 000; echo a=1 >> "$BATCHTOOL_OUTPUT"; echo text >> "$BATCHTOOL_SUMMARY"');
    const { output, summary } = bench.files({ task: 't', attempt: 1 });
    expect([output, summary].map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600]);
  });

  test('is handed over by a failed one too', async () => {
    const { outputs, exit } = await bench.run('echo a=1 >> "$BATCHTOOL_OUTPUT"; exit 2');
    expect(outputs).toEqual({ a: '1' });
    expect(exit).toEqual({ kind: 'code', code: 2 });
  });

  test.each([
    ['malformed', 'echo nonsense >> "$BATCHTOOL_OUTPUT"', /^line 1 of BATCHTOOL_OUTPUT is neither/],
    ['too long', 'head -c 1048577 /dev/zero > "$BATCHTOOL_OUTPUT"', /holds more than 1048576 bytes$/],
    ['not in a file', 'mkdir "$BATCHTOOL_OUTPUT"', /is no longer a file$/],
    ['in a link to elsewhere', 'ln -s /etc/passwd "$BATCHTOOL_OUTPUT"', /is no longer a file$/],
  ])('makes a success a broken contract if it is %s', async (_, text, reason) => {
    const { exit, outputs } = await bench.run(text);
    expect(exit).toEqual({ kind: 'contract', reason: expect.stringMatching(reason) });
    expect(outputs).toBeUndefined();
  });

  test('does not hide that it failed', async () => {
    const { exit } = await bench.run('echo nonsense >> "$BATCHTOOL_OUTPUT"; exit 2');
    expect(exit).toEqual({ kind: 'code', code: 2 });
  });

  test('is held against what the plan expects, once it has exited 0', async () => {
    const expected = { expect: { output: ['^ok$'], files: ['made'] } };
    expect((await bench.run('echo OK; touch made', expected)).exit).toEqual({ kind: 'code', code: 0 });
    expect((await bench.run('echo no', { ...expected, attempt: 2 })).exit).toEqual({
      kind: 'contract',
      reason: 'no line of its output matches "^ok$"',
    });
    expect((await bench.run('exit 5', { ...expected, attempt: 3 })).exit).toEqual({ kind: 'code', code: 5 });
  });

  test('reaches a later task as variable and in its context folder', async () => {
    await bench.run('echo result; echo k=v >> "$BATCHTOOL_OUTPUT"', { task: 'first' });
    const exit = { kind: 'code' as const, code: 0 };
    const context = [
      { task: 'first', label: '', attempt: 1, exit, status: 'succeeded', outputs: { k: 'v' } },
    ];
    await bench.run(
      'echo $BATCHTOOL_OUTPUT_FIRST_K; cat "$BATCHTOOL_CONTEXT/first.md"; ls "$BATCHTOOL_CONTEXT"',
      {
        context,
      },
    );
    expect(bench.log()).toBe('v\nresult\ncontext.json\nfirst.md\n');
  });

  test('is an empty folder when there is nothing before it', async () => {
    await bench.run('cd "$BATCHTOOL_CONTEXT" && ls -A');
    expect(bench.log()).toBe('');
    expect(existsSync(bench.files({ task: 't', attempt: 1 }).context)).toBe(false);
  });
});

onPosix('the log', () => {
  test('of a task that deletes it is there in full', async () => {
    const { log } = bench.files({ task: 't', attempt: 1 });
    await bench.run(`echo one; rm "${log}"; echo two`);
    expect(bench.log()).toBe('one\ntwo\n');
  });

  test('of a task that deletes its whole folder is there in full', async () => {
    await bench.run(`echo one; rm -r "${join(bench.folder, 'run', 'tasks', 't')}"; echo two`);
    expect(bench.log()).toBe('one\ntwo\n');
  });

  test('that cannot be made because the run is gone ends the run', async () => {
    rmSync(join(bench.folder, 'run'), { recursive: true });
    expect(() => bench.executor.start(bench.launch('true'), () => undefined)).toThrow(Fatal);
  });
});

onPosix('a run with secrets', () => {
  const secrets = { TOKEN: 'hunter2-secret' };

  beforeEach(async () => {
    await bench.clear();
    bench = new Workbench({ secrets });
  });

  test('masks what a task prints, however it comes, and still hands the value to it', async () => {
    const text =
      'printf hunter2; sleep 0.05; echo -secret; echo "$TOKEN" >&2; test "$TOKEN" = hunter2-secret && echo same';
    const { exit } = await bench.run(text, { secrets: ['TOKEN'] });
    expect(bench.log()).toBe('***\n***\nsame\n');
    expect(exit).toEqual({ kind: 'code', code: 0 });
  });

  test('keeps stdout and stderr in order, and lets a task open /dev/stderr', async () => {
    await bench.run('echo 1; echo 2 >&2; echo 3 > /dev/stderr; echo 4 > /dev/stdout; echo 5');
    expect(bench.log()).toBe('1\n2\n3\n4\n5\n');
  });

  test('masks outputs and summary, also on disk', async () => {
    const { outputs } = await bench.run(
      'echo "k=$TOKEN" > "$BATCHTOOL_OUTPUT"; echo "$TOKEN" > "$BATCHTOOL_SUMMARY"',
      {
        secrets: ['TOKEN'],
      },
    );
    const files = bench.files({ task: 't', attempt: 1 });
    expect(outputs).toEqual({ k: '***' });
    expect([files.output, files.summary].map((path) => readFileSync(path, 'utf8'))).toEqual([
      'k=***\n',
      '***\n',
    ]);
  });

  test('does not change a file of the user that a task has linked to', async () => {
    writeFileSync(bench.path('own'), secrets.TOKEN);
    await bench.run('ln -s "$PWD/own" "$BATCHTOOL_SUMMARY"; ln own "$BATCHTOOL_OUTPUT"');
    expect(readFileSync(bench.path('own'), 'utf8')).toBe(secrets.TOKEN);
  });

  test('takes in many megabytes without holding them in memory', async () => {
    const before = process.memoryUsage().external;
    const { outputBytes } = await bench.run('head -c 50000000 /dev/zero');
    expect(outputBytes).toBe(50_000_000);
    expect(process.memoryUsage().external - before).toBeLessThan(20_000_000);
  });

  (process.platform === 'linux' ? test : test.skip)(
    'does not wait for ever for a process that got away with the pipe',
    async () => {
      const holder = "setsid sh -c 'echo $$ > holder; exec sleep 30'";
      const began = performance.now();
      const { exit } = await bench.run(
        `(env -i PATH="$PATH" ${holder} &); until test -s holder; do :; done; echo done`,
      );
      expect(exit).toEqual({ kind: 'code', code: 0 });
      expect(performance.now() - began).toBeLessThan(15_000);
      process.kill(await pidIn(bench.path('holder')), 'SIGKILL');
      expect(bench.log()).toBe('done\n');
    },
  );
});

onPosix('many short tasks', () => {
  test('leave no open file and no process behind', async () => {
    const open = (): number => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0);
    await bench.run('true');
    const before = open();
    let next = 2;
    const lane = async (): Promise<void> => {
      while (next < 200) await bench.run('true', { task: `t${next++}` });
    };
    await Promise.all([lane(), lane()]);
    expect(open()).toBeLessThanOrEqual(before + 1);
  });
});
