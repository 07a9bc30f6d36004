/** Room in a prompt: how much of each text is shown when not all of them fit. */

/** What a model counts is known only to the model; four bytes of UTF-8 to a token is near enough to plan with. */
const BYTES_PER_TOKEN = 4;
/** Of a text that would be shorter than this in the end, nothing is shown: it would say too little. */
const LEAST_TOKENS = 50;
const MOST_AT_FIRST = 0.75;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** About how many tokens a text is for a model. */
export function estimateTokens(text: string): number {
  return Math.ceil(encoder.encode(text).length / BYTES_PER_TOKEN);
}

/**
 * The tokens that each text of these sizes gets, the nearest first. At first none gets more than a part, so that one
 * long text does not push all others out; what is left over then goes to the nearest that are still cut.
 */
export function allot(sizes: readonly number[], budget: number): readonly number[] {
  let left = budget;
  const given = sizes.map((size) => {
    const most = Math.min(size, Math.ceil(budget * MOST_AT_FIRST), left);
    const share = most < Math.min(size, LEAST_TOKENS) ? 0 : most;
    left -= share;
    return share;
  });
  return given.map((share, index) => {
    const more = share === 0 ? 0 : Math.min((sizes[index] as number) - share, left);
    left -= more;
    return share + more;
  });
}

/** The beginning and the end of a text, so many tokens of it in all; `between` tells how many characters are left out. */
export function cutMiddle(text: string, tokens: number, between: (characters: number) => string): string {
  const bytes = encoder.encode(text);
  if (bytes.length <= tokens * BYTES_PER_TOKEN) return text;
  const half = Math.floor((tokens * BYTES_PER_TOKEN) / 2);
  let [end, start] = [half, bytes.length - half];
  while (isInside(bytes, end)) end--;
  while (isInside(bytes, start)) start++;
  const head = decoder.decode(bytes.subarray(0, end));
  const tail = decoder.decode(bytes.subarray(start));
  return `${head}${between(text.length - head.length - tail.length)}${tail}`;
}

/** The byte goes on with a character that has begun before it. */
function isInside(bytes: Uint8Array, at: number): boolean {
  return ((bytes[at] ?? 0) & 0xc0) === 0x80;
}
