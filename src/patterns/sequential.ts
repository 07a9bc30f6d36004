import { success } from '../core/problem.js';
import { asWritten, type Draft, draftsOf, orderNeed, type Pattern } from './pattern.js';

/** One after the other, in the order written. */
export const sequential: Pattern = {
  name: 'sequential',
  verb: 'run',
  flags: ['sequential'],
  help: 'run the texts one after the other',
  takes: 'texts',
  arrange: (drafts) => asWritten(inOrder(drafts)),
  compile: (sections) => success({ tasks: inOrder(draftsOf(sections)), loops: [] }),
};

/** The same tasks, each also waiting for the one before it: mere order, unless it needs that one anyway. */
export function inOrder(drafts: readonly Draft[]): Draft[] {
  return drafts.map((draft, index) => {
    const before = drafts[index - 1];
    if (before === undefined || draft.needs.some((need) => need.task === before.id)) return draft;
    return { ...draft, needs: [...draft.needs, orderNeed(before.id)] };
  });
}
