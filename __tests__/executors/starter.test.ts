import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Exit } from '../../src/core/exit.js';
import { PipedSink } from '../../src/executors/piped-sink.js';
import { DirectSink } from '../../src/executors/sink.js';
import { startProcess } from '../../src/executors/start-process.js';
import type { Start, Starter } from '../../src/executors/starter.js';
import type { Variables } from '../../src/executors/variables.js';
import { readyForkServer } from './ready-fork-server.js';

jest.setTimeout(30_000);

const onPosix = process.platform === 'win32' ? describe.skip : describe;
const onLinux = process.platform === 'linux' ? describe : describe.skip;

let folder: string;
let count = 0;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'batchtool-test-')));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Parts extends Partial<Omit<Start, 'env'>> {
  readonly base?: Variables;
  readonly own?: Variables;
}

interface Ended {
  readonly exit: Exit;
  readonly output: string;
  /** Undefined if it never became a process. */
  readonly pid: number | undefined;
}

const BASE: Variables = { PATH: process.env.PATH ?? '', HOME: '/root' };

/** Runs one process to its end. */
function through(starter: Starter, text: string, parts: Parts = {}): Promise<Ended> {
  const { base = BASE, own = {}, ...rest } = parts;
  const log = join(folder, `${++count}.log`);
  const sink = new DirectSink(log);
  const start = { file: 'sh', args: ['-c', text], cwd: folder, env: { base, own }, sink, ...rest };
  return new Promise((resolve) => {
    let pid: number | undefined;
    starter.start(start, {
      started: (number) => {
        pid = number;
      },
      ended: (exit) => {
        sink.finish();
        resolve({ exit, pid, output: readFileSync(log, 'utf8') });
      },
    });
  });
}

const plain: Starter = { start: startProcess, close: () => undefined };

/** What holds for everything that starts processes. */
function keepsTheContract(makeStarter: () => Promise<Starter>): void {
  let starter: Starter;

  beforeEach(async () => {
    starter = await makeStarter();
  });

  afterEach(() => starter.close());

  test.each([
    ['exit 0', { kind: 'code', code: 0 }],
    ['exit 255', { kind: 'code', code: 255 }],
    ['kill -KILL $$', { kind: 'signal', signal: 'SIGKILL' }],
    ['kill -ABRT $$', { kind: 'signal', signal: 'SIGABRT' }],
    ['kill -USR2 $$', { kind: 'signal', signal: 'SIGUSR2' }],
  ] as const)('%s is %j', async (text, exit) => {
    expect((await through(starter, text)).exit).toEqual(exit);
  });

  test('it leads a group and a session of its own', async () => {
    const { output, pid } = await through(starter, 'ps -o pgid=,sess= -p $$');
    expect(output.trim().split(/\s+/).map(Number)).toEqual([pid, pid]);
  });

  test('its arguments arrive as they are', async () => {
    const args = [
      '-c',
      'printf "<%s>" "$@"',
      'sh',
      '',
      'a b',
      'line\nline',
      '10\n',
      'ä€😀',
      '$(x) `y` @z %s \\0',
      '-',
    ];
    const { output } = await through(starter, '', { args });
    expect(output).toBe(
      args
        .slice(3)
        .map((argument) => `<${argument}>`)
        .join(''),
    );
  });

  test('its variables are the base and its own, which win, and no others', async () => {
    const base = { ...BASE, A: 'base', EMPTY: '', LINES: 'a\nb\n', UTF8: 'ä€😀', WEIRD: '=$x`y`@z\\' };
    const own = { A: 'own', 'dotted.name': '1', LAST: '' };
    const { output } = await through(starter, '', { file: 'env', args: ['-0'], base, own });
    const lines = output.split('\0').slice(0, -1);
    const all: Variables = { ...base, ...own };
    expect(lines.sort()).toEqual(
      Object.keys(all)
        .map((name) => `${name}=${all[name]}`)
        .sort(),
    );
  });

  test('those of one do not reach the next, whose base may be another', async () => {
    await through(starter, 'true', { own: { ONLY: '1' } });
    expect((await through(starter, 'echo "$ONLY"')).output).toBe('\n');
    const next = await through(starter, 'echo "$HOME $B"', { base: { PATH: BASE.PATH as string, B: '2' } });
    expect(next.output).toBe(' 2\n');
  });

  test('the program is looked for on its own PATH', async () => {
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'mine'), '#!/bin/sh\necho found', { mode: 0o755 });
    const { output } = await through(starter, '', {
      file: 'mine',
      args: [],
      own: { PATH: join(folder, 'bin') },
    });
    expect(output).toBe('found\n');
  });

  test('what is written to both streams is appended, in order', async () => {
    const { output } = await through(starter, 'echo a; echo b >&2; echo c; echo d >> /dev/stderr');
    expect(output).toBe('a\nb\nc\nd\n');
  });

  test.each([
    ['the folder is missing', { cwd: '/not/there' }, 'the folder /not/there does not exist'],
    ['the folder is a file', { cwd: '/etc/passwd' }, '/etc/passwd is not a folder'],
    ['there is no such program', { file: 'not-there' }, 'the program not-there is not on PATH'],
    ['there is no such path', { file: './not-there' }, 'the program ./not-there does not exist'],
    [
      'the program may not be executed',
      { file: '/etc/passwd', cwd: '/' },
      '/etc/passwd may not be executed, or the folder / may not be entered',
    ],
    [
      'a variable is too long',
      { own: { A: 'x'.repeat(3_000_000) } },
      'the variables and arguments are too long for this system (see env: and --env)',
    ],
  ])('%s: it says so', async (_, parts, message) => {
    expect(await through(starter, 'true', parts)).toMatchObject({
      exit: { kind: 'spawn-error', message },
      output: '',
    });
  });

  test('many at once end each as they do', async () => {
    const codes = Array.from({ length: 60 }, (_, index) => index % 7);
    const ended = await Promise.all(codes.map((code) => through(starter, `echo ${code}; exit ${code}`)));
    expect(ended.map(({ exit, output }) => [exit, output])).toEqual(
      codes.map((code) => [{ kind: 'code', code }, `${code}\n`]),
    );
    expect(new Set(ended.map(({ pid }) => pid)).size).toBe(codes.length);
  });
}

onPosix('a process that Node starts', () => {
  keepsTheContract(async () => plain);
});

onLinux('a process that the fork server starts', () => {
  keepsTheContract(readyForkServer);

  // Its number, and those of its parent, differ; so does what it has used up.
  const LOOK = [
    'readlink /proc/self/fd/*',
    'grep -E "^(Sig|Shd|Cap|Seccomp|NoNewPrivs|Groups|Uid|Gid|Cpus_allowed_list)" /proc/self/status | grep -v SigQ',
    'umask; ulimit -a; pwd; nice; cat /proc/$$/oom_score_adj; tr "\\0" "\\n" < /proc/$$/cmdline; cat /proc/$$/comm',
    'cut -d" " -f7,8 /proc/$$/stat; env | sort',
  ].join('\n');

  test('is not for one whose stdout and stderr are two pipes', async () => {
    const server = await readyForkServer();
    const intake = () => ({ push: (chunk: Buffer) => chunk, end: () => Buffer.alloc(0) });
    const sink = new PipedSink({ log: join(folder, 'log'), intake });
    const start = { file: 'true', args: [], cwd: folder, env: { base: BASE, own: {} }, sink };
    expect(server.carries(start)).toBe(false);
    server.close();
    await sink.finish();
  });

  test('finds the world as one does that Node starts', async () => {
    const server = await readyForkServer();
    const [ours, theirs] = [await through(server, LOOK), await through(plain, LOOK)];
    server.close();
    const [found, expected] = [ours, theirs].map(({ output }) => output.replace(/\d+\.log/g, 'log'));
    expect(found).toBe(expected);
    expect(found).toMatch(/^\/dev\/null\n.*\/log\n.*\/log\n/);
  });
});
