/** Tasks that write the same repository at once, each in a worktree of its own, through the built CLI. */
import { mkdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { useBench } from './harness.js';
import { Repository } from './repository.js';

const bench = useBench();

/** Ten lines, of which each task may change one. */
const POEM = `${Array.from({ length: 40 }, (_, line) => `line ${line}`).join('\n')}\n`;

/** A small generator of numbers, so that a failing order can be had again by its seed. */
function* random(seed: number): Generator<number, never> {
  for (let state = seed + 1; ; ) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const numbers = random(seed);
  return items
    .map((item) => ({ item, at: numbers.next().value }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

/**
 * Twenty agents: each writes a file of its own, its own line of a common file, and a new line at the end of its part of a list.
 * Each ends when the one before it in `order` has ended.
 */
function twenty(order: readonly number[]): string {
  const tasks = order.map((agent, place) => {
    const before = order[place - 1];
    const wait = before === undefined ? ':' : `until [ -e $DONE/${before} ]; do sleep 0.01; done`;
    const work = [
      `echo "of ${agent}" > own-${agent}.txt`,
      `sed -i "s/^line ${2 * agent}$/line ${2 * agent} by ${agent}/" poem.txt`,
      wait,
      `echo "ended $BATCHTOOL_TASK_ID" > $DONE/${agent}`,
    ];
    return { agent, text: `  t${agent}: {run: '${work.join('; ')}'}` };
  });
  return [
    'name: twenty',
    'max-concurrent: 20',
    'tasks:',
    ...tasks.sort((one, other) => one.agent - other.agent).map(({ text }) => text),
    '',
  ].join('\n');
}

const AGENTS = Array.from({ length: 20 }, (_, agent) => agent);

describe('twenty tasks in worktrees of their own', () => {
  const trees = new Set<string>();

  it.each(Array.from({ length: 10 }, (_, seed) => seed))(
    'leave the same commits whoever ends first (order %i)',
    async (seed) => {
      const here = bench();
      const repo = new Repository(here, { 'poem.txt': POEM, '.gitignore': '.batchtool\n' });
      here.write('plan.yml', twenty(shuffled(AGENTS, seed)));
      const done = here.path('done');
      mkdirSync(done);
      const { code, stderr } = await repo
        .run(['run', '-f', '../plan.yml', '--isolate', 'worktree', '--env', `DONE=${done}`], {})
        .catch((error) => ({ code: -1, stderr: String(error) }));
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      expect(repo.tasks()).toEqual(AGENTS.map((agent) => `t${agent}`));
      for (const agent of AGENTS) expect(repo.read(`own-${agent}.txt`)).toBe(`of ${agent}\n`);
      const lines = Array.from({ length: 40 }, (_, line) =>
        line % 2 === 0 ? `line ${line} by ${line / 2}` : `line ${line}`,
      );
      expect(repo.read('poem.txt')).toBe(`${lines.join('\n')}\n`);
      expect([repo.branches(), repo.worktrees(), repo.isSound()]).toEqual([[], [], true]);
      trees.add(repo.git('rev-parse', 'HEAD^{tree}'));
      expect(trees.size).toBe(1);
    },
  );
});
