/** The SPARC modes that people know, and the other names that they use for them. */

export interface Mode {
  readonly slug: string;
  /** What it is for, in a few words. */
  readonly purpose: string;
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

/** The mode that a word names, itself or as an alias. Undefined for any other word; a project may have modes of its own. */
export function modeNamed(word: string): string | undefined {
  if (SLUGS.has(word)) return word;
  return Object.hasOwn(ALIASES, word) ? ALIASES[word] : undefined;
}
