/**
 * Loads the bundle with what V8 made of it at an earlier start: to compile it anew takes a third of a short run.
 * It comes before the bundle and is no part of it: scripts/bundle.mjs makes the entry of it.
 */
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { Script } from 'node:vm';

type Require = (name: string) => unknown;

/** One file of the bundle. `usedBytes`: how much compiled code was taken over. Its text is not held: a long run can use the room. */
interface Unit {
  readonly path: string;
  readonly stamp: string;
  readonly script: Script;
  readonly usedBytes: number;
}

/** A run that took so long does not feel it when what it compiled besides is added to the cache. */
const LONG_SECONDS = 1;
const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;
const CLOSED_TO_OTHERS = 0o077;
/** What a refused request ends with. */
const REFUSED = 2;
/** What stands around the text of a file, which makes a function of it as Node does. */
const [OPENING, CLOSING] = ['(function (exports, require, module, __filename, __dirname) { ', '\n})'];
/** To touch fresh memory takes more time than to read a file into it, so that what is only compared is read in pieces. */
const PIECE_BYTES = 32 * 1024;

/** Runs `main`, a file of `folder` as all that it requires by `./`. `require` is Node's, for everything else. */
export function loadCompiled(folder: string, main: string, require: Require, env = process.env): void {
  const cache = cacheFolder(env);
  if (cache === undefined) {
    require(main);
    return;
  }
  const units: Unit[] = [];
  const modules = new Map<string, { exports: unknown }>();
  const load = (name: string): unknown => {
    if (!name.startsWith('./')) return require(name);
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const unit = compile(join(folder, name), cache);
    const module = { exports: {} };
    units.push(unit);
    modules.set(name, module);
    unit.script.runInThisContext()(module.exports, load, module, unit.path, folder);
    return module.exports;
  };
  process.once('exit', (code) => {
    // What is no verb leaves no file behind.
    if (code !== REFUSED) for (const unit of units) keep(unit, cache);
  });
  load(main);
}

/** Undefined where nothing is to be kept, or nobody can say whose a file is: code must not come from others. */
export function cacheFolder(env: NodeJS.ProcessEnv): string | undefined {
  if (process.geteuid === undefined || env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const caches = env.XDG_CACHE_HOME || (env.HOME && join(env.HOME, '.cache'));
  return caches && isAbsolute(caches) ? join(caches, 'batchtool') : undefined;
}

function compile(path: string, cache: string): Unit {
  const { text, source, stamp } = readSource(path);
  const cachedData = compiledCode(path, source, cache);
  // V8 keeps the name with the code, which the same bundle in another place may use.
  const filename = `batchtool/${basename(path)}`;
  // The bundle is plain ASCII, which takes half the room of other text and a third of the time.
  const script = new Script(text.toString('latin1'), cachedData ? { filename, cachedData } : { filename });
  const usedBytes = script.cachedDataRejected === false ? (cachedData?.length ?? 0) : 0;
  return { path, stamp, script, usedBytes };
}

/** A file as the text of a function; `source` is the part that stands in the file. */
function readSource(path: string): { text: Buffer; source: Buffer; stamp: string } {
  const fd = openSync(path, constants.O_RDONLY);
  try {
    const stats = fstatSync(fd);
    const end = OPENING.length + stats.size;
    const text = Buffer.allocUnsafeSlow(end + CLOSING.length);
    text.write(OPENING);
    text.write(CLOSING, end);
    const source = text.subarray(OPENING.length, end);
    if (readSync(fd, source) !== stats.size) throw new Error(`${path} changes while it is read`);
    return { text, source, stamp: stampOf(stats) };
  } finally {
    closeSync(fd);
  }
}

/** Whether a file is still the one that was compiled. */
function stampOf({ size, mtimeMs, ino }: Stats): string {
  return `${size} ${mtimeMs} ${ino}`;
}

/**
 * V8 looks whether it made the data itself, from a text of this length, and no further: damaged data crash it.
 * So a file holds whom it is for, the source, and the data twice, and is believed only if all of that is right.
 */
function compiledCode(path: string, source: Buffer, cache: string): Buffer | undefined {
  try {
    if (!isOurs(lstatSync(cache))) return undefined;
    const fd = openSync(fileFor(path, cache), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const stats = fstatSync(fd);
      const node = nodeStamp();
      const dataBytes = (stats.size - node.length - source.length) / 2;
      if (!isOurs(stats) || !(Number.isInteger(dataBytes) && dataBytes > 0)) return undefined;
      if (!comesNext(fd, node) || !comesNext(fd, source)) return undefined;
      const data = Buffer.allocUnsafeSlow(dataBytes);
      return readSync(fd, data) === dataBytes && comesNext(fd, data) ? data : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

/** Whether the next bytes of a file are these. */
function comesNext(fd: number, expected: Buffer): boolean {
  const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, expected.length));
  for (let at = 0; at < expected.length; ) {
    const next = expected.subarray(at, at + PIECE_BYTES);
    const read = readSync(fd, piece, 0, next.length, null);
    if (read !== next.length || !piece.subarray(0, read).equals(next)) return false;
    at += read;
  }
  return true;
}

/** Whatever stands in the way, a run must not suffer from it. */
function keep({ path, stamp, script, usedBytes }: Unit, cache: string): void {
  if (usedBytes > 0 && process.uptime() < LONG_SECONDS) return;
  const file = fileFor(path, cache);
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    const data = script.createCachedData();
    if (data.length <= usedBytes) return;
    const source = readFileSync(path);
    if (stampOf(statSync(path)) !== stamp) return;
    makeFolder(cache);
    if (!isOurs(lstatSync(cache))) return;
    writeFileSync(temporary, Buffer.concat([nodeStamp(), source, data, data]), {
      flag: 'wx',
      mode: FILE_MODE,
    });
    renameSync(temporary, file);
  } catch {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // It is only a cache.
    }
  }
}

/** With the one around it, but no home: a user without one wants none. */
function makeFolder(cache: string): void {
  const caches = dirname(cache);
  if (!existsSync(caches)) mkdirSync(caches, { mode: FOLDER_MODE });
  mkdirSync(cache, { recursive: true, mode: FOLDER_MODE });
}

function isOurs({ uid, mode }: Stats): boolean {
  return uid === process.geteuid?.() && (mode & CLOSED_TO_OTHERS) === 0;
}

/**
 * One for each verb, which spares all others what one of them uses; and for each Node version, so that two in turn do
 * not undo each other.
 */
function fileFor(path: string, cache: string): string {
  const verb = /^[a-z]+$/.exec(process.argv[2] ?? '')?.[0] ?? '';
  return join(cache, [basename(path), verb, process.version, process.arch].join('-'));
}

/** Two builds of one version may differ in what compiled code refers to. */
function nodeStamp(): Buffer {
  const { size, mtimeMs } = statSync(process.execPath);
  return Buffer.from(`${[process.version, process.arch, process.execPath, size, mtimeMs].join('\n')}\n`);
}
