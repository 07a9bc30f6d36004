/** Which files of a checkout are compared with the base branch where it matters whose they are, and how git is told of them. */
import { isAbsolute, relative, resolve, sep } from 'node:path';

/** From which agents take instructions, permissions and programs that they start, at any depth. */
export const AGENT_FILES: readonly string[] = [
  ...['CLAUDE.md', 'CLAUDE.local.md', 'AGENTS.md', 'AGENTS.override.md', 'GEMINI.md', 'CONTEXT.md'],
  ...['.roomodes', '.mcp.json', 'opencode.json', 'opencode.jsonc'],
  ...['.agents/', '.claude/', '.codex/', '.gemini/', '.opencode/'],
];
/** What they also take settings from or are made of, but workflows put there too: packages, and where Gemini sends its key. */
const ALSO_PUT_THERE: readonly string[] = ['node_modules/', '.env'];

/** What is compared, as git wants it told. */
export interface Specs {
  /** None of them may be there that is not in the base. */
  readonly files: readonly string[];
  /** These may be, unless they were checked out. */
  readonly programs: readonly string[];
}

/** With all packages that were checked out, for a program in them is made of the others. */
export function programSpecs(root: string, programs: readonly string[] | undefined): string[] {
  if (programs === undefined) return [];
  const own = programs.flatMap((program) => {
    if (!isAbsolute(program)) return specsFor(program);
    const path = within(root, program);
    return path === undefined ? [] : [`:(literal,icase)${path}`];
  });
  return [...own, ...ALSO_PUT_THERE.flatMap(specsFor)];
}

/** At any depth, in small letters or capitals: some systems do not tell them apart. */
export function specsFor(name: string): string[] {
  const bare = name.replace(/\/$/, '');
  return [`:(glob,icase)**/${bare}`, ...(bare === name ? [] : [`:(glob,icase)**/${bare}/**`])];
}

/** This path and nothing else, whatever signs are in it. */
export function literally(path: string): string {
  return `:(literal)${path}`;
}

/** The path below the folder, with `/`; undefined if it is not below it. */
export function within(root: string, path: string): string | undefined {
  const below = relative(root, path).split(sep).join('/');
  return below === '' || below === '..' || below.startsWith('../') || resolve(below) === below
    ? undefined
    : below;
}
