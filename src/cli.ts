/** Door 1: arguments in, exit code out. Verbs are loaded when they are asked for. */
import { main } from './commands/main.js';
import { stateWords } from './commands/state-words.js';
import { currentFolder, leave } from './commands/surroundings.js';

const used = new Set<NodeJS.WriteStream>();

/** Standard output could not be written, and not because its reader has gone. */
let isUnwritten = false;

/** A reader that has gone (`| head -1`) is no reason to die; an error that nobody listens to would be one. */
function patient(stream: NodeJS.WriteStream, said: (message: string) => void): NodeJS.WriteStream {
  if (used.has(stream)) return stream;
  used.add(stream);
  let isTold = false;
  return stream.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    if (!isTold && code !== 'EPIPE') said(message);
    isTold = true;
  });
}

/** Without a word and with 0, half a document on a full disk would pass for a whole one. */
function complain(message: string): void {
  isUnwritten = true;
  process.exitCode ||= 1;
  stderr().write(`batchtool: cannot write to standard output: ${message}\n`);
}

const stderr = (): NodeJS.WriteStream => patient(process.stderr, () => undefined);

// Should nothing be left to wait for before there is an ending, that is a bug and no success.
process.exitCode = 1;

const words = process.argv.slice(2);

void main(words, {
  get cwd() {
    return currentFolder();
  },
  env: process.env,
  stateWords: stateWords(words),
  // Making a stream costs milliseconds; most verbs need only one.
  get stdout() {
    return patient(process.stdout, complain);
  },
  get stderr() {
    return stderr();
  },
}).then((ending) => {
  if (typeof ending !== 'number') return process.kill(process.pid, ending.signal);
  process.exitCode = ending === 0 && isUnwritten ? 1 : ending;
  // A stream that failed says so after this.
  return setImmediate(leave, used);
});
