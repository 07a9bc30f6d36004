import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { timeline } from '../../src/reports/gantt.js';
import { plan, task } from '../fakes/plan.js';
import { hostileLine } from './hostile.js';
import { at, START, Story } from './story.js';

const shown = (story: Story, interrupted = false): string | undefined =>
  timeline({ state: story.state(), now: at(20), interrupted, tails: new Map(), summaries: new Map() });

describe('the timeline', () => {
  it('has a bar for each attempt, by stage, in the colour of how it ended', () => {
    const story = new Story(plan([task('a', { stage: 'one' }), task('title', { stage: 'two' })]))
      .ran(0, 2, 'a')
      .started(2, 'title')
      .exited(3, 'title', 1)
      .retrying(3, 'title', 4, { kind: 'code', code: 1 })
      .started(4, 'title', 2);
    expect(shown(story)?.split('\n')).toEqual([
      '```mermaid',
      'gantt',
      '  dateFormat x',
      '  axisFormat %-S s',
      '  todayMarker off',
      '  section one',
      '  ✔ a 2.0 s :done, b0, 0, 2000',
      '  section two',
      '  ✖ title 1.0 s :crit, b1, 2000, 3000',
      '  ▶ title (attempt 2) 16.0 s :active, b2, 4000, 20000',
      '```',
    ]);
  });

  it('of a minute or more shows what the clock showed', () => {
    const story = new Story(plan([task('a'), task('b')])).ran(0, 2, 'a').ran(2, 62, 'b');
    expect(
      shown(story)
        ?.split('\n')
        .filter((line) => /axis|:/.test(line)),
    ).toEqual([
      '  axisFormat %H:%M:%S',
      `  ✔ a 2.0 s :done, b0, ${START}, ${START + 2000}`,
      `  ✔ b 1m 00s :done, b1, ${START + 2000}, ${START + 62_000}`,
    ]);
  });

  it('is left out where there is nothing to compare', () => {
    expect(shown(new Story(plan([task('a')])).ran(0, 1, 'a'))).toBeUndefined();
  });

  it('is a table of the longest attempts where there are too many', () => {
    const ids = Array.from({ length: 200 }, (_, place) => `t${place}`);
    const story = new Story(plan(ids.map((id) => task(id))));
    ids.forEach((id, place) => {
      story.ran(place, place + (place === 150 ? 90 : 1), id);
    });
    expect(shown(story)).toContain('| <code>t150</code> | 2m 30s | 1m 30s |');
    expect(shown(story)?.split('\n')).toHaveLength(29);
  });

  it('takes no word of a stage for one of its own', () => {
    fc.assert(
      fc.property(hostileLine, (stage) => {
        const story = new Story(plan([task('a', { stage }), task('b', { stage: 'x' })]))
          .ran(0, 1, 'a')
          .ran(0, 1, 'b');
        const lines = shown(story)?.split('\n') ?? [];
        expect(
          lines.filter((line) => line.startsWith('  section ') && /^[\p{L}\p{M}\p{N} ._()…-]+$/u.test(line)),
        ).toHaveLength(stage === 'x' ? 0 : 2);
        expect(lines.filter((line) => /^ {2}✔ [ab] 1\.0 s :done, b\d, \d+, \d+$/.test(line))).toHaveLength(2);
      }),
    );
  });
});
