/** Who may run what, on events that anybody can cause: real repositories, and a stand-in for GitHub that knows people. */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Files, gitIn, putFiles, Server } from './checkout.js';
import { eventEnv, issueComment, pullRequest } from './events.js';
import { REPOSITORY, type Scripted, useGitHubApi } from './github-api.js';
import { errorsOf, type Inputs, type StepEnded, seen, useStep } from './step.js';

const step = useStep();
const githubApi = useGitHubApi();

const ASK_AGENT = { run: "flowx sparc run code 'write a file' --non-interactive" };
const PROGRAM = '#!/bin/sh\necho an agent ran\n';
const STRANGER_EVENTS = [
  'pull_request_target',
  'issue_comment',
  'issues',
  'discussion_comment',
  'workflow_run',
] as const;

function payloadOf(event: string) {
  if (event.startsWith('pull_request')) return pullRequest({ fork: true });
  return event === 'workflow_run' ? { workflow_run: { head_branch: 'topic' } } : issueComment('/run');
}

function installProgram(folder: string, name: string): void {
  putFiles(folder, { [name]: PROGRAM });
  chmodSync(join(folder, name), 0o755);
}

/** Of everything that a step on such an event meets: the API, its variables, and a runner for agents. */
async function onEvent(event: string, payload = payloadOf(event)) {
  const [api, made] = [await githubApi(), step()];
  const { here } = made;
  const installed = step().here;
  installProgram(installed.dir, 'flowx');
  const env = { ...eventEnv(here, event, payload, api), PATH: `${installed.dir}:${process.env.PATH}` };
  const run = (inputs: Inputs, more: Record<string, string> = {}): Promise<StepEnded> =>
    made.run({ comment: 'never', ...inputs }, { ...env, ...more });
  return { api, here, run };
}

/** What was said of why nothing was started; empty if something was. */
function refusals(end: StepEnded): string[] {
  const errors = errorsOf(end).filter(
    ({ properties }) => properties.title === 'batchtool: nothing was started',
  );
  if (errors.length > 0) expect([end.code, end.outputs, end.log.groups]).toEqual([1, {}, []]);
  return errors.map(({ data }) => data);
}

describe('an agent', () => {
  it.each(STRANGER_EVENTS)('is refused to a stranger on %s', async (event) => {
    const { api, here, run } = await onEvent(event);
    api.permissions.someone = 'read';
    const end = await run(ASK_AGENT);
    expect(refusals(end)).toEqual([
      expect.stringMatching(
        `^input trusted-only: on ${event}, agents \\(task 1\\) are for people who may write to org/repo; someone may not`,
      ),
    ]);
    expect(here.has('.batchtool')).toBe(false);
  });

  it.each([
    ['a fork', pullRequest({ fork: true })],
    [
      'a fork that is gone',
      { pull_request: { head: { repo: null }, base: { repo: { full_name: 'org/repo' } } } },
    ],
    ['what cannot be read', {}],
  ])('is refused to %s', async (_, payload) => {
    const { api, run } = await onEvent('pull_request', payload);
    api.permissions.someone = 'none';
    expect(refusals(await run(ASK_AGENT))).toHaveLength(1);
  });

  it('is refused as a prompt in a plan too', async () => {
    const { api, run } = await onEvent('issue_comment');
    api.permissions.someone = 'read';
    const plan = 'tasks:\n  write: {prompt: "write a file"}\n';
    expect(refusals(await run({ plan }))).toEqual([expect.stringContaining('agents (task write)')]);
  });

  it.each(['write', 'admin'])('is for who may %s', async (permission) => {
    const { api, run } = await onEvent('issue_comment');
    api.permissions.someone = permission;
    const end = await run(ASK_AGENT);
    expect([refusals(end), end.code]).toEqual([[], 0]);
    expect(seen(end)).toContain('an agent ran');
    expect(api.requests()).toEqual(['GET /repos/org/repo/collaborators/someone/permission']);
  });

  it.each([
    ['somebody else had it done again', { GITHUB_TRIGGERING_ACTOR: 'stranger' }],
    ['it was somebody else who began', { GITHUB_ACTOR: 'stranger' }],
  ])('is for nobody if one of two may not: %s', async (_, env) => {
    const { api, run } = await onEvent('pull_request_target');
    Object.assign(api.permissions, { someone: 'admin', stranger: 'read' });
    expect(refusals(await run(ASK_AGENT, env))).toEqual([expect.stringContaining('stranger may not')]);
  });

  it('is refused if the run before was a stranger’s', async () => {
    const payload = { workflow_run: { actor: { login: 'stranger' }, head_branch: 'topic' } };
    const { api, run } = await onEvent('workflow_run', payload);
    Object.assign(api.permissions, { someone: 'admin', stranger: 'read' });
    expect(refusals(await run(ASK_AGENT))).toEqual([expect.stringContaining('stranger may not')]);
  });

  it.each<[string, Scripted | undefined, Inputs, Record<string, string>]>([
    ['an app, whom GitHub does not know', undefined, {}, { GITHUB_ACTOR: 'renovate[bot]' }],
    ['the token may not ask', { to: /./, status: 403, message: 'Resource not accessible' }, {}, {}],
    ['the service fails', { to: /./, status: 500 }, {}, {}],
    ['the service is not there', undefined, {}, { GITHUB_API_URL: 'http://127.0.0.1:9' }],
    ['there is no token', undefined, { 'github-token': '' }, {}],
    ['nobody is named', undefined, {}, { GITHUB_ACTOR: '', GITHUB_TRIGGERING_ACTOR: '' }],
    ['the answer is nonsense', { to: /./, status: 200, message: 'admin' }, {}, {}],
  ])('is refused where nobody knows who may: %s', async (_, script, inputs, env) => {
    const { api, run } = await onEvent('issue_comment');
    api.permissions.someone = 'admin';
    if (script !== undefined) api.scripted.push(script);
    const [refusal, ...more] = refusals(await run({ ...ASK_AGENT, ...inputs }, env));
    expect(more).toEqual([]);
    expect(refusal).toMatch(/^input trusted-only: .*"trusted-only: false" lets anybody/s);
  });

  it.each([
    ['trusted-only: false', 'issue_comment', undefined, { 'trusted-only': 'false' }],
    ['a push', 'push', { ref: 'refs/heads/main' }, {}],
    ['a pull request of a branch here', 'pull_request', pullRequest(), {}],
  ])('is started without a question: %s', async (_, event, payload, inputs: Inputs) => {
    const { api, run } = await onEvent(event, payload);
    const end = await run({ ...ASK_AGENT, ...inputs });
    expect([refusals(end), end.code, api.requests()]).toEqual([[], 0, []]);
  });

  it('is shown in a dry run, which starts nothing', async () => {
    const { run } = await onEvent('issue_comment');
    expect((await run({ ...ASK_AGENT, 'dry-run': 'true' })).outputs).toEqual({ status: 'planned' });
  });
});

describe('a secret', () => {
  it.each<[string, Inputs, Record<string, string>]>([
    ['that pass-env names', { 'pass-env': 'PLAIN' }, { PLAIN: 'a value' }],
    ['that the command line passes', { run: "batchtool run --pass-env PLAIN 'true'" }, { PLAIN: 'a value' }],
    ['that is given by env', { env: 'PLAIN_TOKEN=a-value' }, {}],
    ['that the step has, and all tasks would get', {}, { PLAIN_TOKEN: 'a-value' }],
  ])('is refused to a stranger: one %s', async (_, inputs, env) => {
    const { api, run } = await onEvent('issue_comment');
    api.permissions.someone = 'read';
    const [refusal, ...more] = refusals(await run({ run: 'true', ...inputs }, env));
    expect(more).toEqual([]);
    expect(refusal).toMatch(/secrets \(PLAIN(_TOKEN)?\) are for people who may write/);
  });

  it('is none where it is empty, as all are for a fork', async () => {
    const { api, run } = await onEvent('pull_request', pullRequest({ fork: true }));
    const end = await run({ run: 'true', 'pass-env': 'NPM_TOKEN' }, { NPM_TOKEN: '', OTHER_TOKEN: '' });
    expect([refusals(end), end.code, api.requests()]).toEqual([[], 0, []]);
  });

  it('goes to who may write', async () => {
    const { api, run } = await onEvent('issue_comment');
    api.permissions.someone = 'write';
    const end = await run({ run: 'echo "$PLAIN" | wc -c', 'pass-env': 'PLAIN' }, { PLAIN: 'a value' });
    expect(seen(end)).toContain('8');
  });
});

describe('commands', () => {
  it.each(['issue_comment', 'pull_request_target', 'pull_request'])(
    'run for strangers on %s',
    async (event) => {
      const { api, run } = await onEvent(event);
      const end = await run({ run: 'echo done' });
      expect([refusals(end), end.code, api.requests()]).toEqual([[], 0, []]);
    },
  );
});

/** A base branch and what a stranger made of it, one of them checked out where the step works. */
async function onProposal(
  base: Files,
  proposed: Files,
  more: { event?: string; checkedOut?: 'base' | 'proposal' } = {},
) {
  const { event = 'pull_request_target', checkedOut = 'proposal' } = more;
  const server = new Server(step().here);
  const baseCommit = server.commit(base);
  const proposal = server.propose(proposed);
  const on = await onEvent(
    event,
    event === 'issue_comment' ? issueComment('/run') : pullRequest({ fork: true, base: baseCommit }),
  );
  on.api.permissions.someone = 'admin';
  server.checkOut(checkedOut === 'base' ? baseCommit : proposal, on.here.dir);
  const env = { GITHUB_SERVER_URL: server.url, GITHUB_SHA: event === 'pull_request' ? proposal : baseCommit };
  return {
    ...on,
    run: (inputs: Inputs, more: Record<string, string> = {}) => on.run(inputs, { ...env, ...more }),
  };
}

const PLAN = 'tasks: {a: {run: echo of the base}}\n';
const OTHER_PLAN = 'tasks: {a: {run: echo of a stranger}}\n';

describe('the plan file', () => {
  it.each(['pull_request_target', 'issue_comment', 'pull_request'])(
    'of a stranger is refused on %s',
    async (event) => {
      const { run } = await onProposal({ 'batchtool.yml': PLAN }, { 'batchtool.yml': OTHER_PLAN }, { event });
      expect(refusals(await run({}))).toEqual([
        expect.stringMatching(
          `^input trusted-only: batchtool.yml is not what it is in the base branch, and ${event}`,
        ),
      ]);
    },
  );

  it.each(['pull_request_target', 'issue_comment', 'pull_request'])(
    'of the base branch is run on %s',
    async (event) => {
      const { run } = await onProposal({ 'batchtool.yml': PLAN }, { 'src/a.ts': 'changed' }, { event });
      const end = await run({});
      expect([refusals(end), end.code]).toEqual([[], 0]);
      expect(seen(end)).toContain('of the base');
    },
  );

  it.each<[string, Files, Files, Inputs]>([
    ['that is new', {}, { 'ci/new.yml': PLAN }, { file: 'ci/new.yml' }],
    [
      'that is a link now',
      { 'a.yml': PLAN },
      { 'a.yml': { link: 'b.yml' }, 'b.yml': OTHER_PLAN },
      { file: 'a.yml' },
    ],
    [
      'in a folder that is a link now',
      { 'ci/a.yml': PLAN },
      { ci: { link: 'evil' }, 'evil/a.yml': PLAN },
      { file: 'ci/a.yml' },
    ],
    [
      'behind a link of the base',
      { ci: { link: 'conf' }, 'conf/a.yml': PLAN },
      { 'conf/a.yml': OTHER_PLAN },
      { file: 'ci/a.yml' },
    ],
    [
      'in the folder that is worked in',
      { 'sub/batchtool.yml': PLAN },
      { 'sub/batchtool.yml': OTHER_PLAN },
      { 'working-directory': 'sub' },
    ],
    [
      'with another line end',
      { 'a.yml': PLAN, '.gitattributes': '' },
      { 'a.yml': OTHER_PLAN, '.gitattributes': '*.yml -diff ident text\n' },
      { file: 'a.yml' },
    ],
    [
      'with a name for git to misread',
      { ':(glob)x.yml': PLAN },
      { ':(glob)x.yml': OTHER_PLAN },
      { file: ':(glob)x.yml' },
    ],
  ])('is refused: one %s', async (_, base, proposed, inputs) => {
    const { run } = await onProposal(base, proposed);
    expect(refusals(await run(inputs))).toEqual([expect.stringContaining('in the base branch')]);
  });

  it.each<[string, (folder: string) => void]>([
    ['changed by an earlier step', (folder) => putFiles(folder, { 'batchtool.yml': OTHER_PLAN })],
    [
      'ignored by git',
      (folder) => putFiles(folder, { 'other.yml': OTHER_PLAN, '.git/info/exclude': 'other.yml\n' }),
    ],
  ])('is refused: one %s', async (what, change) => {
    const { here, run } = await onProposal({ 'batchtool.yml': PLAN }, {}, { checkedOut: 'base' });
    change(here.dir);
    expect(refusals(await run(what === 'ignored by git' ? { file: 'other.yml' } : {}))).toHaveLength(1);
  });

  it('is refused in another checkout within that one', async () => {
    const { here, run } = await onProposal({ 'a.txt': '' }, {}, { checkedOut: 'base' });
    const other = new Server(step().here);
    other.checkOut(other.commit({ 'batchtool.yml': OTHER_PLAN }), here.path('pr'));
    const [refusal] = refusals(await run({ file: 'pr/batchtool.yml' }));
    expect(refusal).toContain('pr/batchtool.yml is not what it is');
  });

  it('of a base branch that moved on is run for a fork, whose checkout is merged with it', async () => {
    const server = new Server(step().here);
    const old = server.commit({ 'batchtool.yml': OTHER_PLAN });
    const proposal = server.propose({ 'a.txt': '' });
    server.commit({ 'batchtool.yml': PLAN });
    const merge = server.merge(proposal);
    const payload = pullRequest({ fork: true, base: old, head: proposal });
    const { here, run } = await onEvent('pull_request', payload);
    server.checkOut(merge, here.dir);
    const env = { GITHUB_SERVER_URL: server.url, GITHUB_SHA: merge };
    expect(seen(await run({}, env))).toContain('of the base');
    putFiles(here.dir, { 'batchtool.yml': 'tasks: {a: {run: "true"}}\n' });
    expect(refusals(await run({}, env))).toHaveLength(1);
  });

  it('of a stranger stays one, though the checkout looks like a merge of GitHub', async () => {
    const server = new Server(step().here);
    const base = server.commit({ 'batchtool.yml': PLAN });
    const evil = server.propose({ 'batchtool.yml': OTHER_PLAN });
    const forged = server.merge(server.propose({ 'a.txt': '' }), evil);
    const { here, run } = await onEvent('pull_request', pullRequest({ fork: true, base, head: forged }));
    server.checkOut(forged, here.dir);
    const env = { GITHUB_SERVER_URL: server.url, GITHUB_SHA: forged };
    expect(refusals(await run({}, env))).toEqual([expect.stringContaining('in the base branch')]);
  });

  it('is taken as it is with trusted-only: false', async () => {
    const { run } = await onProposal({ 'batchtool.yml': PLAN }, { 'batchtool.yml': OTHER_PLAN });
    expect(seen(await run({ 'trusted-only': 'false' }))).toContain('of a stranger');
  });

  it('is refused where the base branch cannot be had, or nothing is under version control', async () => {
    const { run } = await onProposal({ 'batchtool.yml': PLAN }, {}, { event: 'pull_request' });
    const [refusal] = refusals(await run({}, { GITHUB_SERVER_URL: 'file:///nowhere' }));
    expect(refusal).toContain('the commit of the base branch is not there');
    const bare = await onEvent('issue_comment');
    bare.here.write('batchtool.yml', PLAN);
    expect(refusals(await bare.run({}))).toEqual([
      expect.stringContaining('there is no git repository around batchtool.yml'),
    ]);
  });
});

describe('what agents take instructions from', () => {
  it.each([
    '.roomodes',
    'CLAUDE.md',
    'AGENTS.md',
    'AGENTS.override.md',
    'CONTEXT.md',
    '.agents/skills/a/SKILL.md',
    '.env',
    '.claude/commands/deep/a.md',
    '.mcp.json',
    'packages/app/claude.md',
  ])('comes from the base branch, or nothing is started, even by who may write: %s', async (name) => {
    const { run } = await onProposal({ 'a.txt': '' }, { [name]: 'of a stranger' });
    expect(refusals(await run(ASK_AGENT))).toEqual([
      expect.stringContaining(`${name} is not what it is in the base`),
    ]);
  });

  it.each<[string, Files, Files]>([
    ['changed', { 'CLAUDE.md': 'a' }, { 'CLAUDE.md': 'b' }],
    ['gone', { 'CLAUDE.md': 'a' }, { 'CLAUDE.md': undefined }],
    ['a link now', { 'CLAUDE.md': 'a' }, { 'CLAUDE.md': { link: 'x' }, x: 'a' }],
    ['a link to what was changed', { 'CLAUDE.md': { link: 'docs/a' }, 'docs/a': 'a' }, { 'docs/a': 'b' }],
    ['a link to a folder with changes', { '.claude': { link: 'conf' }, 'conf/a': 'a' }, { 'conf/a': 'b' }],
    ['a link over a link', { 'CLAUDE.md': { link: 'x' }, x: { link: 'y' }, y: 'a' }, { y: 'b' }],
    ['a link out of it', { 'CLAUDE.md': { link: '../x' } }, { 'a.txt': '' }],
  ])('is refused: %s', async (_, base, proposed) => {
    const { run } = await onProposal(base, proposed);
    expect(refusals(await run({ run: 'true' }))).toEqual([expect.stringContaining('in the base branch')]);
  });

  it('may be links to one another, and lie in packages that were installed', async () => {
    const files = { 'CLAUDE.md': { link: 'AGENTS.md' }, 'AGENTS.md': 'a' };
    const { here, run } = await onProposal(files, { 'a.txt': 'b' });
    putFiles(here.dir, { 'node_modules/x/CLAUDE.md': 'of a package', '.env': 'A=of an earlier step' });
    const end = await run(ASK_AGENT);
    expect([refusals(end), end.code]).toEqual([[], 0]);
  });

  it('comes in no submodule of a stranger', async () => {
    const home = step().here;
    const server = new Server(home);
    const base = server.commit({ 'a.txt': '' });
    const inner = home.path(REPOSITORY, '.claude');
    putFiles(inner, { 'settings.json': '{}' });
    gitIn(inner, 'init', '--quiet');
    gitIn(inner, 'add', '--all');
    gitIn(inner, 'commit', '--quiet', '--message=a commit');
    const proposal = server.propose({});
    const { api, here, run } = await onEvent('pull_request_target', pullRequest({ fork: true, base }));
    api.permissions.someone = 'admin';
    server.checkOut(proposal, here.dir);
    const end = await run(ASK_AGENT, { GITHUB_SERVER_URL: server.url, GITHUB_SHA: base });
    expect(refusals(end)).toEqual([expect.stringContaining('.claude is not what it is in the base branch')]);
  });

  it('is looked for where tasks work, too', async () => {
    const { here, run } = await onProposal({ 'a.txt': '' }, {}, { checkedOut: 'base' });
    const other = new Server(step().here);
    other.checkOut(other.commit({ 'CLAUDE.md': 'of a stranger' }), here.path('pr'));
    const plan = 'tasks: {a: {run: pwd, cwd: pr}}\n';
    expect(refusals(await run({ plan }))).toHaveLength(1);
  });

  it('comes not from an earlier step either', async () => {
    const { here, run } = await onProposal({ 'a.txt': '' }, {}, { checkedOut: 'base' });
    putFiles(here.dir, { 'packages/app/.claude/settings.json': '{}' });
    expect(refusals(await run(ASK_AGENT))).toEqual([expect.stringContaining('packages/app/.claude')]);
  });

  it('is looked for in a checkout around that one', async () => {
    const server = new Server(step().here);
    const base = server.commit({ 'a.txt': '' });
    const { api, here, run } = await onEvent('pull_request_target', pullRequest({ fork: true, base }));
    api.permissions.someone = 'admin';
    server.checkOut(server.propose({ 'CLAUDE.md': 'of a stranger' }), here.dir);
    server.checkOut(base, here.path('base'));
    const env = { GITHUB_SERVER_URL: server.url, GITHUB_SHA: base };
    const [refusal] = refusals(await run({ ...ASK_AGENT, 'working-directory': 'base' }, env));
    expect(refusal).toContain('CLAUDE.md is not what it is');
  });

  it('does not matter to the commands of a fork, which has no rights', async () => {
    const { run } = await onProposal({ 'CLAUDE.md': 'a' }, { 'CLAUDE.md': 'b' }, { event: 'pull_request' });
    const end = await run({ run: 'true' });
    expect([refusals(end), end.code]).toEqual([[], 0]);
  });
});

describe('a program that is started as an agent', () => {
  const PROMPT = { run: 'batchtool run "prompt: write a file"' };
  const OWN_AGENT = {
    plan: 'agents: {mine: {command: [sh, tools/agent.sh]}}\ntasks: {a: {prompt: write a file, agent: mine}}\n',
  };
  /** Without a runner on PATH, so that the one of the project is taken. */
  const alone = { PATH: process.env.PATH ?? '' };

  it.each<[string, Files, Files, Inputs]>([
    ['a runner of packages', {}, { 'node_modules/.bin/flowx': PROGRAM }, PROMPT],
    [
      'a runner of packages that are a link',
      {},
      { node_modules: { link: 'evil' }, 'evil/.bin/flowx': PROGRAM },
      PROMPT,
    ],
    [
      'a package of the base',
      { 'node_modules/.bin/flowx': { link: '../flowx/cli' }, 'node_modules/flowx/cli': PROGRAM },
      { 'node_modules/flowx/more.js': 'of a stranger' },
      PROMPT,
    ],
    [
      'a runner that npx finds',
      {},
      { 'node_modules/.bin/flowx': PROGRAM },
      { run: 'npx flowx sparc run code "write a file"' },
    ],
    [
      'a package that npx finds to be called so',
      { 'package.json': '{}' },
      { 'package.json': '{"name": "x", "bin": {"flowx": "x.js"}}', 'x.js': '' },
      { run: 'npx flowx sparc run code "write a file"' },
    ],
    [
      'a package elsewhere that is called so',
      { 'app/package.json': '{}' },
      { 'app/package.json': '{"name": "x", "bin": {"flowx": "x.js"}}', 'app/x.js': '' },
      { run: 'cd app && npx flowx sparc run code "write a file"' },
    ],
    ['a runner that stands here', {}, { flowx: PROGRAM }, { run: './flowx sparc run code "write a file"' }],
    [
      'a runner that stands elsewhere',
      {},
      { 'app/flowx': PROGRAM },
      { run: 'cd app && ./flowx sparc run code "write a file"' },
    ],
    [
      'a runner in a folder elsewhere',
      {},
      { 'app/tools/flowx': PROGRAM },
      { run: 'cd app && tools/flowx sparc run code "write a file"' },
    ],
    [
      'a script that an option of an agent names',
      { 'hook.sh': 'a' },
      { 'hook.sh': 'b' },
      { plan: OWN_AGENT.plan.replace('tools/', '--import=./hook.sh, tools/') },
    ],
    ['the script of an agent', { 'tools/agent.sh': 'a' }, { 'tools/agent.sh': 'b' }, OWN_AGENT],
  ])('comes from the base branch, or nothing is started: %s', async (_, base, proposed, inputs) => {
    const { run } = await onProposal(base, proposed);
    const env = inputs === PROMPT ? alone : {};
    expect(refusals(await run(inputs, env))).toEqual([expect.stringContaining('in the base branch')]);
  });

  it('is refused on PATH, too', async () => {
    const { here, run } = await onProposal({ 'bin/claude': 'a' }, { 'bin/claude': PROGRAM });
    chmodSync(here.path('bin/claude'), 0o755);
    const env = { PATH: `${here.path('bin')}:${alone.PATH}` };
    expect(refusals(await run(PROMPT, env))).toEqual([
      expect.stringContaining('bin/claude is not what it is'),
    ]);
  });

  it.each<[string, Files, Files, string, Inputs]>([
    ['the base has it', { 'tools/agent.sh': PROGRAM }, {}, '', OWN_AGENT],
    ['an earlier step has installed it', { 'a.txt': '' }, {}, 'node_modules/.bin', PROMPT],
    ['it calls no agent', {}, { 'node_modules/.bin/flowx': PROGRAM }, '', { run: 'echo an agent ran' }],
  ])('is started: %s', async (_, base, proposed, installedIn, inputs) => {
    const { here, run } = await onProposal(base, proposed);
    if (installedIn !== '') installProgram(here.path(installedIn), 'flowx');
    const end = await run(inputs, alone);
    expect([refusals(end), end.code]).toEqual([[], 0]);
    expect(seen(end).join('\n')).toContain('an agent ran');
  });
});

describe('the text of an event', () => {
  const BRANCH = 'a;touch$IFS.evil';
  const BODY = 'Please run this:\r\n\r\n```\r\ncurl https://127.0.0.1/ | sh\r\n```';

  it.each<[string, string, Inputs]>([
    ['a title in run', 'pull_request.title', { run: 'echo Fix $(touch evil) today' }],
    ['a body in run', 'pull_request.body', { run: `echo '${BODY}'` }],
    ['a body in a plan', 'pull_request.body', { plan: `tasks: {a: {run: |\n  echo ${BODY}\n}}` }],
    ['a body by toJSON', 'pull_request.body', { run: `echo ${JSON.stringify(BODY)}` }],
    ['a branch', 'pull_request.head.ref', { run: `batchtool run 'git checkout ${BRANCH}'` }],
  ])('is refused as part of a command: %s', async (_, name, inputs) => {
    const payload = pullRequest({ fork: true, title: 'Fix $(touch evil) today', body: BODY, branch: BRANCH });
    for (const [event, more] of [
      ['pull_request_target', { 'trusted-only': 'false' }],
      ['pull_request', {}],
    ] as const) {
      const { here, run } = await onEvent(event, payload);
      const [refusal] = refusals(await run({ ...inputs, ...more }));
      expect(refusal).toMatch(/^input (run|plan): it holds the text of github\.event\./);
      expect(refusal).toContain(`github.event.${name}, which anybody can write`);
      expect(refusal).toContain(`"env: { TEXT: \${{ github.event.${name} }} }"`);
      expect(here.has('evil')).toBe(false);
    }
  });

  it('is refused as lines of the input env', async () => {
    const { run } = await onEvent('issue_comment', issueComment('Hello\r\nPATH=/evil'));
    const [refusal, ...more] = refusals(await run({ run: 'true', env: 'BODY=Hello\r\nPATH=/evil' }));
    expect(more).toEqual([]);
    expect(refusal).toMatch(/^input env: it holds the text of github\.event\.comment\.body, .*pass-env/s);
  });

  it('reaches tasks in a variable', async () => {
    const { here, run } = await onEvent('issue_comment', issueComment('$(touch evil)'));
    const end = await run({ run: 'printf "%s\\n" "$TEXT"' }, { TEXT: '$(touch evil)' });
    expect(seen(end)).toContain('$(touch evil)');
    expect(here.has('evil')).toBe(false);
  });

  it.each([
    [
      'a short word',
      pullRequest({ fork: true, title: 'test', branch: 'main', body: 'run' }),
      'echo run test main',
    ],
    ['what people of the project wrote', pullRequest({ fork: true }), 'echo A repository'],
  ])('may be there by chance: %s', async (_, payload, text) => {
    const { run } = await onEvent('pull_request_target', payload);
    expect(refusals(await run({ run: text }))).toEqual([]);
  });

  it('of people of the project is theirs to paste', async () => {
    const { run } = await onEvent('pull_request', pullRequest({ title: 'Fix the login' }));
    expect((await run({ run: 'echo Fix the login' })).code).toBe(0);
  });
});
