/** Whether files that tell a run what to do are those of the base branch, and not what a stranger made of them. */
import { existsSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Bases } from './event.js';
import type { Git } from './git.js';
import { AGENT_FILES, literally, programSpecs, type Specs, specsFor, within } from './watched-files.js';

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

async function compare(
  git: Git,
  root: string,
  { bases, remote }: Wanted,
  { files, programs }: Specs,
  plan: string | undefined,
): Promise<Compared> {
  const links = await linkTargets(git, root, files);
  if (links.outside.length > 0) return { kind: 'differs', files: links.outside };
  // What a link of the base leads to elsewhere was installed there.
  const ofPrograms = await linkTargets(git, root, programs);
  const all: Specs = {
    files: [...files, ...links.targets.map(literally)],
    programs: [...programs, ...ofPrograms.targets.map(literally)],
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
    // Which commit of a submodule it is counts, not what lies in it.
    '--ignore-submodules=dirty',
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

function namesIn(listed: string): string[] {
  return listed.split('\0').filter((name) => name !== '');
}
