/** The one place that calls git: with no hooks, no monitors, no questions, and nothing of our environment that could lead it astray. */

/** What git said, however it ended. */
export interface Said {
  readonly code: number;
  readonly stdout: Buffer;
  /** All that it said beside, also where it succeeded. */
  readonly stderr: string;
  /** The same in words, for a person. */
  readonly fault: string;
}

/** Git could not do what it was to do; the message holds its own words. */
export class GitFault extends Error {
  constructor(args: readonly string[], fault: string) {
    super(`git ${verbOf(args)}: ${fault}`);
    this.name = 'GitFault';
  }
}

/** How one call differs from the others. */
export interface Call {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** What it says goes nowhere: with nobody left to read it, it would be ended in the middle of its work. */
  readonly unheard?: true;
}

const SETTINGS = [
  ...['core.hooksPath=/dev/null', 'core.fsmonitor=false', 'core.splitIndex=false', 'submodule.recurse=false'],
  ...['maintenance.auto=false', 'gc.auto=0', 'commit.gpgSign=false', 'log.showSignature=false'],
  ...['advice.addEmbeddedRepo=false'],
  ...['diff.noprefix=false', 'diff.mnemonicPrefix=false', 'i18n.commitEncoding=utf-8'],
].flatMap((setting) => ['-c', setting]);

/** What git and the filters of the user need to find themselves; tokens and GIT_* are not among them. */
const PASSED = new Set([
  ...['PATH', 'HOME', 'XDG_CONFIG_HOME', 'TMPDIR', 'USER', 'LOGNAME'],
  ...['PATHEXT', 'SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'TEMP', 'TMP', 'USERPROFILE', 'APPDATA'],
  ...['LOCALAPPDATA', 'PROGRAMDATA', 'PROGRAMFILES', 'HOMEDRIVE', 'HOMEPATH'],
]);
const OURS = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  // A task could have put another commit in the place of the one that it began with.
  GIT_NO_REPLACE_OBJECTS: '1',
};

export class Git {
  readonly #env: Readonly<Record<string, string>>;

  constructor(
    /** Where it runs. */
    readonly folder: string,
    environment: NodeJS.ProcessEnv,
  ) {
    const passed = Object.entries(environment).filter(([name]) => PASSED.has(name.toUpperCase()));
    this.#env = { ...(Object.fromEntries(passed) as Record<string, string>), ...OURS };
  }

  /** The same in another folder. */
  in(folder: string): Git {
    return new Git(folder, this.#env);
  }

  /** For when it may well fail. A git that is not there says so like one that fails. */
  async ask(args: readonly string[], { input, env, unheard }: Call = {}): Promise<Said> {
    const { execa } = await import('execa');
    const { exitCode, stdout, stderr, originalMessage } = await execa('git', [...SETTINGS, ...args], {
      cwd: this.folder,
      env: { ...this.#env, ...env },
      extendEnv: false,
      ...(input === undefined ? { stdin: 'ignore' } : { input }),
      ...(unheard === true ? { stdout: 'ignore', stderr: 'ignore' } : {}),
      // What ends us, by Ctrl-C or otherwise, must not cut it in the middle.
      detached: process.platform !== 'win32',
      cleanup: false,
      reject: false,
      encoding: 'buffer',
      stripFinalNewline: false,
      maxBuffer: MOST_BYTES,
    });
    const words = stderr === undefined ? '' : Buffer.from(stderr).toString();
    return {
      code: exitCode ?? NOT_STARTED,
      stdout: stdout === undefined ? NOTHING : Buffer.from(stdout),
      stderr: words,
      fault: inWords(words) || originalMessage || `it exited with code ${exitCode}`,
    };
  }

  /** What it printed. Throws `GitFault` if it did not succeed. */
  async run(args: readonly string[], call: Call = {}): Promise<Buffer> {
    const { code, stdout, fault } = await this.ask(args, call);
    if (code !== 0) throw new GitFault(args, fault);
    return stdout;
  }

  /** The same as one line of text. */
  async line(args: readonly string[], call: Call = {}): Promise<string> {
    return (await this.run(args, call)).toString().replace(/\r?\n$/, '');
  }

  /** The same as the texts that NUL ends. */
  async list(args: readonly string[], call: Call = {}): Promise<string[]> {
    return partsOf(await this.run(args, call));
  }
}

/** Texts that NUL ends, as git prints them with `-z`. `latin1` keeps each byte of names that are no UTF-8. */
export function partsOf(printed: Buffer, encoding: 'utf8' | 'latin1' = 'utf8'): string[] {
  const parts = printed.toString(encoding).split('\0');
  if (parts.at(-1) === '') parts.pop();
  return parts;
}

const NOT_STARTED = 127;
const NOTHING = Buffer.alloc(0);
const MOST_BYTES = 1_000_000_000;
const MOST_CHARACTERS = 400;

/** What git wants to say about a fault, on one line, without hints, and without warnings where it says more. */
export function inWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('hint:'));
  // Files that are meant stand below, indented.
  const faults = lines.filter((line) => /^(fatal: |error: |\t)/.test(line));
  const said = (faults.length > 0 ? faults : lines).map((line) =>
    line.replace(/^(fatal|error): /, '').trim(),
  );
  const text = said.join('; ').replaceAll(':; ', ': ');
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

function verbOf(args: readonly string[]): string {
  return args.find((arg) => !arg.startsWith('-')) ?? '';
}
