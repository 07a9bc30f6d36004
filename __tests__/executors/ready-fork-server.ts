/** A fork server that is ready before a test begins, for one becomes so only in its own time. */
import { ForkServer } from '../../src/executors/fork-server.js';

/** Fails when there is none to be had. */
export function readyForkServer(): Promise<ForkServer> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the fork server does not get ready')), 10_000);
    const server: ForkServer = new ForkServer(() => {
      clearTimeout(late);
      resolve(server);
    });
  });
}
