import type { Need } from '../core/plan.js';
import { failure, failures, problem, success } from '../core/problem.js';
import { type Draft, dataNeed, type Pattern, type Section } from './pattern.js';
import { inOrder } from './sequential.js';
import { endsOf, lane } from './stages.js';
import { naming, pickOf, variantOf } from './variants.js';

const COMPARE = 'compare';
const STAGE = 'variants';

/**
 * Variants side by side, then what compares them if at least one succeeded. With a judge a variant may fail; the run
 * fails when all do, for then there is nothing to judge. Without one, each variant counts, but where they work apart from
 * each other: then one of those that succeeded is taken.
 */
export const abTest: Pattern = {
  name: 'ab-test',
  verb: 'run',
  flags: ['ab-test'],
  help: 'run --variant-a, --variant-b… side by side, then --compare',
  takes: /^(variant-[a-z]|compare)$/,
  apart: true,
  compile: (sections, _back, apart = false) => {
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
    const judges = judge === undefined ? [] : judgeOf(judge, needs);
    const pick = pickOf(variants, judges);
    const asked = apart ? naming(judges, pick) : judges;
    // Without a judge, and on the same files, each variant counts.
    const mayFail = judge !== undefined || apart;
    const tasks = sections.flatMap((section) => {
      if (section === judge) return asked;
      return mayFail ? variantOf(section, STAGE) : inOrder(lane(section, STAGE));
    });
    return success({ tasks, loops: [], ...(apart ? { picks: [pick] } : {}) });
  },
};

function judgeOf(section: Section, needs: readonly Need[]): Draft[] {
  const drafts = lane(section, COMPARE);
  const first = (draft: Draft): Draft => ({ ...draft, needs, when: 'any-success' });
  if (section.flow === 'side-by-side') return drafts.map(first);
  return inOrder(drafts.map((draft, index) => (index === 0 ? first(draft) : draft)));
}
