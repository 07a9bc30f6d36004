import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { startTimeOf, startTimeOfNew } from '../../src/executors/process-table.js';
import { Watchdog } from '../../src/executors/watchdog.js';
import { SHELL_SCRIPT } from '../../src/executors/watchdog-script.js';
import { compile } from './compiled.js';
import { endGroups, pidIn, runs, until } from './processes.js';

const onPosix = process.platform === 'win32' ? describe.skip : describe;
const onLinux = process.platform === 'linux' ? describe : describe.skip;

jest.setTimeout(30_000);

let folder: string;
const started: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'batchtool-test-'));
});

afterEach(() => {
  endGroups(started.splice(0).map(({ pid }) => pid as number));
  rmSync(folder, { recursive: true, force: true });
});

/** A process that leads a group, without a mark unless `env` has one. */
function leader(command: string, env: NodeJS.ProcessEnv = {}): number {
  const options = { detached: true, stdio: 'ignore', env: { PATH: process.env.PATH, ...env } } as const;
  const child = spawn('sh', ['-c', command], options);
  started.push(child);
  return child.pid as number;
}

/** The script alone: fed with words, then with the end of its input. */
async function guardedBy(words: string, prefix = 'BATCHTOOL_MARK_none_'): Promise<void> {
  const child = spawn('/bin/sh', ['-c', SHELL_SCRIPT, 'watchdog', prefix], {
    stdio: ['pipe', 'ignore', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  child.stdin.end(words);
  await once(child, 'exit');
}

function ticksOf(pid: number): string {
  return startTimeOf(pid)?.split(':')[1] ?? '-';
}

onPosix('when its owner is gone, the watchdog', () => {
  test('ends the groups that it was told of, one that ignores TERM too', async () => {
    const polite = leader('sleep 60');
    const stubborn = leader("trap '' TERM; while :; do sleep 60; done");
    await guardedBy(`+ ${polite} ${ticksOf(polite)}\n+ ${stubborn} ${ticksOf(stubborn)}\n`);
    await until('both are gone', () => !runs(polite) && !runs(stubborn));
  });

  test('interrupts first, so that who hears it can end in good order', async () => {
    const bill = join(folder, 'bill');
    const agent = leader(
      `trap 'echo told > ${bill}; exit' INT; trap 'exit' TERM; while :; do sleep 0.05; done`,
    );
    await guardedBy(`+ ${agent} ${ticksOf(agent)}\n`);
    await until('it is gone', () => !runs(agent));
    expect(readFileSync(bill, 'utf8')).toBe('told\n');
  });

  test('spares the groups that have ended', async () => {
    const [first, ended, last] = [leader('sleep 60'), leader('sleep 60'), leader('sleep 60')];
    const words = [first, ended, last].map((pid) => `+ ${pid} ${ticksOf(pid)}\n`).join('');
    await guardedBy(`${words}- ${ended}\n- 999999\n`);
    await until('the others are gone', () => !runs(first) && !runs(last));
    expect(runs(ended)).toBe(true);
  });

  test('ends descendants that have left the group', async () => {
    const pid = leader(`env -i sh -c 'trap "" HUP; echo $$ > ${folder}/pid; sleep 60; :' & wait`);
    await pidIn(join(folder, 'pid'));
    const child = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    await guardedBy(`+ ${pid} ${ticksOf(pid)}\n`);
    await until('the child is gone', () => !runs(child));
  });
});

onLinux('on Linux, the watchdog', () => {
  test('spares a group whose number belongs to a later process', async () => {
    const pid = leader('sleep 60');
    await guardedBy(`+ ${pid} 1\n`);
    expect(runs(pid)).toBe(true);
  });

  test('ends what carries the mark of the run, and nothing of another run', async () => {
    const ours = leader('sleep 60', { BATCHTOOL_MARK_w1_9: '1' });
    const other = leader('sleep 60', { BATCHTOOL_MARK_w2_9: '1' });
    await until('both run', () => runs(ours) && runs(other));
    await guardedBy('', 'BATCHTOOL_MARK_w1_');
    await until('ours is gone', () => !runs(ours));
    expect(runs(other)).toBe(true);
  });
});

onPosix('the watchdog of a live owner', () => {
  test('has a session of its own and no mark', async () => {
    const watchdog = new Watchdog('BATCHTOOL_MARK_own_', {
      ...process.env,
      BATCHTOOL_MARK_outer_1: '1',
    });
    watchdog.start();
    const pid = watchdog.pid as number;
    const shown = spawn('ps', ['-o', 'pgid=', '-p', String(pid)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(shown.stdout, 'data')) as [Buffer];
    expect(Number(line.toString())).toBe(pid);
    if (existsSync(`/proc/${pid}/environ`)) {
      expect(readFileSync(`/proc/${pid}/environ`, 'latin1')).not.toContain('MARK');
    }
    watchdog.close();
  });

  test('leaves at once when the run closes, and ends nobody', async () => {
    const watchdog = new Watchdog('BATCHTOOL_MARK_own_', process.env);
    const pid = leader('sleep 60');
    watchdog.add({ pid, startTime: startTimeOfNew(pid) });
    const own = watchdog.pid as number;
    watchdog.close();
    await until('it is gone', () => !runs(own));
    expect(runs(pid)).toBe(true);
  });

  test('is replaced when somebody kills it', async () => {
    const watchdog = new Watchdog('BATCHTOOL_MARK_own_', process.env);
    const pid = leader('sleep 60');
    watchdog.add({ pid, startTime: startTimeOfNew(pid) });
    const first = watchdog.pid as number;
    process.kill(first, 'SIGKILL');
    await until('there is another', () => watchdog.pid !== undefined && watchdog.pid !== first);
    watchdog.close();
  });
});

const OWNER = `
import { mkdirSync, writeFileSync } from 'node:fs';
import { LocalExecutor } from './executors/local.js';
const [folder, runMark, ...commands] = process.argv.slice(2);
mkdirSync(folder + '/empty', { recursive: true });
const files = ({ task }) => {
  const base = folder + '/tasks/' + task + '/1';
  return { log: base + '.log', result: base + '.md', output: base + '.out', summary: base + '.sum', bill: base + '.bill', context: base + '.context' };
};
const executor = new LocalExecutor({ files, environment: process.env, runMark, emptyContext: folder + '/empty' });
commands.forEach((text, index) => executor.start({
  run: 'r', task: 't' + index, label: text, attempt: 1, round: 1, work: { kind: 'command', text }, limits: {},
  graceMillis: 5000, keep: false, cwd: folder, env: {}, secrets: [], context: [],
}, ({ type }) => type === 'attempt.spawned' && writeFileSync(folder + '/watched-' + index, '')));
`;

onPosix('kill -9 of the owner', () => {
  /** Commands that write their number into a file of their own name and stay. */
  const stays = {
    // Only its group gives it away. It comes first, for the first one is announced without delay.
    bare: 'exec env -i PATH="$PATH" sh -c \'echo $$ > bare; exec sleep 60\'',
    plain: 'echo $$ > plain; exec sleep 60',
    stubborn: "trap '' INT TERM HUP; echo $$ > stubborn; while :; do sleep 60; done",
    child: 'sleep 60 & echo $! > child; wait',
  };
  const strays = {
    stray: "setsid sh -c 'echo $$ > stray; exec sleep 60' & exit 0",
    lost: 'setsid sh -c \'trap "" TERM; echo $$ > lost; while :; do sleep 60; done\' & sleep 60',
  };
  const all = process.platform === 'linux' ? { ...stays, ...strays } : stays;

  test('leaves no process of any task after a second', async () => {
    const main = compile(join(folder, 'js'), OWNER);
    const work = join(folder, 'work');
    const owner = spawn(process.execPath, [main, work, `k${process.pid}`, ...Object.values(all)], {
      stdio: 'inherit',
      detached: true,
    });
    started.push(owner);
    const names = Object.keys(all).filter((name) => name !== 'stray');
    const pids = await Promise.all(names.map((name) => pidIn(join(work, name))));
    // Only what it was told of can the watchdog find by its group: a process without our mark.
    await until('the first is watched', () => existsSync(join(work, 'watched-0')));
    const ended = once(owner, 'exit');
    owner.kill('SIGKILL');
    await ended;
    const at = Date.now();
    await until('all are gone', () => !pids.some(runs));
    // A second on an idle machine; this one may be busy.
    expect(Date.now() - at).toBeLessThan(4000);
    if (existsSync(join(work, 'stray'))) expect(runs(await pidIn(join(work, 'stray')))).toBe(false);
  });
});
