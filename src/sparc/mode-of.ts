/** The SPARC mode of a prompt that names none: its words decide. */

/** The mode when no word has a meaning. */
const DEFAULT_MODE = 'code';

/** Beginnings of words without their endings, with `s` where some write `z`, and the mode that they stand for. */
const STEMS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ask: ['research', 'gather', 'analys', 'analysis', 'evaluat'],
    architect: ['design', 'architect', 'architectur'],
    code: ['implement', 'build', 'creat', 'writ', 'add', 'fix'],
    tdd: ['test', 'validat'],
    'refinement-optimization-mode': ['optimis'],
    'security-review': ['review', 'audit'],
    'docs-writer': ['document'],
    integration: ['integrat'],
    devops: ['deploy'],
    debug: ['debug', 'debugg', 'identify', 'identifi', 'identificat'],
    'post-deployment-monitoring-mode': ['monitor'],
  }).flatMap(([mode, stems]) => stems.map((stem): [string, string] => [stem, mode])),
);

const ENDINGS: ReadonlySet<string> = new Set([
  '',
  ...'s e es ed er ers or ors ing ings al ion ions ation ations ment ments'.split(' '),
]);
const SHORTEST_STEM = 3;

/** Words with a meaning only as they are: `perform` and `secure` say something else. */
const WHOLE: ReadonlyMap<string, string> = new Map([
  ['performance', 'refinement-optimization-mode'],
  ['security', 'security-review'],
]);

/** Words of the step's name first, then those of the text; the first that has a meaning decides. */
export function modeOfPrompt(stepName: string | undefined, text: string): string {
  return meaningOf(`${stepName ?? ''} ${text}`) ?? DEFAULT_MODE;
}

/** The mode of the first word that has a meaning; undefined if none has. */
export function meaningOf(text: string): string | undefined {
  for (const [word] of text.matchAll(/\p{L}+/gu)) {
    const mode = modeOfWord(word);
    if (mode !== undefined) return mode;
  }
  return undefined;
}

/** What a single word stands for; undefined for most. */
function modeOfWord(word: string): string | undefined {
  const plain = word.toLowerCase().replace(/([iy])z/g, '$1s');
  const whole = WHOLE.get(plain);
  if (whole !== undefined) return whole;
  for (let length = plain.length; length >= SHORTEST_STEM; length--) {
    const mode = STEMS.get(plain.slice(0, length));
    if (mode !== undefined && ENDINGS.has(plain.slice(length))) return mode;
  }
  return undefined;
}
