/** What the exit codes mean, the same for all verbs; `ExitCode` in core/problem.ts is their type. */
export const EXIT_CODES = `Exit codes: 0 all that had to succeed did
            1 a task failed, or the output could not be written
            2 the request was wrong, nothing started
            3 stopped by a budget, or went over it
            4 the state folder could not be written or read
On SIGINT or SIGTERM it cleans up and dies by that signal.`;
