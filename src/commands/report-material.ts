/** What a report is made of, read from the files of a run. A file that cannot be read costs its part and never the report. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { relative } from 'node:path';
import { systemClock } from '../clock.js';
import type { EpochMillis } from '../core/event.js';
import type { Plan, TaskId } from '../core/plan.js';
import { Fatal } from '../core/problem.js';
import { lastAttempt, type RunState, type TaskState } from '../core/state.js';
import type { RunFolder } from '../journal/folder.js';
import { repositoryOf } from '../journal/repository.js';
import { lastLines } from '../journal/tail.js';
import { MOST_BASELINE_BYTES, readBaseline } from '../reports/baseline.js';
import type { Matcher } from '../reports/matcher.js';
import { type Material, MOST_TAIL_LINES } from '../reports/material.js';
import { type Finding, findProblems, MOST_LOG_LINES } from '../reports/problem-matchers.js';
import type { LoadedRun } from './look.js';

/** As much of a log's end as is looked at for its last lines. */
const TAIL_BYTES = 64 * 1024;
/** Of what one task wrote for the report; more is never shown. */
const SUMMARY_BYTES = 128 * 1024;
const LOG_BYTES = 1024 * 1024;
/** Of all logs together, those of failed tasks first. */
const ALL_LOGS_BYTES = 128 * 1024 * 1024;

export function readMaterial({
  folder,
  state,
  interrupted,
}: Pick<LoadedRun, 'folder' | 'state' | 'interrupted'>): Material {
  const tails = new Map<TaskId, readonly string[]>();
  const summaries = new Map<TaskId, string>();
  for (const task of state.tasks) {
    const { id } = task.task;
    const files = newestFiles(folder, task);
    if (files === undefined) continue;
    if (task.status !== 'succeeded') tails.set(id, endOf(files.log, MOST_TAIL_LINES, TAIL_BYTES));
    const summary = beginningOf(files.summary, SUMMARY_BYTES);
    if (summary !== undefined) summaries.set(id, summary);
  }
  const now = interrupted ? lastSeen(state) : systemClock.now();
  const baseline = readBaseline(beginningOf(folder.baseline, MOST_BASELINE_BYTES) ?? '');
  const compared = baseline === undefined ? {} : { baseline };
  return { state, now, interrupted, tails, summaries, folder: placeOf(state.plan), ...compared };
}

/** From the top of the repository. */
function placeOf({ cwd }: Plan): string {
  return relative(repositoryOf(cwd), cwd);
}

/** The last thing that is known of a run that nobody carries on; what ran then is not counted beyond. */
function lastSeen({ activeSince, tasks }: RunState): EpochMillis {
  let last = activeSince;
  for (const { attempts } of tasks)
    for (const { startedAt, endedAt } of attempts) last = Math.max(last, endedAt ?? startedAt);
  return last;
}

/** What matchers find in the end of the newest log of each task. */
export function readFindings(
  { folder, state }: Pick<LoadedRun, 'folder' | 'state'>,
  matchers: readonly Matcher[],
): Map<TaskId, readonly Finding[]> {
  const findings = new Map<TaskId, readonly Finding[]>();
  let left = ALL_LOGS_BYTES;
  const failedFirst = [...state.tasks].sort(
    (a, b) => Number(b.status === 'failed') - Number(a.status === 'failed'),
  );
  for (const task of failedFirst) {
    const files = newestFiles(folder, task);
    if (files === undefined || left <= 0) continue;
    const lines = endOf(files.log, MOST_LOG_LINES, Math.min(left, LOG_BYTES));
    left -= lines.reduce((sum, line) => sum + line.length + 1, 0);
    const found = findProblems(lines, matchers);
    if (found.length > 0) findings.set(task.task.id, found);
  }
  return findings;
}

function newestFiles(folder: RunFolder, task: TaskState) {
  const attempt = lastAttempt(task);
  return attempt === undefined ? undefined : folder.files({ task: task.task.id, attempt: attempt.number });
}

/** A log that cannot be read says so in its own place. */
function endOf(log: string, lines: number, mostBytes: number): readonly string[] {
  try {
    return lastLines(log, lines, mostBytes);
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    return [`(${error.problem.message})`];
  }
}

/** Tasks write this file themselves: a link, a pipe or a device in its place is nothing to be read. */
function beginningOf(path: string, mostBytes: number): string | undefined {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    if (!fstatSync(fd).isFile()) return undefined;
    const bytes = Buffer.alloc(Math.min(mostBytes, fstatSync(fd).size));
    const length = readSync(fd, bytes, 0, bytes.length, 0);
    return bytes.subarray(0, length).toString('utf8');
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
