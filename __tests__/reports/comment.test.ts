import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Baseline } from '../../src/reports/baseline.js';
import { commentStart, commentText, commentWish, isLater, type JobPlace } from '../../src/reports/comment.js';
import { baselineOf } from '../../src/reports/figures.js';
import { byteLength } from '../../src/reports/fit.js';
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
const story = (name = 'checks') => new Story(plan([task('a')], { name }));
const good = (seconds = 1) => story().ran(0, seconds, 'a').finished(seconds, 'succeeded');
const bad = () => story().broke(0, 1, 'a').finished(1, 'failed');
const baseline = (then: Story) => baselineOf(then.state()) as Baseline;

const place: JobPlace = { workflow: 'CI', job: 'test', step: '__batchtool', matrix: 'null', run: 12 };

describe('whether there is a comment', () => {
  const all = ['never', 'failure', 'changes', 'always'] as const;
  it.each([
    ['a failure', bad(), undefined, ['none', 'create', 'create', 'create']],
    ['a success', good(), undefined, ['none', 'update', 'update', 'create']],
    ['a success as before', good(), good(), ['none', 'update', 'update', 'create']],
    ['a success after a failure', good(), bad(), ['none', 'update', 'create', 'create']],
    ['a success that takes longer', good(90), good(), ['none', 'update', 'create', 'create']],
    ['a failure as before', bad(), bad(), ['none', 'create', 'create', 'create']],
    ['no verdict', story().finished(1, 'cancelled'), undefined, ['none', 'none', 'none', 'none']],
  ])('after %s', (_, now, then, wishes) => {
    const what = material(now, then === undefined ? {} : { baseline: baseline(then) });
    expect(all.map((when) => commentWish(when, what))).toEqual(wishes);
  });
});

describe('a comment', () => {
  it('shows the report, and where it comes from', () => {
    const url = 'https://127.0.0.1/org/repo/actions/runs/12';
    const matrix = '{"os": "linux", "with": {"node": [20, 24]}}';
    const page = pageOf(commentText(material(good()), { ...place, matrix, url, commit: '3f6c1d5aa2' }));
    expect(textIn(page[0] as never)).toContain('checks succeeded');
    const [link] = elementsIn(page.at(-1) as never);
    expect(link?.attrs).toEqual([{ name: 'href', value: url }]);
    expect(textIn(page.at(-1) as never)).toBe('From CI / test (linux, 20, 24) · commit 3f6c1d5');
  });

  it('tells what changed since the run that it is compared with', () => {
    expect(commentText(material(good(), { baseline: baseline(bad()) }), place)).toContain('newly passing');
  });

  it('is found again by its beginning, which is that of no other', () => {
    const start = commentStart(material(good()), place);
    expect(commentText(material(bad()), { ...place, run: 99 }).startsWith(start)).toBe(true);
    const others = [
      commentStart(material(story('other').finished(1, 'failed')), place),
      ...(['workflow', 'job', 'step', 'matrix'] as const).map((name) =>
        commentStart(material(good()), { ...place, [name]: 'other' }),
      ),
      // What stands where does matter.
      commentStart(material(good()), { ...place, workflow: 'test', job: 'CI' }),
    ];
    expect(new Set([start, ...others]).size).toBe(7);
  });

  it('knows whether it is of a later run', () => {
    const body = commentText(material(good()), place);
    expect([11, 12, 13].map((run) => isLater(body, { ...place, run }))).toEqual([true, false, false]);
    expect(isLater('no comment of ours', place)).toBe(false);
  });

  it('holds whatever names there are, in its place and in its size', () => {
    fc.assert(
      fc.property(hostileText, hostileText, hostileText, (workflow, job, name) => {
        const text = commentText(material(story(name).finished(1, 'failed')), {
          ...place,
          ...{ workflow, job, matrix: JSON.stringify({ a: job }) },
        });
        const page = pageOf(text);
        expect(text.split('\n')[0]).toMatch(/^<!-- batchtool-report \w{16} run 12 [^<>\n]* -->$/);
        expect(byteLength(text)).toBeLessThanOrEqual(65_000);
        expect(names(page)).toEqual(['h2', 'p', 'h3', 'table', 'p']);
        expect(names(elementsIn(page.at(-1) as never))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
