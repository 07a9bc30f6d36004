/**
 * What it costs that a run is a step of a workflow: the bundle of the action against the bundle of the command line, to the
 * start of the first task and to the end of all, with no service of GitHub at hand and with one on 127.0.0.1 that keeps no
 * cache entry yet. A runner is a new machine, where nothing of either was compiled before; where the command line has run
 * before, it starts faster, which is shown too.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { newStateDir, removeStateDir, runArgv, verifyRun } from './batchtool.mjs';
import { interleave, measure, summarize } from './measure.mjs';
import { check } from './verdict.mjs';

export const rounds = 15;

const ACTION = join(import.meta.dirname, '../dist/main/index.js');
const FILES = ['GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STATE', 'GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'];
/** When it runs, in nanoseconds since 1970, goes to a file. */
const TASK = 'date +%s%N > started';

/** Answers each question for a cache entry with "there is none". */
async function startService() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: false }));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}/` };
}

/** What a runner tells a step, with the files that it makes for it, in a workspace of its own. */
function stepVariables(workspace, service) {
  for (const name of FILES) writeFileSync(join(workspace, name), '');
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: workspace,
    ...Object.fromEntries(FILES.map((name) => [name, join(workspace, name)])),
    ...(service && {
      ...JOB,
      ACTIONS_CACHE_SERVICE_V2: '1',
      ACTIONS_RESULTS_URL: service,
      ACTIONS_RUNTIME_TOKEN: 'e30.e30.sig',
    }),
  };
}

const JOB = {
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

/** `{first, whole}` in milliseconds; the task writes when it began into its folder. */
async function timed(bench, argv, env, workspace) {
  const from = performance.timeOrigin + performance.now();
  const { millis } = await measure(bench.scratch, argv, { env, cwd: workspace });
  const started = Number(readFileSync(join(workspace, 'started'), 'utf8')) / 1e6;
  return { first: started - from, whole: millis };
}

/** `env` may say that nothing was compiled before, as on the new machine that a runner is. */
async function timeCli(bench, round, env) {
  const workspace = mkdtempSync(join(bench.scratch, 'cli-'));
  const stateDir = newStateDir(bench.scratch);
  const result = await timed(bench, runArgv(bench, stateDir, 2, [TASK]), env, workspace);
  if (round === 0) await verifyRun(bench, stateDir, 1);
  removeStateDir(stateDir);
  rmSync(workspace, { recursive: true });
  return result;
}

async function timeAction(bench, round, service) {
  const workspace = mkdtempSync(join(bench.scratch, 'step-'));
  const env = { ...stepVariables(workspace, service), INPUT_RUN: TASK };
  const result = await timed(bench, [process.execPath, ACTION], env, workspace);
  if (round === 0 && !readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8').includes('succeeded'))
    throw new Error('the summary of the step tells of no success');
  rmSync(workspace, { recursive: true });
  return result;
}

export async function run(bench) {
  if (!existsSync(ACTION)) throw new Error(`there is no action at ${ACTION}`);
  const { server, url } = await startService();
  try {
    const { cli, uncached, alone, served } = await interleave(bench.rounds, {
      cli: (round) => timeCli(bench, round, {}),
      uncached: (round) => timeCli(bench, round, { NODE_DISABLE_COMPILE_CACHE: '1' }),
      alone: (round) => timeAction(bench, round),
      served: (round) => timeAction(bench, round, url),
    });
    const WARM = 'the command line';
    const NEW = 'the command line, nothing compiled before';
    const against = (what, key, results, [name, others], target = {}) => {
      const [measured, peer] = [results, others].map((each) => summarize(each.map((one) => one[key])));
      const ratio = measured.median / peer.median;
      return check({ what, unit: 'ms', measured, peer: { name, ...peer }, ratio, ...target });
    };
    return [
      against('a step, to its first task', 'first', alone, [NEW, uncached], { atMost: 1.8 }),
      against('a step with a cache service, to its first task', 'first', served, [NEW, uncached], {
        atMost: 1.8,
      }),
      against('a step with a cache service, to its first task', 'first', served, [WARM, cli]),
      against('a step of one task, whole', 'whole', alone, [NEW, uncached], { atMost: 1.8 }),
      against('a step of one task, whole', 'whole', alone, [WARM, cli]),
      against('a step of one task with a cache service, whole', 'whole', served, [NEW, uncached]),
    ];
  } finally {
    server.close();
  }
}
