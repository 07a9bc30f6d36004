import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Digest } from '../../src/core/hash.js';
import type { StateDir } from '../../src/journal/folder.js';
import {
  createRun,
  findRun,
  latestRun,
  listFolders,
  listRuns,
  newRunId,
  openRun,
  readMeta,
  readPlan,
} from '../../src/journal/runs.js';
import { plan, task } from '../fakes/plan.js';
import { fatalOf, modeOf, scratchRun, scratchState } from './scratch.js';

const NOVEMBER = Date.UTC(2026, 10, 22, 23, 19, 5);
const IDS = ['20261122-231905-k3f9', '20261122-231905-k3g0', '20261123-000000-0000'];

function create(stateDir: StateDir, id: string, name = 'test') {
  return createRun(stateDir, plan([task('a')], { name }), () => id).run;
}

/** As it is after a kill between the making of the folder and the writing of the plan. */
function halfMade(stateDir: StateDir, id: string): void {
  rmSync(create(stateDir, id).plan);
}

describe('a run id', () => {
  test('is UTC to the second and four characters', () => {
    expect(newRunId(NOVEMBER)).toMatch(/^20261122-231905-[0-9a-z]{4}$/);
  });

  test('sorts by time to the millisecond', () => {
    const times = Array.from({ length: 3000 }, (_, millis) => NOVEMBER + millis);
    const ids = times.map((time) => newRunId(time));
    expect([...ids].sort()).toEqual(ids);
  });
});

describe('createRun', () => {
  test('makes folders and files that only the owner can read', async () => {
    const run = await scratchRun();
    const files = [run.plan, run.meta].map(modeOf);
    const folders = [run.path, run.inbox, run.tasks].map(modeOf);
    expect([files, folders]).toEqual([
      ['600', '600'],
      ['700', '700', '700'],
    ]);
  });

  test('takes another id when the first is taken', async () => {
    const stateDir = await scratchState();
    const ids = ['20261122-231905-k3f9', '20261122-231905-k3f9', '20261122-231905-k3g0'];
    const created = [1, 2].map(() => createRun(stateDir, plan([task('a')]), () => ids.shift() ?? '').run.id);
    expect(created).toEqual(['20261122-231905-k3f9', '20261122-231905-k3g0']);
  });

  test('leaves no temporary file', async () => {
    const run = await scratchRun();
    expect(readdirSync(run.path).sort()).toEqual(['inbox', 'meta.json', 'plan.json', 'tasks']);
  });

  test.each([0, 1, 2])(
    'writes a plan of several slices with wide characters cut at %d as it is',
    async (n) => {
      const stateDir = await scratchState();
      const large = plan([task('a', { label: `${'x'.repeat(n)}${'😀é漢'.repeat(60_000)}` })]);
      const { run, planDigest } = createRun(stateDir, large);
      expect(readPlan(run)).toEqual({ plan: large, planDigest });
    },
  );

  test('gives the digest of the stored bytes', async () => {
    const { run, planDigest } = createRun(await scratchState(), plan([task('a')]));
    expect(planDigest).toBe(new Digest().update(readFileSync(run.plan)).hex);
  });
});

describe('looking for runs', () => {
  test('lists them newest first', async () => {
    const stateDir = await scratchState();
    for (const id of [1, 2, 0].map((n) => IDS[n] as string)) create(stateDir, id);
    expect(listRuns(stateDir).map((run) => run.id)).toEqual([...IDS].reverse());
  });

  test('finds none where there is no folder of runs', async () => {
    const stateDir = await scratchState();
    rmSync(stateDir.runs, { recursive: true });
    expect([listRuns(stateDir), latestRun(stateDir), findRun(stateDir, 'test')]).toEqual([
      [],
      undefined,
      undefined,
    ]);
  });

  test('passes over what is no run', async () => {
    const stateDir = await scratchState();
    for (const name of ['.removing-20261122-231905-k3f9', 'notes', '20261122'])
      mkdirSync(join(stateDir.runs, name));
    expect(listFolders(stateDir)).toEqual([]);
  });

  test('passes over a run that was only half made', async () => {
    const stateDir = await scratchState();
    create(stateDir, IDS[0] as string);
    halfMade(stateDir, IDS[2] as string);
    const found = [latestRun(stateDir), findRun(stateDir, 'test'), ...listRuns(stateDir)];
    expect(found.map((run) => run?.id)).toEqual([IDS[0], IDS[0], IDS[0]]);
    expect(openRun(stateDir, IDS[2] as string)).toBeUndefined();
  });

  test('takes a name for its newest run', async () => {
    const stateDir = await scratchState();
    create(stateDir, IDS[0] as string, 'api');
    create(stateDir, IDS[1] as string, 'api');
    create(stateDir, IDS[2] as string, 'web');
    expect(findRun(stateDir, 'api')?.id).toBe(IDS[1]);
  });

  test('takes an id before a name', async () => {
    const stateDir = await scratchState();
    create(stateDir, IDS[0] as string);
    create(stateDir, IDS[1] as string, IDS[0]);
    expect(findRun(stateDir, IDS[0] as string)?.id).toBe(IDS[0]);
  });

  test.each(['unknown', '../runs', '..', '', 'meta.json'])('finds nothing by %j', async (word) => {
    const stateDir = await scratchState();
    create(stateDir, IDS[0] as string);
    for (const folder of [stateDir.path, stateDir.runs]) writeFileSync(join(folder, 'plan.json'), '{}');
    expect([openRun(stateDir, word), findRun(stateDir, word)]).toEqual([undefined, undefined]);
  });

  test('finds a run by id when its meta file is damaged', async () => {
    const stateDir = await scratchState();
    const run = create(stateDir, IDS[0] as string);
    truncateSync(run.meta, 5);
    expect([findRun(stateDir, run.id)?.id, findRun(stateDir, 'test'), readMeta(run)]).toEqual([
      run.id,
      undefined,
      undefined,
    ]);
  });

  test('knows name, tags and size of a run without its plan', async () => {
    const stateDir = await scratchState();
    const content = plan([task('a'), task('b')], { name: 'api', tags: ['night'] });
    const { run } = createRun(stateDir, content);
    rmSync(run.plan);
    expect(readMeta(run)).toEqual({
      name: 'api',
      pattern: 'parallel',
      tags: ['night'],
      tasks: 2,
      createdAt: expect.any(Number),
    });
  });
});

describe('readPlan', () => {
  test.each([
    ['{"version":1,', 'it is no JSON'],
    ['null', 'it is no plan'],
    ['{"version":1}', 'it is no plan'],
    ['', 'it is no JSON'],
  ])('refuses the damaged plan %j', async (text, message) => {
    const run = await scratchRun();
    writeFileSync(run.plan, text);
    expect(fatalOf(() => readPlan(run)).problem.message).toContain(message);
  });

  test('says that a newer program wrote the plan', async () => {
    const run = await scratchRun();
    writeFileSync(run.plan, '{"version":2,"tasks":[]}');
    expect(fatalOf(() => readPlan(run)).problem).toEqual({
      message: expect.stringContaining('newer version 2'),
      hint: expect.stringContaining('update'),
    });
  });
});
