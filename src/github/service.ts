/** What a courier does. It ends itself when its time is over, should nobody be there any more who would. */
import { text } from 'node:stream/consumers';
import { unreachable } from '../core/unreachable.js';
import { BASE_FILE, BRANCH_FILE, type Errand, LATE_CODE } from './errand.js';
import type { CacheKeys } from './place.js';

/** Reads its errand from standard input and works in the current folder. What goes wrong is printed as packages do. */
export async function beCourier(mostMillis: number): Promise<void> {
  setTimeout(() => process.exit(LATE_CODE), mostMillis);
  const errand = JSON.parse(await text(process.stdin)) as Errand;
  try {
    await run(errand, process.cwd());
  } catch (error) {
    process.stdout.write(`::error::${error instanceof Error ? error.message : String(error)}\n`);
  }
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
