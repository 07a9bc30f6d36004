/** The post step of the action, and what else its bundle is started for. */
import { SERVICE_WORD } from '../github/service-request.js';

/** Resolves with the exit code. A post step that fails would fail a job that is done, so it never does. */
export async function runPost([word]: readonly string[], env: NodeJS.ProcessEnv): Promise<0 | 1> {
  const isChild = word === SERVICE_WORD;
  try {
    if (isChild) await (await import('../github/service-process.js')).serveRequest();
    else await (await import('./action-cache.js')).sendRemembered(env);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return isChild ? 1 : 0;
  }
}
