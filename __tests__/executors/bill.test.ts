import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { agentFigures } from '../../src/executors/agent-verdict.js';
import { billLine, sumOfBill, takeBill, withBill } from '../../src/executors/bill.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bill-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a bill', () => {
  test('is the sum of its lines', () => {
    const lines = [{ costUsd: 0.5, tokens: 100 }, { costUsd: 0.25 }, { tokens: 20 }].map(billLine);
    expect(sumOfBill(lines.join(''))).toEqual({ costUsd: 0.75, tokens: 120 });
  });

  test('passes over what is none', () => {
    const text = `${billLine({ tokens: 5 })}{"costUsd": -1}\nnull\n{"tokens":"9"}\n{"costUsd":1e999}\n{"tok`;
    expect(sumOfBill(text)).toEqual({ tokens: 5 });
    expect(sumOfBill('')).toBeUndefined();
  });

  test('is taken once', () => {
    const path = join(folder, 'a.bill');
    writeFileSync(path, billLine({ costUsd: 1 }));
    expect([takeBill(path), takeBill(path)]).toEqual([{ costUsd: 1 }, undefined]);
  });

  test('that is a folder or much too long counts for nothing', () => {
    mkdirSync(join(folder, 'dir'));
    writeFileSync(join(folder, 'long'), billLine({ costUsd: 1 }).repeat(100_000));
    expect([takeBill(join(folder, 'dir')), takeBill(join(folder, 'long'))]).toEqual([undefined, undefined]);
  });

  test('is added to what an agent tells', () => {
    const told = { costUsd: 1, tokens: 10, turns: 2, session: 's' };
    expect(withBill(told, { costUsd: 0.5 })).toEqual({ ...told, costUsd: 1.5 });
    expect(withBill(undefined, { costUsd: 0.5 })).toEqual({ costUsd: 0.5 });
    expect(withBill(told, undefined)).toBe(told);
  });
});

describe('the cost of an agent that tells only tokens', () => {
  const said = {
    ok: true,
    text: '',
    tokens: { input: 1_000_000, cached: 0, output: 0 },
    deniedPermissions: [],
  };
  const price = { inputUsd: 2, cachedInputUsd: 1, outputUsd: 10 };

  test('is known where their price is', () => {
    expect(agentFigures(said, price)).toEqual({ costUsd: 2, tokens: 1_000_000 });
    expect(agentFigures(said, undefined)).toEqual({ tokens: 1_000_000 });
  });

  test('is what it reckons itself where it does', () => {
    expect(agentFigures({ ...said, costUsd: 7 }, price).costUsd).toBe(7);
  });
});
