import type { Need } from '../core/plan.js';
import { failure, failures, problem, success } from '../core/problem.js';
import { type Draft, dataNeed, type Pattern, type Section } from './pattern.js';
import { inOrder } from './sequential.js';
import { endsOf, lane } from './stages.js';

const COMPARE = 'compare';

/**
 * Variants side by side, then what compares them if at least one succeeded. With a judge a variant may fail; the run
 * fails when all do, for then there is nothing to judge. Without one, each variant counts.
 */
export const abTest: Pattern = {
  name: 'ab-test',
  verb: 'run',
  flags: ['ab-test'],
  help: 'run --variant-a, --variant-b… side by side, then --compare',
  takes: /^(variant-[a-z]|compare)$/,
  compile: (sections) => {
    const variants = sections.filter(({ id }) => id !== COMPARE);
    if (variants.length < 2)
      return failure(
        variants.length === 0 ? '--ab-test has no variant' : '--ab-test has only one variant',
        "for example --variant-a 'TEXT' --variant-b 'TEXT' --compare 'TEXT'",
      );
    const groups = variants.filter(({ flow }) => flow === 'side-by-side');
    if (groups.length > 0)
      return failures(
        groups.map(({ id }) =>
          problem(`--variant-${id}-parallel: the texts of a variant run in order`, 'make them variants'),
        ),
      );
    const judge = sections.find(({ id }) => id === COMPARE);
    const needs = variants.flatMap((section) => endsOf(lane(section, ''), section.flow)).map(dataNeed);
    const tasks = sections.flatMap((section) =>
      section === judge ? judgeOf(section, needs) : variantOf(section, judge !== undefined),
    );
    return success({ tasks, loops: [] });
  },
};

/** A later text of a variant may not take an earlier one's failure for granted, so it asks for its success. */
function variantOf(section: Section, judged: boolean): Draft[] {
  const drafts = lane(section, 'variants');
  if (!judged) return inOrder(drafts);
  return drafts.map((draft, index) => {
    const before = drafts[index - 1];
    if (before === undefined) return { ...draft, mayFail: true };
    return { ...draft, mayFail: true, when: 'any-success', needs: [dataNeed(before.id)] };
  });
}

function judgeOf(section: Section, needs: readonly Need[]): Draft[] {
  const drafts = lane(section, COMPARE);
  const first = (draft: Draft): Draft => ({ ...draft, needs, when: 'any-success' });
  if (section.flow === 'side-by-side') return drafts.map(first);
  return inOrder(drafts.map((draft, index) => (index === 0 ? first(draft) : draft)));
}
