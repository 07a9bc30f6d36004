import { describe, expect, it } from '@jest/globals';
import { StreamOutput } from '../../src/terminal/stream.js';
import { style } from '../../src/terminal/style.js';
import { plan, task } from '../fakes/plan.js';
import { FakeLogs, FakeRun, FakeSink, tersely, until } from './fakes.js';

/** An output whose stdout and stderr are one stream, so that their order can be seen; or two. */
function stream(out = new FakeSink(), err = out) {
  const logs = new FakeLogs();
  const ports = {
    out,
    err,
    outStyle: style(false),
    errStyle: style(false),
    openLog: logs.open,
    narrator: tersely,
  };
  const output = new StreamOutput(ports, 1);
  const run = new FakeRun(plan(['a', 'b', 'c'].map((id) => task(id))), output);
  return { out, err, logs, output, run };
}

describe('the stream', () => {
  it('shows lines with their task on stdout and notices on stderr', async () => {
    const { out, err, logs, output, run } = stream(new FakeSink(), new FakeSink());
    run.start('a');
    logs.write('a', 'hello\n');
    run.end('a');
    await output.close();
    expect(out.text).toBe('[a] hello\n');
    expect(err.text).toBe('> a\n< a succeeded\n');
  });

  it('shows all that a task wrote before the notice of its end', async () => {
    const { out, logs, output, run } = stream();
    run.start('a');
    logs.write('a', `${'x'.repeat(99)}\n`.repeat(5000));
    run.end('a');
    await output.close();
    expect(out.lines.at(-1)).toBe('< a succeeded');
    expect(out.lines).toHaveLength(5002);
  });

  it('shows lines while their task runs', async () => {
    const { out, logs, output, run } = stream();
    run.start('a');
    run.start('b');
    logs.write('a', 'one\nbegun');
    await until(() => out.text.includes('[a] one\n'), 'a line came');
    logs.write('b', 'two\n');
    await until(() => out.text.includes('[b] two\n'), 'a line of the other came');
    logs.write('a', ' and ended\n');
    await until(() => out.text.includes('[a] begun and ended\n'), 'the rest came');
    await output.close();
  });

  it('ends a last line that the task did not end', async () => {
    const { out, logs, output, run } = stream();
    run.start('a');
    logs.write('a', 'no end');
    run.end('a');
    await output.close();
    expect(out.text).toBe('> a\n[a] no end\n< a succeeded\n');
  });

  it('ends a very long line before a notice', async () => {
    const { out, logs, output, run } = stream();
    run.start('a');
    logs.write('a', 'y'.repeat(70_000));
    await until(() => out.text.includes('yyy'), 'the line began');
    run.start('b');
    await until(() => out.text.includes('> b'), 'the notice came');
    await output.close();
    expect(out.text).toContain('y\n> b\n');
  });

  it('shows every attempt', async () => {
    const { out, logs, output, run } = stream();
    run.start('a');
    logs.write('a', 'first\n', 1);
    run.retry('a');
    run.start('a', 2);
    logs.write('a', 'second\n', 2);
    run.end('a', 0, 2);
    await output.close();
    expect(out.lines).toEqual(['> a', '[a] first', '> a', '[a] second', '< a succeeded']);
  });

  it('shows at the end what a task wrote that never ended', async () => {
    const { out, logs, output, run } = stream();
    run.start('a');
    logs.write('a', 'one\nleft');
    await output.close();
    expect(out.text).toBe('> a\n[a] one\n[a] left\n');
    expect(logs.closed).toEqual(['a:1']);
  });

  it('does not read the log of a task that wrote nothing', async () => {
    const { logs, output, run } = stream();
    run.start('a');
    run.see({
      type: 'attempt.exited',
      task: 'a',
      attempt: 1,
      exit: { kind: 'code', code: 0 },
      outputBytes: 0,
    });
    logs.write('a', 'x');
    await output.close();
    expect(logs.readBytes).toBe(0);
  });

  it('says in its place what is no event', async () => {
    const { out, logs, output, run } = stream();
    run.start('a');
    logs.write('a', 'one\n');
    run.end('a');
    output.say([{ text: 'by the way' }]);
    await output.close();
    expect(out.lines).toEqual(['> a', '[a] one', '< a succeeded', 'by the way']);
  });

  it('closes every log that it opened', async () => {
    const { logs, output, run } = stream();
    for (const id of ['a', 'b', 'c']) run.start(id);
    for (const id of ['a', 'b', 'c']) run.end(id);
    await output.close();
    expect(logs.closed.sort()).toEqual(['a:1', 'b:1', 'c:1']);
  });
});

describe('a slow reader', () => {
  it('makes the stream wait instead of piling up output', async () => {
    const { out, err, logs, output, run } = stream(new FakeSink(), new FakeSink());
    out.isSlow = true;
    run.start('a');
    logs.write('a', 'x'.repeat(63).concat('\n').repeat(20_000));
    run.end('a');
    await until(() => out.writes === 1, 'the first chunk was written');
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(out.writes).toBe(1);
    expect(logs.readBytes).toBeLessThanOrEqual(64 * 1024);
    expect(err.text).not.toContain('< a');
    out.isSlow = false;
    out.drain();
    await output.close();
    expect(out.lines).toHaveLength(20_000);
    expect(err.text).toBe('> a\n< a succeeded\n');
  });
});

describe('a reader that goes away', () => {
  const gone = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });

  it('silences stdout, and the run goes on with its notices', async () => {
    const { out, err, logs, output, run } = stream(new FakeSink(), new FakeSink());
    run.start('a');
    logs.write('a', 'one\n');
    await until(() => out.text.includes('one'), 'a line came');
    out.fault = gone;
    logs.write('a', 'two\n');
    run.end('a');
    run.start('b');
    logs.write('b', 'three\n');
    run.end('b');
    await output.close();
    expect(out.text).toBe('[a] one\n');
    expect(out.writes).toBe(2);
    expect(err.lines.at(-1)).toBe('< b succeeded');
  });

  it('of stderr silences the notices only', async () => {
    const { out, err, logs, output, run } = stream(new FakeSink(), new FakeSink());
    err.fault = gone;
    run.start('a');
    logs.write('a', 'one\n');
    run.end('a');
    await output.close();
    expect(out.text).toBe('[a] one\n');
  });
});
