import { failure, success } from '../core/problem.js';
import type { Pattern, Section } from './pattern.js';
import { compileStages, type Stage, stagesOf } from './stages.js';

/** `idea-1`, `idea2`, `idea-b`; not `idea-review`. */
const IDEA = /^idea-?\d+$|^idea-[a-z]$/i;

/** The stage of all ideas; no other step can be called so. */
const IDEAS = 'idea-N';

/** Ideas side by side, then the other steps in order. */
export const prototypes: Pattern = {
  name: 'prototypes',
  verb: 'orchestrate',
  flags: ['prototypes'],
  help: 'run --idea-1, --idea-2… side by side, then the other steps in order',
  takes: 'steps',
  compile: (sections) => {
    const ideas = sections.filter(isIdea);
    if (ideas.length === 0)
      return failure('--prototypes has no idea', "ideas are steps named --idea-1 'TEXT', --idea-2 'TEXT'…");
    const others = sections.filter((section) => !isIdea(section));
    const stages: Stage[] = [{ name: IDEAS, sections: ideas }, ...stagesOf(others)];
    const drafts = compileStages(stages, sections);
    return drafts.ok ? success({ tasks: drafts.value, loops: [] }) : drafts;
  },
};

function isIdea({ id }: Section): boolean {
  return id !== undefined && IDEA.test(id);
}
