/** The input `push`: what isolated tasks of a step have changed, on a branch of a real repository. */
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { gitIn, Server } from './checkout.js';
import { REPOSITORY } from './github-api.js';
import { readZip, useServices } from './services.js';
import { noticesOf, type Step, useStep } from './step.js';

const step = useStep();
const services = useServices();
const TASKS = { run: 'echo one > one.txt\necho two > two.txt', isolate: 'worktree', cache: 'false' };

/** A step whose workspace is a shallow checkout of a repository that it may push to. */
function checkedOut(one: Step = step()) {
  const { here } = one;
  const server = new Server(here);
  const head = server.commit({ 'a.txt': 'a\n', '.gitignore': '*\n!*.txt\n!.gitignore\n' });
  server.checkOut(head, here.path('checkout'));
  const env = { GITHUB_SERVER_URL: server.url, GITHUB_REPOSITORY: REPOSITORY };
  const there = (...args: string[]) => gitIn(here.path(REPOSITORY), ...args).trim();
  const run = (inputs: Record<string, string>, more: Record<string, string> = {}) =>
    one.run({ ...TASKS, 'working-directory': 'checkout', ...inputs }, { ...env, ...more });
  return { here, run, there, head };
}

describe('a step with isolated tasks', () => {
  it('pushes what they changed to a branch of its own, and says how it is taken', async () => {
    const { run, there, head } = checkedOut();
    const end = await run({ push: 'branch' });
    const branch = `batchtool/${end.outputs['run-id']}/result`;
    expect([end.code, noticesOf(end)]).toEqual([0, []]);
    expect(end.outputs).toMatchObject({ branch, commit: there('rev-parse', branch) });
    expect(there('ls-tree', '--name-only', branch).split('\n')).toEqual([
      '.gitignore',
      'a.txt',
      'one.txt',
      'two.txt',
    ]);
    expect([
      there('rev-parse', 'main'),
      there('branch', '--format=%(refname:short)').split('\n').length,
    ]).toEqual([head, 2]);
    expect(end.summary).toContain(`git fetch origin ${branch} && git merge FETCH_HEAD`);
  });

  it('pushes nothing unasked, and says that the branch is gone with the machine', async () => {
    const { run, there } = checkedOut();
    const end = await run({});
    expect([end.code, there('branch', '--format=%(refname:short)')]).toEqual([0, 'main']);
    expect(end.outputs.branch).toContain('/result');
    expect(end.summary).toMatch(/on the machine of the job only: with \S+push: branch\S+ it is pushed\.\n/);
  });

  it('is as green as its tasks when the push is refused', async () => {
    const { run } = checkedOut();
    const end = await run({ push: 'branch' }, { GITHUB_REPOSITORY: 'org/nothing' });
    expect([end.code, end.outputs.status]).toEqual([0, 'succeeded']);
    expect(end.summary).toMatch(/on the machine of the job only, for it is not pushed\.\n/);
    expect(noticesOf(end).join()).toMatch(
      /the branch batchtool\/\S+ is not pushed: .*\n {2}hint: the job needs "permissions: /,
    );
  });

  it('pushes nothing that holds a masked value', async () => {
    const { here, run, there } = checkedOut();
    writeFileSync(here.path('secret'), 'correct horse battery');
    const end = await run({
      push: 'branch',
      run: 'cp "$HOME/secret" s.txt',
      mask: 'correct horse battery',
    });
    expect(there('branch', '--format=%(refname:short)')).toBe('main');
    expect(noticesOf(end).join()).toContain('what is to be masked stands in a file');
  });

  it('keeps patches in the artifact, and says so or how', async () => {
    const service = await services();
    const { run } = checkedOut();
    const env = { ...service.env, GITHUB_SERVER_URL: 'https://github.com' };
    const without = await run({}, env);
    expect(without.summary).toMatch(/it is pushed\. With \S+artifact: always\S+ the patches are kept\.\n/);
    const end = await run({ artifact: 'always' }, env);
    expect(end.summary).toContain('The patches are in the artifact of the run, if it could be kept.');
    expect([noticesOf(end), service.artifacts.length]).toEqual([[], 1]);
    const names = service.artifacts.flatMap(({ bytes }) => [...readZip(bytes).keys()]);
    expect(names.filter((name) => name.endsWith('.patch')).sort()).toEqual([
      'tasks/1.1.patch',
      'tasks/2.1.patch',
      'tasks/integrate.1.patch',
    ]);
  });
});
