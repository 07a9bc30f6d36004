/** The suite with the real agents, which `npm test` leaves out: they have to be installed first, and are big. */
import base from '../../jest.config.js';

export default {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/__tests__/real-agents'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
  setupFilesAfterEnv: ['<rootDir>/__tests__/real-agents/once-more.ts'],
};
