/** Why a process could not be started, in words that name what has to be mended. Pure. */

export interface SpawnAttempt {
  readonly file: string;
  readonly cwd: string;
  /** What stands at `cwd`. */
  readonly cwdIs: 'folder' | 'file' | 'missing' | 'unknown';
}

/** The system says only `spawn sh ENOENT`, also when it is the folder that is missing. */
export function spawnFault(
  error: { code?: string | undefined; message: string },
  { file, cwd, cwdIs }: SpawnAttempt,
): string {
  if (cwdIs === 'missing') return `the folder ${cwd} does not exist`;
  if (cwdIs === 'file') return `${cwd} is not a folder`;
  switch (error.code) {
    case 'ENOENT':
      return file.includes('/') || file.includes('\\')
        ? `the program ${file} does not exist`
        : `the program ${file} is not on PATH`;
    case 'EACCES':
      return `${file} may not be executed, or the folder ${cwd} may not be entered`;
    case 'E2BIG':
      return 'the variables and arguments are too long for this system (see env: and --env)';
    case 'ERR_INVALID_ARG_VALUE':
      return 'a variable or the name of the folder holds a NUL character, which no process can be given';
    case 'EAGAIN':
      return 'the system allows no more processes (see ulimit -u)';
    case 'EMFILE':
    case 'ENFILE':
      return 'too many files are open (see ulimit -n)';
    case 'ENOMEM':
      return 'there is not enough memory to start a process';
    default:
      return error.message;
  }
}
