import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Event } from '../../src/core/event.js';
import type { Journal } from '../../src/core/ports.js';
import type { Fatal } from '../../src/core/problem.js';
import { RunFolder } from '../../src/journal/folder.js';
import { journalEvents, openJournal, readJournal } from '../../src/journal/journal.js';
import { createRun } from '../../src/journal/runs.js';
import { plan, task } from '../fakes/plan.js';
import {
  atEnd,
  event,
  events,
  fatalOf,
  modeOf,
  mountTest,
  scratchFolder,
  scratchRun,
  scratchState,
  smallDisk,
  until,
} from './scratch.js';

/** A run folder that is nothing but a folder: enough for a journal. */
function bareRun(): RunFolder {
  return new RunFolder('20261122-231905-k3f9', scratchFolder());
}

function open(run: RunFolder, how: 'create' | 'continue'): Journal {
  const journal = openJournal(run, how);
  atEnd(() => journal.close());
  return journal;
}

function write(run: RunFolder, how: 'create' | 'continue', ...batches: Event[][]): void {
  const journal = openJournal(run, how);
  for (const batch of batches) journal.append(batch);
  journal.close();
}

function read(run: RunFolder): { events: Event[]; torn: boolean } {
  const result = readJournal(run.journal);
  if (!result.ok) throw new Error(result.problems[0]?.message);
  return result.value;
}

describe('writing', () => {
  test('what was appended is read back in order', () => {
    const run = bareRun();
    write(run, 'create', events(3), events(2, 3));
    expect(read(run)).toEqual({ events: events(5), torn: false });
  });

  test('what was appended can be read before the journal is closed', () => {
    const run = bareRun();
    open(run, 'create').append(events(2));
    expect(read(run).events).toEqual(events(2));
  });

  test('the first line names the format and its version', () => {
    const run = bareRun();
    write(run, 'create', events(1));
    const [header] = readFileSync(run.journal, 'utf8').split('\n');
    expect(JSON.parse(header ?? '')).toEqual({ format: 'batchtool-journal', version: 1 });
  });

  test('only the owner can read it, whatever the umask', () => {
    const run = bareRun();
    const before = process.umask(0o777);
    atEnd(() => process.umask(before));
    write(run, 'create');
    expect(modeOf(run.journal)).toBe('600');
  });

  test('a batch larger than the Buffer that is kept is written as it is', () => {
    const run = bareRun();
    write(run, 'create', events(2000));
    expect(read(run).events).toEqual(events(2000));
  });

  test('an empty batch writes nothing', () => {
    const run = bareRun();
    const journal = open(run, 'create');
    const before = statSync(run.journal).size;
    journal.append([]);
    expect(statSync(run.journal).size).toBe(before);
  });

  test('a journal is never begun twice', () => {
    const run = bareRun();
    write(run, 'create', events(1));
    expect(fatalOf(() => openJournal(run, 'create')).problem.message).toContain('EEXIST');
    expect(read(run).events).toEqual(events(1));
  });

  test('closing twice does no harm, appending afterwards is a bug', () => {
    const journal = openJournal(bareRun(), 'create');
    journal.close();
    journal.close();
    expect(() => journal.append(events(1))).toThrow('closed');
  });

  test('a journal stays open for later events after it was flushed in the background', async () => {
    const run = bareRun();
    const journal = open(run, 'create');
    const until300 = performance.now() + 300;
    let n = 0;
    await until(() => {
      journal.append([event(n++)]);
      return performance.now() > until300;
    });
    expect(read(run).events).toEqual(events(n));
  });
});

describe('continuing', () => {
  test('goes on behind the last event', () => {
    const run = bareRun();
    write(run, 'create', events(2));
    write(run, 'continue', events(2, 2));
    expect(read(run)).toEqual({ events: events(4), torn: false });
  });

  test('begins a journal where there is none, or only an empty file', () => {
    const [missing, empty] = [bareRun(), bareRun()];
    writeFileSync(empty.journal, '');
    for (const run of [missing, empty]) {
      write(run, 'continue', events(1));
      expect(read(run)).toEqual({ events: events(1), torn: false });
    }
  });

  test('cuts off a last line that is whole but no JSON', () => {
    const run = bareRun();
    write(run, 'create', events(2));
    appendFileSync(run.journal, '\0\0\0\0\n');
    write(run, 'continue', [event(2)]);
    expect(read(run)).toEqual({ events: events(3), torn: false });
  });

  test('does not touch a journal that is damaged in the middle', () => {
    const run = bareRun();
    write(run, 'create', events(1));
    appendFileSync(run.journal, `garbage\n${JSON.stringify(event(1))}\n`);
    const before = readFileSync(run.journal, 'utf8');
    fatalOf(() => openJournal(run, 'continue'));
    expect(readFileSync(run.journal, 'utf8')).toBe(before);
  });
});

describe('a journal that ends anywhere', () => {
  const whole = events(6);
  const run = bareWhole();

  /** Not a scratch folder, for it serves all tests of this group. */
  function bareWhole(): { bytes: Buffer; ends: number[] } {
    const folder = new RunFolder('20261122-231905-k3f9', scratchFolder());
    write(folder, 'create', whole);
    const bytes = readFileSync(folder.journal);
    const ends = [...bytes.keys()].filter((at) => bytes[at] === 0x0a).map((at) => at + 1);
    return { bytes, ends };
  }

  const eventsUpTo = (bytes: number): number =>
    Math.max(0, run.ends.filter((end) => end <= bytes).length - 1);

  test('gives exactly the events whose lines are whole, at every byte', () => {
    const cut = bareRun();
    for (let length = run.bytes.length; length >= 0; length--) {
      writeFileSync(cut.journal, run.bytes.subarray(0, length));
      const torn = length > 0 && !run.ends.includes(length);
      expect({ length, ...read(cut) }).toEqual({ length, events: whole.slice(0, eventsUpTo(length)), torn });
    }
  });

  test('can be continued at every byte, with nothing glued to the torn line', () => {
    const cut = bareRun();
    for (let length = run.bytes.length; length >= 0; length--) {
      writeFileSync(cut.journal, run.bytes.subarray(0, length));
      write(cut, 'continue', [event(99)]);
      const expected = [...whole.slice(0, eventsUpTo(length)), event(99)];
      expect({ length, ...read(cut) }).toEqual({ length, events: expected, torn: false });
    }
  });
});

describe('reading', () => {
  test('finds nothing in a journal that is not there yet', () => {
    expect(read(bareRun())).toEqual({ events: [], torn: false });
  });

  test('names the line that is damaged in the middle', () => {
    const run = bareRun();
    write(run, 'create', events(2));
    appendFileSync(run.journal, `{"at":1,"ty\n${JSON.stringify(event(3))}\n`);
    expect(readJournal(run.journal)).toMatchObject({
      ok: false,
      problems: [
        {
          message: expect.stringContaining('damaged'),
          place: { file: run.journal, line: 4 },
          hint: expect.any(String),
        },
      ],
    });
  });

  test.each(['null', '[]', '7', '{}', '{"at":"x","type":"run.finished"}'])(
    'takes the line %s for damage, JSON though it is',
    (line) => {
      const run = bareRun();
      write(run, 'create', events(1));
      appendFileSync(run.journal, `${line}\n${JSON.stringify(event(3))}\n`);
      expect(readJournal(run.journal).ok).toBe(false);
    },
  );

  test('refuses a newer format with a hint', () => {
    const run = bareRun();
    writeFileSync(run.journal, '{"format":"batchtool-journal","version":2}\n');
    expect(readJournal(run.journal)).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining('version 2'), hint: expect.stringContaining('newer') }],
    });
  });

  test.each(['{"at":1,"type":"run.started"}\n', 'hello\n', '{}\n'])('refuses the foreign file %j', (text) => {
    const run = bareRun();
    writeFileSync(run.journal, text);
    expect(readJournal(run.journal)).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining('no journal') }],
    });
  });

  test('says which event it does not know, even at the end', () => {
    const run = bareRun();
    write(run, 'create', events(1));
    appendFileSync(run.journal, '{"at":1,"type":"task.dreamt"}\n');
    expect(readJournal(run.journal)).toMatchObject({
      ok: false,
      problems: [
        {
          message: expect.stringContaining('"task.dreamt"'),
          hint: expect.stringContaining('update'),
          place: { line: 3 },
        },
      ],
    });
  });

  test('says that what should be a journal is a folder', () => {
    const run = bareRun();
    mkdirSync(run.journal);
    expect(readJournal(run.journal)).toMatchObject({
      ok: false,
      problems: [{ message: expect.any(String) }],
    });
  });

  test('gives events one by one and stops when nobody wants more', () => {
    const run = bareRun();
    write(run, 'create', events(5000));
    const seen: Event[] = [];
    for (const each of journalEvents(run.journal)) {
      seen.push(each);
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(events(3));
  });

  test('gives all events of a journal that is larger than one reading', () => {
    const run = bareRun();
    write(run, 'create', events(20_000));
    expect([...journalEvents(run.journal)]).toEqual(events(20_000));
  });

  test('ends the run at damage', () => {
    const run = bareRun();
    write(run, 'create', events(1));
    appendFileSync(run.journal, `garbage\n${JSON.stringify(event(1))}\n`);
    expect(fatalOf(() => [...journalEvents(run.journal)]).problem.place?.line).toBe(3);
  });
});

describe('a disk that says no', () => {
  function appendUntilFatal(journal: Journal): { fatal: Fatal; written: number } {
    for (let written = 0; ; written++) {
      try {
        journal.append([event(written)]);
      } catch {
        return { fatal: fatalOf(() => journal.append([event(written)])), written };
      }
    }
  }

  mountTest('full: the run ends, and every batch before is whole', async () => {
    const { run } = createRun(await scratchState(smallDisk()), plan([task('a')]));
    const journal = open(run, 'create');
    const { fatal, written } = appendUntilFatal(journal);
    expect(fatal.problem).toEqual({
      message: expect.stringContaining('the disk is full (ENOSPC)'),
      hint: expect.stringContaining('batchtool clean'),
    });
    expect(read(run)).toEqual({ events: events(written), torn: false });
  });

  mountTest('full: of a batch that does not fit nothing stays', async () => {
    const { run } = createRun(await scratchState(smallDisk()), plan([task('a')]));
    const journal = open(run, 'create');
    journal.append(events(2));
    fatalOf(() => journal.append(events(5000, 2)));
    expect(read(run)).toEqual({ events: events(2), torn: false });
  });

  test('full from the start: no journal is begun', () => {
    const run = bareRun();
    symlinkSync('/dev/full', run.journal);
    expect(fatalOf(() => openJournal(run, 'continue')).problem.message).toContain(
      'the disk is full (ENOSPC)',
    );
  });

  /** The look at the name is taken now and then only, so the failure comes a little later. */
  async function fatalSoon(journal: Journal): Promise<Fatal> {
    let fatal: Fatal | undefined;
    await until(() => {
      try {
        journal.append(events(1));
      } catch (error) {
        fatal = error as Fatal;
      }
      return fatal !== undefined;
    });
    return fatal as Fatal;
  }

  test.each<[string, (run: RunFolder) => void]>([
    ['removed folder', (run) => rmSync(run.path, { recursive: true })],
    ['moved folder', (run) => renameSync(run.path, `${run.path}-moved`)],
    [
      'replaced journal',
      (run) => {
        renameSync(run.journal, `${run.journal}-old`);
        writeFileSync(run.journal, '');
      },
    ],
  ])('%s: the run ends instead of writing to nowhere', async (_, disturb) => {
    const run = await scratchRun();
    const journal = open(run, 'create');
    journal.append(events(1));
    disturb(run);
    expect(await fatalSoon(journal)).toMatchObject({
      exitCode: 4,
      problem: { message: expect.stringContaining('removed or replaced'), hint: expect.any(String) },
    });
  });

  test('a folder removed just before the end: the run has not ended well', async () => {
    const run = await scratchRun();
    const journal = open(run, 'create');
    journal.append(events(1));
    rmSync(run.path, { recursive: true });
    expect(fatalOf(() => journal.close())).toMatchObject({ exitCode: 4 });
  });

  mountTest('after a failure nothing more is written, even if there is room again', () => {
    const disk = smallDisk();
    const run = new RunFolder('20261122-231905-k3f9', disk);
    writeFileSync(join(disk, 'filler'), Buffer.alloc(40_000));
    const journal = open(run, 'create');
    const { written } = appendUntilFatal(journal);
    rmSync(join(disk, 'filler'));
    fatalOf(() => journal.append([event(written)]));
    expect(read(run).events).toEqual(events(written));
  });
});
