import { describe, expect, it } from '@jest/globals';
import type { Sheet } from '../../src/core/shown.js';
import { fullMeasure } from '../../src/terminal/measure.js';
import { type MonitoredRun, monitorFrame } from '../../src/terminal/monitor-frame.js';
import { style } from '../../src/terminal/style.js';

function run(name: string, tasks: number): MonitoredRun {
  return {
    tasks,
    sheet: (most): Sheet => ({
      head: [[{ text: `${name} is running with a head that is not short` }]],
      table: {
        columns: [{ title: 'TASK' }, { title: 'WHY', shrink: true }],
        rows: Array.from({ length: Math.min(most, tasks) }, (_, i) => [
          { text: `task${i}` },
          { text: 'waits for something that is long to tell' },
        ]),
      },
      foot: [],
    }),
  };
}

async function frame(runs: MonitoredRun[], columns: number, rows: number): Promise<string[]> {
  return monitorFrame(runs, { columns, rows }, style(false), await fullMeasure());
}

describe('a picture of runs', () => {
  it.each([
    [40, 24],
    [20, 10],
    [80, 5],
    [300, 50],
    [8, 2],
    [1, 1],
  ])('is never wider or higher than a screen of %d columns and %d rows', async (columns, rows) => {
    const { width } = await fullMeasure();
    for (const runs of [[run('a', 3)], [run('a', 1000), run('b', 50)], [run('a', 0)]]) {
      const lines = await frame(runs, columns, rows);
      expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
      expect(lines.filter((line) => width(line) > columns)).toEqual([]);
    }
  });

  it('shows all tasks where there is room, and no line about more', async () => {
    const lines = await frame([run('a', 3)], 100, 24);
    expect(lines.filter((line) => line.startsWith('task'))).toHaveLength(3);
    expect(lines.join('\n')).not.toContain('more tasks');
  });

  it('fills the screen and counts the rest', async () => {
    const lines = await frame([run('a', 1000)], 100, 24);
    const shown = lines.filter((line) => line.startsWith('task')).length;
    expect(shown).toBeGreaterThan(10);
    expect(lines.at(-1)).toBe(`… and ${1000 - shown} more tasks`);
  });
});
