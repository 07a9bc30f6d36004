import { beforeAll, describe, expect, it } from '@jest/globals';
import { LiveOutput } from '../../src/terminal/live.js';
import { drawFrame, type LiveRow, roomFor } from '../../src/terminal/live-frame.js';
import { fullMeasure, type Measure } from '../../src/terminal/measure.js';
import { style } from '../../src/terminal/style.js';
import { plan, task } from '../fakes/plan.js';
import { FakeTerminal } from './fake-terminal.js';
import { FakeLogs, FakeRun, tersely, until } from './fakes.js';

let measure: Measure;
beforeAll(async () => {
  measure = await fullMeasure();
});

const rows: LiveRow[] = [
  { title: 'build', time: '12 s', last: 'compiling src/core/decide.ts with everything', beat: 0 },
  { title: '漢字-タスク', time: '3m 05s', last: '進捗: テストを実行しています、もうすぐ終わります', beat: 1 },
  { title: 'a-task-with-a-long-name', time: '1 s', last: '', beat: 2 },
];
const counts = [{ text: '3 running · 12 waiting · 40 ✔ · 1 ✖ · about 2m left' }];
const frame = (columns: number, hidden = 0) =>
  drawFrame({ rows, hidden, counts }, { columns, style: style(false), measure });

describe('a frame', () => {
  it('at 40 columns', () => {
    expect(frame(40, 7)).toEqual([
      '⠋ build            12 s  compiling src/…',
      '⠙ 漢字-タスク    3m 05s  進捗: テストを…',
      '⠹ a-task-with-a…    1 s',
      '… and 7 more running',
      '3 running · 12 waiting · 40 ✔ · 1 ✖ · a…',
    ]);
  });

  it('at 80 columns', () => {
    expect(frame(80)).toEqual([
      '⠋ build                     12 s  compiling src/core/decide.ts with everything',
      '⠙ 漢字-タスク             3m 05s  進捗: テストを実行しています、もうすぐ終わり…',
      '⠹ a-task-with-a-long-name    1 s',
      '3 running · 12 waiting · 40 ✔ · 1 ✖ · about 2m left',
    ]);
  });

  it('at 300 columns', () => {
    expect(frame(300)).toEqual([
      '⠋ build                     12 s  compiling src/core/decide.ts with everything',
      '⠙ 漢字-タスク             3m 05s  進捗: テストを実行しています、もうすぐ終わります',
      '⠹ a-task-with-a-long-name    1 s',
      '3 running · 12 waiting · 40 ✔ · 1 ✖ · about 2m left',
    ]);
  });

  it('is never wider than the screen', () => {
    for (let columns = 1; columns <= 90; columns++)
      for (const line of frame(columns, 3)) expect(measure.width(line)).toBeLessThanOrEqual(columns);
  });

  it('leaves two rows of the screen free', () => {
    const lines = (running: number, screen: number) => {
      const shown = roomFor(running, screen);
      return shown + (shown < running ? 1 : 0) + 1;
    };
    expect([lines(5, 24), lines(50, 24), lines(21, 24), lines(22, 24)]).toEqual([6, 22, 22, 22]);
    expect(roomFor(5, 2)).toBe(0);
  });
});

function live(columns = 60) {
  const logs = new FakeLogs();
  const out = new FakeTerminal(columns);
  const looks = { outStyle: style(false), errStyle: style(false) };
  const ports = {
    out,
    err: out,
    ...looks,
    openLog: logs.open,
    narrator: tersely,
    now: () => 1_005_000,
    peekLog: logs.peek,
  };
  const output = new LiveOutput(ports, 1);
  const run = new FakeRun(plan([task('a'), task('b')]), output);
  const shows = (...lines: string[]) =>
    until(() => out.shown.join('\n') === lines.join('\n'), `it showed ${lines}`);
  return { logs, out, output, run, shows };
}

/** Time enough for a view to draw, as another one does. */
async function untilAnotherDraws(): Promise<void> {
  const { output, run, shows } = live();
  run.start('a');
  await shows('⠋ a 5 s', '1 running');
  await output.close();
}

describe('the live view', () => {
  it('shows running tasks with their last line, made harmless', async () => {
    const { logs, output, run, shows } = live();
    run.start('a');
    logs.write('a', 'one\n\u001b[2J\u001b]0;evil\u0007 10%\r 50%');
    await shows('⠋ a 5 s  50%', '1 running');
    await output.close();
  });

  it('shows what has ended as lines above that stay', async () => {
    const { out, output, run, shows } = live();
    run.start('a');
    run.start('b');
    await shows('⠋ a 5 s', '⠋ b 5 s', '2 running');
    run.end('a');
    await shows('< a succeeded', '⠋ b 5 s', '1 running');
    run.end('b', 1);
    await output.close();
    expect(out.shown).toEqual(['< a succeeded', '< b failed']);
  });

  it('hides the cursor while it draws, and gives it back', async () => {
    const { out, output, run, shows } = live();
    const listeners = process.listenerCount('exit');
    expect(out.isCursorShown).toBe(true);
    run.start('a');
    await shows('⠋ a 5 s', '1 running');
    expect([out.isCursorShown, process.listenerCount('exit')]).toEqual([false, listeners + 1]);
    await output.close();
    expect([out.isCursorShown, process.listenerCount('exit')]).toEqual([true, listeners]);
  });

  it('writes nothing while nothing changes', async () => {
    const { logs, out, output, run, shows } = live();
    run.start('a');
    await shows('⠋ a 5 s', '1 running');
    const { writes } = out;
    const { peeks } = logs;
    await until(() => logs.peeks > peeks + 10, 'it has looked ten times more');
    expect(out.writes).toBe(writes);
    await output.close();
  });

  it('turns the spinner when a task writes', async () => {
    const { logs, output, run, shows } = live();
    run.start('a');
    await shows('⠋ a 5 s', '1 running');
    logs.write('a', 'one\n');
    await shows('⠙ a 5 s  one', '1 running');
    await output.close();
  });

  it('shows the lines that stay even if the run is over before anything was drawn', async () => {
    const { out, output, run } = live();
    run.start('a');
    run.end('a');
    await output.close();
    expect(out.text).toBe('< a succeeded\n');
  });

  it('puts what is no event above the lines that it draws', async () => {
    const { output, run, shows } = live();
    run.start('a');
    await shows('⠋ a 5 s', '1 running');
    output.say([{ text: 'by the way' }]);
    await shows('by the way', '⠋ a 5 s', '1 running');
    await output.close();
  });

  it('draws nothing after it was closed', async () => {
    const { out, output, run, shows } = live();
    run.start('a');
    await shows('⠋ a 5 s', '1 running');
    await output.close();
    const { writes } = out;
    run.start('b');
    await untilAnotherDraws();
    expect(out.writes).toBe(writes);
  });

  it('waits for a terminal that is slow', async () => {
    const { out, output, run, shows } = live();
    out.isSlow = true;
    run.start('a');
    await until(() => out.writes === 1, 'the first frame was written');
    run.start('b');
    await untilAnotherDraws();
    expect(out.writes).toBe(1);
    out.isSlow = false;
    out.drain();
    await shows('⠋ a 5 s', '⠋ b 5 s', '2 running');
    await output.close();
  });

  it('shows the end of a line as wide as it gets, also when only this line changes', async () => {
    const { logs, output, run, shows } = live(30);
    run.start('a');
    logs.write('a', `${'x'.repeat(100)}\n`);
    await shows(`⠋ a 5 s  ${'x'.repeat(19)}…`, '1 running');
    logs.write('a', `${'y'.repeat(100)}\n`);
    await shows(`⠙ a 5 s  ${'y'.repeat(19)}…`, '1 running');
    await output.close();
  });

  it('draws anew for a narrower screen, and leaves nothing of the old lines', async () => {
    const { logs, out, output, run, shows } = live(60);
    run.start('a');
    logs.write('a', 'x'.repeat(100));
    await shows(`⠋ a 5 s  ${'x'.repeat(49)}…`, '1 running');
    out.narrow(30);
    await shows(`⠋ a 5 s  ${'x'.repeat(19)}…`, '1 running');
    await output.close();
    expect(out.shown).toEqual(['']);
  });

  it('shows no line of a log that cannot be read', async () => {
    const { logs, output, run, shows } = live();
    logs.isBroken = true;
    run.start('a');
    await shows('⠋ a 5 s', '1 running');
    await output.close();
  });
});
