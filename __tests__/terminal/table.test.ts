import { describe, expect, it } from '@jest/globals';
import type { Table } from '../../src/core/shown.js';
import { fullMeasure, measureFor } from '../../src/terminal/measure.js';
import { renderSheet } from '../../src/terminal/sheet.js';
import { style } from '../../src/terminal/style.js';
import { renderTable } from '../../src/terminal/table.js';

const table: Table = {
  columns: [
    { title: 'TASK' },
    { title: 'STATUS' },
    { title: 'TIME', align: 'right' },
    { title: 'TRIES', align: 'right' },
    { title: 'WHY', shrink: true },
  ],
  rows: [
    [{ text: 'build' }, { text: 'succeeded' }, { text: '4.2 s' }, { text: '' }, { text: '' }],
    [
      { text: 'test-漢字' },
      { text: 'failed' },
      { text: '1m 05s' },
      { text: '' },
      { text: 'killed by SIGKILL (not by batchtool: often the kernel\u2019s out-of-memory killer)' },
    ],
  ],
};

async function drawn(columns: number | undefined, what = table): Promise<string[]> {
  return renderTable(what, { columns, style: style(false), measure: await fullMeasure() });
}

describe('a table', () => {
  it('at 300 columns shows everything', async () => {
    expect(await drawn(300)).toEqual([
      'TASK       STATUS       TIME  WHY',
      'build      succeeded   4.2 s',
      'test-漢字  failed     1m 05s  killed by SIGKILL (not by batchtool: often the kernel’s out-of-memory killer)',
    ]);
  });

  it('at 80 columns cuts the column that may shrink', async () => {
    expect(await drawn(80)).toEqual([
      'TASK       STATUS       TIME  WHY',
      'build      succeeded   4.2 s',
      'test-漢字  failed     1m 05s  killed by SIGKILL (not by batchtool: often the ke…',
    ]);
  });

  it('at 40 columns puts it under its row, for beside it nothing readable would be left', async () => {
    expect(await drawn(40)).toEqual([
      'TASK       STATUS       TIME',
      'build      succeeded   4.2 s',
      'test-漢字  failed     1m 05s',
      '    killed by SIGKILL (not by batchtool:',
      '    often the kernel’s out-of-memory',
      '    killer)',
    ]);
  });

  it('leaves out what can be spared before it cuts the rest to what nobody can read', async () => {
    const runs: Table = {
      columns: [
        { title: 'RUN' },
        { title: 'NAME', shrink: true },
        { title: 'STATUS' },
        { title: 'TASKS', spare: 2 },
        { title: 'STARTED', spare: 1 },
        { title: 'TIME', spare: 3 },
      ],
      rows: [
        ['20261123-005347-okei', 'nightly', 'interrupted', '8 of 10 succeeded', 'just now', '7.0 s'].map(
          (text) => ({ text }),
        ),
      ],
    };
    const titles = async (columns: number): Promise<string | undefined> =>
      (await drawn(columns, runs))[0]?.replace(/ +/g, ' ');
    expect(await titles(90)).toBe('RUN NAME STATUS TASKS STARTED TIME');
    expect(await titles(75)).toBe('RUN NAME STATUS TASKS STARTED');
    expect(await titles(60)).toBe('RUN NAME STATUS STARTED');
    expect(await drawn(40, runs)).toEqual([
      'RUN                   NAME   STATUS',
      '20261123-005347-okei  nigh…  interrupted',
    ]);
    expect(await titles(500)).toBe(await titles(90));
  });

  it('without a terminal cuts nothing', async () => {
    const long = 'x'.repeat(500);
    const lines = await drawn(undefined, {
      columns: [{ title: 'A', shrink: true }],
      rows: [[{ text: long }]],
    });
    expect(lines[1]).toBe(long);
  });

  it('is never wider than the screen, however narrow', async () => {
    const measure = await fullMeasure();
    for (let columns = 1; columns <= 60; columns++) {
      for (const line of await drawn(columns)) expect(measure.width(line)).toBeLessThanOrEqual(columns);
    }
  });

  it('leaves out a column that says nothing', async () => {
    expect((await drawn(300)).join('\n')).not.toContain('TRIES');
  });

  it('shows what a task wrote as harmless text', async () => {
    const lines = await drawn(80, { columns: [{ title: 'A' }], rows: [[{ text: 'a\u001b[2J\nb' }]] });
    expect(lines[1]).toBe('a␊b');
  });

  it('of nothing is nothing', async () => {
    expect(await drawn(80, { columns: [{ title: 'A' }], rows: [] })).toEqual([]);
  });
});

describe('a measure', () => {
  it('never lets a wide character stick out', async () => {
    const { cut, width } = await fullMeasure();
    for (let columns = 0; columns <= 14; columns++)
      expect(width(cut('進捗テストを実行', columns))).toBeLessThanOrEqual(columns);
  });

  it('cuts plain text with a sign that it is cut', async () => {
    const { cut } = await measureFor(['plain']);
    expect([cut('abcdef', 6), cut('abcdef', 4), cut('abcdef', 1), cut('abcdef', 0)]).toEqual([
      'abcdef',
      'abc…',
      '…',
      '',
    ]);
  });

  it('knows the width of combined characters', async () => {
    const { width } = await measureFor(['é']);
    expect([width('漢字'), width('e\u0301'), width('👍🏽')]).toEqual([4, 1, 2]);
  });
});

it('a sheet has its parts apart, and only those that it has', async () => {
  const head = [[{ text: 'head' }]];
  const foot = [[{ text: 'foot' }]];
  const one: Table = { columns: [{ title: 'A' }], rows: [[{ text: 'x' }]] };
  expect(await renderSheet({ head, table: one, foot }, style(false))).toBe('head\n\nA\nx\n\nfoot\n');
  expect(await renderSheet({ head: [], table: one, foot: [] }, style(false))).toBe('A\nx\n');
});
