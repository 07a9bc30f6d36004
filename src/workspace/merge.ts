/** The changes of several tasks one after the other, in the order given, on top of a commit; touches no file. */
import type { Conflict, LeftOut } from '../core/exit.js';
import type { MergeMember } from '../core/orders.js';
import { isAncestor } from './ancestry.js';
import type { Author } from './author.js';
import { attemptsIn } from './branches.js';
import { commitTree } from './commit.js';
import { foldersRenamed, pathsBetween } from './difference.js';
import { type Git, GitFault, partsOf } from './git.js';

export type Merged =
  /** `tip` holds all of it. */
  { readonly kind: 'merged'; readonly tip: string } | ({ readonly kind: 'conflict' } & Conflict);

/** How one of them was taken, as a word for people. */
export type Step = 'as it is' | 'merged' | 'nothing new';

/** Three-way, and the same each time: commits get the dates of the work that they hold. */
export async function mergeAll(
  git: Git,
  base: string,
  members: readonly MergeMember[],
  told: (member: MergeMember, step: Step) => void,
): Promise<Merged> {
  let tip = base;
  for (const [at, member] of members.entries()) {
    const merged = await mergeOne(git, tip, member);
    if (merged.kind === 'conflict') {
      const against = await whoChanged(git, members.slice(0, at), merged.files);
      return { kind: 'conflict', files: merged.files, task: member.task, against, onto: tip };
    }
    told(member, merged.step);
    tip = merged.tip;
  }
  return { kind: 'merged', tip };
}

/** After a conflict, all else that goes together. `more`: what is left out beside the first; what builds on one of these is, too. */
export async function mergeRest(
  git: Git,
  first: Conflict,
  members: readonly MergeMember[],
  told: (member: MergeMember, step: Step | 'left out') => void,
): Promise<{ readonly tip: string; readonly more: readonly LeftOut[] }> {
  const at = members.findIndex(({ task }) => task === first.task);
  const taken = members.slice(0, at);
  const leftOut = members.slice(at, at + 1);
  const more: LeftOut[] = [];
  let tip = first.onto;
  for (const member of members.slice(at + 1)) {
    const { task } = member;
    const one = (await buildsOn(git, member, leftOut)) ? undefined : await mergeOne(git, tip, member);
    if (one?.kind === 'merged') {
      tip = one.tip;
      taken.push(member);
      told(member, one.step);
      continue;
    }
    leftOut.push(member);
    more.push(
      one === undefined
        ? { task }
        : { task, files: one.files, against: await whoChanged(git, taken, one.files) },
    );
    told(member, 'left out');
  }
  return { tip, more };
}

/** Whether all of them are in this commit: as they are, made again, or because nothing is new in them. */
export async function holdsAll(
  git: Git,
  run: string,
  base: string,
  commit: string,
  members: readonly MergeMember[],
): Promise<boolean> {
  const again = await attemptsIn(git, run, [`${base}..${commit}`]);
  for (const member of members) {
    if (await isAncestor(git, member.commit, commit)) continue;
    const own = await attemptsIn(git, run, ['--max-count=1', member.commit]);
    if ([...own].some((attempt) => again.has(attempt))) continue;
    if (!(await isNothingNew(git, commit, member))) return false;
  }
  return true;
}

/** What lies between two commits. */
type Work = Pick<MergeMember, 'base' | 'commit'>;

/** Whether a commit has all of that already. */
export async function isNothingNew(git: Git, tip: string, work: Work): Promise<boolean> {
  const one = await mergeOne(git, tip, work);
  return one.kind === 'merged' && one.step === 'nothing new';
}

async function buildsOn(git: Git, { base }: MergeMember, others: readonly MergeMember[]): Promise<boolean> {
  for (const { commit } of others) if (await isAncestor(git, commit, base)) return true;
  return false;
}

type One =
  | { readonly kind: 'merged'; readonly tip: string; readonly step: Step }
  | { readonly kind: 'conflict'; readonly files: readonly string[] };

async function mergeOne(git: Git, tip: string, { base, commit }: Work): Promise<One> {
  if (commit === base) return { kind: 'merged', tip, step: 'nothing new' };
  if (tip === base) return { kind: 'merged', tip: commit, step: 'as it is' };
  const [ours = '', theirs = ''] = await git
    .line(['rev-parse', `${tip}^{tree}`, `${commit}^{tree}`])
    .then((lines) => lines.split('\n'));
  const trees = await mergeTrees(git, base, ours, theirs);
  if (trees.kind === 'conflict') return trees;
  if (trees.tree === ours) return { kind: 'merged', tip, step: 'nothing new' };
  return { kind: 'merged', tip: await again(git, commit, trees.tree, tip), step: 'merged' };
}

/** An identity and a time that make the commit of a tree the same each time. */
const NOBODY: Author = { name: 'batchtool', email: 'batchtool@localhost' };
const NO_TIME = '0 +0000';

/** Git 2.39 finds the common ancestor itself; two commits that have only `base` before them tell it which that is. */
async function mergeTrees(git: Git, base: string, ours: string, theirs: string) {
  const side = (tree: string): Promise<string> =>
    commitTree(git, { tree, parent: base, message: 'side\n' }, NOBODY, NO_TIME);
  const sides = [await side(ours), await side(theirs)];
  const args = ['merge-tree', '--write-tree', '-z', '--messages', ...sides];
  const { code, stdout, fault } = await git.ask(args);
  if (code !== 0 && code !== 1) throw new GitFault(args, fault);
  const parts = partsOf(stdout);
  const [tree = ''] = parts;
  return code === 0
    ? ({ kind: 'merged', tree } as const)
    : ({ kind: 'conflict', files: conflictFiles(parts.slice(1), sides) } as const);
}

/**
 * `mode id stage TAB path` for each side of each file, an empty part, then messages: how many paths, the paths, what, text.
 * What a folder is in the way of stands under a new name, `path~side`.
 */
function conflictFiles(parts: readonly string[], sides: readonly string[]): string[] {
  const end = parts.indexOf('');
  const paths = parts.slice(0, end).map((part) => part.slice(part.indexOf('\t') + 1));
  for (let at = end + 1; at < parts.length; ) {
    const afterPaths = at + 1 + Number(parts[at]);
    if (parts[afterPaths]?.startsWith('CONFLICT') === true) paths.push(...parts.slice(at + 1, afterPaths));
    at = afterPaths + 2;
  }
  const renamed = new RegExp(`~(${sides.join('|')})(_\\d+)?$`);
  return [...new Set(paths.map((path) => path.replace(renamed, '')))].sort();
}

/** The same work on top of something else: author, date and message stay. */
async function again(git: Git, commit: string, tree: string, parent: string): Promise<string> {
  const said = await git.run(['cat-file', 'commit', commit]);
  const end = said.indexOf('\n\n');
  const head = said.subarray(0, end).toString();
  const message = said.subarray(end + 2).toString();
  const by = (who: string) => new RegExp(`^${who} (.*) <(.*)> (\\d+ [-+]\\d+)$`, 'm').exec(head) ?? [];
  const [, name = NOBODY.name, email = NOBODY.email, date = NO_TIME] = by('author');
  return commitTree(git, { tree, parent, message }, { name, email }, date);
}

/**
 * Those of the members that changed one of these files, or what lies in their place; if nobody did, those that gave the folder
 * of one another name, so that git cannot say where it belongs.
 */
async function whoChanged(
  git: Git,
  members: readonly MergeMember[],
  files: readonly string[],
): Promise<string[]> {
  const changed = await those(members, async ({ base, commit }) => {
    const paths = await pathsBetween(git, base, commit);
    return paths.some((path) => files.some((file) => meet(path, file)));
  });
  if (changed.length > 0) return changed;
  return those(members, async ({ base, commit }) => {
    const folders = [...(await foldersRenamed(git, base, commit))];
    return folders.some((folder) => files.some((file) => file.startsWith(`${folder}/`)));
  });
}

/** The tasks of which it is true, one after the other. */
async function those(
  members: readonly MergeMember[],
  isOne: (member: MergeMember) => Promise<boolean>,
): Promise<string[]> {
  const found: string[] = [];
  for (const member of members) if (await isOne(member)) found.push(member.task);
  return found;
}

/** A file and a folder can be in each other's way. */
function meet(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
}
