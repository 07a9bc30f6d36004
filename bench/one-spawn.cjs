/**
 * The floor for one task in Node: nothing but one `spawn`; with `watched` as an argument a second one, of a shell that
 * waits at a pipe for our end. No plan, no journal, no log. Usage: node one-spawn.cjs [watched]
 */
const { spawn } = require('node:child_process');

if (process.argv[2] === 'watched') {
  const options = { detached: true, stdio: ['pipe', 'ignore', 'ignore'] };
  const watchdog = spawn('/bin/sh', ['-c', 'read -r word'], options);
  watchdog.unref();
  watchdog.stdin.unref();
}
spawn('sh', ['-c', 'true'], { detached: true, stdio: 'ignore' });
