import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { baseBranch, cacheKeys, hasArtifacts, hasCache, mayKeep } from '../../src/github/place.js';

const ON_MAIN = {
  GITHUB_REF: 'refs/heads/main',
  GITHUB_RUN_ID: '100',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_WORKFLOW_REF: 'o/r/.github/workflows/ci.yml@refs/heads/main',
  GITHUB_JOB: 'checks',
  GITHUB_ACTION: 'batchtool',
  RUNNER_OS: 'Linux',
  RUNNER_ARCH: 'X64',
};
const ON_PULL_REQUEST = {
  ...ON_MAIN,
  GITHUB_REF: 'refs/pull/7/merge',
  GITHUB_BASE_REF: 'main',
  GITHUB_HEAD_REF: 'main',
  GITHUB_WORKFLOW_REF: 'o/r/.github/workflows/ci.yml@refs/pull/7/merge',
};
const NAMES = ['checks', '', 'null'];
const [main, pull] = [cacheKeys(ON_MAIN, NAMES), cacheKeys(ON_PULL_REQUEST, NAMES)];

describe('the names of cache entries', () => {
  it('lead a pull request to the runs of its base, and to its own', () => {
    expect(pull.base).toBe(main.branch);
    expect(main.own.startsWith(pull.base)).toBe(true);
    expect(pull.own.startsWith(pull.branch)).toBe(true);
  });

  it('take no pull request for its base, though a fork calls its branch the same', () => {
    expect(pull.own.startsWith(pull.base)).toBe(false);
  });

  it('lead everywhere in the end', () => {
    for (const key of [main.own, pull.own]) expect(key.startsWith(pull.any)).toBe(true);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['job', { GITHUB_JOB: 'other' }, NAMES],
    ['step', { GITHUB_ACTION: 'batchtool_2' }, NAMES],
    ['system', { RUNNER_OS: 'macOS' }, NAMES],
    ['machine', { RUNNER_ARCH: 'ARM64' }, NAMES],
    ['workflow', { GITHUB_WORKFLOW_REF: 'o/r/.github/workflows/b.yml@refs/heads/main' }, NAMES],
    ['run', {}, ['other', '', 'null']],
    ['folder', {}, ['checks', 'web', 'null']],
    ['leg of a matrix', {}, ['checks', '', '{"node":24}']],
  ])('do not lead to another %s', (_, change, names) => {
    const other = cacheKeys({ ...ON_MAIN, ...change }, names);
    expect(main.own.startsWith(other.any)).toBe(false);
  });

  it('are never the same twice, and no branch is the beginning of another', () => {
    const again = cacheKeys({ ...ON_MAIN, GITHUB_RUN_ATTEMPT: '2' }, NAMES);
    const longer = cacheKeys({ ...ON_MAIN, GITHUB_REF: 'refs/heads/main-2' }, NAMES);
    expect(again.own).not.toBe(main.own);
    expect(longer.own.startsWith(main.branch)).toBe(false);
  });

  it('are such as GitHub takes, whatever the names', () => {
    const odd = cacheKeys({ ...ON_MAIN, GITHUB_REF: 'x,'.repeat(999) }, ['a,b'.repeat(999)]);
    expect(odd.own).toMatch(/^[\w-]{1,512}$/);
  });
});

describe('the base branch', () => {
  it('is what a pull request goes into', () => {
    expect(baseBranch(ON_PULL_REQUEST)).toBe('main');
  });

  it('is else the default branch, as the event has it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'batchtool-test-'));
    const event = join(folder, 'event.json');
    writeFileSync(event, '{"repository":{"default_branch":"trunk"}}');
    expect(baseBranch({ GITHUB_BASE_REF: '', GITHUB_EVENT_PATH: event })).toBe('trunk');
    writeFileSync(event, '{"repository":{"default_branch":7}}');
    expect(baseBranch({ GITHUB_EVENT_PATH: event })).toBeUndefined();
    rmSync(folder, { recursive: true });
  });

  it('is unknown where nobody says it; then a branch is its own base', () => {
    expect(baseBranch({})).toBeUndefined();
    expect(main.base).toBe(main.branch);
  });
});

describe('services', () => {
  const token = { ACTIONS_RUNTIME_TOKEN: 't', ACTIONS_RESULTS_URL: 'https://x/' };

  it('are there when the runner says so', () => {
    expect([hasCache({ ...token, ACTIONS_CACHE_SERVICE_V2: 'true' }), hasArtifacts(token)]).toEqual([
      true,
      true,
    ]);
    expect(hasCache({ ACTIONS_RUNTIME_TOKEN: 't', ACTIONS_CACHE_URL: 'https://x/' })).toBe(true);
    expect([hasCache({}), hasCache(token), hasArtifacts({})]).toEqual([false, false, false]);
  });

  it.each(['pull_request_target', 'issue_comment', 'workflow_run'])(
    'keep nothing of what strangers can cause with the rights of the base branch: %s',
    (event) => {
      expect(mayKeep({ GITHUB_EVENT_NAME: event })).toBe(false);
      expect(mayKeep({ GITHUB_EVENT_NAME: event, ACTIONS_CACHE_MODE: 'write' })).toBe(false);
    },
  );

  it('keep nothing where the workflow says that the cache is only read', () => {
    const modes = ['', 'write', 'write-only', 'read', 'none'];
    expect(modes.filter((mode) => mayKeep({ GITHUB_EVENT_NAME: 'push', ACTIONS_CACHE_MODE: mode }))).toEqual([
      '',
      'write',
      'write-only',
    ]);
  });
});
