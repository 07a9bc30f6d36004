/** Requests to a live run: one file each, written by rename, taken by the one process that writes the run. */
import { existsSync, type FSWatcher, lstatSync, readdirSync, readFileSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Request } from '../core/event.js';
import type { Inbox } from '../core/ports.js';
import { codeOf, stateFault } from './fault.js';
import type { RunFolder } from './folder.js';
import { chance, makeFolder, writeWhole } from './private-file.js';

const REQUEST_NAME = /^\d{15}-\d{6}-[0-9a-z-]{15}\.json$/;
const MOST_REQUEST_BYTES = 64 * 1024;
/** Watching a folder fails on some file systems without a word. */
const POLL_MILLIS = 1000;
/** Most runs of one short task are over before anybody could have asked for something, and to watch costs a millisecond. */
const QUIET_MILLIS = 50;

let posted = 0;

/** Leaves a request for the process that runs this. Its answer is an event in the journal. */
export function postRequest(run: RunFolder, request: Request): void {
  const order = String(posted++ % 1_000_000).padStart(6, '0');
  const name = `${String(Date.now()).padStart(15, '0')}-${order}-${chance()}.json`;
  try {
    makeFolder(run.inbox);
    writeWhole(join(run.inbox, name), `${JSON.stringify(request)}\n`);
  } catch (error) {
    throw stateFault('post a request to', run.inbox, error);
  }
}

/** Throws away what nobody took: a cancel of a run that died must not cancel its resume. */
export function discardRequests(run: RunFolder): void {
  try {
    for (const name of requestNames(run)) rmSync(join(run.inbox, name), { force: true });
  } catch (error) {
    throw stateFault('empty', run.inbox, error);
  }
}

/** Requests in the run's folder, in the order of their posting. Does not keep the process alive. */
export class FolderInbox implements Inbox {
  private watcher: FSWatcher | undefined;
  private timer: NodeJS.Timeout | undefined;
  private receive: ((request: Request) => void) | undefined;
  /** Handed over but not deleted yet, or no request: not looked at again. */
  private readonly done = new Set<string>();
  private isLost = false;

  constructor(
    private readonly run: RunFolder,
    private readonly pollMillis = POLL_MILLIS,
  ) {}

  open(receive: (request: Request) => void): void {
    this.receive = receive;
    this.timer = setTimeout(() => this.begin(), QUIET_MILLIS).unref();
  }

  close(): void {
    this.receive = undefined;
    clearTimeout(this.timer);
    this.watcher?.close();
    this.watcher = undefined;
  }

  private begin(): void {
    this.timer = setInterval(() => this.look(), this.pollMillis).unref();
    this.watch();
    this.look();
  }

  private watch(): void {
    try {
      this.watcher = watch(this.run.inbox, { persistent: false }, () => this.look());
      this.watcher.on('error', () => this.watcher?.close());
    } catch (error) {
      // Too many watches, or no folder: the poll is slower but enough.
      if (codeOf(error) === undefined) throw error;
    }
  }

  private look(): void {
    this.noticeLoss();
    for (const name of this.namesNow()) {
      // Each request may close the inbox; what comes behind it stays.
      if (this.receive === undefined) return;
      if (this.done.has(name)) continue;
      this.done.add(name);
      const request = readRequest(join(this.run.inbox, name));
      if (request === undefined) continue;
      this.receive(request);
      // Whoever received it writes it down in this turn; only then may it go.
      setImmediate(() => this.remove(name));
    }
  }

  /** A run without a folder can be neither followed nor cancelled: it has to end, and the journal will say why. */
  private noticeLoss(): void {
    if (this.isLost || existsSync(this.run.path)) return;
    this.isLost = true;
    this.receive?.({ kind: 'cancel', by: 'the loss of its folder' });
  }

  private namesNow(): string[] {
    try {
      return requestNames(this.run);
    } catch (error) {
      // A state folder that cannot be read is noticed by the journal, which can say so.
      if (codeOf(error) === undefined) throw error;
      return [];
    }
  }

  private remove(name: string): void {
    try {
      rmSync(join(this.run.inbox, name), { force: true });
      this.done.delete(name);
    } catch (error) {
      // It stays in `done`, so it is not received twice.
      if (codeOf(error) === undefined) throw error;
    }
  }
}

function requestNames(run: RunFolder): string[] {
  try {
    return readdirSync(run.inbox)
      .filter((name) => REQUEST_NAME.test(name))
      .sort();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Undefined for anything that is no request; a file is there as a whole, so it will not become one. */
function readRequest(path: string): Request | undefined {
  try {
    const found = lstatSync(path);
    if (!found.isFile() || found.size > MOST_REQUEST_BYTES) return undefined;
    return parseRequest(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

function parseRequest(value: unknown): Request | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, by, now, task, pool, limit } = value as Record<string, unknown>;
  if (kind === 'cancel' && typeof by === 'string') return { kind, by, ...(now === true ? { now } : {}) };
  if (kind === 'retry' && typeof task === 'string') return { kind, task };
  if (kind === 'capacity' && typeof pool === 'string' && Number.isInteger(limit) && Number(limit) >= 1)
    return { kind, pool, limit: Number(limit) };
  return undefined;
}
