import type { TaskId } from '../core/plan.js';
import { success } from '../core/problem.js';
import { sharedNeeds } from './dag.js';
import { asWritten, type Draft, draftsOf, type Pattern, type Section } from './pattern.js';
import { inOrder } from './sequential.js';

/** Named steps, all side by side but for what their texts say that they need. */
export const components: Pattern = {
  name: 'component-parallel',
  verb: 'run',
  flags: ['component-parallel'],
  help: 'run named steps side by side; texts may end in :depends=STEP or :wait-for=all',
  takes: 'steps',
  suffixes: true,
  arrange: asWritten,
  compile: (sections) => success({ tasks: compileComponents(sections), loops: [] }),
};

function compileComponents(sections: readonly Section[]): Draft[] {
  const needOf = sharedNeeds();
  const idsOf = new Map(sections.map((section) => [section.id, draftsOf([section]).map(({ id }) => id)]));
  const free = sections.flatMap((section) => freeIn(section, idsOf.get(section.id) ?? []));
  return sections.flatMap((section) => {
    const drafts = draftsOf([section]).map((draft, index): Draft => {
      const needs = section.items[index]?.needs ?? [];
      const ids = needs === 'all' ? free : needs.flatMap((name) => idsOf.get(name) ?? [name]);
      return { ...draft, needs: [...new Set(ids)].map(needOf), tags: tagsOf(section) };
    });
    return section.flow === 'side-by-side' ? drafts : inOrder(drafts);
  });
}

/** What neither waits for all nor comes after a text that does. */
function freeIn({ items, flow }: Section, ids: readonly TaskId[]): TaskId[] {
  if (flow === 'side-by-side') return ids.filter((_, index) => items[index]?.needs !== 'all');
  const waits = items.findIndex(({ needs }) => needs === 'all');
  return waits < 0 ? [...ids] : ids.slice(0, waits);
}

/** Words to choose all texts of a step by. */
function tagsOf({ id, items, label }: Section): string[] {
  return [...(items.length > 1 && id !== undefined ? [id] : []), ...(label === undefined ? [] : [label])];
}
