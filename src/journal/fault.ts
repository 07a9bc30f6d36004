/** What the file system said, as the one kind of fault that ends a run: exit 4, in words, with what to do. */
import { Fatal, problem } from '../core/problem.js';

interface Reason {
  readonly what: string;
  readonly hint: string;
}

const FULL: Reason = {
  what: 'the disk is full',
  hint: 'make room there (`batchtool clean` deletes old runs)',
};
const FORBIDDEN: Reason = {
  what: 'no permission',
  hint: 'check whose it is (`ls -ld`), or choose another state folder with --state-dir',
};
const GONE: Reason = {
  what: 'it is gone, or the folder around it is',
  hint: 'nothing may move or delete the state folder during a run',
};
const NOT_A_FOLDER: Reason = {
  what: 'a part of the path is a file, not a folder',
  hint: 'move that file away, or choose another state folder with --state-dir',
};
const TOO_MANY: Reason = { what: 'too many open files', hint: 'raise the limit (`ulimit -n 4096`)' };

const REASONS: Readonly<Record<string, Reason>> = {
  ENOSPC: FULL,
  EDQUOT: { ...FULL, what: 'the disk quota is used up' },
  EFBIG: { ...FULL, what: 'the file would be larger than is allowed' },
  EROFS: {
    what: 'the file system is read-only',
    hint: 'choose a state folder elsewhere with --state-dir',
  },
  EACCES: FORBIDDEN,
  EPERM: FORBIDDEN,
  EIO: { what: 'the disk reports an input/output error', hint: 'check the disk (`dmesg` may say more)' },
  ENOENT: GONE,
  ESTALE: GONE,
  ENOTDIR: NOT_A_FOLDER,
  EMFILE: TOO_MANY,
  ENFILE: TOO_MANY,
};

/** The error code of a system call that failed, or undefined: then it is a bug of ours. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  return 'syscall' in error && 'code' in error ? String(error.code) : undefined;
}

/** What the system said, without the path, which may be a temporary file of ours: `EACCES: permission denied`. */
export function systemSaid(error: unknown): string {
  return (error as Error).message.replace(/, \w+(?: '.*)?$/s, '');
}

/** Faults of the disk or of rights on it, which no other request would get round. */
const OF_THE_DISK = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EPERM', 'EIO']);

/** For a file outside of the state folder: the same fault in the same words, or undefined where the name given is to blame. */
export function diskFault(doing: string, error: unknown, hint: string): Fatal | undefined {
  const code = codeOf(error);
  const reason = code === undefined || !OF_THE_DISK.has(code) ? undefined : REASONS[code];
  return reason && new Fatal(4, problem(`cannot ${doing}: ${reason.what} (${code})`, hint));
}

/** As `stateFault`, where the folder is the one that is meant and no other would do. */
export function removalFault(path: string, error: unknown): Fatal {
  return (
    diskFault(`delete ${path}`, error, 'make it writable for you, then try again') ??
    stateFault('delete', path, error)
  );
}

/** `cannot write X: the disk is full (ENOSPC)`. An error that is no system call's is thrown on as it is. */
export function stateFault(doing: string, path: string, error: unknown): Fatal {
  if (error instanceof Fatal) return error;
  const code = codeOf(error);
  if (code === undefined) throw error;
  const reason = REASONS[code];
  if (reason === undefined)
    return new Fatal(4, problem(`cannot ${doing} ${path}: ${(error as Error).message}`));
  return new Fatal(4, problem(`cannot ${doing} ${path}: ${reason.what} (${code})`, reason.hint));
}
