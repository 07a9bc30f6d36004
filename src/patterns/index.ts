/** The list of patterns. A new one is a file of its own and a line here. */
import { abTest } from './ab-test.js';
import { boomerang } from './boomerang.js';
import { components } from './components.js';
import { dag } from './dag.js';
import { parallel } from './parallel.js';
import type { Pattern } from './pattern.js';
import { pipeline } from './pipeline.js';
import { progressive } from './progressive.js';
import { prototypes } from './prototypes.js';
import { sequential } from './sequential.js';
import { sprint } from './sprint.js';

export const PATTERNS: readonly Pattern[] = [
  parallel,
  sequential,
  dag,
  abTest,
  components,
  pipeline,
  boomerang,
  sprint,
  progressive,
  prototypes,
];

/** What runs when no mode is given. */
export const DEFAULT_PATTERN: Pattern = parallel;

/** What runs when steps are given and no pattern. */
export const DEFAULT_STEPS: Pattern = pipeline;

/** The pattern of tasks that have ids and needs. */
export const GRAPH: Pattern = dag;
