/** The report as a comment on a pull request, and whether there should be one. */
import { hashText } from '../core/hash.js';
import { unreachable } from '../core/unreachable.js';
import { changes, isChange } from './comparison.js';
import { byteLength } from './fit.js';
import { COMMENT_BYTES, markdown } from './markdown.js';
import { inline } from './markdown-text.js';
import type { Material } from './material.js';
import { shortened } from './title.js';

/** The step of a workflow that a report comes from, in the runner's words. */
export interface JobPlace {
  readonly workflow: string;
  readonly job: string;
  /** What the runner calls the step: a job may have several. */
  readonly step: string;
  /** Values of the job's matrix as JSON; `null` without one. */
  readonly matrix: string;
  /** Counts up with each run of any workflow. */
  readonly run: number;
  /** Where the log of the run is to be seen. */
  readonly url?: string;
  readonly commit?: string;
}

/** When a comment is made. One that is there is brought up to date in any case, but with `never`. */
export type CommentWhen = 'never' | 'failure' | 'changes' | 'always';

/** `update`: only if there is a comment already, which would tell of another run else. */
export type CommentWish = 'none' | 'update' | 'create';

/** A cancelled job has no time for it, and what it would say is no verdict. */
export function commentWish(when: CommentWhen, { state, baseline }: Material): CommentWish {
  if (state.status === 'cancelled') return 'none';
  const isFailed = state.status !== 'succeeded';
  switch (when) {
    case 'never':
      return 'none';
    case 'always':
      return 'create';
    case 'failure':
      return isFailed ? 'create' : 'update';
    case 'changes':
      return isFailed || (baseline !== undefined && isChange(changes(state, baseline))) ? 'create' : 'update';
    default:
      return unreachable(when);
  }
}

/** What the comments of one step of one workflow begin with, however often it runs. Hidden, and nobody else's. */
export function commentStart(material: Material, { workflow, job, step, matrix }: JobPlace): string {
  const key = hashText(JSON.stringify([workflow, job, step, matrix, material.state.plan.name]));
  return `<!-- batchtool-report ${key} `;
}

/** Whether a comment of the same step tells of a later run than this. */
export function isLater(body: string, { run }: JobPlace): boolean {
  return Number(/^<!-- batchtool-report \w+ run (\d+) /.exec(body)?.[1] ?? 0) > run;
}

/** Within GitHub's limit, however much there is to say. */
export function commentText(material: Material, place: JobPlace): string {
  const names = [place.workflow, place.job, material.state.plan.name].map(plainWord).join(' / ');
  const head = `${commentStart(material, place)}run ${place.run} ${names} -->\n\n`;
  const foot = `\n${footOf(place)}\n`;
  return head + markdown(material, COMMENT_BYTES - byteLength(head) - byteLength(foot)) + foot;
}

/** `From CI / test (20, linux) · commit 1234567`, to be told from other comments. A name alone might begin a list. */
function footOf({ workflow, job, matrix, url, commit }: JobPlace): string {
  const leg = valuesIn(matrix).join(', ');
  const name = inline(`${workflow} / ${job}${leg === '' ? '' : ` (${leg})`}`, 200);
  return [
    `From ${url === undefined ? name : `[${name}](<${url}>)`}`,
    ...(commit === undefined ? [] : [`commit ${commit.slice(0, 7)}`]),
  ].join(' · ');
}

/** As GitHub names a leg: all values, whatever they are called. */
function valuesIn(matrix: string): string[] {
  const flat = (value: unknown): string[] =>
    typeof value === 'object' && value !== null ? Object.values(value).flatMap(flat) : [String(value)];
  try {
    const values: unknown = JSON.parse(matrix);
    return values === null ? [] : flat(values);
  } catch {
    return [matrix];
  }
}

/** Within an HTML comment, for who reads its source. */
function plainWord(name: string): string {
  return shortened(name, 60)
    .replace(/[^\p{L}\p{N} ._…-]/gu, '_')
    .replace(/--+/g, '-');
}
