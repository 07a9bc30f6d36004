/**
 * What `config.yml` says of agents and prices, in the words of a plan file. Loads a schema library: import it only when there is
 * something of that kind in the file.
 */
import { z } from 'zod';
import type { AgentProfile } from '../core/plan.js';
import type { Prices } from '../core/prices.js';
import type { Problem } from '../core/problem.js';
import { unknownAgents } from './agent-problems.js';
import { agentsOf } from './file-fields.js';
import { checkShape, schemaProblems } from './file-problems.js';
import { agents, keysAllowedAt } from './file-schema.js';
import { prices } from './file-values.js';
import type { Located } from './place.js';

/** What holds for every run of the project, under what a plan file says. */
export interface KeptMaps {
  /** By name. */
  readonly agents?: Readonly<Record<string, AgentProfile>>;
  /** By model. */
  readonly prices?: Prices;
}

const schema = z.object({ agents: agents.optional(), prices: prices.optional() });

export function readMaps(located: Located): {
  readonly maps: KeptMaps;
  readonly problems: readonly Problem[];
} {
  const checked = checkShape(schema, located.value);
  if ('issues' in checked)
    return { maps: {}, problems: schemaProblems(checked.issues, located, keysAllowedAt) };
  const kept = agentsOf(checked.value);
  const problems = unknownAgents({ agents: kept, tasks: [] }, undefined, (path, part) =>
    located.placeOf(path, part),
  );
  const { prices: known } = checked.value;
  return { maps: { agents: kept, ...(known === undefined ? {} : { prices: known }) }, problems };
}
