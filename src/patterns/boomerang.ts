import type { Loop, TaskId } from '../core/plan.js';
import { success } from '../core/problem.js';
import { type Draft, orderNeed, type Pattern, type Section, type WayBack } from './pattern.js';
import { arrangeInOrder, compileStages, stagesOf } from './stages.js';

/** Phases in order, and with a way back again from the first while a named phase fails or a command does. */
export const boomerang: Pattern = {
  name: 'boomerang',
  verb: 'orchestrate',
  flags: ['boomerang'],
  help: 'run phases in order; --loop-back-on and --until go back to the first',
  takes: 'steps',
  comesBack: true,
  arrange: arrangeInOrder,
  compile: (sections, back) => {
    const stages = stagesOf(sections);
    const drafts = compileStages(stages, sections);
    if (!drafts.ok) return drafts;
    if (back === undefined) return success({ tasks: drafts.value, loops: [] });
    const asked = drafts.value.filter(({ stage }) => back.phases.includes(stage ?? '')).map(({ id }) => id);
    const tasks = [...drafts.value, ...lastOf(drafts.value, sections, back)];
    return success({ tasks, loops: [loopOver(tasks, asked, back)] });
  },
};

/**
 * The task that asks whether to go again. It runs whatever became of the phases, for the answer is its own, and its
 * failure fails nothing, for it only means that the rounds were not enough.
 */
function lastOf(drafts: readonly Draft[], sections: readonly Section[], { until }: WayBack): Draft[] {
  const last = sections.at(-1)?.id;
  if (until === undefined) return [];
  const needs = drafts.filter(({ stage }) => stage === last).map(({ id }) => orderNeed(id));
  return [{ id: UNTIL, ...until, needs, when: 'always', mayFail: true, stage: UNTIL }];
}

const UNTIL = 'until';

/** One loop whatever is asked: rounds are counted together. */
function loopOver(drafts: readonly Draft[], asked: readonly TaskId[], { until, max }: WayBack): Loop {
  const tasks = drafts.map(({ id }) => id);
  return until === undefined
    ? { id: 'boomerang', tasks, again: { kind: 'failed', tasks: asked }, max }
    : { id: 'boomerang', tasks, again: { kind: 'not-succeeded', tasks: [...asked, UNTIL] }, max };
}
