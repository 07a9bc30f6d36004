/** The plan files in examples/: each is valid, means what the guide's command line of the same work means, and runs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { useBench } from '../cli/harness.js';
import { block, RUNS, scriptOf, textsIn } from './meaning.js';
import { beforeIn, beforeOf, inTurn, type Order, violations } from './order.js';
import { type PlanDocument, Workshop } from './stand-ins.js';

const bench = useBench();
const FOLDER = join(import.meta.dirname, '../../examples');
const path = (name: string): string => join(FOLDER, name);

/** Example to the guide's block that it says in YAML. */
const SAME: readonly (readonly [string, string])[] = [
  ['parallel.yml', '1. Parallel Execution'],
  ['dependency-aware.yml', '3. Dependency-Aware Execution'],
  ['full-app.yml', 'Full Application Development'],
  ['sprint.yml', 'Feature Development Sprint'],
  ['ab-test.yml', '2. A/B Implementation Testing'],
  ['progressive.yml', '3. Progressive Enhancement'],
  ['ci.yml', 'Integration with CI/CD'],
];

/** Places of tasks instead of their ids, which are free. */
function byPlace(before: Record<string, string[]>): number[][] {
  const ids = Object.keys(before);
  return Object.values(before).map((earlier) => earlier.map((id) => ids.indexOf(id)).sort((a, b) => a - b));
}

async function expectRuns(shop: Workshop, plan: PlanDocument, args: readonly string[]): Promise<void> {
  const { code, stderr } = await shop.run(args);
  expect([code, stderr]).toEqual([0, expect.any(String)]);
  expect(
    shop
      .calls()
      .map(({ task }) => task)
      .sort(),
  ).toEqual(plan.tasks.map(({ id }) => id).sort());
  expect(violations(beforeIn(plan), shop.calls())).toEqual([]);
}

describe('an example', () => {
  it.each(SAME)('%s is the same work as "%s", and runs', async (name, title) => {
    const shop = new Workshop(bench());
    const plan = await shop.plan(['run', '-f', path(name)]);
    const [order] = RUNS.find(([known]) => known === title)?.[1] ?? [];
    expect(plan.tasks.map(({ text }) => text)).toEqual(textsIn(scriptOf(title)));
    expect(byPlace(beforeIn(plan))).toEqual(byPlace(beforeOf(order as Order)));
    await expectRuns(shop, plan, ['run', '-f', path(name)]);
  });

  it('microservices.yml holds both command lines of the guide, the second after the first', async () => {
    const shop = new Workshop(bench());
    const plan = await shop.plan(['run', '-f', path('microservices.yml')]);
    expect(plan.tasks.map(({ text }) => text)).toEqual(textsIn(scriptOf('Microservices Development')));
    expect(beforeIn(plan)['end-to-end']?.length).toBe(6);
    await expectRuns(shop, plan, ['run', '-f', path('microservices.yml')]);
  });

  it('refinement.yml is the body of the loop', async () => {
    const shop = new Workshop(bench());
    const plan = await shop.plan(['orchestrate', '-f', path('refinement.yml')]);
    expect(plan.tasks.map(({ text }) => text)).toEqual(textsIn(scriptOf('1. Continuous Refinement Loop')));
    expect(beforeIn(plan)).toEqual(beforeOf(inTurn('monitor', 'identify', 'optimize', 'validate')));
    await expectRuns(shop, plan, ['orchestrate', '-f', path('refinement.yml')]);
  });

  it('boomerang.yml holds prompts, in the modes that the command line would choose', async () => {
    const shop = new Workshop(bench());
    const plan = await shop.plan(['orchestrate', '-f', path('boomerang.yml')]);
    const shell = await shop.shell(`${block('2. Boomerang Pattern').text} --dry-run --json`).ended;
    const typed = JSON.parse(shell.stdout) as PlanDocument;
    const meant = ({ tasks }: PlanDocument) =>
      tasks.map(({ id, kind, mode, text }) => [id, kind, mode, text]);
    expect(meant(plan)).toEqual(meant(typed));
    await expectRuns(shop, plan, ['orchestrate', '-f', path('boomerang.yml')]);
  });

  it.each(readdirSync(FOLDER))('%s is valid, and its first lines say how it is run', async (name) => {
    const shop = new Workshop(bench());
    const { code, stderr } = await shop.run(['validate', path(name)]);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    expect(readFileSync(path(name), 'utf8')).toMatch(new RegExp(`^# .*[^]*^# .*-f examples/${name}`, 'm'));
  });

  it('hello.yml needs nothing but a shell', async () => {
    const here = bench();
    const { code, stdout } = await here.run(['run', '-f', path('hello.yml')]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('passed on is batchtool')]);
  });
});
