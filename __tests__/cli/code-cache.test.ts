import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Bench, CLI, useBench } from './harness.js';

const newBench = useBench();

/** Texts of the same length, which is all of a text that V8 looks at. */
const [FIRST, OTHER] = ["console.log('first')", "console.log('other')"] as const;

/** The entry of the bundle before a bundle of two files of its own. */
class Small {
  readonly here: Bench = newBench();
  readonly env: Record<string, string | undefined> = { XDG_CACHE_HOME: this.here.path('caches') };
  readonly caches = this.here.path('caches', 'batchtool');

  constructor() {
    mkdirSync(this.here.path('bundle'));
    copyFileSync(CLI, this.here.path('bundle', 'index.js'));
    copyFileSync(join(dirname(CLI), 'package.json'), this.here.path('bundle', 'package.json'));
    this.here.write('bundle/main.js', "require('./part.js'); console.log(require('node:path').sep);");
    this.here.write('bundle/part.js', FIRST);
  }

  async says(words: readonly string[] = []): Promise<string> {
    const { code, stdout, stderr } = await this.here.run(words, {
      env: this.env,
      cli: this.here.path('bundle', 'index.js'),
    });
    return `${code} ${stdout}${stderr}`;
  }

  /** The file that holds what was made of `part.js`. */
  get file(): string {
    const name = readdirSync(this.caches).find((each) => each.startsWith('part.js'));
    return join(this.caches, name ?? 'part.js is not there');
  }

  change(change: (bytes: Buffer) => Buffer): void {
    writeFileSync(this.file, change(readFileSync(this.file)));
  }

  kept(): string[] {
    return this.here.has('caches', 'batchtool') ? readdirSync(this.caches) : [];
  }
}

const FIRST_SAID = '0 first\n/\n';

(process.platform === 'win32' ? describe.skip : describe)('the code cache', () => {
  it('keeps what V8 made of each file that was loaded, for its owner alone', async () => {
    const small = new Small();
    expect(await small.says()).toBe(FIRST_SAID);
    expect(small.kept()).toHaveLength(2);
    expect([statSync(small.caches).mode & 0o777, statSync(small.file).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  it('keeps for each verb what that uses, and nothing for what is refused', async () => {
    const small = new Small();
    small.here.write('bundle/part.js', `${FIRST}; if (process.argv[2] === 'no') process.exitCode = 2`);
    for (const words of [['status', 'nightly'], ['run', '--', 'no'], ['../no'], ['no']])
      await small.says(words);
    const verbs = small.kept().map((name) => /^(?:main|part)\.js-([^-]*)-v/.exec(name)?.[1]);
    expect(verbs.sort()).toEqual(['', '', 'run', 'run', 'status', 'status']);
  });

  it('is taken over at the next start, and left as it is', async () => {
    const small = new Small();
    await small.says();
    // Compiled code of one text under the name of the other: the code is what runs.
    small.here.write('bundle/part.js', OTHER);
    small.change((bytes) => Buffer.from(bytes.toString('latin1').replace(FIRST, OTHER), 'latin1'));
    const { ino } = statSync(small.file);
    expect(await small.says()).toBe(FIRST_SAID);
    expect(statSync(small.file).ino).toBe(ino);
  });

  it('is made anew when the file of the bundle has changed, be it as long as before', async () => {
    const small = new Small();
    await small.says();
    small.here.write('bundle/part.js', OTHER);
    expect(await small.says()).toBe('0 other\n/\n');
    expect(readFileSync(small.file, 'latin1')).toContain(OTHER);
  });

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['is empty', () => Buffer.alloc(0)],
    ['is something else', () => Buffer.from('something else')],
    ['is cut off', (bytes) => bytes.subarray(0, -100)],
    ['has lost its data', (bytes) => bytes.subarray(0, bytes.indexOf(FIRST) + FIRST.length)],
    ['has zeros at its end', (bytes) => bytes.fill(0, bytes.length - 100)],
    ['has a wrong bit in its data', (bytes) => flip(bytes, bytes.length - 150)],
    ['has a wrong bit in front', (bytes) => flip(bytes, 1)],
    ['is of another V8', (bytes) => flip(flip(bytes, dataAt(bytes) + 4), middleOf(bytes) + 4)],
  ])('changes nothing when a file %s, and is mended', async (_, damage) => {
    const small = new Small();
    await small.says();
    const good = readFileSync(small.file);
    small.change((bytes) => damage(Buffer.from(bytes)));
    expect(await small.says()).toBe(FIRST_SAID);
    expect(readFileSync(small.file).length).toBe(good.length);
    expect(await small.says()).toBe(FIRST_SAID);
  });

  it('is not believed where others could have written', async () => {
    const small = new Small();
    await small.says();
    small.here.write('bundle/part.js', OTHER);
    small.change((bytes) => Buffer.from(bytes.toString('latin1').replace(FIRST, OTHER), 'latin1'));
    chmodSync(small.file, 0o620);
    expect(await small.says()).toBe('0 other\n/\n');
  });

  it('is neither read nor written in a folder that is open to others', async () => {
    const small = new Small();
    mkdirSync(small.caches, { recursive: true });
    chmodSync(small.caches, 0o755);
    expect(await small.says()).toBe(FIRST_SAID);
    expect(small.kept()).toEqual([]);
  });

  it('does not follow links', async () => {
    const small = new Small();
    await small.says();
    renameSync(small.caches, small.here.path('elsewhere'));
    symlinkSync(small.here.path('elsewhere'), small.caches);
    small.here.write('bundle/part.js', OTHER);
    expect(await small.says()).toBe('0 other\n/\n');
    expect(readFileSync(small.file, 'latin1')).toContain(FIRST);
  });

  it.each([
    ['there is no home', { XDG_CACHE_HOME: undefined, HOME: undefined }],
    ['the folder is a relative one', { XDG_CACHE_HOME: 'caches' }],
    ['the folder cannot be made', { XDG_CACHE_HOME: '/dev/null' }],
    ['Node is told to keep nothing', { NODE_DISABLE_COMPILE_CACHE: '1' }],
  ])('is left out when %s', async (_, env) => {
    const small = new Small();
    Object.assign(small.env, env);
    expect(await small.says()).toBe(FIRST_SAID);
    expect(small.kept()).toEqual([]);
  });

  it('lies in the home of the user by default', async () => {
    const small = new Small();
    small.env.XDG_CACHE_HOME = undefined;
    await small.says();
    expect(readdirSync(small.here.path('.cache', 'batchtool'))).toHaveLength(2);
  });

  it('makes no home for a user who has none', async () => {
    const small = new Small();
    Object.assign(small.env, { XDG_CACHE_HOME: undefined, HOME: small.here.path('nowhere') });
    expect(await small.says()).toBe(FIRST_SAID);
    expect(small.here.has('nowhere')).toBe(false);
  });

  it('serves many that start at once', async () => {
    const small = new Small();
    const said = await Promise.all(Array.from({ length: 8 }, () => small.says()));
    expect(new Set(said)).toEqual(new Set([FIRST_SAID]));
    expect(small.kept()).toHaveLength(2);
  });

  it('runs the real program as well', async () => {
    const here = newBench();
    const env = { XDG_CACHE_HOME: here.path('caches') };
    for (let start = 0; start < 3; start++)
      expect(await here.run(['run', '--output', 'quiet', 'exit 3'], { env })).toMatchObject({ code: 1 });
  });
});

function flip(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ 0x55;
  return bytes;
}

function dataAt(bytes: Buffer): number {
  return bytes.indexOf(FIRST) + FIRST.length;
}

function middleOf(bytes: Buffer): number {
  return (dataAt(bytes) + bytes.length) / 2;
}
