/** The desk of an agent for each test of a suite, and the stand-in model for all of them. */
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import type { StandInModel } from '../stand-in-model/server.js';
import type { Name } from './aimed.js';
import { Desk } from './conversation.js';
import { INSTALL_MILLIS } from './limits.js';
import { modelFor } from './model.js';

/** Called where tests are described; what it gives is there while one runs. */
export function useDesk(name: Name): () => Desk {
  let model: StandInModel;
  let desk: Desk;
  beforeAll(async () => {
    model = await modelFor(name);
  }, INSTALL_MILLIS);
  afterAll(() => model?.close());
  beforeEach(() => {
    desk = new Desk(name, model);
  });
  afterEach(() => desk?.close());
  return () => desk;
}
