import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Observation } from '../../src/core/event.js';
import type { ForkServer } from '../../src/executors/fork-server.js';
import type { LocalExecutorOptions } from '../../src/executors/local.js';
import { QuickStarter } from '../../src/executors/quick-starter.js';
import { uptimeMillis } from '../../src/executors/uptime.js';
import { processesWith } from '../cli/harness.js';
import { keepsTheContract } from './contract.js';
import { pidIn, runs, until } from './processes.js';
import { readyForkServer } from './ready-fork-server.js';
import { Workbench } from './workbench.js';

jest.setTimeout(30_000);

const onLinux = process.platform === 'linux' ? describe : describe.skip;
const PARENT = 'ps -o ppid= -p $$ | tr -d " "';

let server: ForkServer;
let bench: Workbench;

async function makeWorkbench(options: Partial<LocalExecutorOptions> = {}): Promise<Workbench> {
  server = await readyForkServer();
  return new Workbench({ starter: new QuickStarter(uptimeMillis, server), ...options });
}

function makeMasking(): Promise<Workbench> {
  return makeWorkbench({ secrets: { A: 'hunter2' } });
}

beforeEach(async () => {
  bench = await makeWorkbench({ environment: { ...process.env, API_KEY: 'hunter2' } });
});

afterEach(() => bench.clear());

onLinux('with a fork server, the local executor', () => {
  keepsTheContract(() => makeWorkbench());
});

onLinux('with a fork server and secrets, the local executor', () => {
  keepsTheContract(makeMasking);
});

onLinux('the local executor with a fork server', () => {
  test('leaves the starting to it', async () => {
    await bench.run(PARENT);
    expect(bench.log()).toBe(`${server.pid}\n`);
  });

  test('leaves to it those too whose output loses secrets, with a pipe that they can only write to', async () => {
    await bench.clear();
    bench = await makeMasking();
    await bench.run(`${PARENT}; cat <&1 2>/dev/null || echo hunter2 >&2`);
    expect(bench.log()).toBe(`${server.pid}\n***\n`);
  });

  test('ends one that was stopped before it could be a process', async () => {
    const exited = bench.run('sleep 60');
    bench.executor.stop({ task: 't', attempt: 1 }, { now: true });
    expect((await exited).exit).toEqual({ kind: 'signal', signal: 'SIGKILL' });
  });

  test('ends one when it is closed before it could be a process', async () => {
    const exited = bench.run('sleep 60');
    await bench.executor.close();
    expect((await exited).exit).toMatchObject({ kind: 'signal' });
  });

  test('keeps to a memory limit and a time limit', async () => {
    const hog = 'exec perl -e \'$x = "x" x 200_000_000; sleep 60\'';
    const limits = [{ memoryBytes: 100_000_000 }, { timeoutMillis: 100 }];
    const ended = limits.map((limit, index) => bench.run(hog, { task: `t${index}`, limits: limit }));
    const kinds = (await Promise.all(ended)).map(({ exit }) => exit.kind);
    expect(kinds).toEqual(['memory', 'timeout']);
  });

  test('does not let a sweep take what is being started for a stray', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => `(setsid sleep 60 &); exit ${index % 2}`);
    const ended = await Promise.all(texts.map((text, index) => bench.run(text, { task: `t${index}` })));
    expect(ended.map(({ exit }) => exit)).toEqual(
      texts.map((_, index) => ({ kind: 'code', code: index % 2 })),
    );
  });
});

onLinux('when somebody kills the fork server', () => {
  test('what it has started is ended and lost, services too, and more is started without it', async () => {
    const ended = [
      bench.run('echo $$ > one; sleep 60', { task: 'one' }),
      bench.run("trap '' TERM; echo $$ > two; while :; do sleep 60; done", { task: 'two', graceMillis: 200 }),
      bench.run('echo $$ > three; sleep 60', { task: 'three', keep: true }),
    ];
    const pids = await Promise.all(['one', 'two', 'three'].map((name) => pidIn(bench.path(name))));
    process.kill(server.pid as number, 'SIGKILL');
    expect((await Promise.all(ended)).map(({ exit }) => exit)).toEqual(ended.map(() => ({ kind: 'lost' })));
    expect(pids.filter(runs)).toEqual([]);
    await bench.run(PARENT);
    expect(bench.log()).toBe(`${process.pid}\n`);
  });

  test('what it was just about to start is ended and lost', async () => {
    const texts = Array.from({ length: 30 }, (_, index) => `echo $$ > s${index}; exec sleep 60`);
    const seen: Observation[] = [];
    texts.forEach((text, index) => {
      bench.executor.start(bench.launch(text, { task: `t${index}` }), (one) => seen.push(one));
    });
    // Some are processes by now whose numbers nobody has been told, others are not yet.
    await pidIn(bench.path('s3'));
    process.kill(server.pid as number, 'SIGKILL');
    const exits = (): unknown[] => seen.flatMap((one) => (one.type === 'attempt.exited' ? [one.exit] : []));
    await until('all have ended', () => exits().length === texts.length);
    expect(exits()).toEqual(texts.map(() => ({ kind: 'lost' })));
    await bench.executor.close();
    const marked = `BATCHTOOL_MARK_${bench.runMark}`;
    expect(processesWith(marked)).toEqual([]);
  });

  test('one that is being ended is not lost but what it was ended for', async () => {
    const ended = bench.run(
      'trap "echo 1 > told" INT; trap "" TERM; echo $$ > pid; while :; do sleep 60; done',
      {
        limits: { timeoutMillis: 300 },
        graceMillis: 2000,
      },
    );
    const pid = await pidIn(bench.path('pid'));
    await pidIn(bench.path('told'));
    process.kill(server.pid as number, 'SIGKILL');
    expect((await ended).exit).toEqual({ kind: 'timeout', limitMillis: 300 });
    expect(runs(pid)).toBe(false);
  });
});

onLinux('the fork server', () => {
  test('shows neither variables nor commands to who looks at processes', async () => {
    const ended = bench.run(
      'echo $API_KEY; : secret-word; echo 1 > ready; until test -e go; do sleep 0.02; done',
    );
    await pidIn(bench.path('ready'));
    const shown = ['cmdline', 'environ', 'comm'].map((name) =>
      readFileSync(`/proc/${server.pid}/${name}`, 'utf8'),
    );
    expect(shown.join()).not.toMatch(/hunter2|secret-word|BATCHTOOL_MARK/);
    expect(shown[0]?.split('\0').slice(2, 4)).toEqual([
      'eval $ENV{BATCHTOOL_FORK_SERVER}',
      'batchtool-fork-server',
    ]);
    await bench.run('touch go', { task: 'other' });
    await ended;
    expect(bench.log()).toBe('hunter2\n');
  });

  test('has a session of its own and outlives what a terminal sends', async () => {
    for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM', 'SIGQUIT'] as const)
      process.kill(server.pid as number, signal);
    await bench.run(`${PARENT}; ps -o sess= -p ${server.pid} | tr -d " "`);
    expect(bench.log()).toBe(`${server.pid}\n${server.pid}\n`);
  });

  test('goes when its owner closes, and leaves nothing behind', async () => {
    await bench.run('true');
    await bench.executor.close();
    await until('it is gone', () => !runs(server.pid as number));
  });
});

onLinux('a fork server is only used', () => {
  const parents = async (count: number): Promise<number[]> => {
    const found: number[] = [];
    for (let index = 0; index < count; index++) {
      await bench.run(PARENT, { task: `t${index}` });
      found.push(Number(bench.log(`t${index}`)));
    }
    return found;
  };

  beforeEach(async () => {
    await bench.clear();
    bench = new Workbench();
  });

  test('when there is much to start', async () => {
    expect(new Set(await parents(8))).toEqual(new Set([process.pid]));
    expect((await parents(60)).at(-1)).not.toBe(process.pid);
  });

  test('where there is a Perl that works', async () => {
    const { PATH } = process.env;
    writeFileSync(bench.path('perl'), '#!/bin/sh\nexit 1', { mode: 0o755 });
    process.env.PATH = `${bench.folder}:${PATH}`;
    try {
      expect(new Set(await parents(60))).toEqual(new Set([process.pid]));
    } finally {
      process.env.PATH = PATH;
    }
  });
});
