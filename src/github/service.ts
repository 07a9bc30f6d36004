/** What a courier does. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { unreachable } from '../core/unreachable.js';
import { BASE_FILE, BRANCH_FILE, type Errand } from './errand.js';
import type { CacheKeys } from './place.js';

/** Reads its errand from a line of standard input, works in the current folder, and ends when who has sent it ends. */
export async function beCourier(): Promise<void> {
  process.stdin.on('end', () => process.exit(1));
  const [line] = (await once(createInterface(process.stdin), 'line')) as [string];
  await run(JSON.parse(line) as Errand, process.cwd());
}

async function run(errand: Errand, folder: string): Promise<void> {
  switch (errand.kind) {
    case 'restore':
      return restore(folder, errand.keys);
    case 'save':
      return (await import('./cache-service.js')).save(folder, errand.key);
    case 'artifact': {
      const { upload } = await import('./artifact-service.js');
      return upload(errand);
    }
    default:
      return unreachable(errand);
  }
}

/** The base is what a run is compared with; durations are taken from what is nearest to it. */
async function restore(folder: string, { branch, base, any }: CacheKeys): Promise<void> {
  const { restoreNewest } = await import('./cache-service.js');
  const isThere = await restoreNewest(folder, [base], BASE_FILE);
  const nearer = [...(branch === base ? [] : [branch]), ...(isThere ? [] : [any])];
  if (nearer.length > 0) await restoreNewest(folder, nearer, BRANCH_FILE);
}
