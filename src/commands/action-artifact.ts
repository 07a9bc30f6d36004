/** Logs, patches and reports of a run as an artifact of the workflow run: for when the summary is not enough. */
import { lstatSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { AttemptRef } from '../core/ports.js';
import { failure, type Result, success } from '../core/problem.js';
import type { RunState, TaskState } from '../core/state.js';
import { originOf } from '../github/place.js';
import { callFolder, callService } from '../github/service-call.js';
import { codeOf } from '../journal/fault.js';
import type { RunFolder } from '../journal/folder.js';
import { writeWhole } from '../journal/private-file.js';
import type { Baseline } from '../reports/baseline.js';
import { baselineOf } from '../reports/figures.js';
import { junit } from '../reports/junit.js';
import type { Material } from '../reports/material.js';
import { reportDocument } from '../reports/report-document.js';
import { materialOf, type Over, type Telling } from './action-report.js';
import type { Surroundings } from './surroundings.js';

/** What it may hold is there in a minute; a service that hangs costs no more. */
const MOST_MILLIS = 60_000;
/** Of all files together, before they are packed. */
const MOST_BYTES = 200 * 1024 * 1024;
const MOST_FILES = 5000;
/** Unless the repository keeps artifacts for a shorter time. */
const DAYS = 14;

export interface Kept {
  readonly name: string;
  /** Files that it has no room for. */
  readonly leftOut: number;
}

/** Uploads them, without what must not be seen: logs have lost it before they were written. */
export async function keepArtifact(run: Over, telling: Telling, around: Surroundings): Promise<Result<Kept>> {
  try {
    return await upload(run, await materialOf(run, telling, around), telling);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return notKept((error as Error).message);
  }
}

async function upload(
  { folder, state }: Over,
  material: Material,
  { hide, runnerEnv: env }: Telling,
): Promise<Result<Kept>> {
  const reports = writeReports(folder, material, baselineOf(state, originOf(env)), hide);
  const logs = failedFirst(state).flatMap((task) => logsOf(folder, task));
  const patches = state.tasks.flatMap((task) => patchesOf(folder, task));
  const { files, leftOut } = fitting([...reports, ...patches, ...logs]);
  const name = artifactName(state);
  const place = callFolder(env);
  try {
    const request = { kind: 'artifact', name, root: folder.path, files, days: DAYS } as const;
    const fault = await callService(request, { folder: place, env, mostMillis: MOST_MILLIS });
    return fault === undefined ? success({ name, leftOut }) : notKept(fault);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function notKept(why: string): Result<never> {
  return failure(`logs and reports are not kept as an artifact: ${why}`);
}

/** Beside the summary. GitHub takes each name once in a workflow run, and an id of a run is there only once. */
function artifactName({ id, plan: { name } }: RunState): string {
  return `batchtool-${name.replace(/[^\w.-]+/g, '-').slice(0, 60)}-${id}`;
}

function writeReports(
  folder: RunFolder,
  material: Material,
  figures: Baseline | undefined,
  hide: (text: string) => string,
): string[] {
  const log = (attempt: AttemptRef): string => relative(folder.path, folder.files(attempt).log);
  const texts = {
    'junit.xml': junit(material),
    'report.json': `${JSON.stringify(reportDocument(material, log))}\n`,
    ...(figures === undefined ? {} : { 'figures.json': `${JSON.stringify(figures)}\n` }),
  };
  for (const [name, text] of Object.entries(texts)) writeWhole(join(folder.report, name), hide(text));
  return ['summary.md', ...Object.keys(texts)].map((name) => join(folder.report, name));
}

/** Logs of what failed come first: should not all fit, those are wanted. */
function failedFirst({ tasks }: RunState): TaskState[] {
  return [...tasks].sort((a, b) => Number(b.status === 'failed') - Number(a.status === 'failed'));
}

function logsOf(folder: RunFolder, { task, attempts }: TaskState): string[] {
  return attempts.map(({ number }) => folder.files({ task: task.id, attempt: number }).log).reverse();
}

/** They have lost what must not be seen before they were written, as logs have. */
function patchesOf(folder: RunFolder, { task, attempts }: TaskState): string[] {
  const changed = attempts.filter(({ changes }) => changes !== undefined);
  return changed.map(({ number }) => folder.files({ task: task.id, attempt: number }).patch);
}

/** Plain files, as long as there is room. A task could put a link to anything in the place of a log. */
function fitting(paths: readonly string[]): { files: string[]; leftOut: number } {
  let left = MOST_BYTES;
  const found = paths.flatMap((path) => {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats?.isFile() === true ? [{ path, size: stats.size }] : [];
  });
  const files = found.flatMap(({ path, size }, place) => {
    if (size > left || place >= MOST_FILES) return [];
    left -= size;
    return [path];
  });
  return { files, leftOut: found.length - files.length };
}
