/** What runs know of each other: main and post steps of jobs on new machines, with a service that keeps caches between them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type Part, type Services, type Trouble, useServices } from './services.js';
import { type Inputs, noticesOf, type Step, type StepEnded, useStep } from './step.js';

const step = useStep();
const services = useServices();

const ON_MAIN = {
  GITHUB_EVENT_NAME: 'push',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REF_NAME: 'main',
  GITHUB_SHA: '3f6c1d5f9a0d1a3f6c1d5f9a0d1a3f6c1d5f9a0d',
  GITHUB_RUN_ID: '100',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_WORKFLOW_REF: 'o/r/.github/workflows/ci.yml@refs/heads/main',
  GITHUB_JOB: 'checks',
  GITHUB_ACTION: '__org_batchtool-action',
  RUNNER_OS: 'Linux',
  RUNNER_ARCH: 'X64',
};
const ON_PULL_REQUEST = {
  ...ON_MAIN,
  GITHUB_EVENT_NAME: 'pull_request',
  GITHUB_REF: 'refs/pull/7/merge',
  GITHUB_REF_NAME: '7/merge',
  GITHUB_HEAD_REF: 'feature',
  GITHUB_BASE_REF: 'main',
  GITHUB_RUN_ID: '200',
  GITHUB_WORKFLOW_REF: 'o/r/.github/workflows/ci.yml@refs/pull/7/merge',
};
/** What a service may cost, and the step itself takes on a machine that has much to do. */
const MOST_MILLIS = 5000 + 2000;

interface Job extends Step {
  /** The step, and how long it took. */
  main(): Promise<StepEnded & { millis: number }>;
  /** The post step likewise. */
  postStep(): Promise<StepEnded & { millis: number }>;
}

/** A job on a machine that nothing was on before. */
function job(service: Services, github: Record<string, string>, inputs: Inputs): Job {
  const made = step();
  const temporary = made.here.path('temporary');
  mkdirSync(temporary);
  const env = { ...service.env, RUNNER_TEMP: temporary, ...github };
  const timed = async (run: () => Promise<StepEnded>) => {
    const from = Date.now();
    const end = await run();
    return { ...end, millis: Date.now() - from };
  };
  return {
    ...made,
    main: () => timed(() => made.run(inputs, env)),
    postStep: () => timed(() => made.post(env)),
  };
}

/** Main and post of a job. */
async function whole(service: Services, github: Record<string, string>, inputs: Inputs): Promise<StepEnded> {
  const { main, postStep } = job(service, github, inputs);
  const end = await main();
  expect(await postStep()).toMatchObject({ code: 0, stdout: '', stderr: '' });
  return end;
}

const PLAN = 'tasks:\n  build: {run: "true"}\n  unit: {run: "true"}\n';
const BROKEN = 'tasks:\n  build: {run: "true"}\n  unit: {run: exit 3}\n  lint: {run: "true"}\n';

describe('a run', () => {
  it('leaves its figures and durations, and no more, for later ones', async () => {
    const service = await services();
    const end = await whole(service, ON_MAIN, { plan: PLAN });
    expect([end.code, noticesOf(end)]).toEqual([0, []]);
    expect(service.entries).toHaveLength(1);
    const [figures = '', history = '', rest] = service.entries[0]?.bytes.toString().split('\n') ?? [];
    expect(JSON.parse(figures)).toEqual({
      version: 1,
      run: end.outputs['run-id'],
      endedAt: expect.any(Number),
      durationMillis: expect.any(Number),
      branch: 'main',
      commit: ON_MAIN.GITHUB_SHA,
      tasks: ['build', 'unit'].map((id) => expect.objectContaining({ id, status: 'succeeded' })),
    });
    expect(JSON.parse(history)).toEqual({ version: 1, tasks: [[expect.any(String), expect.any(Array)]] });
    expect(rest).toBe('');
  });

  it('of a pull request is compared with the newest of its base, also in a report that is asked for later', async () => {
    const service = await services();
    await whole(service, ON_MAIN, { plan: BROKEN });
    await whole(service, { ...ON_MAIN, GITHUB_RUN_ID: '101' }, { plan: PLAN });
    const { here, main } = job(service, ON_PULL_REQUEST, { plan: BROKEN });
    const end = await main();
    expect(end.summary).toContain(
      '### Compared with <code>main</code> at <code>3f6c1d5</code>\n\n' +
        '- ❌ **newly failing**: <code>unit</code>\n- ➕ new: <code>lint</code>\n',
    );
    expect((await here.run(['report'])).stdout).toBe(end.summary);
  });

  it('knows how long the same work took, from its own branch if it ran there, else from the base', async () => {
    const service = await services();
    const estimates = async (github: Record<string, string>): Promise<unknown> => {
      const inputs = { run: 'sleep 0.3\nsleep 0.2', 'max-concurrent': '1' };
      const { here, main, postStep } = job(service, github, inputs);
      await main();
      await postStep();
      return here.events()[0]?.estimates;
    };
    expect(await estimates(ON_MAIN)).toEqual({});
    expect(await estimates(ON_PULL_REQUEST)).toEqual({ 1: expect.any(Number), 2: expect.any(Number) });
    const before = service.entries.length;
    expect(await estimates({ ...ON_PULL_REQUEST, GITHUB_RUN_ATTEMPT: '2' })).toEqual({
      1: expect.any(Number),
      2: expect.any(Number),
    });
    expect(service.entries.slice(before).map(({ key }) => key.split('-').slice(-2))).toEqual([['200', '2']]);
    const [, , newest] = service.entries.map(({ bytes }) =>
      JSON.parse(bytes.toString().split('\n')[1] ?? ''),
    );
    expect(newest.tasks[0][1]).toHaveLength(3);
  });

  it('knows nothing of runs of another name', async () => {
    const service = await services();
    await whole(service, ON_MAIN, { plan: PLAN });
    const end = await whole(service, { ...ON_MAIN, GITHUB_RUN_ID: '101' }, { plan: `name: other\n${PLAN}` });
    expect(end.summary).toContain('other succeeded');
    expect(end.summary).not.toContain('Compared');
  });

  it('on a branch is compared with the default branch, which the event names', async () => {
    const service = await services();
    await whole(service, ON_MAIN, { plan: BROKEN });
    const { here, main } = job(
      service,
      { ...ON_MAIN, GITHUB_REF: 'refs/heads/b', GITHUB_REF_NAME: 'b', GITHUB_EVENT_PATH: 'event.json' },
      { plan: PLAN },
    );
    here.write('event.json', { repository: { default_branch: 'main' } });
    expect((await main()).summary).toContain('newly passing: <code>unit</code>');
  });

  it('asks for nothing and leaves nothing with cache: false, and after a dry run', async () => {
    const service = await services();
    await whole(service, ON_MAIN, { plan: PLAN, cache: 'false' });
    await whole(service, ON_MAIN, { plan: PLAN, 'dry-run': 'true' });
    expect(service.calls).toEqual([]);
  });

  it('leaves no files on the machine but those of its state, in a step that is debugged, too', async () => {
    const service = await services();
    await whole(service, { ...ON_MAIN, RUNNER_DEBUG: '1' }, { plan: PLAN });
    const debugged = { ...ON_PULL_REQUEST, RUNNER_DEBUG: '1' };
    const { here, main, postStep } = job(service, debugged, { plan: PLAN });
    expect((await main()).summary).toContain('Compared with');
    await postStep();
    expect(readdirSync(here.path('temporary'))).toEqual([]);
  });
});

describe('a service that is broken or slow', () => {
  const HANGS: Trouble = 'hang';
  it.each<[string, Part, Trouble, RegExp]>([
    ['does not answer', 'GetCacheEntryDownloadURL', HANGS, /no answer within 5 s/],
    ['does not send', 'blob', HANGS, /no answer within 5 s/],
    ['never ends', 'blob', 'endless', /EFBIG|file too large|no answer/i],
    ['fails', 'GetCacheEntryDownloadURL', { status: 500 }, /\(500\)/],
    ['says no', 'GetCacheEntryDownloadURL', { status: 403, message: 'cache read denied: x' }, /read denied/],
  ])('costs a run at most 5 s and a notice: it %s', async (_, part, trouble, said) => {
    const service = await services();
    await whole(service, ON_MAIN, { plan: PLAN });
    service.trouble.set(part, trouble);
    const { here, main } = job(service, ON_PULL_REQUEST, { plan: PLAN });
    const end = await main();
    expect([end.code, end.outputs.status]).toEqual([0, 'succeeded']);
    expect(noticesOf(end)).toEqual([expect.stringMatching(said)]);
    expect(end.millis).toBeLessThan(MOST_MILLIS);
    expect(end.log.commands.filter(({ name }) => /warning|error/.test(name))).toEqual([]);
    expect(readdirSync(here.path('temporary'))).toEqual([expect.stringMatching(/^batchtool-/)]);
  });

  it.each<[string, Part, Trouble, RegExp]>([
    ['does not answer', 'CreateCacheEntry', HANGS, /no answer within 5 s/],
    ['fails', 'CreateCacheEntry', { status: 500 }, /\(500\)/],
    [
      'says no',
      'CreateCacheEntry',
      { status: 403, message: 'cache write denied: read only' },
      /write denied/,
    ],
  ])('costs what comes after the job at most 5 s and a notice: it %s', async (_, part, trouble, said) => {
    const service = await services();
    const { here, main, postStep } = job(service, ON_MAIN, { plan: PLAN });
    expect((await main()).code).toBe(0);
    service.trouble.set(part, trouble);
    const end = await postStep();
    expect([end.code, noticesOf(end)]).toEqual([0, [expect.stringMatching(said)]]);
    expect(end.millis).toBeLessThan(MOST_MILLIS);
    expect(end.log.commands.filter(({ name }) => /warning|error/.test(name))).toEqual([]);
    expect(readdirSync(here.path('temporary'))).toEqual([]);
  });

  it('holds up no run that goes the same way whatever it would tell', async () => {
    const service = await services();
    service.trouble.set('GetCacheEntryDownloadURL', HANGS);
    const { here, main } = job(service, ON_MAIN, { plan: PLAN });
    await main();
    const waitedMillis = Date.now() - Number(here.events().at(-1)?.at);
    expect(waitedMillis).toBeGreaterThan(2000);
  });

  it('costs nothing when nobody is there', async () => {
    const service = await services();
    const { main, postStep } = job(service, ON_MAIN, { plan: PLAN });
    await service.stop();
    const end = await main();
    expect([end.code, noticesOf(end)]).toEqual([0, [expect.stringContaining('ECONNREFUSED')]]);
    expect(noticesOf(await postStep())).toEqual([expect.stringContaining('ECONNREFUSED')]);
  });

  it('is no reason for a word when another job has kept the same before', async () => {
    const service = await services();
    await whole(service, ON_MAIN, { plan: PLAN });
    await whole(service, ON_MAIN, { plan: PLAN });
    expect(service.entries).toHaveLength(1);
  });
});

describe('a cache that may only be read', () => {
  it('is read and not written', async () => {
    const service = await services();
    await whole(service, ON_MAIN, { plan: BROKEN });
    const before = service.calls.length;
    const trusted = { ...ON_MAIN, GITHUB_EVENT_NAME: 'pull_request_target', GITHUB_RUN_ID: '102' };
    const end = await whole(service, trusted, { plan: PLAN });
    expect(end.summary).toContain('Compared with <code>main</code>');
    expect(new Set(service.calls.slice(before))).toEqual(new Set(['GetCacheEntryDownloadURL', 'blob']));
  });

  it.each([
    ['read', ['GetCacheEntryDownloadURL', 'GetCacheEntryDownloadURL']],
    ['none', []],
  ])('is left in peace as the workflow says it: cache-mode %s', async (mode, calls) => {
    const service = await services();
    const end = await whole(service, { ...ON_PULL_REQUEST, ACTIONS_CACHE_MODE: mode }, { plan: PLAN });
    expect([noticesOf(end), service.calls]).toEqual([[], calls]);
  });
});

/** An archive that writes outside of where it is unpacked. */
function evilArchive(): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'batchtool-test-evil-'));
  mkdirSync(join(folder, 'in'));
  writeFileSync(join(folder, 'evil'), 'evil');
  execFileSync('tar', ['-P', '-czf', 'evil.tgz', '-C', 'in', '../evil'], { cwd: folder });
  const bytes = readFileSync(join(folder, 'evil.tgz'));
  // It is one: the very tar that the package would call does harm with it.
  const place = join(folder, 'place', 'deep');
  mkdirSync(place, { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, 'evil.tgz'), '-P', '-C', place]);
  expect(readdirSync(join(folder, 'place')).sort()).toEqual(['deep', 'evil']);
  return bytes;
}

describe('what others have put into the cache', () => {
  const kept = (entry: Record<string, unknown>, history = ''): Buffer =>
    Buffer.from(`${JSON.stringify(entry)}\n${history}`);
  const good = {
    version: 1,
    run: 'r1',
    endedAt: 1,
    durationMillis: 1,
    branch: 'main',
    tasks: [{ id: 'build', work: '0'.repeat(16), status: 'failed' }],
  };

  async function withKept(bytes: Buffer): Promise<{ end: StepEnded; here: Job['here'] }> {
    const service = await services();
    await whole(service, ON_MAIN, { plan: PLAN });
    for (const entry of service.entries) entry.bytes = bytes;
    const { here, main } = job(service, ON_PULL_REQUEST, { plan: PLAN });
    const end = await main();
    expect([end.code, end.outputs.status]).toEqual([0, 'succeeded']);
    expect(readdirSync(here.dir).filter((name) => !name.startsWith('GITHUB_'))).toEqual([
      '.batchtool',
      'temporary',
    ]);
    // Where it would be, had anybody unpacked it.
    expect(readdirSync(here.path('temporary')).filter((name) => !name.startsWith('batchtool-'))).toEqual([]);
    return { end, here };
  }

  it.each<[string, () => Buffer]>([
    ['an archive that writes elsewhere', evilArchive],
    ['figures that are none', () => kept({ ...good, tasks: [{ ...good.tasks[0], id: '../../etc' }] })],
  ])('is ignored with a notice when it is not of our making: %s', async (_, bytes) => {
    const { end } = await withKept(bytes());
    expect(noticesOf(end)).toEqual(['what the cache holds of earlier runs is damaged, and ignored']);
    expect(end.summary).not.toContain('Compared');
  });

  it('can only say numbers and names', async () => {
    const key = 'a'.repeat(16);
    const lines = [
      JSON.stringify({ version: 1, tasks: [[key, [[5, 1]]]], run: 'touch evil' }),
      JSON.stringify({ version: 1, tasks: [['../evil', [[5, 1]]]] }),
      JSON.stringify({ version: 1, tasks: [[key, [[-5, 1]]]] }),
    ];
    const { end, here } = await withKept(
      kept({ ...good, run: 'r1', tasks: good.tasks, plan: 'x' }, lines.join('\n')),
    );
    expect(end.summary).toContain('newly passing: <code>build</code>');
    const stored = here.read('.batchtool', 'history', 'tasks.jsonl').trim().split('\n');
    const works = stored.flatMap((line) => JSON.parse(line).tasks);
    expect(works).toEqual([
      [key, [[5, 1]]],
      [expect.any(String), expect.any(Array)],
    ]);
    expect(
      JSON.parse(here.read('.batchtool', 'runs', here.runs()[0] ?? '', 'report', 'baseline.json')),
    ).toEqual(good);
  });

  it('is no measure when it says to be of another branch', async () => {
    const { end } = await withKept(kept({ ...good, branch: 'other' }));
    expect(end.summary).not.toContain('Compared');
  });
});

describe('the post step', () => {
  it('has nothing to do when nothing was started', async () => {
    const service = await services();
    const { main, postStep } = job(service, ON_MAIN, { run: 'true', timeout: 'soon' });
    expect((await main()).code).toBe(1);
    expect(await postStep()).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(service.calls).toEqual([]);
  });
});
