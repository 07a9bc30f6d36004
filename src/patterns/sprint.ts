import type { Pattern } from './pattern.js';
import { arrangeInOrder, compileInOrder } from './stages.js';

/** The stages of a sprint; its flag also names the run. */
export const sprint: Pattern = {
  name: 'sprint',
  verb: 'orchestrate',
  flags: ['sprint'],
  value: 'NAME',
  help: 'run the steps of a sprint in order; NAME names the run',
  takes: 'steps',
  arrange: arrangeInOrder,
  compile: compileInOrder,
};
