import { beforeAll, describe, expect, it } from '@jest/globals';
import { LiveOutput } from '../../src/terminal/live.js';
import { drawFrame, type LiveRow, roomFor } from '../../src/terminal/live-frame.js';
import { fullMeasure, type Measure } from '../../src/terminal/measure.js';
import { style } from '../../src/terminal/style.js';
import { plan, task } from '../fakes/plan.js';
import { FakeLogs, FakeRun, FakeSink, tersely, until } from './fakes.js';

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
  const out = new FakeSink();
  Object.assign(out, { isTTY: true, columns, rows: 24 });
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
  return { logs, out, output, run };
}

/** Time enough for a view to draw, as another one does. */
async function untilAnotherDraws(): Promise<void> {
  const { out, output, run } = live();
  run.start('a');
  await until(() => out.text.includes('1 running'), 'another view was drawn');
  await output.close();
}

const SHOW = '\u001b[?25h';
const HIDE = '\u001b[?25l';

describe('the live view', () => {
  it('draws running tasks with their last line, made harmless', async () => {
    const { logs, out, output, run } = live();
    run.start('a');
    logs.write('a', 'one\n\u001b[2J\u001b]0;evil\u0007 10%\r 50%');
    await until(() => out.text.includes('a 5 s  50%'), 'the line was drawn');
    expect(out.text).toContain('1 running');
    expect(out.text).not.toContain('evil');
    await output.close();
  });

  it('writes nothing while nothing changes', async () => {
    const { logs, out, output, run } = live();
    run.start('a');
    await until(() => out.text.includes('a 5 s'), 'the task was drawn');
    const { writes } = out;
    const { peeks } = logs;
    await until(() => logs.peeks > peeks + 10, 'it has looked ten times more');
    expect(out.writes).toBe(writes);
    await output.close();
  });

  it('leaves only the lines that stay, and the cursor as it was', async () => {
    const { out, output, run } = live();
    run.start('a');
    await until(() => out.text.includes('a 5 s'), 'the task was drawn');
    expect(out.text.split(HIDE)).toHaveLength(2);
    run.end('a');
    await output.close();
    const last = out.text.slice(out.text.lastIndexOf('< a succeeded'));
    expect(last).toContain(SHOW);
    expect(last).not.toContain('running');
    expect(process.listeners('exit').filter((listener) => String(listener).includes('SHOW_CURSOR'))).toEqual(
      [],
    );
  });

  it('shows the lines that stay even if the run is over before anything was drawn', async () => {
    const { out, output, run } = live();
    run.start('a');
    run.end('a');
    await output.close();
    expect(out.text).toContain('< a succeeded\n');
    expect(out.text).not.toContain(HIDE);
  });

  it('puts what is no event above the lines that it draws', async () => {
    const { out, output, run } = live();
    run.start('a');
    await until(() => out.text.includes('a 5 s'), 'the task was drawn');
    output.say([{ text: 'by the way' }]);
    await until(() => out.text.includes('by the way\n'), 'it was said');
    expect(out.text.slice(out.text.indexOf('by the way'))).toContain('1 running');
    await output.close();
  });

  it('draws nothing after it was closed', async () => {
    const { out, output, run } = live();
    run.start('a');
    await until(() => out.text.includes('a 5 s'), 'the task was drawn');
    await output.close();
    const { writes } = out;
    run.start('b');
    await untilAnotherDraws();
    expect(out.writes).toBe(writes);
  });

  it('waits for a terminal that is slow', async () => {
    const { out, output, run } = live();
    out.isSlow = true;
    run.start('a');
    await until(() => out.writes === 1, 'the first frame was written');
    run.start('b');
    await untilAnotherDraws();
    expect(out.writes).toBe(1);
    out.isSlow = false;
    out.drain();
    await until(() => out.text.includes('2 running'), 'the next frame was drawn');
    await output.close();
  });

  it('draws anew for another width', async () => {
    const { logs, out, output, run } = live(60);
    run.start('a');
    logs.write('a', 'x'.repeat(100));
    await until(() => out.text.includes('…'), 'a cut line was drawn');
    out.columns = 30;
    const { writes } = out;
    await until(() => out.writes > writes, 'it was drawn again');
    expect(out.text).toContain(`a 5 s  ${'x'.repeat(20)}…`);
    await output.close();
  });
});
