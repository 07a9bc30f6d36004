/** The comment on a pull request: one for each step, kept up to date, and never the reason of a red job. */
import { describe, expect, it } from '@jest/globals';
import { eventEnv, issueComment, pullRequest } from './events.js';
import { type GitHubApi, JOB_LOGIN, type Scripted, useGitHubApi } from './github-api.js';
import { type Inputs, JOB_TOKEN, type StepEnded, useStep } from './step.js';

const step = useStep();
const githubApi = useGitHubApi();

type Env = Record<string, string>;

/** A step on a pull request: `run` runs it, once more with each call. */
async function onPullRequest(payload = pullRequest(), event = 'pull_request') {
  const [api, { here, run }] = [await githubApi(), step()];
  const known = eventEnv(here, event, payload, api);
  const go = (inputs: Inputs, env: Env = {}): Promise<StepEnded> =>
    run({ comment: 'always', ...inputs }, { ...known, ...env });
  return { api, here, run: go };
}

function noticesOf({ log }: StepEnded): string[] {
  return log.commands.filter(({ name }) => name === 'notice').map(({ data }) => data);
}

function writes(api: GitHubApi): string[] {
  return api.requests().filter((request) => /^(POST|PATCH) \/repos/.test(request));
}

describe('a comment', () => {
  it('is made once and brought up to date', async () => {
    const { api, run } = await onPullRequest();
    const first = await run({ run: 'exit 3' });
    expect([first.code, noticesOf(first)]).toEqual([1, []]);
    const [made] = api.comments;
    expect(made).toMatchObject({ issue: 7, author: JOB_LOGIN });
    expect(made?.body).toMatch(/^<!-- batchtool-report \w{16} run 100 CI \/ test \/ parallel -->\n/);
    expect(made?.body).toContain('1 of 1 task failed');
    expect(made?.body).toContain(
      '\nFrom [CI / test](<https://github.com/org/repo/actions/runs/100>) · commit fffffff',
    );
    const second = await run({ run: 'true' }, { GITHUB_RUN_ID: '101' });
    expect(second.code).toBe(0);
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain('succeeded');
    expect(api.comments[0]?.body).not.toContain('failed');
    expect(api.asked.every(({ authorization }) => authorization === `token ${JOB_TOKEN}`)).toBe(true);
  });

  it('says what the summary says', async () => {
    const { api, run } = await onPullRequest();
    const { summary } = await run({ run: 'echo out; exit 3' });
    expect(api.comments[0]?.body).toContain(summary.trim());
  });

  it.each<[string, Env, Inputs]>([
    ['job', { GITHUB_JOB: 'lint' }, {}],
    ['leg of the matrix', {}, { matrix: '{\n  "node": 20\n}' }],
    ['name of the run', {}, { run: "batchtool run --name other 'true'" }],
  ])('of another %s is another one', async (_, env, inputs) => {
    const { api, run } = await onPullRequest();
    await run({ run: 'true' });
    await run({ run: 'true', ...inputs }, env);
    const bodies = api.comments.map(({ body }) => body);
    await run({ run: 'exit 3' });
    expect(api.comments).toHaveLength(2);
    expect(api.comments[0]?.body).not.toBe(bodies[0]);
    expect(api.comments[1]?.body).toBe(bodies[1]);
  });

  it('tells the leg of a matrix', async () => {
    const { api, run } = await onPullRequest();
    await run({ run: 'true', matrix: '{"os": "linux", "node": 20}' });
    expect(api.comments[0]?.body).toContain('From [CI / test (linux, 20)]');
  });

  it('is found among hundreds', async () => {
    const { api, run } = await onPullRequest();
    for (let i = 0; i < 250; i++) api.add('someone', `comment ${i}`);
    await run({ run: 'true' });
    await run({ run: 'exit 1' });
    expect(api.comments).toHaveLength(251);
    expect(writes(api).map((request) => request.split(' ')[0])).toEqual(['POST', 'PATCH']);
  });

  it('of a later run is left as it is', async () => {
    const { api, run } = await onPullRequest();
    await run({ run: 'true' }, { GITHUB_RUN_ID: '200' });
    const { body } = api.comments[0] ?? {};
    expect((await run({ run: 'exit 1' }, { GITHUB_RUN_ID: '199' })).code).toBe(1);
    expect(api.comments.map((comment) => comment.body)).toEqual([body]);
    await run({ run: 'exit 1' }, { GITHUB_RUN_ID: '200' });
    expect(api.comments[0]?.body).toContain('failed');
  });

  it.each([
    ['pull_request_target', pullRequest()],
    ['issue_comment', issueComment('/check')],
  ])('is made on %s', async (event, payload) => {
    const { api, run } = await onPullRequest(payload, event);
    await run({ run: 'true' });
    expect(api.comments.map(({ issue }) => issue)).toEqual([7]);
  });

  it.each([
    ['push', { head_commit: { message: 'A commit' } }],
    ['issues', { issue: { number: 7, title: 'A title' } }],
    ['issue_comment', { issue: { number: 7 }, comment: { body: '/check' } }],
    ['pull_request', { pull_request: 'nonsense' }],
  ])('is not made on %s, where there is no pull request', async (event, payload) => {
    const { api, run } = await onPullRequest(payload, event);
    const end = await run({ run: 'true' });
    expect([end.code, api.requests(), noticesOf(end)]).toEqual([0, [], []]);
  });
});

describe('when a comment is made', () => {
  it.each([
    ['never', 'exit 1', 0],
    ['failure', 'exit 1', 1],
    ['failure', 'true', 0],
    ['changes', 'exit 1', 1],
    ['changes', 'true', 0],
    ['always', 'true', 1],
  ])('with %s and "%s": %d comments', async (comment, text, count) => {
    const { api, run } = await onPullRequest();
    const end = await run({ comment, run: text });
    expect(api.comments).toHaveLength(count);
    expect(noticesOf(end)).toEqual([]);
    if (comment === 'never') expect(api.requests()).toEqual([]);
  });

  it('tells in an old one that it went well, though for that alone none would be made', async () => {
    const { api, run } = await onPullRequest();
    await run({ comment: 'failure', run: 'exit 1' });
    await run({ comment: 'failure', run: 'true' });
    expect(api.comments).toHaveLength(1);
    expect(api.comments[0]?.body).toContain('1 task succeeded');
  });

  it('is said by one of four words', async () => {
    const { run } = await onPullRequest();
    const end = await run({ comment: 'sometimes', run: 'true' });
    expect(end.log.commands).toMatchObject([
      {
        name: 'error',
        data: expect.stringMatching(/^input comment: expected never, failure, changes or always/),
      },
    ]);
  });
});

describe('what strangers do', () => {
  it('a comment of theirs that begins like ours is none of ours', async () => {
    const { api, run } = await onPullRequest();
    await run({ run: 'true' });
    const body = api.comments[0]?.body ?? '';
    api.comments.splice(0);
    const forged = api.add('stranger', body);
    await run({ run: 'exit 1' });
    await run({ run: 'exit 1' });
    expect(forged.body).toBe(body);
    expect(api.comments.map(({ author }) => author)).toEqual(['stranger', JOB_LOGIN]);
  });

  it('a task that prints the beginning of another comment does not take its place', async () => {
    const { api, run } = await onPullRequest();
    await run({ run: 'true' });
    const [marker = ''] = api.comments[0]?.body.split('\n') ?? [];
    const text = 'printf "%s\\n" "$MARKER" | tee -a "$BATCHTOOL_SUMMARY"; exit 1';
    await run({ run: text }, { GITHUB_JOB: 'evil', MARKER: marker });
    const evil = api.comments[1]?.body ?? '';
    expect(evil).toContain('1 of 1 task failed');
    expect(evil.startsWith(marker)).toBe(false);
    // First in the list, as though it had been the older one.
    api.comments.reverse();
    await run({ run: 'exit 3' });
    expect(api.comments).toHaveLength(2);
    expect(api.comments[0]?.body).toBe(evil);
    expect(api.comments[1]?.body).toContain('exited with code 3');
  });

  it('what tasks write opens nothing in it', async () => {
    const { api, run } = await onPullRequest();
    const text =
      "printf '%s\\n' '</details><script>alert(1)</script>' '--> @everyone' '```' | tee -a \"$BATCHTOOL_SUMMARY\"; exit 1";
    await run({ run: text });
    const body = api.comments[0]?.body ?? '';
    expect(body).toContain('````text\n</details><script>');
    const outside = body.replace(/````(text|sh)\n[\s\S]*?\n````/g, '');
    expect(outside).not.toMatch(/<script|<\/details>|@everyone/);
  });

  it('no secret is seen in it, nor the token of the job', async () => {
    const { api, here, run } = await onPullRequest();
    here.write('token', JOB_TOKEN);
    const basic = Buffer.from(`x-access-token:${JOB_TOKEN}`).toString('base64');
    here.write('basic', basic);
    const text = 'cat token basic; echo "<$PLAIN>"; cat token >> "$BATCHTOOL_SUMMARY"; exit 1';
    const end = await run({ run: text, 'pass-env': 'PLAIN' }, { PLAIN: 'a-secret-of-a-step' });
    const body = api.comments[0]?.body ?? '';
    expect(body).toContain('<***>');
    for (const secret of [JOB_TOKEN, basic.slice(24, -4), 'a-secret-of-a-step'])
      for (const shown of [body, end.summary, JSON.stringify(end.outputs)])
        expect(shown).not.toContain(secret);
  });
});

describe('the size of a comment', () => {
  it('stays below what GitHub takes, the least important part being the first to shrink', async () => {
    const { api, run } = await onPullRequest();
    const tasks = Array.from({ length: 300 }, (_, i) => `  t${i}: {run: "seq 1000 1200; exit 1"}`).join('\n');
    await run(
      { plan: `on-error: continue\nmax-concurrent: 8\ntasks:\n${tasks}\n` },
      { GITHUB_WORKFLOW: '<'.repeat(3000) },
    );
    const body = api.comments[0]?.body ?? '';
    expect(body.length).toBeGreaterThan(30_000);
    expect(body.length).toBeLessThan(65_536);
    expect(body).toContain('300 of 300 tasks failed');
  });
});

describe('a service that will not', () => {
  const again: [string, Scripted][] = [
    ['401', { to: /./, status: 401, message: 'Bad credentials' }],
    ['403', { to: /^POST/, status: 403, message: 'Resource not accessible by integration' }],
    ['404', { to: /./, status: 404, message: 'Not Found' }],
    ['422', { to: /^POST/, status: 422, message: 'Validation Failed' }],
  ];
  it.each(again)('is told in a notice: %s', async (status, script) => {
    const { api, run } = await onPullRequest();
    api.scripted.push(script);
    const end = await run({ run: 'true' });
    expect(end.code).toBe(0);
    expect(noticesOf(end)).toEqual([
      expect.stringMatching(
        `^pull request 7 has no comment of this run: GitHub answered ${status}: ${script.message}`,
      ),
    ]);
    expect(end.summary).toContain('succeeded');
    expect(end.outputs.status).toBe('succeeded');
    expect(writes(api).length).toBeLessThan(2);
  });

  it('says nothing where nothing but an old comment would have been told', async () => {
    const { api, run } = await onPullRequest();
    api.scripted.push({ to: /./, status: 403, message: 'Resource not accessible by integration' });
    const end = await run({ comment: 'failure', run: 'true' });
    expect([end.code, noticesOf(end)]).toEqual([0, []]);
  });

  it.each<[string, Scripted]>([
    ['500', { to: /./, status: 500 }],
    ['502 to a page', { to: /^GET/, status: 502 }],
    ['429 with a pause', { to: /./, status: 429, headers: { 'retry-after': '1' } }],
    [
      'a secondary limit',
      { to: /^POST \/repos/, status: 403, message: 'You have exceeded a secondary rate limit.' },
    ],
  ])('for a moment is asked again: %s', async (_, script) => {
    const { api, run } = await onPullRequest();
    api.scripted.push({ ...script, times: 1 });
    const end = await run({ run: 'true' });
    expect([end.code, noticesOf(end), api.comments.length]).toEqual([0, [], 1]);
  });

  it('does not get a second comment when it made the first and said that it failed', async () => {
    const { api, run } = await onPullRequest();
    api.scripted.push({ to: /^POST \/repos/, status: 502, isDone: true, times: 1 });
    const end = await run({ run: 'true' });
    expect([noticesOf(end), api.comments.length, writes(api).length]).toEqual([[], 1, 1]);
  });

  it.each<[string, Scripted]>([
    ['never answers', { to: /./, hangs: true }],
    ['always fails', { to: /./, status: 500 }],
    ['wants to be left alone for an hour', { to: /./, status: 429, headers: { 'retry-after': '3600' } }],
  ])('is given up when it %s', async (_, script) => {
    const { api, run } = await onPullRequest();
    api.scripted.push(script);
    const startedAt = Date.now();
    const end = await run({ run: 'true' });
    expect(Date.now() - startedAt).toBeLessThan(12_000);
    expect([end.code, noticesOf(end).length, end.outputs.status]).toEqual([0, 1, 'succeeded']);
    expect(end.summary).toContain('succeeded');
  });

  it('is not there', async () => {
    const { api, run } = await onPullRequest();
    await api.close();
    const end = await run({ run: 'true' });
    expect([end.code, noticesOf(end)]).toEqual([
      0,
      [expect.stringContaining('not reached: connect ECONNREFUSED')],
    ]);
  });

  it('is not asked without a token', async () => {
    const { api, run } = await onPullRequest();
    const end = await run({ run: 'true', 'github-token': '' });
    expect([end.code, api.requests()]).toEqual([0, []]);
    expect(noticesOf(end)).toEqual([expect.stringContaining('github-token is empty')]);
  });
});

describe('who wrote a comment', () => {
  it.each([
    ['an app, which only GraphQL tells', 'my-app[bot]', 'app', true],
    ['a person, where only REST is to be had', 'somebody', 'user', false],
    ['the job, where neither tells', JOB_LOGIN, 'app', false],
  ] as const)('%s', async (_, login, kind, hasGraphql) => {
    const { api, run } = await onPullRequest();
    Object.assign(api, { login, kind });
    if (!hasGraphql) api.scripted.push({ to: /graphql/, status: 404 });
    await run({ run: 'true' });
    await run({ run: 'exit 1' });
    expect(api.comments).toMatchObject([{ author: login, body: expect.stringContaining('failed') }]);
  });
});
