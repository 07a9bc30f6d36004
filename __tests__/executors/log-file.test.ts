import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LogFile } from '../../src/executors/log-file.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'batchtool-test-'));
  path = join(folder, 't', '1.log');
  mkdirSync(join(folder, 't'));
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('a log', () => {
  test('belongs to its owner alone', () => {
    new LogFile(path).close();
    expect(statSync(path).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600);
  });

  test('knows how long it is, whoever writes', () => {
    const log = new LogFile(path);
    writeSync(log.fd, 'abc');
    log.write(Buffer.from('de'));
    expect(log.bytes()).toBe(5);
    expect(log.close()).toBe(5);
  });

  test('that was deleted is there again when it is closed', () => {
    const log = new LogFile(path);
    log.write(Buffer.alloc(200_000, 'x'));
    rmSync(path);
    log.write(Buffer.from('end'));
    log.close();
    expect(readFileSync(path, 'utf8')).toBe(`${'x'.repeat(200_000)}end`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('whose folder was deleted is there again too', () => {
    const log = new LogFile(path);
    log.write(Buffer.from('abc'));
    rmSync(join(folder, 't'), { recursive: true });
    log.close();
    expect(readFileSync(path, 'utf8')).toBe('abc');
    expect(existsSync(`${path}.restored`)).toBe(false);
  });

  test('stays away when the run around it was deleted', () => {
    const deep = join(folder, 'run', 'tasks', '1.log');
    mkdirSync(join(folder, 'run', 'tasks'), { recursive: true });
    const log = new LogFile(deep);
    log.write(Buffer.from('abc'));
    rmSync(join(folder, 'run'), { recursive: true });
    expect(log.close()).toBe(3);
    expect(existsSync(join(folder, 'run'))).toBe(false);
  });
});
