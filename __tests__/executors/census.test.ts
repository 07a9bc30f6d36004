import { describe, expect, test } from '@jest/globals';
import { Census } from '../../src/executors/census.js';
import type { ProcessEntry } from '../../src/executors/process-text.js';

/** A machine of which the test decides what runs. */
class Machine {
  readonly processes = new Map<number, ProcessEntry>();
  readonly environs = new Map<number, string>();
  asked: number[] = [];
  readonly census = new Census('MARK_', undefined, {
    table: () => [...this.processes.values()],
    environ: (pid) => {
      this.asked.push(pid);
      const text = this.environs.get(pid);
      return text === undefined ? undefined : Buffer.from(text);
    },
  });

  add(pid: number, parts: Partial<ProcessEntry> & { environ?: string } = {}): void {
    const { environ, ...rest } = parts;
    this.processes.set(pid, {
      pid,
      parent: 1,
      group: pid,
      session: pid,
      startTime: `b:${pid}`,
      zombie: false,
      rssBytes: 1000,
      cpuMillis: 0,
      ...rest,
    });
    if (environ !== undefined) this.environs.set(pid, environ);
  }

  change(pid: number, parts: Partial<ProcessEntry>): void {
    this.processes.set(pid, { ...(this.processes.get(pid) as ProcessEntry), ...parts });
  }

  members(): Record<string, number[]> {
    return Object.fromEntries(
      [...this.census.take()].map(([key, list]) => [key, list.map(({ pid }) => pid)]),
    );
  }
}

describe('a process belongs to an attempt', () => {
  test('whose mark it carries', () => {
    const machine = new Machine();
    machine.add(10, { environ: 'A=1\0MARK_7=1\0' });
    machine.add(11, { environ: 'A=1\0' });
    machine.add(12);
    expect(machine.members()).toEqual({ 7: [10] });
  });

  test('whose leader it is, or whose session or group it is in', () => {
    const machine = new Machine();
    machine.add(10);
    machine.add(11, { session: 10 });
    machine.add(12, { group: 10 });
    machine.census.lead({ pid: 10, startTime: 'b:10' }, 'a');
    expect(machine.members()).toEqual({ a: [10, 11, 12] });
  });

  test('whose descendant it is, without mark and in a session of its own', () => {
    const machine = new Machine();
    machine.add(12, { parent: 11 });
    machine.add(11, { parent: 10 });
    machine.add(10);
    machine.census.lead({ pid: 10, startTime: 'b:10' }, 'a');
    expect(machine.members()).toEqual({ a: [12, 11, 10] });
  });

  test('still when its parent and leader are gone, once it was seen', () => {
    const machine = new Machine();
    machine.add(10);
    machine.add(11, { parent: 10 });
    machine.census.lead({ pid: 10, startTime: 'b:10' }, 'a');
    machine.members();
    machine.processes.delete(10);
    machine.change(11, { parent: 1 });
    expect(machine.members()).toEqual({ a: [11] });
  });

  test('by its session when the leader is gone', () => {
    const machine = new Machine();
    machine.census.lead({ pid: 10, startTime: 'b:10' }, 'a');
    machine.add(11, { session: 10 });
    expect(machine.members()).toEqual({ a: [11] });
  });
});

describe('a process does not belong to an attempt', () => {
  test('when its leader has the number of ours and another start', () => {
    const machine = new Machine();
    machine.census.lead({ pid: 10, startTime: 'b:9' }, 'a');
    machine.add(10);
    machine.add(11, { session: 10 });
    expect(machine.members()).toEqual({});
  });

  test('when it has the number of a member that is gone', () => {
    const machine = new Machine();
    machine.add(10, { environ: 'MARK_7=1\0' });
    machine.members();
    machine.add(10, { startTime: 'b:99' });
    machine.environs.delete(10);
    expect(machine.members()).toEqual({});
  });

  test('when it is a zombie', () => {
    const machine = new Machine();
    machine.add(10, { environ: 'MARK_7=1\0', zombie: true });
    expect(machine.members()).toEqual({});
  });

  test('when it is this process, whatever it carries', () => {
    const machine = new Machine();
    machine.add(process.pid, { environ: 'MARK_7=1\0' });
    expect(machine.members()).toEqual({});
  });

  test('when its attempt is over and a later group has the number', () => {
    const machine = new Machine();
    machine.census.lead({ pid: 10, startTime: 'b:10' }, 'a');
    machine.census.retire(10);
    machine.members();
    machine.add(11, { session: 10 });
    expect(machine.members()).toEqual({});
  });

  test('when its parent started after it: the number has been given away', () => {
    const machine = new Machine();
    machine.add(10, { startTime: '100' });
    machine.add(11, { parent: 10, startTime: '50' });
    machine.census.lead({ pid: 10, startTime: '100' }, 'a');
    expect(machine.members()).toEqual({ a: [10] });
  });
});

test('an attempt that is over keeps its members until they are gone', () => {
  const machine = new Machine();
  machine.census.lead({ pid: 10, startTime: 'b:10' }, 'a');
  machine.add(11, { session: 10 });
  machine.census.retire(10);
  machine.members();
  machine.add(12, { session: 10 });
  expect(machine.members()).toEqual({ a: [11, 12] });
});

test('each process is asked for its environment once', () => {
  const machine = new Machine();
  machine.add(10, { environ: 'A=1\0' });
  machine.add(11, { environ: 'MARK_7=1\0' });
  machine.members();
  machine.members();
  expect(machine.asked).toEqual([10, 11]);
});

test('threads of the kernel are not asked', () => {
  const machine = new Machine();
  machine.add(10, { group: 0, session: 0, parent: 2 });
  machine.members();
  expect(machine.asked).toEqual([]);
});

test('a table in which parents go round in a circle is survived', () => {
  const machine = new Machine();
  machine.add(10, { parent: 11 });
  machine.add(11, { parent: 10 });
  expect(machine.members()).toEqual({});
});

test('a process in the middle of becoming another program is no stranger for ever', () => {
  const machine = new Machine();
  machine.add(10, { environ: '' });
  expect(machine.members()).toEqual({});
  expect(machine.census.isSure).toBe(false);
  machine.environs.set(10, 'MARK_7=1\0');
  expect(machine.members()).toEqual({ 7: [10] });
  expect(machine.census.isSure).toBe(true);
});
