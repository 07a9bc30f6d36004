/** The end of a log: what stands for the result of a task that has none of its own, and where a runner says that it failed. */
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import type { AttemptFiles } from '../core/ports.js';

export const LOG_END_BYTES = 16_384;

/** What an attempt's executor has put beside its log as its result, else the end of the log. */
export function resultOf({ result, log }: AttemptFiles): string {
  return (existsSync(result) ? readFileSync(result) : logEnd(log)).toString();
}

/** The same for readers, byte for byte: they are told when there was more, and where. */
export function resultToRead({ result, log }: AttemptFiles): Buffer {
  if (existsSync(result)) return readFileSync(result);
  const end = logEnd(log);
  const left = end.length === 0 ? 0 : statSync(log).size - end.length;
  if (left === 0) return end;
  const missing = `[… the first ${left.toLocaleString('en')} bytes of this output are left out; all of it is in ${log} …]\n`;
  return Buffer.concat([Buffer.from(missing), end]);
}

/** From the first whole line on, when it is not the whole log. Empty without a log: the task may never have written. */
export function logEnd(log: string): Buffer {
  let fd: number;
  try {
    fd = openSync(log, 'r');
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const from = Math.max(0, fstatSync(fd).size - LOG_END_BYTES);
    const buffer = Buffer.alloc(LOG_END_BYTES);
    const tail = buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, from));
    const lineEnd = from === 0 ? -1 : tail.indexOf('\n');
    return lineEnd >= 0 && lineEnd < tail.length - 1 ? tail.subarray(lineEnd + 1) : wholeCharacters(tail);
  } finally {
    closeSync(fd);
  }
}

/** Without the bytes of a UTF-8 character that was cut in two. */
function wholeCharacters(bytes: Buffer): Buffer {
  let from = 0;
  while (from < 3 && from < bytes.length && ((bytes[from] as number) & 0xc0) === 0x80) from++;
  return bytes.subarray(from);
}
