/** Which of several variants is taken, and why, in words. */
import { isAgentWork } from './agent-work.js';
import { newestSuccess } from './lineage.js';
import type { Pick, TaskId, Variant } from './plan.js';
import { type RunState, type TaskState, taskOf } from './state.js';
import { showCost } from './units.js';

export type Picked =
  | {
      readonly kind: 'winner';
      readonly name: string;
      readonly why: string;
      readonly tasks: readonly TaskId[];
    }
  /** Nobody can say which one. */
  | { readonly kind: 'fault'; readonly why: string };

/** The output of a judge that names the winner. */
const OUTPUT = 'winner';

/** Nobody tells a command what an agent is told. */
const HOW_COMMANDS_NAME = `, as a command does with \`echo ${OUTPUT}=NAME >> "$BATCHTOOL_OUTPUT"\``;

/** Words of a judge that does not want to choose. */
const UNDECIDED: readonly string[] = ['', 'tie', 'none'];

/** As the judge says; where it does not, of those that succeeded and changed something the cheaper, then the one that changed less, then the first. */
export function winnerOf(state: RunState, { judge, among }: Pick): Picked {
  const contenders = among.filter(({ tasks }) =>
    tasksOf(state, tasks).every(({ status }) => status === 'succeeded'),
  );
  if (contenders.length === 0) return { kind: 'fault', why: 'no variant succeeded' };
  if (judge === undefined) return byRule(state, contenders, []);
  const { task, attempts } = taskOf(state, judge);
  const said = attempts.at(-1)?.outputs?.[OUTPUT]?.trim();
  const word = said?.toLowerCase() ?? '';
  if (word === 'tie') return byRule(state, contenders, [`${judge} called it a tie`]);
  if (UNDECIDED.includes(word)) {
    const how = said === undefined && !isAgentWork(task.work) ? HOW_COMMANDS_NAME : '';
    return byRule(state, contenders, [`${judge} named no winner${how}`]);
  }
  const winner = contenders.find((variant) => isNamed(variant, word));
  if (winner !== undefined) return wins(winner, [`${judge} named it`]);
  const names = contenders.map(({ name }) => name).join(', ');
  const isFailed = among.some((variant) => isNamed(variant, word));
  const what = isFailed ? 'which did not succeed' : 'which is none of the variants';
  return { kind: 'fault', why: `${judge} named ${JSON.stringify(said)}, ${what}; it can name: ${names}` };
}

/** People write the letter of a variant, or what its flag is called. */
function isNamed({ name }: Variant, word: string): boolean {
  const own = name.toLowerCase();
  return word === own || word.replace(/^variant[- ]/, '') === own;
}

function wins({ name, tasks }: Variant, why: readonly string[]): Picked {
  return { kind: 'winner', name, tasks, why: why.join('; ') };
}

interface Contender {
  readonly variant: Variant;
  readonly costUsd: number | undefined;
  readonly lines: number;
  readonly files: number;
}

/** Each rule leaves those that are as good as the best. */
function byRule(state: RunState, variants: readonly Variant[], said: readonly string[]): Picked {
  const all = variants.map((variant) => contenderOf(state, variant));
  const [only] = variants;
  if (only !== undefined && all.length === 1) return wins(only, [...said, 'no other one succeeded']);
  const isCostKnown = all.every(({ costUsd }) => costUsd !== undefined);
  const rules: readonly Rule[] = [
    { of: ({ files }) => (files === 0 ? 1 : 0), why: () => 'no other one changed anything' },
    ...(isCostKnown ? [less('was cheaper', ({ costUsd = 0 }) => costUsd, showCost)] : []),
    less(CHANGED_LESS, ({ lines }) => lines, counted('line')),
    less(CHANGED_LESS, ({ files }) => files, counted('file')),
  ];
  let left = all;
  for (const { of, why } of rules) {
    const best = Math.min(...left.map(of));
    const others = left.filter((one) => of(one) > best);
    left = left.filter((one) => of(one) === best);
    const [first] = left;
    if (first === undefined || left.length > 1) continue;
    return wins(first.variant, [...said, why(best, Math.min(...others.map(of)))]);
  }
  return wins((left[0] ?? (all[0] as Contender)).variant, [
    ...said,
    'it comes first, and nothing tells it from the others',
  ]);
}

interface Rule {
  readonly of: (contender: Contender) => number;
  /** With the value of the best one and of the next. */
  readonly why: (best: number, next: number) => string;
}

const CHANGED_LESS = 'changed less';

function less(word: string, of: Rule['of'], show: (value: number) => string): Rule {
  return { of, why: (best, next) => `it ${word}: ${show(best)} against ${show(next)}` };
}

function contenderOf(state: RunState, variant: Variant): Contender {
  const tasks = tasksOf(state, variant.tasks);
  const costs = tasks.flatMap(({ attempts }) => attempts.map(({ result }) => result?.costUsd));
  const changes = tasks.map((task) => newestSuccess(task)?.changes);
  return {
    variant,
    costUsd: costs.some((cost) => cost === undefined) ? undefined : sum(costs as number[]),
    lines: sum(changes.map((change) => (change?.added ?? 0) + (change?.deleted ?? 0))),
    files: sum(changes.map((change) => (change?.files.length ?? 0) + (change?.omitted ?? 0))),
  };
}

function tasksOf(state: RunState, ids: readonly TaskId[]): TaskState[] {
  return ids.map((id) => taskOf(state, id));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function counted(what: string): (count: number) => string {
  return (count) => `${count} ${what}${count === 1 ? '' : 's'}`;
}
