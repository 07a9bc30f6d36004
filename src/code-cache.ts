/**
 * Loads the bundle with what V8 made of it at an earlier start: to compile it anew takes a third of a short run.
 * It comes before the bundle and is no part of it: scripts/bundle.mjs makes the entry of it.
 */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
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
const PARAMETERS = 'exports, require, module, __filename, __dirname';

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
  process.once('exit', () => {
    for (const unit of units) keep(unit, cache);
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
  const stamp = stampOf(path);
  const source = readFileSync(path);
  const cachedData = compiledCode(path, source, cache);
  // The bundle is plain ASCII, which takes half the room of other text and a third of the time.
  const text = `(function (${PARAMETERS}) { ${source.toString('latin1')}\n})`;
  // V8 keeps the name with the code, which the same bundle in another place may use.
  const filename = `batchtool/${basename(path)}`;
  const script = new Script(text, cachedData ? { filename, cachedData } : { filename });
  const usedBytes = script.cachedDataRejected === false ? (cachedData?.length ?? 0) : 0;
  return { path, stamp, script, usedBytes };
}

/** Whether a file is still the one that was compiled. */
function stampOf(path: string): string {
  const { size, mtimeMs, ino } = statSync(path);
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
      if (!isOurs(fstatSync(fd))) return undefined;
      const bytes = readFileSync(fd);
      const head = headFor(source);
      if (!bytes.subarray(0, head.length).equals(head)) return undefined;
      const middle = (head.length + bytes.length) / 2;
      const data = bytes.subarray(head.length, middle);
      return data.equals(bytes.subarray(middle)) ? data : undefined;
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
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
    if (stampOf(path) !== stamp) return;
    mkdirSync(cache, { recursive: true, mode: FOLDER_MODE });
    if (!isOurs(lstatSync(cache))) return;
    writeFileSync(temporary, Buffer.concat([headFor(source), data, data]), { flag: 'wx', mode: FILE_MODE });
    renameSync(temporary, file);
  } catch {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // It is only a cache.
    }
  }
}

function isOurs({ uid, mode }: Stats): boolean {
  return uid === process.geteuid?.() && (mode & CLOSED_TO_OTHERS) === 0;
}

/** One for each Node version, so that two in turn do not undo each other. */
function fileFor(path: string, cache: string): string {
  return join(cache, `${basename(path)}-${process.version}-${process.arch}`);
}

/** Two builds of one version may differ in what compiled code refers to. */
function headFor(source: Buffer): Buffer {
  const { size, mtimeMs } = statSync(process.execPath);
  const node = [process.version, process.arch, process.execPath, size, mtimeMs].join('\n');
  return Buffer.concat([Buffer.from(`${node}\n`), source]);
}
