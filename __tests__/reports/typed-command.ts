/** A command that a report gives, as a reader's shell understands it. */
import { execFileSync } from 'node:child_process';

/** What `npx batchtool` is handed. */
export function wordsTyped(command: string): string[] {
  const script = `npx() { shift; printf '%s\\0' "$@"; }\n${command}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}
