/** Paths as programs print them, made relative to a repository. Only words: nothing is looked up on a disk. */

export interface Around {
  /** An absolute path. */
  readonly root: string;
  /** Each stands in the one before; an absolute one begins anew. Those that are not known are left out. */
  readonly folders: readonly (string | undefined)[];
}

/** With `/` and without `.` and `..`; undefined for a file that stands elsewhere. */
export function repositoryPath(file: string, { root, folders }: Around): string | undefined {
  const start = normal(file.replace(/^file:\/\//, ''));
  const whole = folders
    .filter((folder) => folder !== undefined)
    .reduceRight<string>((path, folder) => (isAbsolute(path) ? path : normal(`${folder}/${path}`)), start);
  const base = normal(root);
  const absolute = isAbsolute(whole) ? whole : normal(`${base}/${whole}`);
  const below = base === '/' ? '/' : `${base}/`;
  return absolute.startsWith(below) && absolute.length > below.length
    ? absolute.slice(below.length)
    : undefined;
}

function isAbsolute(path: string): boolean {
  return /^(\/|[A-Za-z]:\/)/.test(path);
}

function normal(path: string): string {
  const parts: string[] = [];
  const slashed = path.replaceAll('\\', '/');
  for (const part of slashed.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return `${slashed.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}
