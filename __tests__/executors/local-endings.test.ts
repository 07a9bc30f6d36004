import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { pidIn, runs, until } from './processes.js';
import { Workbench } from './workbench.js';

jest.setTimeout(30_000);

const onPosix = process.platform === 'win32' ? describe.skip : describe;
const onLinux = process.platform === 'linux' ? describe : describe.skip;

/** Writes its number into a file, and stays whatever it is asked. */
const STUBBORN = `trap "" INT TERM HUP; echo $$ > stubborn; while :; do sleep 60; done`;

let bench: Workbench;

beforeEach(() => {
  bench = new Workbench();
});

afterEach(() => bench.clear());

onPosix('a stop', () => {
  test('asks with SIGINT first', async () => {
    const exited = bench.run("trap 'echo asked; exit 3' INT; echo 1 > ready; while :; do sleep 0.05; done");
    await pidIn(bench.path('ready'));
    bench.executor.stop({ task: 't', attempt: 1 }, { now: false });
    expect((await exited).exit).toEqual({ kind: 'code', code: 3 });
    expect(bench.log()).toBe('asked\n');
  });

  test('insists with SIGTERM, then kills, within the grace time', async () => {
    const exited = bench.run(
      "trap 'echo INT' INT; trap 'echo TERM' TERM; echo 1 > ready; while :; do sleep 0.05; done",
      { graceMillis: 1000 },
    );
    await pidIn(bench.path('ready'));
    bench.executor.stop({ task: 't', attempt: 1 }, { now: false });
    expect((await exited).exit).toEqual({ kind: 'signal', signal: 'SIGKILL' });
    expect(bench.log().match(/^(INT|TERM)$/gm)).toEqual(['INT', 'TERM']);
  });

  test('kills at once when told to', async () => {
    const exited = bench.run(STUBBORN, { graceMillis: 60_000 });
    await pidIn(bench.path('stubborn'));
    bench.executor.stop({ task: 't', attempt: 1 }, { now: true });
    expect((await exited).exit).toEqual({ kind: 'signal', signal: 'SIGKILL' });
  });

  test('can be made a kill', async () => {
    const exited = bench.run(STUBBORN, { graceMillis: 60_000 });
    await pidIn(bench.path('stubborn'));
    bench.executor.stop({ task: 't', attempt: 1 }, { now: false });
    bench.executor.stop({ task: 't', attempt: 1 }, { now: true });
    expect((await exited).exit).toEqual({ kind: 'signal', signal: 'SIGKILL' });
  });

  test('ends children that ignore it as soon as the task itself has ended', async () => {
    // A shell starts what it puts into the background with SIGINT ignored.
    const exited = bench.run('sleep 60 & echo $! > child; wait', { graceMillis: 60_000 });
    const child = await pidIn(bench.path('child'));
    bench.executor.stop({ task: 't', attempt: 1 }, { now: false });
    await exited;
    expect(runs(child)).toBe(false);
  });

  test('ends many side by side', async () => {
    const all = Array.from({ length: 20 }, (_, index) =>
      bench.run(`echo 1 > ready${index}; sleep 60`, { task: `t${index}` }),
    );
    await Promise.all(all.map((_, index) => pidIn(bench.path(`ready${index}`))));
    all.forEach((_, index) => {
      bench.executor.stop({ task: `t${index}`, attempt: 1 }, { now: false });
    });
    const exits = (await Promise.all(all)).map(({ exit }) => exit.kind);
    expect(new Set(exits)).toEqual(new Set(['signal']));
  });
});

onPosix('what a task leaves in its group', () => {
  test('is ended before the task is over', async () => {
    const { exit } = await bench.run('sleep 60 & echo $! > child; exit 0');
    expect(exit).toEqual({ kind: 'code', code: 0 });
    expect(runs(await pidIn(bench.path('child')))).toBe(false);
  });

  test('is killed after the grace time if it will not go', async () => {
    const { exit } = await bench.run(
      `sh -c '${STUBBORN}' & until test -s stubborn; do sleep 0.02; done; exit 4`,
      {
        graceMillis: 200,
      },
    );
    expect(exit).toEqual({ kind: 'code', code: 4 });
    expect(runs(await pidIn(bench.path('stubborn')))).toBe(false);
  });

  test('lives on if the task is a service, until the run is closed', async () => {
    const { exit } = await bench.run('sleep 60 & echo $! > service', { keep: true });
    expect(exit).toEqual({ kind: 'code', code: 0 });
    const service = await pidIn(bench.path('service'));
    await bench.run('true', { task: 'other' });
    expect(runs(service)).toBe(true);
    await bench.executor.close();
    expect(runs(service)).toBe(false);
  });

  test('goes on writing into its log if it is a service, masked too', async () => {
    await bench.clear();
    bench = new Workbench({ secrets: { A: 'hunter2-secret' } });
    await bench.run(
      '(until test -e go; do sleep 0.02; done; echo late hunter2-secret; sleep 60) & echo early',
      {
        keep: true,
      },
    );
    await bench.run('touch go', { task: 'other' });
    await until('it has spoken', () => bench.log().includes('late'));
    await bench.executor.close();
    expect(bench.log()).toBe('early\nlate ***\n');
  });
});

onLinux('what leaves the group of a task', () => {
  test('is ended with it when it is stopped', async () => {
    const exited = bench.run(`setsid sh -c '${STUBBORN}' & wait`, { graceMillis: 400 });
    const stray = await pidIn(bench.path('stubborn'));
    bench.executor.stop({ task: 't', attempt: 1 }, { now: false });
    await exited;
    expect(runs(stray)).toBe(false);
  });

  test('is ended soon after the task, though it has no parent', async () => {
    const text =
      "(setsid sh -c 'echo $$ > stray; exec sleep 60' &); until test -s stray; do sleep 0.02; done";
    await bench.run('true', { task: 'other' });
    await bench.run(text);
    const stray = await pidIn(bench.path('stray'));
    await until('it is gone', () => !runs(stray));
  });

  test('is ended before the run is closed, though it ignores TERM', async () => {
    await bench.run(`(setsid sh -c '${STUBBORN}' &); until test -s stubborn; do sleep 0.02; done`, {
      graceMillis: 300,
    });
    const stray = await pidIn(bench.path('stubborn'));
    await bench.executor.close();
    expect(runs(stray)).toBe(false);
  });

  test('is ended with it when it hides its mark, if its parent was there to be seen', async () => {
    const exited = bench.run('env -i PATH="$PATH" setsid sh -c \'echo $$ > stray; exec sleep 60\' & wait');
    const stray = await pidIn(bench.path('stray'));
    bench.executor.stop({ task: 't', attempt: 1 }, { now: false });
    await exited;
    expect(runs(stray)).toBe(false);
  });

  test('is not taken for a stray while its task runs', async () => {
    const exited = bench.run(
      "setsid sh -c 'echo $$ > stray; exec sleep 60' & until test -e go; do sleep 0.02; done; ps -o pid= -p $(cat stray)",
    );
    const stray = await pidIn(bench.path('stray'));
    for (let index = 0; index < 3; index++) await bench.run('sleep 0.3', { task: `other${index}` });
    expect(runs(stray)).toBe(true);
    await bench.run('touch go', { task: 'last' });
    expect((await exited).exit).toEqual({ kind: 'code', code: 0 });
  });
});
