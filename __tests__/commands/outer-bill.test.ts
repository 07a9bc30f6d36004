import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { outerBill } from '../../src/commands/outer-bill.js';
import { sumOfBill } from '../../src/executors/bill.js';
import { Spoken } from '../core/spoken.js';
import { plan, task } from '../fakes/plan.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bill-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a run within a task tells what counts here, also what its agents did not come to tell', () => {
  const path = join(folder, 'bill');
  const agent = { kind: 'prompt', text: 'a', mode: 'code', agent: 'claude' } as const;
  const run = new Spoken(plan([task('a', { work: agent })], { budget: { costUsd: 3 } }));
  run.exit('a', { kind: 'timeout', limitMillis: 10 }, { tokens: 5, untold: true });
  for (const observer of outerBill({ BATCHTOOL_BILL: path }, () => undefined))
    observer.observe(run.journal, run.state);
  expect(sumOfBill(readFileSync(path, 'utf8'))).toEqual({ costUsd: 3, tokens: 5 });
});

test.each([
  ['what it was handed', { budget: { costUsd: 9 }, handed: { costUsd: 1 }, ranOut: true }],
  [
    'what it was handed, where its own is as much',
    { budget: { costUsd: 1 }, handed: { costUsd: 1 }, ranOut: true },
  ],
  ['its own budget', { budget: { costUsd: 1 }, handed: { costUsd: 9 }, ranOut: undefined }],
  ['its own budget, where it was handed nothing', { budget: { costUsd: 1 }, handed: {}, ranOut: undefined }],
])('a run within a task that stopped for %s says so', (_, { budget, handed, ranOut }) => {
  const path = join(folder, 'bill');
  const agent = { kind: 'prompt', text: 'a', mode: 'code', agent: 'claude' } as const;
  const run = new Spoken(
    plan([task('a', { work: agent }), task('b', { work: agent })], { budget }),
    {},
    {},
    undefined,
    handed,
  );
  run.exit('a', 0, { costUsd: 1 });
  expect(run.state.stopping?.kind).toBe('budget');
  for (const observer of outerBill({ BATCHTOOL_BILL: path }, () => undefined))
    observer.observe(run.journal, run.state);
  expect(sumOfBill(readFileSync(path, 'utf8'))?.ranOut).toBe(ranOut);
});

test('a run within a task that was killed has begun and not ended', () => {
  const path = join(folder, 'bill');
  const run = new Spoken(plan([task('a')]));
  const [observer] = outerBill({ BATCHTOOL_BILL: path }, () => undefined);
  observer?.observe(run.journal, run.state);
  expect(sumOfBill(readFileSync(path, 'utf8'))).toEqual({ untold: true });
  run.exit('a');
  observer?.observe(run.journal.slice(-2), run.state);
  expect(sumOfBill(readFileSync(path, 'utf8'))).toBeUndefined();
});
