import { failure, success } from '../core/problem.js';
import type { Blueprint, Draft, Pattern, Section } from './pattern.js';
import { compileStages, endsOf, lane, type Stage, stagesOf } from './stages.js';
import { naming, pickOf, variantOf } from './variants.js';

/** `idea-1`, `idea2`, `idea-b`; not `idea-review`. */
const IDEA = /^idea-?\d+$|^idea-[a-z]$/i;

/** The stage of all ideas; no other step can be called so. */
const IDEAS = 'idea-N';

/** Ideas side by side, then the other steps in order. Where ideas work apart from each other, one of them is taken. */
export const prototypes: Pattern = {
  name: 'prototypes',
  verb: 'orchestrate',
  flags: ['prototypes'],
  help: 'run --idea-1, --idea-2… side by side, then the other steps in order',
  takes: 'steps',
  apart: true,
  compile: (sections, _back, apart = false) => {
    const ideas = sections.filter(isIdea);
    if (ideas.length === 0)
      return failure('--prototypes has no idea', "ideas are steps named --idea-1 'TEXT', --idea-2 'TEXT'…");
    const others = sections.filter((section) => !isIdea(section));
    const stages: Stage[] = [{ name: IDEAS, sections: ideas }, ...stagesOf(others)];
    const drafts = compileStages(stages, sections);
    if (!drafts.ok) return drafts;
    return success(apart ? taking(ideas, others[0], drafts.value) : { tasks: drafts.value, loops: [] });
  },
};

function isIdea({ id }: Section): boolean {
  return id !== undefined && IDEA.test(id);
}

/** One of the ideas is taken: the step after them looks at all that succeeded, and the others go on from the winner. */
function taking(ideas: readonly Section[], judge: Section | undefined, drafts: readonly Draft[]): Blueprint {
  const isOf = (section: Section | undefined): ((draft: Draft) => boolean) => {
    const ids = new Set(section === undefined ? [] : lane(section, '').map(({ id }) => id));
    return ({ id }) => ids.has(id);
  };
  const judges = drafts.filter(isOf(judge));
  const pick = pickOf(ideas, judges);
  const changed = [...ideas.flatMap((idea) => variantOf(idea, IDEAS)), ...naming(judges, pick)];
  const ends = new Set(ideas.flatMap((idea) => endsOf(lane(idea, ''), idea.flow)));
  const tasks = drafts.map((draft): Draft => {
    const own = changed.find(({ id }) => id === draft.id) ?? draft;
    return own.needs.some(({ task }) => ends.has(task)) && isOf(judge)(own)
      ? { ...own, when: 'any-success' }
      : own;
  });
  return { tasks, loops: [], picks: [pick] };
}
