/**
 * The cache of GitHub, through @actions/cache: the only file that knows it. That package packs with the tar that it finds
 * on PATH, and unpacks to wherever an archive says. Therefore nothing is ever unpacked: PATH leads to a program that
 * carries one file to and from the service as it is, whatever it holds. This changes the process, which is to do nothing
 * else.
 */
import { chmodSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ENTRY_FILE } from './service-request.js';

/** Called as `tar -xf ARCHIVE …`, `tar --posix -cf ARCHIVE …`, and in a step that is debugged `tar -tf ARCHIVE …`. */
const TAR = `#!/bin/sh
PATH=$BATCHTOOL_PATH
case "$1" in
  -xf) exec cp "$2" "$BATCHTOOL_ENTRY" ;;
  --posix) exec cp "$BATCHTOOL_ENTRY" "$3" ;;
  -tf) exit 0 ;;
esac
exit 1
`;

/** The newest entry whose name begins with one of these, the first that has any; as `into` in the folder. */
export async function restoreNewest(
  folder: string,
  prefixes: readonly string[],
  into: string,
): Promise<boolean> {
  const { restoreCache } = await loadCache(folder);
  const [first = '', ...others] = prefixes;
  await restoreCache([ENTRY_FILE], first, [first, ...others]);
  const entry = join(folder, ENTRY_FILE);
  if (!existsSync(entry)) return false;
  renameSync(entry, join(folder, into));
  return true;
}

export async function save(folder: string, key: string): Promise<void> {
  const { saveCache } = await loadCache(folder);
  await saveCache([ENTRY_FILE], key);
}

async function loadCache(folder: string): Promise<typeof import('@actions/cache')> {
  const bin = join(folder, 'bin');
  if (process.env.PATH !== bin) {
    mkdirSync(bin);
    writeFileSync(join(bin, 'tar'), TAR);
    chmodSync(join(bin, 'tar'), 0o700);
    Object.assign(process.env, {
      BATCHTOOL_PATH: [process.env.PATH, '/usr/bin', '/bin'].join(delimiter),
      BATCHTOOL_ENTRY: join(folder, ENTRY_FILE),
      PATH: bin,
      // What the paths of a cache entry count from, and where the package puts what it works on.
      GITHUB_WORKSPACE: folder,
      RUNNER_TEMP: folder,
    });
  }
  return import('@actions/cache');
}
