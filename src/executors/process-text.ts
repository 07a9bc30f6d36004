/** How systems describe processes in text, made into entries. Pure. */

/** One process as the system shows it at one moment. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  /** Process group. 0 where the system has none. */
  readonly group: number;
  readonly session: number;
  /** Tells a process from a later one with its number. Compare with `sameStart`. */
  readonly startTime: string;
  /** Dead, but not yet collected by its parent. */
  readonly zombie: boolean;
  readonly rssBytes: number;
  /** Processor time of itself and of the children that it has collected. */
  readonly cpuMillis: number;
}

/** What turns the kernel's units into ours. */
export interface KernelUnits {
  readonly pageBytes: number;
  readonly ticksPerSecond: number;
  /** Which start of the machine its clock ticks count from. */
  readonly boot: string;
}

/** The contents of Linux's `/proc/<pid>/stat`; undefined when it is cut short. The name may hold blanks and `)`. */
export function parseStat(text: string, units: KernelUnits): ProcessEntry | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ', 22);
  if (fields.length < 22) return undefined;
  const field = (index: number): number => Number(fields[index]);
  const ticks = field(11) + field(12) + field(13) + field(14);
  return {
    pid: Number.parseInt(text, 10),
    parent: field(1),
    group: field(2),
    session: field(3),
    startTime: `${units.boot}:${fields[19]}`,
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    rssBytes: field(21) * units.pageBytes,
    cpuMillis: (ticks * 1000) / units.ticksPerSecond,
  };
}

const AUX_PAGE_SIZE = 6n;
const AUX_CLOCK_TICKS = 17n;

/** Page size and clock rate from `/proc/self/auxv` (64-bit pairs of key and value); common values for what is missing. */
export function parseAuxiliaryVector(bytes: Buffer, littleEndian: boolean): Omit<KernelUnits, 'boot'> {
  const found = new Map<bigint, number>();
  for (let at = 0; at + 16 <= bytes.length; at += 16) {
    const key = littleEndian ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at);
    const value = littleEndian ? bytes.readBigUInt64LE(at + 8) : bytes.readBigUInt64BE(at + 8);
    found.set(key, Number(value));
  }
  return {
    pageBytes: found.get(AUX_PAGE_SIZE) || 4096,
    ticksPerSecond: found.get(AUX_CLOCK_TICKS) || 100,
  };
}

/** Arguments for `ps` on systems without `/proc`, to be run with LC_ALL=C and TZ=UTC0. */
export const PS_FORMAT = ['pid', 'ppid', 'pgid', 'sess', 'state', 'rss', 'time', 'lstart'].flatMap((name) => [
  '-o',
  `${name}=`,
]);

/** What `ps` prints with `PS_FORMAT`: start times become seconds since 1970. */
export function parsePs(text: string): ProcessEntry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\d+)\s+(\S+)\s+(\S.*\S)\s*$/.exec(line);
    if (match === null) return [];
    const [, pid, parent, group, session, state = '', kilobytes, time = '', start] = match;
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        // macOS prints an address here, or 0.
        session: /^\d+$/.test(session ?? '') ? Number(session) : 0,
        startTime: String(Math.floor(Date.parse(`${start} UTC`) / 1000)),
        zombie: state.startsWith('Z'),
        rssBytes: Number(kilobytes) * 1024,
        cpuMillis: cpuMillisOf(time),
      },
    ];
  });
}

/** `[days-][hours:]minutes:seconds[.hundredths]` */
function cpuMillisOf(time: string): number {
  const [days, clock] = time.includes('-') ? time.split('-') : ['0', time];
  const seconds = (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1000);
}

/** Prints one line per process for `parseWindows`: number, parent, working set, start in seconds, time in 100 ns. */
export const WINDOWS_QUERY =
  'Get-CimInstance Win32_Process | ForEach-Object { ' +
  "$s = if ($_.CreationDate) { ([DateTimeOffset]$_.CreationDate).ToUnixTimeSeconds() } else { '' }; " +
  "'{0},{1},{2},{3},{4}' -f $_.ProcessId, $_.ParentProcessId, $_.WorkingSetSize, $s, " +
  '($_.KernelModeTime + $_.UserModeTime) }';

/** What PowerShell prints for `WINDOWS_QUERY`. Windows has neither groups nor sessions of this kind. */
export function parseWindows(text: string): ProcessEntry[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const match = /^(\d+),(\d+),(\d+),(\d*),(\d*)$/.exec(line.trim());
    if (match === null) return [];
    const [, pid, parent, bytes, start = '', time] = match;
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: 0,
        session: 0,
        startTime: start,
        zombie: false,
        rssBytes: Number(bytes),
        cpuMillis: Math.round(Number(time) / 10_000),
      },
    ];
  });
}

/** Exact where the kernel counts ticks; elsewhere seconds, and two of them are the rounding of two clocks. */
export function sameStart(a: string, b: string): boolean {
  if (a === b) return true;
  return /^\d+$/.test(a) && /^\d+$/.test(b) && Math.abs(Number(a) - Number(b)) <= 2;
}
