/** Door 2: the step of a workflow. */
import { runAction } from './commands/action.js';
import { currentFolder, leave } from './commands/surroundings.js';

// Should nothing be left to wait for before there is an ending, that is a bug and no success.
process.exitCode = 1;

void runAction({
  cwd: currentFolder(),
  env: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
}).then((code) => {
  process.exitCode = code;
  setImmediate(leave, [process.stdout, process.stderr]);
});
