/** The list of patterns. A new one is a file of its own and a line here. */
import { dag } from './dag.js';
import { parallel } from './parallel.js';
import type { Pattern } from './pattern.js';
import { sequential } from './sequential.js';

export const PATTERNS: readonly Pattern[] = [parallel, sequential, dag];

/** What runs when no mode is given. */
export const DEFAULT_PATTERN: Pattern = parallel;
