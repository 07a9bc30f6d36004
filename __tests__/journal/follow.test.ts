import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Event } from '../../src/core/event.js';
import { RunFolder } from '../../src/journal/folder.js';
import { followJournal, type JournalFollower } from '../../src/journal/follow.js';
import { openJournal } from '../../src/journal/journal.js';
import { atEnd, event, events, fatalOf, scratchFolder } from './scratch.js';

function bareRun(): RunFolder {
  return new RunFolder('20261122-231905-k3f9', scratchFolder());
}

function write(run: RunFolder, how: 'create' | 'continue', content: Event[]): void {
  const journal = openJournal(run, how);
  journal.append(content);
  journal.close();
}

function follow(path: string, windowBytes?: number): JournalFollower {
  const follower = followJournal(path, windowBytes);
  atEnd(() => follower.close());
  return follower;
}

function readAll(follower: JournalFollower): Event[] {
  const all: Event[] = [];
  for (let more = follower.read(); more.length > 0; more = follower.read()) all.push(...more);
  return all;
}

describe('followJournal', () => {
  test('gives each event once, as it comes', () => {
    const run = bareRun();
    const journal = openJournal(run, 'create');
    atEnd(() => journal.close());
    const follower = follow(run.journal);
    journal.append(events(2));
    expect(follower.read()).toEqual(events(2));
    expect(follower.read()).toEqual([]);
    journal.append(events(1, 2));
    expect(follower.read()).toEqual(events(1, 2));
  });

  test('waits for a journal that is not there yet', () => {
    const run = bareRun();
    const follower = follow(run.journal);
    expect(follower.read()).toEqual([]);
    write(run, 'create', events(1));
    expect(follower.read()).toEqual(events(1));
  });

  test('waits for the rest of a line, wherever it is cut', () => {
    const run = bareRun();
    write(run, 'create', events(3));
    const bytes = readFileSync(run.journal);
    const growing = join(scratchFolder(), 'events.jsonl');
    writeFileSync(growing, '');
    const follower = follow(growing);
    const seen: Event[] = [];
    for (const byte of bytes) {
      appendFileSync(growing, Buffer.of(byte));
      seen.push(...follower.read());
    }
    expect([seen, follower.torn]).toEqual([events(3), false]);
  });

  test('goes on with the next writer, who cut off the torn line', () => {
    const run = bareRun();
    write(run, 'create', events(2));
    appendFileSync(run.journal, JSON.stringify(event(77)).slice(0, -1));
    const follower = follow(run.journal);
    expect([readAll(follower), follower.torn]).toEqual([events(2), true]);
    write(run, 'continue', events(1, 2));
    expect([readAll(follower), follower.torn]).toEqual([events(1, 2), false]);
  });

  test('holds back a last line that is no JSON', () => {
    const run = bareRun();
    write(run, 'create', events(1));
    appendFileSync(run.journal, '\0\0\n');
    const follower = follow(run.journal);
    expect([readAll(follower), follower.torn]).toEqual([events(1), true]);
  });

  test.each([1, 7, 64, 300, 1000])('reads through a window of %d bytes', (windowBytes) => {
    const run = bareRun();
    const long: Event = { at: 9, type: 'capacity.changed', pool: 'é'.repeat(5000), limit: 1, why: 'asked' };
    write(run, 'create', [...events(20), long, ...events(20, 20)]);
    expect(readAll(follow(run.journal, windowBytes))).toEqual([...events(20), long, ...events(20, 20)]);
  });

  test.each([1, 100, 100_000])('finds damage in the middle through a window of %d bytes', (windowBytes) => {
    const run = bareRun();
    write(run, 'create', events(2));
    appendFileSync(run.journal, `garbage\n${JSON.stringify(event(3))}\n`);
    expect(fatalOf(() => readAll(follow(run.journal, windowBytes))).problem).toMatchObject({
      place: { file: run.journal, line: 4 },
    });
  });

  test('does not give events twice when a journal became shorter', () => {
    const run = bareRun();
    write(run, 'create', events(5));
    const follower = follow(run.journal);
    readAll(follower);
    writeFileSync(run.journal, readFileSync(run.journal).subarray(0, 100));
    expect(fatalOf(() => follower.read()).problem.message).toContain('shorter');
  });
});
