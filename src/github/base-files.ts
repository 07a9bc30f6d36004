/** Whether files that tell a run what to do are those of the base branch, and not what a stranger made of them. */
import { existsSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Bases } from './event.js';
import type { Git } from './git.js';

/** From which agents take instructions, permissions and programs that they start, at any depth. */
export const AGENT_FILES: readonly string[] = [
  ...[
    '.roomodes',
    'CLAUDE.md',
    'CLAUDE.local.md',
    'AGENTS.md',
    'AGENTS.override.md',
    'GEMINI.md',
    'CONTEXT.md',
  ],
  ...['.mcp.json', 'opencode.json', 'opencode.jsonc'],
  ...['.agents/', '.claude/', '.codex/', '.gemini/', '.opencode/'],
];
/** What they also take settings from or are made of, but workflows put there too: packages, and where Gemini sends its key. */
const ALSO_PUT_THERE: readonly string[] = ['node_modules/', '.env'];

export interface Wanted {
  /** Where the step works, then where its tasks do. */
  readonly folders: readonly [string, ...string[]];
  readonly bases: Bases;
  /** The file that says what is run, as named in the first folder. */
  readonly planFile?: string;
  readonly agentFiles: boolean;
  /**
   * What is started as an agent or a runner: absolute paths, and names of what may lie anywhere. Only what somebody has checked out
   * counts, for others were installed by an earlier step. Left out where no agent is started.
   */
  readonly programs?: readonly string[];
  /** Where a commit is fetched from that a shallow checkout lacks. */
  readonly remote: string;
}

export type Compared =
  | { readonly kind: 'same' }
  | { readonly kind: 'differs'; readonly files: readonly string[] }
  /** `why` is a sentence's end. */
  | { readonly kind: 'unknown'; readonly why: string };

export async function compareWithBase(git: Git, wanted: Wanted): Promise<Compared> {
  const rootOf = async (folder: string): Promise<string | undefined> =>
    (await git.run(folder, ['rev-parse', '--show-toplevel']))?.replace(/\r?\n$/, '');
  const done = new Set<string>();
  for (const folder of wanted.folders) {
    let planFile = folder === wanted.folders[0] ? wanted.planFile : undefined;
    let root = await rootOf(folder);
    if (root === undefined) {
      const why = withoutRepository(folder, planFile, wanted);
      if (why !== undefined) return { kind: 'unknown', why };
    }
    // Agents look also into the folders above, where another checkout may be.
    for (; root !== undefined && !done.has(root); root = await rootOf(dirname(root))) {
      const compared = await compareRepository(git, root, folder, planFile, wanted);
      if (compared.kind !== 'same') return compared;
      done.add(root);
      planFile = undefined;
    }
  }
  return SAME;
}

const SAME: Compared = { kind: 'same' };

/** Where nothing is under version control, nothing tells whose a file is. */
function withoutRepository(
  folder: string,
  planFile: string | undefined,
  { agentFiles, programs = [] }: Wanted,
): string | undefined {
  const names = [...(planFile === undefined ? [] : [planFile]), ...(agentFiles ? AGENT_FILES : [])];
  const there = [
    ...names.filter((name) => existsSync(resolve(folder, name))),
    ...programs.filter((path) => dirname(path) === folder),
  ];
  return there.length === 0 ? undefined : `there is no git repository around ${there.join(', ')}`;
}

async function compareRepository(
  git: Git,
  root: string,
  folder: string,
  planFile: string | undefined,
  wanted: Wanted,
): Promise<Compared> {
  const plan = planFile === undefined ? undefined : placeIn(root, folder, planFile);
  if (plan === undefined && planFile !== undefined) return { kind: 'differs', files: [planFile] };
  const specs: Specs = {
    files: [
      ...(plan === undefined ? [] : [literally(plan)]),
      ...(wanted.agentFiles ? AGENT_FILES.flatMap(specsFor) : []),
    ],
    programs: programSpecs(root, wanted.programs),
  };
  return specs.files.length + specs.programs.length === 0 ? SAME : compare(git, root, wanted, specs, plan);
}

/** What is compared, as git wants it told. */
interface Specs {
  /** None of them may be there that is not in the base. */
  readonly files: readonly string[];
  /** These may be, unless they were checked out. */
  readonly programs: readonly string[];
}

/** With all packages that were checked out, for a program in them is made of the others. */
function programSpecs(root: string, programs: readonly string[] | undefined): string[] {
  if (programs === undefined) return [];
  const own = programs.flatMap((program) => {
    if (!isAbsolute(program)) return specsFor(program);
    const path = within(root, program);
    return path === undefined ? [] : [`:(literal,icase)${path}`];
  });
  return [...own, ...ALSO_PUT_THERE.flatMap(specsFor)];
}

async function compare(
  git: Git,
  root: string,
  { bases, remote }: Wanted,
  { files, programs }: Specs,
  plan: string | undefined,
): Promise<Compared> {
  const links = [await linkTargets(git, root, files), await linkTargets(git, root, programs)] as const;
  const outside = links.flatMap((each) => each.outside);
  if (outside.length > 0) return { kind: 'differs', files: outside };
  const all: Specs = {
    files: [...files, ...links[0].targets.map(literally)],
    programs: [...programs, ...links[1].targets.map(literally)],
  };
  let nearest: readonly string[] | undefined;
  for (const commit of await commitsOf(git, root, bases)) {
    if (!(await isThere(git, root, commit, remote))) continue;
    const differ = await differing(git, root, commit, all, plan);
    if (differ?.length === 0) return SAME;
    nearest ??= differ;
  }
  if (nearest !== undefined) return { kind: 'differs', files: nearest };
  return { kind: 'unknown', why: 'the commit of the base branch is not there to be compared with' };
}

/** What GitHub tells of the base branch of a pull request may be old; what it merged with is what it was then. */
async function commitsOf(
  git: Git,
  root: string,
  { commits, merge, head }: Bases,
): Promise<readonly string[]> {
  if (merge === undefined) return commits;
  const text = (await git.run(root, ['cat-file', 'commit', merge])) ?? '';
  const [, base, merged] = /^tree \w+\nparent (\w+)\nparent (\w+)\n(?!parent)/.exec(text) ?? [];
  return base !== undefined && merged === head ? [base, ...commits] : commits;
}

/** A shallow checkout has it not yet. */
async function isThere(git: Git, root: string, commit: string, remote: string): Promise<boolean> {
  const look = () => git.run(root, ['cat-file', '-e', `${commit}^{commit}`]);
  if ((await look()) !== undefined) return true;
  const flags = ['--quiet', '--depth=1', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head'];
  await git.run(root, ['fetch', ...flags, remote, commit]);
  return (await look()) !== undefined;
}

/** Packages that were installed bring files of these names, which nobody checked out. */
const NOT_INSTALLED = ':(exclude,glob)**/node_modules/**';

async function differing(
  git: Git,
  root: string,
  commit: string,
  { files, programs }: Specs,
  plan: string | undefined,
): Promise<string[] | undefined> {
  const flags = [
    '-z',
    '--name-only',
    '--no-renames',
    '--no-ext-diff',
    '--no-textconv',
    '--ignore-submodules=all',
  ];
  const changed = await git.run(root, ['diff', ...flags, commit, '--', ...files, ...programs]);
  const others = ['ls-files', '-z', '--others', '--', ...files, NOT_INSTALLED];
  const added = files.length === 0 ? '' : await git.run(root, others);
  if (changed === undefined || added === undefined) return undefined;
  const isKnown =
    plan === undefined || (await git.run(root, ['cat-file', '-e', `${commit}:${plan}`])) !== undefined;
  return [...new Set([...(isKnown ? [] : [plan]), ...namesIn(changed), ...namesIn(added)])];
}

interface Links {
  readonly targets: readonly string[];
  /** Links that lead out of the repository. */
  readonly outside: readonly string[];
}

/** What symbolic links among these files lead to counts as one of them. */
async function linkTargets(git: Git, root: string, specs: readonly string[]): Promise<Links> {
  const [targets, outside] = [new Set<string>(), [] as string[]];
  for (let next = specs; next.length > 0; ) {
    const listed = namesIn((await git.run(root, ['ls-files', '-z', '--stage', '--', ...next])) ?? '');
    const known = targets.size;
    for (const line of listed.filter((entry) => entry.startsWith('120000 '))) {
      const link = line.slice(line.indexOf('\t') + 1);
      const target = targetOf(root, link);
      if (target === undefined) outside.push(link);
      else targets.add(target);
    }
    next = [...targets].slice(known).map(literally);
  }
  return { targets: [...targets], outside };
}

/** Undefined: it leads out of the repository. */
function targetOf(root: string, link: string): string | undefined {
  try {
    return within(root, resolve(root, dirname(link), readlinkSync(join(root, link))));
  } catch {
    // It was replaced by a file, which differs, or is not there.
    return link;
  }
}

/** The path of the plan file below the root. One that is reached through a link is somewhere else than it seems. */
function placeIn(root: string, folder: string, name: string): string | undefined {
  try {
    const path = resolve(realpathSync(folder), name);
    return realpathSync(path) === path ? within(root, path) : undefined;
  } catch {
    return undefined;
  }
}

/** The path below the folder, with `/`; undefined if it is not below it. */
export function within(root: string, path: string): string | undefined {
  const below = relative(root, path).split(sep).join('/');
  return below === '' || below === '..' || below.startsWith('../') || resolve(below) === below
    ? undefined
    : below;
}

/** At any depth, in small letters or capitals: some systems do not tell them apart. */
function specsFor(name: string): string[] {
  const bare = name.replace(/\/$/, '');
  return [`:(glob,icase)**/${bare}`, ...(bare === name ? [] : [`:(glob,icase)**/${bare}/**`])];
}

function literally(path: string): string {
  return `:(literal)${path}`;
}

function namesIn(listed: string): string[] {
  return listed.split('\0').filter((name) => name !== '');
}
