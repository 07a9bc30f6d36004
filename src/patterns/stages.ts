/** Stages, one after the other: what most patterns of named steps have in common. */
import type { Need, TaskId } from '../core/plan.js';
import { failure, type Result, success } from '../core/problem.js';
import {
  asWritten,
  type Blueprint,
  type Draft,
  draftsOf,
  MAX_NEEDS,
  orderNeed,
  type Section,
} from './pattern.js';
import { inOrder } from './sequential.js';

/** Sections that run side by side between what stands before and what stands after. */
export interface Stage {
  readonly name: string;
  readonly sections: readonly Section[];
}

/** Each step a stage of its own. */
export function stagesOf(sections: readonly Section[]): Stage[] {
  return sections.map((section) => ({ name: nameOf(section), sections: [section] }));
}

/**
 * Tasks in the order written (`sections`), each stage waiting for all of the one before as mere order: the texts of
 * one section by its `flow`. The stage is set, so that every task finds the results of all earlier ones.
 */
export function compileStages(
  stages: readonly Stage[],
  sections: readonly Section[],
): Result<readonly Draft[]> {
  const drafts = new Map<Section, readonly Draft[]>();
  let before: readonly Need[] = NO_NEEDS;
  let count = 0;
  for (const stage of stages) {
    const ends: Need[] = [];
    for (const section of stage.sections) {
      const own = afterAll(before, lane(section, stage.name), section.flow);
      count += before.length * (section.flow === 'side-by-side' ? own.length : 1);
      drafts.set(section, own);
      ends.push(...endsOf(own, section.flow).map(orderNeed));
    }
    if (count > MAX_NEEDS)
      return failure(
        `the plan has more than ${MAX_NEEDS.toLocaleString('en')} dependencies`,
        'put a step with one text between two large ones',
      );
    if (ends.length > 0) before = Object.freeze(ends);
  }
  return success(sections.flatMap((section) => drafts.get(section) ?? []));
}

/** The plan of steps that run in the order written, whatever the pattern is called. */
export function compileInOrder(sections: readonly Section[]): Result<Blueprint> {
  const drafts = compileStages(stagesOf(sections), sections);
  return drafts.ok ? success({ tasks: drafts.value, loops: [] }) : drafts;
}

/** Tasks of a plan file: its stages say the order; without any, the order in which they are written. */
export function arrangeInOrder(drafts: readonly Draft[]): Blueprint {
  const staged = drafts.some(({ stage }) => stage !== undefined);
  return asWritten(staged ? drafts : inOrder(drafts));
}

/** The drafts of one section with its stage. Words to choose all of them by are tags: its name and its label. */
export function lane(section: Section, stage: string): Draft[] {
  const drafts = draftsOf([section]);
  const tags = [
    ...(drafts.length > 1 ? [nameOf(section)] : []),
    ...(section.label === undefined ? [] : [section.label]),
  ];
  return drafts.map((draft) => ({ ...draft, stage, ...(tags.length === 0 ? {} : { tags }) }));
}

/** The tasks of a section after which all of it is over. */
export function endsOf(drafts: readonly Draft[], flow: Section['flow']): TaskId[] {
  return (flow === 'side-by-side' ? drafts : drafts.slice(-1)).map(({ id }) => id);
}

const NO_NEEDS: readonly Need[] = Object.freeze([]);

/** Those side by side share one list, so that large groups stay small in memory. */
function afterAll(before: readonly Need[], drafts: readonly Draft[], flow: Section['flow']): Draft[] {
  if (flow === 'side-by-side') return drafts.map((draft) => ({ ...draft, needs: before }));
  return inOrder(drafts.map((draft, index) => (index === 0 ? { ...draft, needs: before } : draft)));
}

function nameOf({ id }: Section): string {
  return id ?? 'texts';
}
