/** What is worth a mark beside a line of code or at the head of a run: the most important, and no more than GitHub shows. */

import { cleanText } from '../core/clean-text.js';
import type { TaskId } from '../core/plan.js';
import type { RunState, TaskState } from '../core/state.js';
import { failedTasks } from './failures.js';
import type { Severity } from './matcher.js';
import { repositoryPath } from './path.js';
import type { Finding } from './problem-matchers.js';
import { failureReason } from './reason.js';
import { shortened, titleOf } from './title.js';

export interface Annotation {
  readonly level: Severity;
  readonly title: string;
  readonly message: string;
  readonly task?: TaskId;
  /** Relative to the repository, with `/`. */
  readonly file?: string;
  /** Counts from 1, as the column does. */
  readonly line?: number;
  readonly column?: number;
}

export interface AnnotationInput {
  readonly state: RunState;
  /** What matchers found in the newest log of each task. */
  readonly findings: ReadonlyMap<TaskId, readonly Finding[]>;
  /** The repository; an absolute path. Files outside of it are named in the message. */
  readonly root: string;
}

/** GitHub shows no more of each level for a step. */
export const MOST_OF_A_LEVEL = 10;
/** GitHub cuts a message at 4,096. */
const MOST_MESSAGE = 4000;
const MOST_TITLE = 200;
const LEVELS: readonly Severity[] = ['error', 'warning', 'notice'];

/** Errors first; of each level first what a task came to, then what stands at a line of a file, that of failed tasks before others. */
export function annotations(input: AnnotationInput): Annotation[] {
  const all = [...taskAnnotations(input.state), ...foundAnnotations(input)];
  return LEVELS.flatMap((level) => all.filter((one) => one.level === level).slice(0, MOST_OF_A_LEVEL));
}

/** One for each failed task. When they alone are too many, the last place says how many more there are. */
function taskAnnotations(state: RunState): Annotation[] {
  const failed = failedTasks(state);
  const shown = failed.length <= MOST_OF_A_LEVEL ? failed : failed.slice(0, MOST_OF_A_LEVEL - 1);
  const left = failed.length - shown.length;
  return [
    ...shown.map((task) => taskAnnotation(state, task, 'error', 'failed')),
    ...(left === 0
      ? []
      : [
          {
            level: 'error' as const,
            title: `${left} more failed`,
            message: 'the summary and the log have them all',
          },
        ]),
    ...state.tasks
      .filter(({ outcome, task }) => outcome?.kind === 'failed' && task.mayFail === true)
      .map((task) => taskAnnotation(state, task, 'warning', 'failed, as it may')),
  ];
}

function taskAnnotation(state: RunState, task: TaskState, level: Severity, word: string): Annotation {
  const reason =
    task.outcome?.kind === 'failed' ? failureReason(state, task, task.outcome.exit) : task.status;
  const tries = task.counted > 1 ? ` (after ${task.counted} attempts)` : '';
  return {
    level,
    title: plain(`${titleOf(task.task)} ${word}`, MOST_TITLE),
    message: plain(`${reason}${tries}`, MOST_MESSAGE),
    task: task.task.id,
  };
}

/** The same message at the same place is said once, whichever tasks and matchers saw it. */
function foundAnnotations({ state, findings, root }: AnnotationInput): Annotation[] {
  const seen = new Set<string>();
  const found: Annotation[] = [];
  const failedFirst = [...state.tasks].sort(
    (a, b) => Number(b.status === 'failed') - Number(a.status === 'failed') || a.index - b.index,
  );
  for (const task of failedFirst) {
    for (const finding of findings.get(task.task.id) ?? []) {
      const annotation = placed(finding, task, state, root);
      const key = JSON.stringify([annotation.file, annotation.line, annotation.message]);
      if (!seen.has(key)) found.push(annotation);
      seen.add(key);
    }
  }
  // Stable: those that lead nowhere come last.
  return found.sort((a, b) => Number(a.file === undefined) - Number(b.file === undefined));
}

function placed(finding: Finding, { task }: TaskState, { plan }: RunState, root: string): Annotation {
  const { file, fromPath, line, column, message, severity, owner, code } = finding;
  const path =
    file === undefined
      ? undefined
      : repositoryPath(file, { root, folders: [plan.cwd, task.cwd, folderOf(fromPath)] });
  const where =
    file !== undefined && path === undefined ? `${file}${line === undefined ? '' : `:${line}`}: ` : '';
  return {
    level: severity,
    title: plain([owner, code].filter((part) => part !== undefined).join(' '), MOST_TITLE),
    message: plain(`${where}${message}`, MOST_MESSAGE),
    task: task.id,
    ...(path === undefined ? {} : { file: path }),
    ...(path === undefined || line === undefined ? {} : { line }),
    ...(path === undefined || line === undefined || column === undefined ? {} : { column }),
  };
}

function folderOf(file: string | undefined): string | undefined {
  return file?.replace(/[^/\\]*$/, '');
}

function plain(text: string, most: number): string {
  return shortened(cleanText(text).trim(), most);
}

/** `report --format annotations`: what is not known of one is null. */
export function annotationsDocument(list: readonly Annotation[]) {
  return {
    annotations: list.map(({ level, title, message, task, file, line, column }) => ({
      level,
      title,
      message,
      task: task ?? null,
      file: file ?? null,
      line: line ?? null,
      column: column ?? null,
    })),
  };
}
