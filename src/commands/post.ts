/** The post step of the action, and what else its bundle is started for. */
import { COURIER_WORD } from '../github/errand.js';

/** Resolves with the exit code. A post step that fails would fail a job that is done, so it never does. */
export async function runPost([word]: readonly string[], env: NodeJS.ProcessEnv): Promise<0 | 1> {
  const isCourier = word === COURIER_WORD;
  try {
    if (isCourier) await (await import('../github/service.js')).beCourier();
    else await (await import('./action-cache.js')).sendRemembered(env);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return isCourier ? 1 : 0;
  }
}
