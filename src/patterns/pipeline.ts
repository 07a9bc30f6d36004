import type { Pattern } from './pattern.js';
import { arrangeInOrder, compileInOrder } from './stages.js';

/** Steps in the order written: what `orchestrate` does without a pattern. */
export const pipeline: Pattern = {
  name: 'pipeline',
  verb: 'orchestrate',
  flags: [],
  help: 'run the steps one after the other',
  takes: 'steps',
  arrange: arrangeInOrder,
  compile: compileInOrder,
};
