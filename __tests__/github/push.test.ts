import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { pushCommit } from '../../src/github/push.js';
import { useBench } from '../cli/harness.js';
import { gitIn, Server } from './checkout.js';
import { useGitServer } from './git-server.js';
import { REPOSITORY } from './github-api.js';

const bench = useBench();
const gitServer = useGitServer();
const TOKEN = 'ghs_0123456789';

function checkedOut(first = 'made by a task\n') {
  const here = bench();
  const server = new Server(here);
  server.commit({ 'a.txt': 'one\n' });
  const head = server.commit({ 'a.txt': 'two\n' });
  const folder = here.path('work');
  server.checkOut(head, folder);
  for (const text of [first, 'done\n']) {
    writeFileSync(`${folder}/new.txt`, text);
    gitIn(folder, 'add', '--all');
    gitIn(folder, 'commit', '--quiet', '--message=work');
  }
  const commit = gitIn(folder, 'rev-parse', 'HEAD').trim();
  const env = {
    PATH: process.env.PATH,
    HOME: here.dir,
    GITHUB_SERVER_URL: server.url,
    GITHUB_REPOSITORY: REPOSITORY,
  };
  const isHarmless = (text: string) => !text.includes('hunter2');
  const push = (more: Record<string, string> = {}) =>
    pushCommit(
      { folder, base: head, commit, branch: 'batchtool/r1/result', token: TOKEN, isHarmless },
      { ...env, ...more },
    );
  const there = (ref: string) => gitIn(here.path(REPOSITORY), 'rev-parse', '--verify', '--quiet', ref).trim();
  return { here, folder, commit, push, there };
}

describe('a push', () => {
  it('puts a commit of a shallow checkout onto its branch, and nothing else', async () => {
    const { here, push, there, commit } = checkedOut();
    expect(await push()).toBeUndefined();
    expect(there('refs/heads/batchtool/r1/result')).toBe(commit);
    expect(gitIn(here.path(REPOSITORY), 'for-each-ref', '--format=%(refname)').trim().split('\n')).toEqual([
      'refs/heads/batchtool/r1/result',
      'refs/heads/main',
    ]);
  });

  it('goes where the workflow belongs, whatever tasks have set in the checkout and for the user', async () => {
    const { here, folder, push, there, commit } = checkedOut();
    gitIn(here.dir, 'init', '--quiet', '--bare', 'thief');
    const steal = `[url "file://${here.path('thief')}"]\n\tinsteadOf = file://${here.path(REPOSITORY)}\n`;
    writeFileSync(here.path('.gitconfig'), steal);
    gitIn(folder, 'config', `url.file://${here.path('thief')}.insteadOf`, `file://${here.path(REPOSITORY)}`);
    const hook = `${folder}/.git/hooks/pre-push`;
    writeFileSync(hook, `#!/bin/sh\ntouch ${here.path('hooked')}\n`);
    chmodSync(hook, 0o755);
    expect(await push()).toBeUndefined();
    expect(there('refs/heads/batchtool/r1/result')).toBe(commit);
    expect([existsSync(here.path('hooked')), gitIn(here.path('thief'), 'for-each-ref')]).toEqual([false, '']);
  });

  it('keeps back what holds a masked value, even if a later commit takes it out again', async () => {
    const { push, there } = checkedOut('hunter2\n');
    expect((await push())?.message).toBe('what is to be masked stands in a file');
    expect(() => there('refs/heads/batchtool/r1/result')).toThrow();
  });

  it('says in the words of the server why it was refused', async () => {
    const { here, push } = checkedOut();
    const hook = here.path(REPOSITORY, '.git', 'hooks', 'pre-receive');
    writeFileSync(hook, '#!/bin/sh\necho "Permission to it denied" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    expect((await push())?.message).toContain('Permission to it denied');
  });

  it('says when there is no repository any more', async () => {
    const { here, commit } = checkedOut();
    const lost = { folder: here.path('..'), commit, branch: 'b', token: TOKEN, isHarmless: () => true };
    expect(await pushCommit(lost, { PATH: process.env.PATH, HOME: here.dir })).toEqual({
      message: 'there is no git repository any more',
    });
  });

  it('shows a server the token of the step, and not what a checkout has left for itself', async () => {
    const { here, folder, push, there, commit } = checkedOut();
    const { url, authorizations } = await gitServer(here.dir, TOKEN);
    gitIn(folder, 'config', `http.${url}/.extraheader`, 'AUTHORIZATION: basic bGVmdDpoZXJl');
    expect(await push({ GITHUB_SERVER_URL: url })).toBeUndefined();
    expect(there('refs/heads/batchtool/r1/result')).toBe(commit);
    const basic = `basic ${Buffer.from(`x-access-token:${TOKEN}`).toString('base64')}`;
    expect(new Set(authorizations)).toEqual(new Set([basic]));
  });

  it('asks nobody for a password when a server does not take the token', async () => {
    const { here, push } = checkedOut();
    const { url, authorizations } = await gitServer(here.dir, 'ghs_another');
    const refused = await push({ GITHUB_SERVER_URL: url });
    expect(refused?.message).toMatch(/could not read Username|Authentication failed/);
    expect(refused?.hint).toContain('contents: write');
    expect(authorizations.length).toBeGreaterThan(0);
  });
});
