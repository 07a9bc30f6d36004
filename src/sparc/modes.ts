/** The SPARC modes that people know, the other names that they use for them, and those that a project adds. */
import { editDistance } from '../core/nearest.js';
import { type Problem, problem } from '../core/problem.js';
import { meaningOf } from './mode-of.js';
import { builtInRole } from './roles.js';

export interface Mode {
  readonly slug: string;
  /** What it is for, in a few words. */
  readonly purpose: string;
}

/** A mode that a project has written itself; it stands in the place of a built-in one of the same name. */
export interface OwnMode extends Mode {
  /** What people call it. */
  readonly name: string;
  /** What the agent is told to be. */
  readonly role: string;
}

const mode = (slug: string, purpose: string): Mode => ({ slug, purpose });

/** In the order in which they are listed. */
export const MODES: readonly Mode[] = [
  mode('architect', 'designs structure and interfaces'),
  mode('spec-pseudocode', 'turns requirements into pseudocode'),
  mode('code', 'implements'),
  mode('tdd', 'writes tests first'),
  mode('debug', 'finds and fixes faults'),
  mode('security-review', 'audits for security'),
  mode('docs-writer', 'writes documentation in Markdown'),
  mode('integration', 'merges the parts into a whole'),
  mode('devops', 'deploys and automates'),
  mode('mcp', 'connects services outside'),
  mode('post-deployment-monitoring-mode', 'observes what runs'),
  mode('refinement-optimization-mode', 'refactors and tunes'),
  mode('ask', 'researches and guides'),
  mode('tutorial', 'teaches'),
  mode('supabase-admin', 'looks after the database'),
  mode('sparc', 'coordinates the whole'),
  mode('swarm', 'coordinates agents'),
];

const ALIASES: Readonly<Record<string, string>> = {
  optimization: 'refinement-optimization-mode',
  optimizer: 'refinement-optimization-mode',
  monitoring: 'post-deployment-monitoring-mode',
  researcher: 'ask',
  analyzer: 'ask',
  coder: 'code',
  tester: 'tdd',
  reviewer: 'security-review',
  integrator: 'integration',
};

const SLUGS: ReadonlySet<string> = new Set(MODES.map(({ slug }) => slug));

/** The mode that a word names, itself or as an alias; `own` are those of the project. Undefined for any other word. */
export function modeNamed(word: string, own: readonly OwnMode[] = []): string | undefined {
  if (SLUGS.has(word) || own.some(({ slug }) => slug === word)) return word;
  return Object.hasOwn(ALIASES, word) ? ALIASES[word] : undefined;
}

/** The other names of a mode. Those that the project uses for modes of its own are none. */
export function aliasesOf(slug: string, own: readonly OwnMode[] = []): readonly string[] {
  return Object.keys(ALIASES).filter((alias) => ALIASES[alias] === slug && modeNamed(alias, own) === slug);
}

/** All modes in the order in which they are listed: the built-in ones, or what the project has in their place, then its others. */
export function allModes(own: readonly OwnMode[] = []): readonly (Mode | OwnMode)[] {
  const bySlug = new Map<string, Mode | OwnMode>([...MODES, ...own].map((mode) => [mode.slug, mode]));
  return [...bySlug.values()];
}

/** The text of a mode: what the agent is told to be. Undefined for a mode that is not known. */
export function roleOf(slug: string, own: readonly OwnMode[] = []): string | undefined {
  return own.find((mode) => mode.slug === slug)?.role ?? builtInRole(slug);
}

const MOST_NEAR = 3;
/** Words that begin with as many same letters are meant alike: `optimize`, `optimization`. */
const SAME_BEGINNING = 4;

/** Names of modes that a word was probably meant to be: by its letters, the nearest first, else by its meaning. */
export function nearestModes(word: string, own: readonly OwnMode[] = []): readonly string[] {
  const typed = word.toLowerCase();
  const near = [...allModes(own).map(({ slug }) => slug), ...Object.keys(ALIASES)]
    .map((name) => ({ name, distance: editDistance(typed, name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= (name.length >= 8 ? 2 : 1) || beginAlike(typed, name))
    .sort((a, b) => a.distance - b.distance)
    .map(({ name }) => name);
  const meant = meaningOf(word);
  return near.length > 0 || meant === undefined ? near.slice(0, MOST_NEAR) : [meant];
}

/** Also in one of its later words: `senior-architect`. */
function beginAlike(typed: string, name: string): boolean {
  const start = name.slice(0, SAME_BEGINNING).toLowerCase();
  return start.length === SAME_BEGINNING && typed.split('-').some((part) => part.startsWith(start));
}

/** No mode is called so; the hint has those that it may have been meant to be. `who` stands before it. */
export function unknownMode(word: string, own: readonly OwnMode[] = [], who = ''): Problem {
  const near = nearestModes(word, own);
  const shown = JSON.stringify(word.slice(0, 60));
  return problem(
    `${who}unknown mode ${shown}`,
    near.length === 0
      ? '`batchtool sparc modes` lists the modes; a project adds its own in .roomodes'
      : `did you mean ${near.join(', ').replace(/, ([^,]*)$/, ' or $1')}? \`batchtool sparc modes\` lists all`,
  );
}
