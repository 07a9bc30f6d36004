/** The action's own calls of git, which obey no repository: no hooks, no programs that it names, no questions. */
import { type ExecOutput, getExecOutput } from '@actions/exec';

export interface Git {
  /** What git printed, or undefined if it did not succeed. */
  run(folder: string, args: readonly string[]): Promise<string | undefined>;
  /** The other way round: why it did not succeed, in git's words, or undefined if it did. */
  fault(folder: string, args: readonly string[]): Promise<string | undefined>;
}

const SETTINGS = [
  ...['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'safe.directory=*', 'protocol.ext.allow=never'],
  // What says nothing for so long is given up.
  ...['http.lowSpeedLimit=1000', 'http.lowSpeedTime=10'],
].flatMap((setting) => ['-c', setting]);

/** With a token, its requests to this server carry that and nothing that a checkout left behind. */
export function git(
  env: NodeJS.ProcessEnv,
  access?: { readonly server: string; readonly token: string },
): Git {
  const variables: Record<string, string> = {
    ...(env as Record<string, string>),
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    ...(access === undefined || access.token === '' ? {} : headerFor(access)),
  };
  const call = async (folder: string, args: readonly string[]): Promise<ExecOutput> => {
    try {
      return await getExecOutput('git', ['-C', folder, ...SETTINGS, ...args], {
        env: variables,
        silent: true,
        ignoreReturnCode: true,
      });
    } catch {
      return { exitCode: 127, stdout: '', stderr: 'git is not installed' };
    }
  };
  return {
    run: async (folder, args) => {
      const { exitCode, stdout } = await call(folder, args);
      return exitCode === 0 ? stdout : undefined;
    },
    fault: async (folder, args) => {
      const { exitCode, stderr } = await call(folder, args);
      return exitCode === 0 ? undefined : inWords(stderr) || `git exited with ${exitCode}`;
    },
  };
}

const MOST_CHARACTERS = 300;

/** What git and the server say about a fault, on one line. */
function inWords(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const telling = lines.filter((line) => /^(fatal|error|remote|!)/.test(line) && !/^remote:\s*$/.test(line));
  return (telling.length > 0 ? telling : lines.filter(Boolean)).join('; ').slice(0, MOST_CHARACTERS);
}

/** Through variables, for arguments are seen by every process. An empty header takes back those that came before. */
function headerFor({ server, token }: { server: string; token: string }): Record<string, string> {
  const key = `http.${server}/.extraheader`;
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  return {
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: key,
    GIT_CONFIG_VALUE_0: '',
    GIT_CONFIG_KEY_1: key,
    GIT_CONFIG_VALUE_1: `AUTHORIZATION: basic ${basic}`,
  };
}
