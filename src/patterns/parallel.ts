import { success } from '../core/problem.js';
import { asWritten, draftsOf, type Pattern } from './pattern.js';

/** All side by side, as many as there are slots. */
export const parallel: Pattern = {
  name: 'parallel',
  verb: 'run',
  flags: ['parallel', 'concurrent'],
  help: 'run the texts side by side (the default)',
  takes: 'texts',
  arrange: asWritten,
  compile: (sections) => success({ tasks: draftsOf(sections), loops: [] }),
};
