import { describe, expect, jest, test } from '@jest/globals';
import type { ProcessEntry } from '../../src/executors/process-text.js';
import { type EndOrder, Reaper } from '../../src/executors/reaper.js';

/** Processes that do what the test says when they get a signal, on a clock that the test moves. */
class World {
  millis = 0;
  readonly members = new Map<string, ProcessEntry[]>();
  readonly sent: string[] = [];
  leaderGone = false;
  onSignal: (pid: number, signal: string) => void = () => undefined;
  readonly done: string[] = [];
  readonly reaper = new Reaper({
    look: () => this.members,
    lookCostMillis: () => 0,
    send: (pid, signal) => {
      this.sent.push(`${this.millis} ${signal} ${pid}`);
      this.onSignal(pid, signal);
    },
    now: () => this.millis,
  });

  add(key: string, pid: number, group = pid): void {
    const rest = { parent: 1, session: group, zombie: false, rssBytes: 1, cpuMillis: 0 };
    const list = this.members.get(key) ?? [];
    list.push({ pid, group, startTime: `b:${pid}`, ...rest });
    this.members.set(key, list);
  }

  end(key: string, order: Partial<EndOrder> = {}): void {
    this.reaper.end(key, {
      from: 'SIGINT',
      graceMillis: 1000,
      leader: { pid: 10, gone: () => this.leaderGone },
      done: () => this.done.push(key),
      ...order,
    });
  }

  /** Lets `millis` pass, and the reaper look once: it does so every 20 ms. */
  async pass(millis: number): Promise<void> {
    this.millis += millis;
    await jest.advanceTimersByTimeAsync(19);
  }
}

function world(): World {
  jest.useFakeTimers();
  return new World();
}

describe('ending an attempt', () => {
  test('goes INT, TERM, KILL to the group, each once, until it is gone', async () => {
    const it = world();
    it.add('a', 10);
    it.end('a');
    await it.pass(0);
    await it.pass(400);
    await it.pass(100);
    await it.pass(400);
    await it.pass(100);
    expect(it.sent).toEqual(['0 SIGINT -10', '500 SIGTERM -10', '1000 SIGKILL -10']);
    it.members.clear();
    it.leaderGone = true;
    await it.pass(20);
    expect(it.done).toEqual(['a']);
    expect(it.reaper.has('a')).toBe(false);
  });

  test('leaves the tools of one that comes first to it, until it is gone or does not listen', async () => {
    const it = world();
    it.add('a', 10);
    it.add('a', 20, 20);
    it.end('a', { leaderFirst: true });
    await it.pass(0);
    await it.pass(500);
    expect(it.sent).toEqual(['0 SIGINT -10', '500 SIGTERM -10', '500 SIGTERM 20']);
    it.members.clear();
    it.leaderGone = true;
    await it.pass(20);
    expect(it.done).toEqual(['a']);
  });

  test('reaches what has left the group one by one, and members of the group only once', async () => {
    const it = world();
    it.add('a', 10);
    it.add('a', 11, 10);
    it.add('a', 20);
    it.end('a');
    await it.pass(0);
    await it.pass(20);
    expect(it.sent).toEqual(['0 SIGINT -10', '0 SIGINT 20']);
  });

  test('a process that turns up later gets the signal of the hour', async () => {
    const it = world();
    it.add('a', 10);
    it.end('a');
    await it.pass(0);
    it.add('a', 21);
    await it.pass(20);
    expect(it.sent).toEqual(['0 SIGINT -10', '20 SIGINT 21']);
  });

  test('once the process itself has ended, what it left gets TERM without waiting', async () => {
    const it = world();
    it.add('a', 11, 10);
    it.onSignal = (_, signal) => {
      if (signal === 'SIGINT') it.leaderGone = true;
    };
    it.end('a');
    await it.pass(0);
    await it.pass(20);
    expect(it.sent).toEqual(['0 SIGINT -10', '20 SIGTERM -10']);
  });

  test('never sends to the number of a group that is gone', async () => {
    const it = world();
    it.leaderGone = true;
    it.add('a', 20);
    it.end('a', { from: 'SIGTERM' });
    await it.pass(0);
    expect(it.sent).toEqual(['0 SIGTERM 20']);
  });

  test('KILL is repeated, for new processes are made while others die', async () => {
    const it = world();
    it.add('a', 10);
    it.end('a', { from: 'SIGKILL' });
    await it.pass(0);
    await it.pass(20);
    expect(it.sent).toEqual(['0 SIGKILL -10', '20 SIGKILL -10']);
  });

  test('hurry kills what was being asked', async () => {
    const it = world();
    it.add('a', 10);
    it.end('a');
    await it.pass(0);
    it.reaper.hurry('a');
    await it.pass(1);
    expect(it.sent).toEqual(['0 SIGINT -10', '1 SIGKILL -10']);
  });

  test('a second order does not start the ladder again', async () => {
    const it = world();
    it.add('a', 10);
    it.end('a');
    await it.pass(0);
    it.end('a');
    await it.pass(20);
    expect(it.sent).toEqual(['0 SIGINT -10']);
  });

  test('what cannot be killed is given up after a while', async () => {
    const it = world();
    it.add('a', 10);
    it.end('a', { from: 'SIGKILL' });
    await it.pass(0);
    await it.pass(4000);
    expect(it.done).toEqual([]);
    await it.pass(1100);
    expect(it.done).toEqual(['a']);
  });

  test('several are ended side by side, and idle waits for all', async () => {
    const it = world();
    it.leaderGone = true;
    it.add('a', 20);
    it.add('b', 30);
    it.end('a', { from: 'SIGTERM' });
    it.end('b', { from: 'SIGTERM' });
    let idle = false;
    void it.reaper.idle().then(() => {
      idle = true;
    });
    await it.pass(0);
    it.members.delete('a');
    await it.pass(20);
    expect([it.done, idle]).toEqual([['a'], false]);
    it.members.delete('b');
    await it.pass(20);
    expect([it.done, idle]).toEqual([['a', 'b'], true]);
  });
});
