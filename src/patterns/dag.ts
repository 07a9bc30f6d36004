import type { Need, TaskId } from '../core/plan.js';
import { success } from '../core/problem.js';
import { asWritten, type Draft, dataNeed, draftsOf, type Pattern, type Section } from './pattern.js';

/** Each task as soon as what it needs has succeeded. */
export const dag: Pattern = {
  name: 'dependency-aware',
  verb: 'run',
  flags: ['dependency-aware'],
  help: 'run tasks as a graph: --task "ID:TEXT[:depends=A,B]"',
  takes: 'tasks',
  arrange: asWritten,
  compile: (sections) => success({ tasks: compileGraph(sections), loops: [] }),
};

function compileGraph(sections: readonly Section[]): Draft[] {
  const needOf = sharedNeeds();
  const free = sections.flatMap(({ id, needs }) => (needs === 'all' || id === undefined ? [] : [id]));
  return sections.flatMap((section) => {
    const ids = section.needs === 'all' ? free : [...new Set(section.needs ?? [])];
    const needs = ids.map(needOf);
    return draftsOf([section]).map((draft) => ({ ...draft, needs }));
  });
}

/** Needs on the same task are one object, so that a graph with many edges stays small in memory. */
export function sharedNeeds(): (task: TaskId) => Need {
  const made = new Map<TaskId, Need>();
  return (task) => {
    let need = made.get(task);
    if (need === undefined) {
      need = Object.freeze(dataNeed(task));
      made.set(task, need);
    }
    return need;
  };
}
