/** Door 2 once more, after the job; and the child process that calls services for the step. */
import { runPost } from './commands/post.js';

// Packages may leave connections open that nobody waits for.
void runPost(process.argv.slice(2), process.env).then((code) => process.exit(code));
