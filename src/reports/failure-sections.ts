/** What failed, for a report: why, what it said last, and how to see it again. */

import type { TaskState } from '../core/state.js';
import { failedTasks } from './failures.js';
import { hintFor } from './hint.js';
import { block, code, details, fenced, inline } from './markdown-text.js';
import type { Material } from './material.js';
import { failureReason } from './reason.js';
import { reproduction } from './reproduce.js';
import { isNumber, nameOf } from './title.js';

/** How much is said of how many failures; the others are counted. */
export interface FailureForm {
  readonly failures: number;
  readonly lines: number;
  readonly commands: boolean;
}

/** These stand open; more of them are folded, and the others beyond all together, so that the rest of the report is found. */
const MOST_OPEN = 3;
const MOST_TITLES = 20;
/** A command that nobody would copy. */
const MOST_COMMAND_CHARACTERS = 4000;

/** Empty when nothing failed. */
export function failureSections(material: Material, form: FailureForm): string {
  const failed = failedTasks(material.state);
  const sections = failed
    .slice(0, form.failures)
    .map((task, place) => failureSection(material, task, form, place));
  const left = failed.length - sections.length;
  const where = isReadElsewhere(material) ? '' : `: \`batchtool status ${material.state.id}\``;
  if (left > 0) sections.push(`and ${left} more failed${where}`);
  const rest = failed.length > MOST_TITLES ? sections.splice(MOST_TITLES).join('\n\n') : '';
  if (rest !== '') sections.push(details(`${failed.length - MOST_TITLES} more failures`, rest));
  return sections.join('\n\n');
}

function failureSection(material: Material, task: TaskState, form: FailureForm, place: number): string {
  if (task.outcome?.kind !== 'failed') return '';
  const { exit } = task.outcome;
  const tries = task.counted > 1 ? ` (after ${task.counted} attempts)` : '';
  const title = `${titleOf(task)} ${inline(`failed: ${failureReason(material.state, task, exit)}${tries}`)}`;
  const body = bodyOf(material, task, form);
  if (body === '') return `- ❌ ${title}`;
  return place < MOST_OPEN ? `### ❌ ${title}\n\n${body}` : details(`❌ ${title}`, body);
}

function isReadElsewhere({ branches }: Material): boolean {
  return branches !== undefined;
}

function titleOf({ task }: TaskState): string {
  return isNumber(task.id) && task.label !== task.id
    ? `${nameOf(task.id)} ${code(task.label)}`
    : code(nameOf(task.id));
}

function bodyOf(material: Material, task: TaskState, { lines, commands }: FailureForm): string {
  if (lines === 0 && !commands) return '';
  const hint = hintFor(material.state, task, { isElsewhere: isReadElsewhere(material) });
  const tail = (material.tails.get(task.task.id) ?? []).slice(-Math.max(lines, 0));
  const command = commands ? reproduction(material.state.plan, task.task, material) : undefined;
  return [
    ...(hint === undefined ? [] : [`💡 ${inline(hint)}`]),
    ...(lines === 0 ? [] : [tail.length === 0 ? 'It wrote nothing.' : fenced(tail, 'text')]),
    ...(command === undefined || command.length > MOST_COMMAND_CHARACTERS
      ? []
      : [`To see it on your machine${whereText(material)}:\n\n${block(command, 'sh')}`]),
  ].join('\n\n');
}

/** Paths count from there. */
function whereText({ folder = '', source }: Material): string {
  return folder === '' && source?.kind !== 'file' ? '' : ', at the top of the repository';
}
