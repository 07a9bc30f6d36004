import { describe, expect, test } from '@jest/globals';
import {
  parseAuxiliaryVector,
  parsePs,
  parseStat,
  parseWindows,
  sameStart,
} from '../../src/executors/process-text.js';

const units = { pageBytes: 4096, ticksPerSecond: 100, boot: '54b81bd0' };
const stat =
  '4711 (my ) (prog) S 985 4711 4710 0 -1 4194560 1209 3187 0 5 12 3 40 2 20 0 1 0 368720 4718592 889 18446744073709551615 1 1 0 0';

describe('/proc/<pid>/stat', () => {
  test('is read behind the name, which may hold blanks and brackets', () => {
    expect(parseStat(stat, units)).toEqual({
      pid: 4711,
      parent: 985,
      group: 4711,
      session: 4710,
      startTime: '54b81bd0:368720',
      zombie: false,
      rssBytes: 889 * 4096,
      cpuMillis: 570,
    });
  });

  test.each(['Z', 'X'])('state %s is dead', (state) => {
    expect(parseStat(stat.replace(') S ', `) ${state} `), units)?.zombie).toBe(true);
  });

  test.each(['', '4711 (sh) S 985 4711'])('%p is no process', (text) => {
    expect(parseStat(text, units)).toBeUndefined();
  });
});

describe('the auxiliary vector', () => {
  const vector = Buffer.alloc(48);
  vector.writeBigUInt64LE(6n, 0);
  vector.writeBigUInt64LE(65_536n, 8);
  vector.writeBigUInt64LE(17n, 16);
  vector.writeBigUInt64LE(250n, 24);

  test('says how large a page is and how fast the clock ticks', () => {
    expect(parseAuxiliaryVector(vector, true)).toEqual({ pageBytes: 65_536, ticksPerSecond: 250 });
  });

  test('that is missing leaves the usual values', () => {
    expect(parseAuxiliaryVector(Buffer.alloc(0), true)).toEqual({ pageBytes: 4096, ticksPerSecond: 100 });
  });
});

describe('ps', () => {
  test('as macOS prints it', () => {
    const text = `    1     0     1 0        Ss     9832   3:12.50 Sun Nov 22 23:25:28 2026
  812   501   812 7f9a01   Z+        0   0:00.01 Sun Nov  1 03:05:08 2026    \n`;
    expect(parsePs(text)).toEqual([
      {
        pid: 1,
        parent: 0,
        group: 1,
        session: 0,
        startTime: '1795389928',
        zombie: false,
        rssBytes: 9832 * 1024,
        cpuMillis: 192_500,
      },
      expect.objectContaining({ pid: 812, session: 0, startTime: '1793502308', zombie: true, cpuMillis: 10 }),
    ]);
  });

  test('as Linux prints it', () => {
    const text = ' 4924  4780  4780  2817 R 53896 1-02:03:04 Mon Nov 23 00:02:17 2026\n';
    expect(parsePs(text)).toEqual([
      expect.objectContaining({ pid: 4924, session: 2817, startTime: '1795392137', cpuMillis: 93_784_000 }),
    ]);
  });

  test('lines that are no processes are passed over', () => {
    expect(parsePs('ps: something went wrong\n\n')).toEqual([]);
  });
});

test('Windows: what PowerShell prints, with and without a start time', () => {
  expect(parseWindows('4,0,151552,,123450000\r\n5120,4,20480000,1795392137,15625000\r\nnoise\r\n')).toEqual([
    expect.objectContaining({ pid: 4, parent: 0, startTime: '', cpuMillis: 12_345 }),
    {
      pid: 5120,
      parent: 4,
      group: 0,
      session: 0,
      startTime: '1795392137',
      zombie: false,
      rssBytes: 20_480_000,
      cpuMillis: 1563,
    },
  ]);
});

test.each([
  ['54b81bd0:100', '54b81bd0:100', true],
  ['54b81bd0:100', '54b81bd0:101', false],
  ['54b81bd0:100', '11111111:100', false],
  ['1795392137', '1795392139', true],
  ['1795392137', '1795392140', false],
  ['1795392137', '54b81bd0:100', false],
  ['', '', true],
  ['', '1', false],
])('start times %p and %p are of one process: %p', (a, b, same) => {
  expect(sameStart(a, b)).toBe(same);
});
