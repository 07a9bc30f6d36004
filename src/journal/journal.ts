/** The journal of a run: what is in it has happened. Appended by its one writer, read by anybody. */
import {
  close,
  closeSync,
  fchmodSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  openSync,
  type Stats,
  statfsSync,
  statSync,
} from 'node:fs';
import type { Event } from '../core/event.js';
import type { Journal } from '../core/ports.js';
import { Fatal, failures, problem, type Result, success } from '../core/problem.js';
import { stateFault } from './fault.js';
import type { RunFolder } from './folder.js';
import { followJournal } from './follow.js';
import { HEADER } from './journal-format.js';
import { FILE_MODE, writeFully } from './private-file.js';

/** Monotonic; loading `performance` costs a millisecond at each start. */
const uptimeMillis = (): number => process.uptime() * 1000;
/** How old an event may be before it is safe from a loss of power, and how late a removed folder is noticed. */
const SYNC_MILLIS = 100;
/** Batches up to this size are written from one Buffer that stays: new ones would slow down every fork. */
const SCRATCH_BYTES = 64 * 1024;
const MOST_BYTES_PER_CHARACTER = 3;

/** `create`: there must be none yet. `continue`: goes on behind the last whole line; a torn one is cut off. */
export function openJournal(run: RunFolder, how: 'create' | 'continue'): Journal {
  const path = run.journal;
  try {
    const fd = openSync(path, how === 'create' ? 'ax' : 'a', FILE_MODE);
    try {
      fchmodSync(fd, FILE_MODE);
      return new JournalFile(run, fd, fstatSync(fd).size === 0 ? 0 : cutTornLine(path, fd));
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  } catch (error) {
    throw stateFault('write the journal', path, error);
  }
}

/** Reads it all: a journal that cannot be read must not be continued. */
function cutTornLine(path: string, fd: number): number {
  const follower = followJournal(path);
  try {
    while (follower.read().length > 0);
    if (follower.torn) ftruncateSync(fd, follower.endBytes);
    return follower.endBytes;
  } finally {
    follower.close();
  }
}

class JournalFile implements Journal {
  private readonly scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  private readonly opened: Stats;
  private readonly path: string;
  /** The plan of a run that begins, open: without it a journal is of no use, so they become safe from a loss of power together. */
  private plan: number | undefined;
  private lookedAt = uptimeMillis();
  private timer: NodeJS.Timeout | undefined;
  private syncing = false;
  /** Something was written while a sync was under way. */
  private unsynced = false;
  private closed = false;
  /** The first failure; after it nothing is written. */
  private fault: Fatal | undefined;

  constructor(
    run: RunFolder,
    private readonly fd: number,
    private sizeBytes: number,
  ) {
    this.path = run.journal;
    this.opened = fstatSync(fd);
    if (sizeBytes > 0) return;
    this.write(HEADER);
    this.plan = openIfThere(run.plan);
  }

  append(events: readonly Event[]): void {
    if (this.closed) throw new Error('the journal is closed');
    if (events.length === 0) return;
    if (events.some(({ type }) => type === 'attempt.exited')) this.checkSpace();
    let lines = '';
    for (const event of events) lines += `${JSON.stringify(event)}\n`;
    this.write(lines);
    this.scheduleSync();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearTimeout(this.timer);
    try {
      if (this.fault !== undefined) return;
      this.checkName();
      fdatasyncSync(this.fd);
      if (this.plan !== undefined) fsyncSync(this.plan);
    } catch (error) {
      throw stateFault('write the journal', this.path, error);
    } finally {
      if (!this.syncing) closeSync(this.fd);
      if (this.plan !== undefined) closeSync(this.plan);
    }
  }

  private write(lines: string): void {
    if (this.fault !== undefined) throw this.fault;
    try {
      this.checkFolder();
      const bytes = this.encode(lines);
      writeFully(this.fd, bytes);
      this.sizeBytes += bytes.length;
    } catch (error) {
      this.fault = stateFault('write the journal', this.path, error);
      this.cutBack();
      throw this.fault;
    }
  }

  private encode(lines: string): Uint8Array {
    if (lines.length * MOST_BYTES_PER_CHARACTER > SCRATCH_BYTES) return Buffer.from(lines);
    return this.scratch.subarray(0, this.scratch.write(lines));
  }

  /** Writing to a deleted file succeeds, so its name is looked at now and then. */
  private checkFolder(): void {
    const now = uptimeMillis();
    if (now - this.lookedAt < SYNC_MILLIS) return;
    this.lookedAt = now;
    this.checkName();
  }

  private checkName(): void {
    const found = statSync(this.path, { throwIfNoEntry: false });
    if (found?.ino === this.opened.ino && found.dev === this.opened.dev) return;
    throw new Fatal(
      4,
      problem(
        `the journal ${this.path} was removed or replaced while the run went on`,
        'nothing may move or delete the state folder during a run; start the run anew',
      ),
    );
  }

  /**
   * A task whose log met a full disk may have gone on without it, and its end would count for a success.
   * So an end is not written while there is no room: the run stops, and a resume runs the task again.
   */
  private checkSpace(): void {
    if (!isDiskFull(this.path)) return;
    this.fault = new Fatal(
      4,
      problem(
        `the disk is full: the logs of tasks beside ${this.path} may be cut`,
        'make room, then `batchtool resume`: what was running is run again',
      ),
    );
    throw this.fault;
  }

  /** Half a batch must not stay: what was decided in it was not carried out. */
  private cutBack(): void {
    try {
      ftruncateSync(this.fd, this.sizeBytes);
    } catch {
      // The half line is cut off by the next writer.
    }
  }

  private scheduleSync(): void {
    // One at a time: on a slow disk the next begins when the last is done.
    if (this.syncing) this.unsynced = true;
    else this.timer ??= setTimeout(() => this.syncLater(), SYNC_MILLIS).unref();
  }

  /** In the background: a slow disk must not hold up the run. */
  private syncLater(): void {
    this.timer = undefined;
    this.syncing = true;
    this.unsynced = false;
    const { plan } = this;
    this.plan = undefined;
    if (plan !== undefined) fsync(plan, () => close(plan, () => undefined));
    fdatasync(this.fd, (error) => {
      this.syncing = false;
      if (error !== null) this.fault ??= stateFault('write the journal', this.path, error);
      if (this.closed) closeSync(this.fd);
      else if (this.unsynced) this.scheduleSync();
    });
  }
}

function openIfThere(path: string): number | undefined {
  try {
    return openSync(path, 'r+');
  } catch {
    return undefined;
  }
}

/** Some file systems do not say how large they are; a folder that is gone is noticed by the write itself. */
function isDiskFull(path: string): boolean {
  try {
    const { blocks, bfree, bavail } = statfsSync(path);
    // The last blocks of a disk are often kept for root.
    return blocks > 0 && (process.getuid?.() === 0 ? bfree : bavail) === 0;
  } catch {
    return false;
  }
}

/** Every event of a journal, in pieces, so that its size does not matter. A torn end is passed over. Throws `Fatal` at damage. */
export function* journalEvents(path: string): Generator<Event, void, undefined> {
  const follower = followJournal(path);
  try {
    for (let events = follower.read(); events.length > 0; events = follower.read()) yield* events;
  } finally {
    follower.close();
  }
}

/** All events of a journal at once; none if there is no journal yet. `torn`: its writer died in a write, or is writing now. */
export function readJournal(path: string): Result<{ events: Event[]; torn: boolean }> {
  const follower = followJournal(path);
  try {
    const all: Event[] = [];
    for (let events = follower.read(); events.length > 0; events = follower.read())
      for (const event of events) all.push(event);
    return success({ events: all, torn: follower.torn });
  } catch (error) {
    if (error instanceof Fatal) return failures([error.problem]);
    throw error;
  } finally {
    follower.close();
  }
}
