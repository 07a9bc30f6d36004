import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AttemptResult } from '../../src/core/event.js';
import type { Work } from '../../src/core/plan.js';
import { billLine } from '../../src/executors/bill.js';
import { toldSoFar } from '../../src/executors/told-so-far.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'batchtool-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);
const told = (work: Work): AttemptResult | undefined =>
  toldSoFar({ work }, { raw: path('raw'), bill: path('bill') });
const prompt = (agent: string): Work => ({ kind: 'prompt', text: 'x', mode: 'code', agent });
const lines = (...events: object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');
const message = (id: string) => ({
  type: 'assistant',
  message: { id, model: 'claude-sonnet-4-5', usage: { input_tokens: 1000, output_tokens: 1 } },
});

describe('an attempt whose owner died has told', () => {
  test('what its messages say, up to where they break off', () => {
    writeFileSync(path('raw'), `${lines(message('m1'), message('m2'))}{"type":"assi`);
    expect(told(prompt('claude'))).toEqual({ costUsd: 0.00603, tokens: 2002, untold: true });
  });

  test('all of it, when its report was written down', () => {
    const report = { type: 'result', subtype: 'success', result: 'x', total_cost_usd: 0.5, session_id: 's' };
    writeFileSync(path('raw'), lines(message('m1'), report));
    expect(told(prompt('claude'))).toMatchObject({ costUsd: 0.5, session: 's' });
  });

  test('what runs within it have spent, and that can be asked again', () => {
    writeFileSync(path('bill'), billLine({ costUsd: 0.25 }));
    expect(told({ kind: 'command', text: 'batchtool run' })).toEqual({ costUsd: 0.25 });
    expect(existsSync(path('bill'))).toBe(true);
  });

  test('nothing where it has written nothing', () => {
    expect(told(prompt('claude'))).toBeUndefined();
    expect(told({ kind: 'command', text: 'true' })).toBeUndefined();
  });
});
