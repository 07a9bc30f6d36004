/**
 * Marks are variables in the environment of every process of an attempt, however far it has wandered from its
 * parent and group: `BATCHTOOL_MARK_<run>_<attempt>=1`. A run inside a task keeps the marks around it.
 */

/** The start of every mark, also of runs around us. */
export const MARK = 'BATCHTOOL_MARK_';

/** What the marks of one run begin with. Shells drop variables whose names hold anything but letters, digits, `_`. */
export function markPrefix(runMark: string): string {
  return `${MARK}${runMark.replace(/[^A-Za-z0-9_]/g, '_')}_`;
}

/** The same for the attempts that one process starts: who takes the run over, or had it before, uses other marks. */
export function ownerMarkPrefix(runMark: string, owner: number): string {
  return `${markPrefix(runMark)}${owner}_`;
}

/** The attempt's part of the run's mark in an environment as the kernel shows it, `A=1\0B=2\0`. */
export function markIn(environ: Buffer, prefix: string): string | undefined {
  for (let at = environ.indexOf(prefix); at >= 0; at = environ.indexOf(prefix, at + 1)) {
    if (at > 0 && environ[at - 1] !== 0) continue;
    const end = environ.indexOf('=', at);
    if (end >= 0) return environ.toString('latin1', at + prefix.length, end);
  }
  return undefined;
}
