/** What the blocks of the users' guide mean, written by hand. */
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Block, blocksOf } from './blocks.js';
import { beforeOf, inTurn, type Order, peers, several, together } from './order.js';

export const BLOCKS = blocksOf(join(import.meta.dirname, 'guide.md'));

/** The first block under a title. */
export function block(title: string): Block {
  const found = BLOCKS.filter((block) => block.title.endsWith(title));
  if (found.length === 0 || found[0] === undefined) throw new Error(`no block under ${title}`);
  return found[0];
}

/** Texts for a runner, in the order written. */
export function textsIn(script: string): string[] {
  return [...script.matchAll(/"(?:\w+:)?(flowx [^"]*? --non-interactive)(?::depends=[\w,]+)?"/g)].map(
    (match) => match[1] ?? '',
  );
}

const FULL_APP = inTurn(
  together(...several('phase1', 3)),
  inTurn(...several('phase2', 2)),
  together(...several('phase3', 3)),
  inTurn(...several('phase4', 2)),
  together(...several('phase5', 3)),
);

/** Block to what its commands mean, one after the other. */
export const RUNS: readonly (readonly [string, readonly Order[]])[] = [
  ['1. Parallel Execution', [together('1', '2', '3')]],
  ['3. Dependency-Aware Execution', [inTurn('db', 'auth', 'api')]],
  ['Full Application Development', [FULL_APP]],
  ['Microservices Development', [together('1', '2', '3', '4', '5'), inTurn('1', '2', '3')]],
  [
    'Feature Development Sprint',
    [
      inTurn(
        'planning',
        together(...several('development', 3)),
        together(...several('testing', 3)),
        inTurn(...several('review', 2)),
      ),
    ],
  ],
  ['2. A/B Implementation Testing', [inTurn(together('a', 'b'), 'compare')]],
  ['3. Progressive Enhancement', [inTurn('mvp', 'enhance-1', 'enhance-2', 'enhance-3', 'polish')]],
  ['Integration with CI/CD', [inTurn('analyze', 'implement', 'test', 'deploy')]],
];

/** The script of a block; of a workflow, the step that runs batchtool. */
export function scriptOf(title: string): string {
  const { language, text } = block(title);
  return language === 'yaml' ? workflowStep(text) : text;
}

function workflowStep(text: string): string {
  const { steps } = (parse(text) as { jobs: { develop: { steps: { name?: string; run?: string }[] } } }).jobs
    .develop;
  return steps.find(({ name }) => name === 'Run SPARC orchestration')?.run ?? '';
}

/** The stand-ins of tasks that may run at one time wait for each other: else the run could not end. */
export function meetings(orders: readonly Order[]): string[][] {
  const groups = orders.flatMap((order) => peers(beforeOf(order)));
  return groups.map((group, index) => [
    `^(${group.join('|')})#`,
    `meet room${index} ${group.length}`,
    'say done',
  ]);
}
