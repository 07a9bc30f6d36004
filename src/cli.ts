/** Door 1: arguments in, exit code out. Verbs are loaded when they are asked for. */
import { main } from './commands/main.js';

void main(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  // Making a stream costs milliseconds; most verbs need only one.
  get stdout() {
    return process.stdout;
  },
  get stderr() {
    return process.stderr;
  },
}).then((ending) => {
  if (typeof ending === 'number') process.exitCode = ending;
  else process.kill(process.pid, ending.signal);
});
