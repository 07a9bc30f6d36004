/** In characters: a shorter text stands in too many words by chance, and is not masked. */
export const SHORTEST_SECRET = 4;
