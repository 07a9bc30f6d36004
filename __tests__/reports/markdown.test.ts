import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Baseline } from '../../src/reports/baseline.js';
import { baselineOf } from '../../src/reports/figures.js';
import { byteLength } from '../../src/reports/fit.js';
import { COMMENT_BYTES, markdown, SUMMARY_BYTES } from '../../src/reports/markdown.js';
import type { Material } from '../../src/reports/material.js';
import { plan, task } from '../fakes/plan.js';
import { hostileText } from './hostile.js';
import { elementsIn, names, pageOf, textIn } from './page.js';
import { at, Story } from './story.js';

const material = (story: Story, rest: Partial<Material> = {}): Material => ({
  state: story.state(),
  now: at(100),
  interrupted: false,
  tails: new Map(),
  summaries: new Map(),
  ...rest,
});

const small = () =>
  new Story(
    plan(
      [
        task('build', { stage: 'make' }),
        task('unit', { stage: 'test', needs: ['build'], work: { kind: 'command', text: "echo 'a'" } }),
        task('ship', { stage: 'ship', needs: ['unit'] }),
      ],
      { name: 'checks' },
    ),
  )
    .started(0, 'build')
    .exited(2, 'build', 0, 1, 5_000_000)
    .ended(2, 'build', { kind: 'succeeded' })
    .broke(2, 5, 'unit', 2)
    .ended(5, 'ship', { kind: 'skipped', because: { kind: 'need', task: 'unit' } })
    .finished(5, 'failed');

describe('the report for people', () => {
  it('says what happened, why, how long it took, and what to type', () => {
    const text = markdown(material(small(), { tails: new Map([['unit', ['first', 'it broke']]]) }));
    expect(text.split('\n\n### Where the time went')[0]?.split('\n')).toEqual([
      '## ❌ checks failed: 1 of 3 tasks failed, 1 skipped, 1 succeeded in 5.0 s',
      '',
      'parallel · run <code>r1</code>',
      '',
      '### ❌ <code>unit</code> failed: exited with code 2',
      '',
      '```text',
      'first',
      'it broke',
      '```',
      '',
      'To see it on your machine:',
      '',
      '```sh',
      '# It can use results of build, which it lacks here.',
      "npx batchtool run 'sh: echo '\\''a'\\'''",
      '```',
      '',
      '### Tasks',
      '',
      '|  | Task | Stage | Duration | Attempts | Memory | Why |',
      '| --- | --- | --- | ---: | ---: | ---: | --- |',
      '| ✅ | <code>build</code> | make | 2.0 s | 1 | 5.0 MB |  |',
      '| ❌ | <code>unit</code> | test | 3.0 s | 1 |  | exited with code 2 |',
      '| ⏭️ | <code>ship</code> | ship |  |  |  | because unit failed |',
    ]);
  });

  it('says what to speed up, and draws the graph and the timeline', () => {
    const text = markdown(material(small()));
    expect(text).toContain('**Critical path (5.0 s):** build 2.0 s → unit 3.0 s');
    expect(text).toContain('To be faster:\n\n- shorten unit, 3.0 s of the critical path');
    expect(text).toContain('  t0 --> t1\n');
    expect(text).toContain('  class t1 failed\n');
    expect(text).toMatch(/ {2}section test\n {2}✖ unit 3\.0 s :crit, b1, \d+, \d+\n/);
  });

  it('tells the cost, of each task and of all, only when one said it', () => {
    const story = new Story(plan([task('a'), task('b')]))
      .started(0, 'a')
      .add(1, {
        type: 'attempt.exited',
        task: 'a',
        attempt: 1,
        exit: { kind: 'code', code: 0 },
        result: { costUsd: 0.42 },
      })
      .ended(1, 'a', { kind: 'succeeded' })
      .ran(0, 1, 'b')
      .finished(1, 'succeeded');
    const text = markdown(material(story));
    expect(text).toContain('· cost $0.42');
    expect(text).toContain('| ✅ | <code>a</code> | 1.0 s | 1 | $0.42 |');
    expect(markdown(material(small()))).not.toMatch(/cost/i);
  });

  it('holds what tasks wrote for it, each in a place of its own', () => {
    const text = markdown(material(small(), { summaries: new Map([['build', '# Built\n\n</details>']]) }));
    expect(text).toContain('### What tasks say\n\n<code>build</code>\n\n> # Built\n>\n> <\u200b/details>\n');
  });

  it('is compared with an earlier run, if there is one, before all else that is told', () => {
    const then = new Story(plan([task('unit')])).ran(0, 3, 'unit').finished(3, 'succeeded').state();
    const text = markdown(material(small(), { baseline: baselineOf(then, { branch: 'main' }) as Baseline }));
    expect(text).toContain(
      'run <code>r1</code>\n\n### Compared with <code>main</code>\n\n- ❌ **newly failing**: <code>unit</code>\n',
    );
    expect(markdown(material(small()))).not.toContain('Compared');
  });

  it('says that a run was interrupted, and what was running then', () => {
    const story = new Story(plan([task('a'), task('b')])).started(0, 'a');
    const text = markdown(material(story, { interrupted: true }));
    expect(text).toMatch(/^## ⚠️ test was interrupted: /);
    expect(text).toContain('was running when batchtool ended');
  });

  it('keeps its shape whatever names, logs, commands and reports hold', () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (label, log, said) => {
        const story = new Story(
          plan(
            [
              task('1', { label, work: { kind: 'command', text: label } }),
              task('b', { stage: label, needs: ['1'] }),
            ],
            { name: label },
          ),
        )
          .broke(0, 2, '1', { kind: 'contract', reason: label })
          .broke(2, 3, 'b', { kind: 'spawn-error', message: log })
          .finished(3, 'failed');
        const tails = new Map([['1', log.split('\n')]]);
        const page = pageOf(markdown(material(story, { tails, summaries: new Map([['1', `x ${said}`]]) })));
        expect(
          names(page).filter((name) => !/^(h2|h3|p|pre|table|details|blockquote|ul)$/.test(name)),
        ).toEqual([]);
        expect(names(page).filter((name) => name === 'table')).toHaveLength(1);
        const headings = page.filter(({ tagName }) => tagName === 'h3').map(textIn);
        expect(headings.slice(-3)).toEqual(['Tasks', 'Where the time went', 'What tasks say']);
        const cells = elementsIn(page.find(({ tagName }) => tagName === 'table') as never);
        expect(cells.filter(({ tagName }) => tagName === 'tr')).toHaveLength(3);
        expect(names(page.flatMap(elementsIn))).not.toContain('script');
      }),
      { numRuns: 300 },
    );
  });
});

describe('a report that would be too large', () => {
  const limits = [SUMMARY_BYTES, COMMENT_BYTES, 4000, 500, 60, 1];
  const many = (count: number, fails: (place: number) => boolean) => {
    const ids = Array.from({ length: count }, (_, place) => `task-${place}`);
    const story = new Story(plan(ids.map((id, place) => task(id, { needs: place === 0 ? [] : ['task-0'] }))));
    ids.forEach((id, place) => {
      if (fails(place)) story.broke(place, place + 1, id);
      else story.ran(place, place + 1, id);
    });
    return story.finished(count, 'failed');
  };
  const longLines = Array.from({ length: 40 }, (_, line) => `${line} ${'漢`<'.repeat(600)}`);

  it.each(limits)('has at most %d bytes though 300 tasks fail with long lines', (limit) => {
    const story = many(300, () => true);
    const tails = new Map(story.state().tasks.map(({ task: { id } }) => [id, longLines]));
    expect(byteLength(markdown(material(story, { tails }), limit))).toBeLessThanOrEqual(limit);
  });

  it('still names every failure of 300 in a summary, and the first ones with their last lines in a comment', () => {
    const story = many(300, () => true);
    const tails = new Map(story.state().tasks.map(({ task: { id } }) => [id, ['why']]));
    const summary = markdown(material(story, { tails }));
    expect(summary.match(/❌ <code>task-\d+<\/code> failed/g)).toHaveLength(300);
    const comment = markdown(material(story, { tails }), COMMENT_BYTES);
    expect(comment).toContain('### ❌ <code>task-0</code> failed: exited with code 1\n\n```text\nwhy\n```');
    expect(comment).toMatch(/and \d+ more failed: `batchtool status r1`/);
    expect(comment).toContain('### Tasks');
  });

  it.each(limits)('has at most %d bytes of 5,000 tasks', (limit) => {
    expect(
      byteLength(markdown(material(many(5000, (place) => place % 1000 === 7)), limit)),
    ).toBeLessThanOrEqual(limit);
  });

  it('shows of 5,000 tasks those that failed first, and no chart or graph that GitHub would refuse', () => {
    const text = markdown(material(many(5000, (place) => place === 4000)));
    expect(text).toContain('| ❌ | <code>task-4000</code> |');
    expect(text).toContain('500 of 5000 tasks');
    expect(text).toContain('Too many for a chart: the 25 longest of 5000 attempts.');
    for (const [, picture = ''] of text.matchAll(/```mermaid\n([\s\S]*?)\n```/g)) {
      expect(picture.length).toBeLessThanOrEqual(50_000);
      expect(picture.match(/ (-->|---|-\.->|-\.-|==>)/g)?.length ?? 0).toBeLessThanOrEqual(500);
    }
  });

  it.each(limits)('has at most %d bytes though one task wrote 5 MB for it', (limit) => {
    const summaries = new Map([
      ['build', `start of it ${'<b>漢\n'.repeat(1_000_000)}`],
      ['unit', 'the word of another'],
    ]);
    const text = markdown(material(small(), { summaries }), limit);
    expect(byteLength(text)).toBeLessThanOrEqual(limit);
    if (limit < 60_000) return;
    expect(text).toContain('start of it');
    expect(text).toContain('(the rest did not fit)');
    expect(text).toContain('> the word of another');
  });
});
