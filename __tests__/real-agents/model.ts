/** The stand-in model that the real program of an agent talks with. */
import { StandInModel } from '../stand-in-model/server.js';
import type { Name } from './aimed.js';
import { installed } from './installed.js';

/** Started once the program is there, and the Node that it runs on. */
export async function modelFor(agent: Name): Promise<StandInModel> {
  installed('node');
  installed(agent);
  return StandInModel.start();
}
