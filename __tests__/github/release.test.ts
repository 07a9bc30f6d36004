/** What the release workflow asks before it publishes: is the tag what it says it is, and what else will it be called. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROOT } from './step.js';

const repository = mkdtempSync(join(tmpdir(), 'batchtool-release-'));
const CHANGELOG = `# Changelog

## Unreleased

- Not yet.

## 1.2.0 (2026-12-01)

### Added

- Something.

## 1.1.0

- Before.

## 1.0.0

## 0.9.0-rc.1

- A try.
`;

function git(...args: string[]): void {
  const identity = ['-c', 'user.name=x', '-c', 'user.email=x@localhost', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...identity, ...args], { cwd: repository });
}

function version(is: string): void {
  writeFileSync(join(repository, 'package.json'), JSON.stringify({ version: is }));
  git('add', '-A');
  git('commit', '-qm', is);
}

function script(name: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(join(repository, '.ci', name), args, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

beforeAll(() => {
  cpSync(join(ROOT, '.ci'), join(repository, '.ci'), { recursive: true });
  writeFileSync(join(repository, 'CHANGELOG.md'), CHANGELOG);
  git('init', '-q', '-b', 'main');
  version('1.0.0');
});
afterAll(() => rmSync(repository, { recursive: true, force: true }));

/** A commit with that version and its tag, on `main` or beside it. */
function tagged(is: string, branch = 'main'): string {
  git('switch', '-q', ...(branch === 'main' ? [] : ['-c']), branch);
  version(is);
  git('tag', `v${is}`);
  return `v${is}`;
}

const onPosix = process.platform === 'win32' ? describe.skip : describe;

onPosix('the notes of a release', () => {
  it('are what the changelog says below its version', () => {
    expect(script('release-notes', '1.2.0')).toMatchObject({
      status: 0,
      stdout: '### Added\n\n- Something.\n',
    });
    expect(script('release-notes', '1.1.0').stdout).toBe('- Before.\n');
  });

  it.each(['1.0.0', '1.3.0', '1.1', ''])('are refused where it says nothing: %j', (is) => {
    expect(script('release-notes', is)).toEqual({
      status: 1,
      stdout: '',
      stderr: `CHANGELOG.md says nothing below "## ${is}"\n`,
    });
  });
});

onPosix('a tag', () => {
  it('of the newest version is the latest one, and its major version leads to it', () => {
    const tag = tagged('1.2.0');
    expect(script('release-tags', tag, 'main')).toMatchObject({
      status: 0,
      stdout: 'npm-tag=latest\nmoving-tag=v1\n',
    });
  });

  it('of an older version leaves both where they are', () => {
    const tag = tagged('1.1.0');
    expect(script('release-tags', tag, 'main').stdout).toBe('npm-tag=latest-1\nmoving-tag=\n');
  });

  it('of a try before a release is the next one, and nothing leads to it', () => {
    const tag = tagged('0.9.0-rc.1');
    expect(script('release-tags', tag, 'main').stdout).toBe('npm-tag=next\nmoving-tag=\n');
  });

  it.each([
    [
      'that is not the version of package.json',
      () => tagged('1.3.0').replace('3', '2'),
      'package.json says 1.3.0',
    ],
    ['that the changelog does not know', () => tagged('1.4.0'), 'says nothing below "## 1.4.0"'],
    ['of a commit that is not on the branch', () => tagged('2.0.0', 'beside'), 'v2.0.0 is not on main'],
    ['that moves', () => 'v1', 'v1 is not vX.Y.Z'],
    ['that would be a command', () => 'v1.2.0-$(id)', 'is not vX.Y.Z'],
  ])('is refused: one %s', (_, tag: () => string, why) => {
    const { status, stdout, stderr } = script('release-tags', tag(), 'main');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(why);
  });
});
