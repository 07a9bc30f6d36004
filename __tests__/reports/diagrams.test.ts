/** Mermaid's own parser on pictures of hostile and of very large runs: GitHub draws every one of them. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Plan, Task } from '../../src/core/plan.js';
import { timeline } from '../../src/reports/gantt.js';
import { mermaid, runGraph } from '../../src/reports/mermaid.js';
import { plan, task } from '../fakes/plan.js';
import { diagramsIn, readDiagrams, undrawable } from './diagrams.js';
import { hostileLine, hostileText } from './hostile.js';
import { at, Story } from './story.js';

const SAMPLES = { seed: 4, numRuns: 60 };

const works = (text: string): fc.Arbitrary<Task['work']> =>
  fc.constantFrom(
    { kind: 'command', text },
    { kind: 'prompt', text, mode: 'ask' },
    { kind: 'integrate', members: [] },
  );

/** A plan whose every word is hostile, with a way back. */
const hostilePlan: fc.Arbitrary<Plan> = fc
  .array(fc.tuple(hostileText, hostileText, fc.option(hostileLine), hostileText.chain(works)), {
    minLength: 2,
    maxLength: 5,
  })
  .map((words) => {
    const id = (place: number): string => `${words[place]?.[0]}${place}`;
    const tasks = words.map(([, label, stage, work], place) =>
      task(id(place), {
        label,
        work,
        ...(stage === null ? {} : { stage }),
        needs: place === 0 ? [] : [id(place - 1)],
      }),
    );
    const ids = tasks.map((each) => each.id);
    return plan(tasks, {
      loops: [{ id: 'l', tasks: ids, again: { kind: 'failed', tasks: ids.slice(0, 1) }, max: 2 }],
    });
  });

/** Every other task fails. */
function ran(told: Plan): Story {
  const story = new Story(told);
  for (const [place, { id }] of told.tasks.entries()) {
    if (place % 2 === 0) story.ran(place, place + 1, id);
    else story.broke(place, place + 1, id);
  }
  return story;
}

function timelineOf(story: Story): string {
  const state = story.state();
  return timeline({ state, now: at(9999), interrupted: false, tails: new Map(), summaries: new Map() }) ?? '';
}

describe('the parser', () => {
  it('finds what GitHub would not draw', () => {
    const line = (count: number): string => Array.from({ length: count }, (_, i) => `a${i}-->b`).join('\n');
    const texts = ['a["x" --> b', line(500), line(501), `a["${'x'.repeat(50_000)}"]`];
    expect(readDiagrams(texts.map((text) => `flowchart TD\n${text}\n`))).toEqual([
      { wrong: expect.stringContaining('Parse error') },
      { kind: 'flowchart-v2' },
      { wrong: expect.stringContaining('Edge limit exceeded') },
      { wrong: expect.stringContaining('characters are more than') },
    ]);
  });
});

describe('a graph', () => {
  it('of a plan whose every word is hostile is drawn', () => {
    const plans = fc.sample(hostilePlan, SAMPLES);
    const texts = plans.flatMap((one) => [mermaid(one).text, runGraph(ran(one).state()).text]);
    expect(undrawable('flowchart-v2', texts)).toEqual([]);
  });

  const many = (count: number): number[] => Array.from({ length: count }, (_, place) => place);
  const chain = (count: number, label: string): Plan =>
    plan(
      many(count).map((i) => task(`t${i}`, { label: `${label}${i}`, needs: i === 0 ? [] : [`t${i - 1}`] })),
    );
  const layers = (width: number, depth: number): Plan =>
    plan(
      many(width * depth).map((i) => {
        const before = many(width).map((j) => `t${(Math.floor(i / width) - 1) * width + j}`);
        return task(`t${i}`, {
          label: '"#漢'.repeat(20),
          stage: `s${i % 7}`,
          needs: i < width ? [] : before,
        });
      }),
    );
  const scattered = (count: number): Plan =>
    plan(
      many(count).map((i) =>
        task(`t${i}`, {
          needs: [...new Set([i - 1, (i * 7) % Math.max(i, 1), i >> 1])]
            .filter((j) => j >= 0 && j < i)
            .map((j) => `t${j}`),
        }),
      ),
    );

  it('of very many tasks is drawn', () => {
    const large = [
      chain(501, 'npm run x '),
      chain(10_000, 'a "label" '),
      layers(40, 40),
      layers(300, 3),
      scattered(2000),
      plan(many(600).map((i) => task(`${'#'.repeat(200)}${i}`))),
    ];
    const texts = [...large.map((one) => mermaid(one).text), runGraph(ran(scattered(2000)).state()).text];
    expect(undrawable('flowchart-v2', texts)).toEqual([]);
  });
});

describe('a timeline', () => {
  it('of a plan whose every word is hostile is drawn', () => {
    const texts = fc.sample(hostilePlan, SAMPLES).flatMap((one) => diagramsIn(timelineOf(ran(one))));
    expect(texts).toHaveLength(SAMPLES.numRuns);
    expect(undrawable('gantt', texts)).toEqual([]);
  });

  it('of as many attempts as a chart may have is drawn', () => {
    const told = plan(
      Array.from({ length: 120 }, (_, i) => task(`${'漢'.repeat(60)}${i}`, { stage: `s${i}` })),
    );
    const texts = diagramsIn(timelineOf(ran(told)));
    expect(texts).toHaveLength(1);
    expect(undrawable('gantt', texts)).toEqual([]);
  });
});
