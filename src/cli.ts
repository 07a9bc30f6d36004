/** Door 1: arguments in, exit code out. Verbs are loaded when they are asked for. */
import { main } from './commands/main.js';

/** A reader that has gone (`| head -1`) is no reason to die; an error that nobody listens to would be one. */
function patient(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  if (stream.listenerCount('error') === 0) stream.on('error', () => undefined);
  return stream;
}

void main(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  // Making a stream costs milliseconds; most verbs need only one.
  get stdout() {
    return patient(process.stdout);
  },
  get stderr() {
    return patient(process.stderr);
  },
}).then((ending) => {
  if (typeof ending === 'number') process.exitCode = ending;
  else process.kill(process.pid, ending.signal);
});
