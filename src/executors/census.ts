/** Which of the machine's processes belong to which attempt of this run, however they have moved since. */
import { FORK_SERVER } from './fork-server-script.js';
import { markIn } from './mark.js';
import { environOf, type ProcessRef, snapshot } from './process-table.js';
import { type ProcessEntry, sameStart } from './process-text.js';
import { uptimeMillis } from './uptime.js';

/** Names an attempt inside this run: the part of its mark behind the run's prefix. */
export type AttemptKey = string;

/** Living processes by attempt. An attempt without any is absent. */
export type Members = ReadonlyMap<AttemptKey, readonly ProcessEntry[]>;

/** Where a census looks. Replaced in tests. */
export interface CensusSources {
  readonly table: () => readonly ProcessEntry[];
  readonly environ: (pid: number) => Buffer | undefined;
}

const UNBORN = `${FORK_SERVER}=`;

interface Known {
  readonly startTime: string;
  readonly key: AttemptKey | undefined;
}

/**
 * A process belongs to the attempt whose mark it carries, else to that whose leader's session or group it is in,
 * else to its parent's. Each process is asked once and remembered by number and start, so that one that is seen
 * is kept in sight when it leaves its group, loses its parent or hides its environment later.
 */
export class Census {
  readonly #prefix: string;
  readonly #sources: CensusSources;
  readonly #sinceTicks: number | undefined;
  readonly #leaders = new Map<number, { readonly startTime: string; readonly key: AttemptKey }>();
  readonly #retired = new Set<number>();
  /** Seen just now on the way to becoming another program, a task of the fork server or what a task starts: asked again next time. */
  readonly #unborn = new Set<number>();
  #known = new Map<number, Known>();
  /** Whether the last census could say of every process whose it is. */
  isSure = true;
  /** What the last census took, for those who must bound it. Windows takes its time. */
  costMillis = process.platform === 'win32' ? 1000 : 0;

  /** `since`: the start of the oldest process that may belong to the run; who is older is not looked into. */
  constructor(
    prefix: string,
    since?: string,
    sources: CensusSources = { table: snapshot, environ: environOf },
  ) {
    this.#prefix = prefix;
    this.#sources = sources;
    this.#sinceTicks = since === undefined ? undefined : ticksOf(since);
  }

  /** From now on the session and the group of this process are those of an attempt. */
  lead(leader: ProcessRef, key: AttemptKey): void {
    this.#retired.delete(leader.pid);
    this.#leaders.set(leader.pid, { startTime: leader.startTime, key });
  }

  /** The attempt is over: its leader's number means nothing any more once a census finds none of it. */
  retire(pid: number): void {
    this.#retired.add(pid);
  }

  take(): Members {
    const began = uptimeMillis();
    const table = new Map<number, ProcessEntry>();
    for (const entry of this.#sources.table()) table.set(entry.pid, entry);
    const seen = new Map<number, Known>();
    const members = new Map<AttemptKey, ProcessEntry[]>();
    for (const entry of table.values()) {
      const key = this.#attribute(entry, table, seen);
      if (key === undefined || entry.zombie) continue;
      const list = members.get(key);
      if (list === undefined) members.set(key, [entry]);
      else list.push(entry);
    }
    this.isSure = this.#unborn.size === 0;
    for (const pid of this.#unborn) seen.delete(pid);
    this.#unborn.clear();
    this.#known = seen;
    this.#forgetRetired(members);
    this.costMillis = uptimeMillis() - began;
    return members;
  }

  #attribute(
    entry: ProcessEntry,
    table: Map<number, ProcessEntry>,
    seen: Map<number, Known>,
  ): AttemptKey | undefined {
    const already = seen.get(entry.pid);
    if (already !== undefined) return already.key;
    const before = this.#known.get(entry.pid);
    if (before?.startTime === entry.startTime) {
      seen.set(entry.pid, before);
      return before.key;
    }
    // Stands here before the parent is asked, for a broken table could have a circle.
    seen.set(entry.pid, { startTime: entry.startTime, key: undefined });
    const key = this.#keyOf(entry, table, seen);
    seen.set(entry.pid, { startTime: entry.startTime, key });
    return key;
  }

  #keyOf(
    entry: ProcessEntry,
    table: Map<number, ProcessEntry>,
    seen: Map<number, Known>,
  ): AttemptKey | undefined {
    if (entry.pid <= 1 || entry.pid === process.pid) return undefined;
    if (this.#sinceTicks !== undefined && ticksOf(entry.startTime) < this.#sinceTicks) return undefined;
    for (const number of [entry.session, entry.group, entry.pid]) {
      const led = this.#ledBy(number, table);
      if (led !== undefined) return led;
    }
    // The kernel's own threads have no group, and no environment.
    const environ = entry.group === 0 && entry.parent === 2 ? undefined : this.#sources.environ(entry.pid);
    const marked = environ && markIn(environ, this.#prefix);
    if (marked !== undefined) return marked;
    // In the middle of `exec` the kernel shows an empty environment, and that of a zombie.
    if (environ?.includes(UNBORN) || (environ?.length === 0 && !entry.zombie)) this.#unborn.add(entry.pid);
    const parent = table.get(entry.parent);
    // Windows goes on showing the number of a parent that is gone, and gives the number to others.
    if (parent === undefined || startsLater(parent, entry)) return undefined;
    return this.#attribute(parent, table, seen);
  }

  /** A number stays taken while a session or group has it; so without its leader it can only be the old one's. */
  #ledBy(number: number, table: Map<number, ProcessEntry>): AttemptKey | undefined {
    const leader = this.#leaders.get(number);
    if (leader === undefined) return undefined;
    const alive = table.get(number);
    return alive === undefined || sameStart(alive.startTime, leader.startTime) ? leader.key : undefined;
  }

  #forgetRetired(members: Members): void {
    for (const pid of this.#retired) {
      const leader = this.#leaders.get(pid);
      if (leader !== undefined && members.has(leader.key)) continue;
      this.#leaders.delete(pid);
      this.#retired.delete(pid);
    }
  }
}

/** The clock tick of a Linux start time; not a number elsewhere, and so never older than anything. */
function ticksOf(startTime: string): number {
  return Number(startTime.slice(startTime.indexOf(':') + 1) || Number.NaN);
}

function startsLater(parent: ProcessEntry, child: ProcessEntry): boolean {
  return Number(parent.startTime) > Number(child.startTime) + 2;
}
