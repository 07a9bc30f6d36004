/** What the child process of a call does. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { unreachable } from '../core/unreachable.js';
import type { CacheKeys } from './place.js';
import { BASE_FILE, BRANCH_FILE, type ServiceRequest } from './service-request.js';

/** Carries out the request on the first line of standard input, in the current folder, and ends when the caller ends. */
export async function serveRequest(): Promise<void> {
  process.stdin.on('end', () => process.exit(1));
  const [line] = (await once(createInterface(process.stdin), 'line')) as [string];
  await run(JSON.parse(line) as ServiceRequest, process.cwd());
}

async function run(request: ServiceRequest, folder: string): Promise<void> {
  switch (request.kind) {
    case 'restore':
      return restore(folder, request.keys);
    case 'save':
      return (await import('./cache-service.js')).save(folder, request.key);
    case 'artifact': {
      const { upload } = await import('./artifact-service.js');
      return upload(request);
    }
    default:
      return unreachable(request);
  }
}

/** The base is what a run is compared with; durations are taken from what is nearest to it. */
async function restore(folder: string, { branch, base, any }: CacheKeys): Promise<void> {
  const { restoreNewest } = await import('./cache-service.js');
  const isThere = await restoreNewest(folder, [base], BASE_FILE);
  const nearer = [...(branch === base ? [] : [branch]), ...(isThere ? [] : [any])];
  if (nearer.length > 0) await restoreNewest(folder, nearer, BRANCH_FILE);
}
