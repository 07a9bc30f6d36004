import { success } from '../core/problem.js';
import { type Blueprint, type Draft, orderNeed, type Pattern, type WayBack } from './pattern.js';
import { arrangeInOrder, compileInOrder } from './stages.js';

/** Phases in order, and with a way back again from the first while a named phase fails or a command does. */
export const boomerang: Pattern = {
  name: 'boomerang',
  verb: 'orchestrate',
  flags: ['boomerang'],
  help: 'run phases in order; --loop-back-on and --until go back to the first',
  takes: 'steps',
  comesBack: true,
  arrange: (drafts, back) => comeBack(arrangeInOrder(drafts), back),
  compile: (sections, back) => {
    const blueprint = compileInOrder(sections);
    return blueprint.ok ? success(comeBack(blueprint.value, back)) : blueprint;
  },
};

const UNTIL = 'until';

/** One loop whatever is asked, so that rounds are counted together. */
function comeBack(blueprint: Blueprint, back: WayBack | undefined): Blueprint {
  if (back === undefined) return blueprint;
  const { until, max } = back;
  const asked = blueprint.tasks.filter((draft) => back.phases.includes(draft.stage ?? draft.id));
  const drafts = [...blueprint.tasks, ...lastOf(blueprint.tasks, back)];
  const tasks = drafts.map(({ id }) => id);
  const named = asked.map(({ id }) => id);
  const again =
    until === undefined
      ? { kind: 'failed' as const, tasks: named }
      : { kind: 'not-succeeded' as const, tasks: [...named, UNTIL] };
  return { tasks: drafts, loops: [{ id: 'boomerang', tasks, again, max }] };
}

/**
 * The task that asks whether to go again. It runs whatever became of the phases, for the answer is its own. Its
 * failure counts as any other, when the rounds are used up: what was asked for is not there.
 */
function lastOf(drafts: readonly Draft[], { until }: WayBack): Draft[] {
  if (until === undefined) return [];
  const needs = drafts.map(({ id }) => orderNeed(id));
  return [{ id: UNTIL, ...until, needs, when: 'always', stage: UNTIL }];
}
