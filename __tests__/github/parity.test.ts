/** One plan through both doors: the same plan, the same things in the same order, and the same report. */
import { describe, expect, it } from '@jest/globals';
import type { Bench } from '../cli/harness.js';
import { type Step, type StepEnded, useStep } from './step.js';

const step = useStep();

/** Every kind of end, two stages, a matrix, a retry, outputs and a summary; one after the other, so that nothing is left to chance. */
const PLAN = `
name: parity
max-concurrent: 1
stages: [make, check]
tasks:
  build:
    stage: make
    run: |
      echo "version=1.2.3" >> "$BATCHTOOL_OUTPUT"
      echo "**built** @nobody" >> "$BATCHTOOL_SUMMARY"
  types:
    stage: check
    run: |
      echo "src/a.ts(3,5): error TS1: No."
      exit 2
  unit:
    stage: check
    run: |
      echo "try $BATCHTOOL_ATTEMPT of $BATCHTOOL_OUTPUT_BUILD_VERSION"
      exit 1
    retry: 1
  shard:
    needs: [unit]
    stage: check
    run: echo never
    matrix: { n: [1, 2] }
  lint:
    stage: check
    run: |
      echo '</details>\`\`\`'
      exit 1
    continue-on-error: true
  tell:
    needs: [types, shard, lint]
    if: always()
    stage: check
    run: echo told
`;

interface Doors {
  readonly cli: Bench;
  readonly action: Step;
  readonly end: StepEnded;
}

async function throughBoth(): Promise<Doors> {
  const [{ here: cli }, action] = [step(), step()];
  for (const here of [cli, action.here]) here.write('plan.yml', PLAN);
  const { code } = await cli.run(['run', '-f', 'plan.yml']);
  const end = await action.run({ file: 'plan.yml' });
  expect([code, end.code]).toEqual([1, 1]);
  return { cli, action, end };
}

function planOf(here: Bench): unknown {
  return JSON.parse(
    here.read('.batchtool', 'runs', here.runs()[0] ?? '', 'plan.json').replaceAll(here.dir, 'HERE'),
  );
}

/** What happened, without when, by which process and how much of the machine it took. */
function storyOf(here: Bench): unknown[] {
  const chance = [
    'at',
    'run',
    'owner',
    'pid',
    'startTime',
    'cpuMillis',
    'peakMemoryBytes',
    'notBefore',
    'planDigest',
  ];
  return here
    .events()
    .map((event) => Object.fromEntries(Object.entries(event).filter(([name]) => !chance.includes(name))));
}

/** What differs from run to run are figures, advice by figures, and the run's id. */
function withoutChance(report: string): string {
  return report
    .replace(/^- .* of the critical path.*\n/gm, '')
    .replace(/\b\d{8}-\d{6}-\w{4}\b/g, 'RUN')
    .replace(/\b\d+(\.\d+)? (ms|s|MB|kB)\b/g, '0 s')
    .replace(/(:(?:done|crit), b\d+), \d+, \d+/g, '$1');
}

async function reportOf(here: Bench, format: string): Promise<string> {
  const { code, stdout, stderr } = await here.run(['report', '--format', format]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

describe('a plan through both doors', () => {
  it('is the same plan, and the same happens in the same order', async () => {
    const { cli, action } = await throughBoth();
    expect(planOf(action.here)).toEqual(planOf(cli));
    const story = storyOf(cli);
    expect(storyOf(action.here)).toEqual(story);
    expect(story.filter((event) => (event as { type: string }).type === 'task.finished')).toHaveLength(7);
  });

  it('has the same report, and report prints the very summary', async () => {
    const { cli, action, end } = await throughBoth();
    const [here, there] = [await reportOf(cli, 'markdown'), await reportOf(action.here, 'markdown')];
    expect(there).toBe(end.summary);
    expect(withoutChance(here)).toBe(withoutChance(end.summary));
    for (const word of ['### ❌ <code>unit</code>', '**built**', '```mermaid', 'src/a.ts(3,5)', '⏭️'])
      expect(here).toContain(word);
  });

  it.each(['annotations', 'mermaid'])('has the same %s', async (format) => {
    const { cli, action } = await throughBoth();
    expect(await reportOf(action.here, format)).toBe(await reportOf(cli, format));
  });
});
