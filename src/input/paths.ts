/** Paths as text: nothing here looks at a disk. */

/** `path` as seen from the absolute `folder`; `.` and `..` are resolved. */
export function resolvePath(folder: string, path: string): string {
  if (/^([A-Za-z]:)?[\\/]/.test(path)) return path;
  const windows = /^[A-Za-z]:\\|^\\\\/.test(folder);
  const steps = folder.replace(/[\\/]+$/, '').split(windows ? /[\\/]/ : '/');
  for (const step of path.split(windows ? /[\\/]/ : '/')) {
    if (step === '..') {
      if (steps.length > 1) steps.pop();
    } else if (step !== '.' && step !== '') steps.push(step);
  }
  const joined = steps.join(windows ? '\\' : '/');
  if (joined === '') return '/';
  return /^[A-Za-z]:$/.test(joined) ? `${joined}\\` : joined;
}

/** The name of a file without folders and its last ending. */
export function baseName(path: string): string {
  const name = path.split(/[\\/]/).at(-1) ?? '';
  return name.replace(/(?<=.)\.[^.]*$/, '').replace(/[<>]/g, '') || 'plan';
}

/** False for what no file system can hold; to ask for it may itself fail. */
export function couldExist(path: string): boolean {
  if (path === '' || path.length > 4096 || path.includes('\0')) return false;
  return path.split('/').every((part) => part.length < 64 || new TextEncoder().encode(part).length <= 255);
}
