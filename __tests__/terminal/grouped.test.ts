import { describe, expect, it } from '@jest/globals';
import type { Plan } from '../../src/core/plan.js';
import { GroupedOutput } from '../../src/terminal/grouped.js';
import { QuietOutput } from '../../src/terminal/quiet.js';
import { style } from '../../src/terminal/style.js';
import { plan, task } from '../fakes/plan.js';
import { FakeLogs, FakeRun, FakeSink, tersely, until } from './fakes.js';

const three = plan(['a', 'b', 'c'].map((id) => task(id)));

function ports() {
  const logs = new FakeLogs();
  const [out, err] = [new FakeSink(), new FakeSink()];
  return {
    logs,
    out,
    err,
    outStyle: style(false),
    errStyle: style(false),
    openLog: logs.open,
    narrator: tersely,
  };
}

function grouped(what: Plan = three) {
  const given = ports();
  const output = new GroupedOutput(given);
  return { ...given, output, run: new FakeRun(what, output) };
}

describe('grouped output', () => {
  it('comes in the order of the plan, whoever was faster', async () => {
    const { out, logs, output, run } = grouped();
    for (const id of ['a', 'b', 'c']) run.start(id);
    logs.write('c', 'third\n');
    run.end('c');
    logs.write('a', 'first\n');
    run.end('a');
    logs.write('b', 'second\n');
    run.end('b');
    await output.close();
    expect(out.lines).toEqual([
      '# a succeeded',
      'first',
      '# b succeeded',
      'second',
      '# c succeeded',
      'third',
    ]);
  });

  it('comes as soon as a task and all before it have ended', async () => {
    const { out, logs, output, run } = grouped();
    for (const id of ['a', 'b', 'c']) run.start(id);
    logs.write('a', 'first\n');
    run.end('a');
    await until(() => out.text === '# a succeeded\nfirst\n', 'the first block came');
    await output.close();
  });

  it('holds every byte of a large log', async () => {
    const { out, logs, output, run } = grouped();
    run.start('a');
    const large = Buffer.alloc(1_000_001, '漢字\n');
    logs.write('a', large);
    run.end('a');
    await output.close();
    expect(
      out.bytes.subarray('# a succeeded\n'.length, '# a succeeded\n'.length + large.length).equals(large),
    ).toBe(true);
  });

  it('ends a last line that a task did not end', async () => {
    const { out, logs, output, run } = grouped();
    run.start('a');
    logs.write('a', 'no end');
    run.end('a');
    run.start('b');
    run.end('b');
    await output.close();
    expect(out.text).toBe('# a succeeded\nno end\n# b succeeded\n');
  });

  it('has all attempts of a task in its block', async () => {
    const { out, logs, output, run } = grouped();
    run.start('a');
    logs.write('a', 'one\n', 1);
    run.retry('a');
    run.start('a', 2);
    logs.write('a', 'two\n', 2);
    run.end('a', 0, 2);
    await output.close();
    expect(out.lines).toEqual(['# a succeeded', '## 1', 'one', '## 2', 'two']);
  });

  it('misses nothing at the end, not even tasks that never ended', async () => {
    const { out, logs, output, run } = grouped();
    run.start('a');
    run.start('b');
    logs.write('a', 'left\n');
    logs.write('b', 'done\n');
    run.end('b');
    await output.close();
    expect(out.lines).toEqual(['# a running', 'left', '# b succeeded', 'done']);
  });

  it('shows a task again that was run again after its turn', async () => {
    const { out, logs, output, run } = grouped();
    for (const id of ['a', 'b', 'c']) {
      run.start(id);
      run.end(id);
    }
    run.see({ type: 'round.started', tasks: ['a'], because: 'request' });
    run.see({ type: 'attempt.started', task: 'a', attempt: 2, round: 2 });
    logs.write('a', 'again\n', 2);
    run.see(
      { type: 'attempt.exited', task: 'a', attempt: 2, exit: { kind: 'code', code: 0 } },
      { type: 'task.finished', task: 'a', round: 2, outcome: { kind: 'succeeded' } },
    );
    await until(() => out.text.endsWith('# a succeeded\nagain\n'), 'it was shown again');
    await output.close();
    expect(out.lines.filter((line) => line === 'again')).toHaveLength(1);
  });

  it('waits with a task of a loop until the loop is closed', async () => {
    const loop = { id: 'l', tasks: ['a'], again: { kind: 'failed' as const, tasks: ['a'] }, max: 2 };
    const { out, logs, output, run } = grouped(plan([task('a')], { loops: [loop] }));
    run.start('a');
    logs.write('a', 'round one\n', 1);
    run.end('a', 1);
    run.see({ type: 'round.started', tasks: ['a'], loop: 'l', because: 'loop' });
    run.see({ type: 'attempt.started', task: 'a', attempt: 2, round: 2 });
    logs.write('a', 'round two\n', 2);
    run.see(
      { type: 'attempt.exited', task: 'a', attempt: 2, exit: { kind: 'code', code: 0 } },
      { type: 'task.finished', task: 'a', round: 2, outcome: { kind: 'succeeded' } },
      { type: 'loop.closed', loop: 'l' },
    );
    await output.close();
    expect(out.lines).toEqual(['# a succeeded', '## 1', 'round one', '## 2', 'round two']);
  });

  it('names a skipped task, and tells of a failure at once on stderr', async () => {
    const { out, err, output, run } = grouped();
    run.start('b');
    run.end('b', 1);
    await until(() => err.text === '< b failed\n', 'the failure was told');
    expect(out.text).toBe('');
    const because = { kind: 'need', task: 'b' } as const;
    run.see({ type: 'task.finished', task: 'a', round: 1, outcome: { kind: 'skipped', because } });
    await output.close();
    expect(out.lines).toEqual(['# a skipped', '# b failed']);
  });

  it('leaves out what an earlier process of the run did', async () => {
    const given = ports();
    const before = new FakeRun(three, { observe: () => undefined, close: async () => undefined });
    before.start('a');
    before.end('a');
    const output = new GroupedOutput(given);
    const owner = { pid: 2, startTime: '2', host: 'here' };
    before.see({ type: 'run.resumed', owner, tasks: [] });
    output.observe([], before.state);
    await output.close();
    expect(given.out.text).toBe('');
  });

  it('falls silent when nobody reads', async () => {
    const { out, logs, output, run } = grouped();
    out.fault = new Error('EPIPE');
    run.start('a');
    logs.write('a', 'x\n'.repeat(100_000));
    run.end('a');
    await output.close();
    expect(out.writes).toBe(1);
    expect(logs.readBytes).toBe(0);
  });
});

describe('quiet output', () => {
  it('is only what went wrong, on stderr', async () => {
    const given = ports();
    const output = new QuietOutput(given);
    const run = new FakeRun(three, output);
    run.start('a');
    run.end('a');
    run.start('b');
    run.end('b', 1);
    await output.close();
    expect(given.err.text).toBe('< b failed\n');
    expect(given.out.text).toBe('');
  });

  it.each([GroupedOutput, QuietOutput])('of %p says on stderr what is no event', async (Kind) => {
    const given = ports();
    const output = new Kind(given);
    output.say([{ text: 'by the way' }]);
    await output.close();
    expect(given.err.text).toBe('by the way\n');
  });
});
