import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Request } from '../../src/core/event.js';
import type { RunFolder } from '../../src/journal/folder.js';
import { discardRequests, FolderInbox, postRequest } from '../../src/journal/inbox.js';
import { atEnd, fatalOf, modeOf, scratchFolder, scratchRun, until } from './scratch.js';

const cancel: Request = { kind: 'cancel', by: 'test' };
const NEVER_MILLIS = 2 ** 30;

function open(run: RunFolder, receive: (request: Request) => void, pollMillis?: number): void {
  const inbox = new FolderInbox(run, pollMillis);
  atEnd(() => inbox.close());
  inbox.open(receive);
}

const left = (run: RunFolder): string[] => readdirSync(run.inbox);

/** A name as `postRequest` gives it. */
const nameOf = (n: number): string =>
  `${String(n).padStart(15, '0')}-000000-00000000-0000-4000-8000-000000000000.json`;

describe('a request', () => {
  test('is received and then gone', async () => {
    const run = await scratchRun();
    const received: Request[] = [];
    open(run, (request) => received.push(request), NEVER_MILLIS);
    postRequest(run, cancel);
    await until(() => received.length > 0 && left(run).length === 0);
    expect(received).toEqual([cancel]);
  });

  test('is noticed at once while the inbox is open, long before the next poll', async () => {
    const run = await scratchRun();
    const received: Request[] = [];
    open(run, (request) => received.push(request), NEVER_MILLIS);
    postRequest(run, cancel);
    await until(() => received.length === 1);
    postRequest(run, { kind: 'retry', task: 'a' });
    await until(() => received.length === 2);
    expect(received[1]).toEqual({ kind: 'retry', task: 'a' });
  });

  test('that was posted before the inbox was opened is received, but not before opening is done', async () => {
    const run = await scratchRun();
    postRequest(run, cancel);
    const order: string[] = [];
    open(run, () => order.push('received'), NEVER_MILLIS);
    order.push('opened');
    await until(() => order.length === 2);
    expect(order).toEqual(['opened', 'received']);
  });

  test.each<Request>([
    { kind: 'cancel', by: 'someone', now: true },
    { kind: 'retry', task: 'a' },
    { kind: 'capacity', pool: 'main', limit: 3 },
  ])('arrives as it was posted: %j', async (request) => {
    const run = await scratchRun();
    postRequest(run, request);
    const received: Request[] = [];
    open(run, (each) => received.push(each));
    await until(() => received.length > 0);
    expect(received).toEqual([request]);
  });

  test('comes in the order of posting', async () => {
    const run = await scratchRun();
    const requests = Array.from({ length: 50 }, (_, n): Request => ({ kind: 'retry', task: `t${n}` }));
    for (const request of requests) postRequest(run, request);
    const received: Request[] = [];
    open(run, (request) => received.push(request));
    await until(() => received.length === 50);
    expect(received).toEqual(requests);
  });

  test('is still on disk while it is handed over', async () => {
    const run = await scratchRun();
    postRequest(run, cancel);
    const seen: number[] = [];
    open(run, () => queueMicrotask(() => seen.push(left(run).length)));
    await until(() => seen.length > 0);
    expect(seen).toEqual([1]);
  });

  test('is received by the poll where watching a folder does not work', async () => {
    const run = await scratchRun();
    rmSync(run.inbox, { recursive: true });
    const received: Request[] = [];
    open(run, (request) => received.push(request), 10);
    postRequest(run, cancel);
    await until(() => received.length > 0);
    expect(received).toEqual([cancel]);
  });

  test('can be read by its owner alone', async () => {
    const run = await scratchRun();
    postRequest(run, cancel);
    expect(left(run).map((name) => modeOf(join(run.inbox, name)))).toEqual(['600']);
  });

  test('to a run that is gone ends with a clear problem', async () => {
    const run = await scratchRun();
    rmSync(run.path, { recursive: true });
    expect(fatalOf(() => postRequest(run, cancel)).problem.message).toContain('gone');
  });
});

describe('junk in the inbox', () => {
  test('is left alone and does not hold up a request', async () => {
    const run = await scratchRun();
    const outside = join(scratchFolder(), 'cancel.json');
    writeFileSync(outside, JSON.stringify(cancel));
    writeFileSync(join(run.inbox, 'notes.txt'), JSON.stringify(cancel));
    writeFileSync(join(run.inbox, `${nameOf(1)}.tmp`), JSON.stringify(cancel));
    writeFileSync(join(run.inbox, nameOf(2)), '{"kind":"can');
    writeFileSync(join(run.inbox, nameOf(3)), '{"kind":"dance"}');
    writeFileSync(join(run.inbox, nameOf(4)), '{"kind":"capacity","pool":"main","limit":0}');
    writeFileSync(join(run.inbox, nameOf(5)), JSON.stringify({ ...cancel, by: 'x'.repeat(100_000) }));
    writeFileSync(join(run.inbox, nameOf(6)), 'null');
    mkdirSync(join(run.inbox, nameOf(7)));
    symlinkSync(outside, join(run.inbox, nameOf(8)));
    postRequest(run, { kind: 'retry', task: 'a' });
    const received: Request[] = [];
    open(run, (request) => received.push(request));
    await until(() => received.length > 0 && left(run).length === 9);
    expect(received).toEqual([{ kind: 'retry', task: 'a' }]);
  });
});

describe('an inbox', () => {
  test('receives nothing after it was closed', async () => {
    const run = await scratchRun();
    const received: Request[] = [];
    const closed = new FolderInbox(run, 5);
    closed.open((request) => received.push(request));
    closed.close();
    postRequest(run, cancel);
    const other: Request[] = [];
    open(run, (request) => other.push(request), 5);
    await until(() => other.length > 0);
    expect(received).toEqual([]);
  });

  test('may be closed by the request that it hands over', async () => {
    const run = await scratchRun();
    postRequest(run, cancel);
    postRequest(run, cancel);
    const received: Request[] = [];
    const inbox = new FolderInbox(run);
    inbox.open((request) => {
      received.push(request);
      inbox.close();
    });
    await until(() => received.length > 0 && left(run).length === 1);
    expect(received).toHaveLength(1);
  });

  test('does not keep the process alive', async () => {
    const run = await scratchRun();
    const before = process.getActiveResourcesInfo().sort();
    open(run, () => undefined);
    expect(process.getActiveResourcesInfo().sort()).toEqual(before);
  });

  test('forgets what nobody took, when it is told to', async () => {
    const run = await scratchRun();
    postRequest(run, cancel);
    discardRequests(run);
    expect(left(run)).toEqual([]);
  });
});

describe('a run whose folder is gone', () => {
  test('is asked to end, for nobody can reach it any more', async () => {
    const run = await scratchRun();
    const received: Request[] = [];
    open(run, (request) => received.push(request), 5);
    rmSync(run.path, { recursive: true });
    await until(() => received.length > 0);
    expect(received).toEqual([{ kind: 'cancel', by: 'the loss of its folder' }]);
  });
});
