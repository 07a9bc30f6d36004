import type { Pattern } from './pattern.js';
import { arrangeInOrder, compileInOrder } from './stages.js';

/** Each step builds on what the one before has left. */
export const progressive: Pattern = {
  name: 'progressive',
  verb: 'orchestrate',
  flags: ['progressive'],
  help: 'run the steps in order, each building on the one before',
  takes: 'steps',
  arrange: arrangeInOrder,
  compile: compileInOrder,
};
