import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { cleanText } from '../../src/core/clean-text.js';
import { junit } from '../../src/reports/junit.js';
import type { Material } from '../../src/reports/material.js';
import { plan, task } from '../fakes/plan.js';
import { hostileText } from './hostile.js';
import { at, Story } from './story.js';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

/** Throws for whatever is not well-formed XML 1.0, forbidden characters included. */
function parsed(xml: string): Element {
  const root: Element = { name: '', attributes: {}, children: [], text: '' };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = {
      name,
      attributes: attributes as Record<string, string>,
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    (open.at(-1) as Element).text += text;
  });
  parser.on('closetag', () => open.pop());
  parser.write(xml).close();
  return root.children[0] as Element;
}

const report = (story: Story, rest: Partial<Material> = {}): Element =>
  parsed(
    junit({
      state: story.state(),
      now: at(100),
      interrupted: false,
      tails: new Map(),
      summaries: new Map(),
      ...rest,
    }),
  );

const cases = (root: Element): Element[] =>
  root.children.flatMap(({ children }) => children.filter(({ name }) => name === 'testcase'));

it('says how long the parts of a resumed run took together', () => {
  const owner = { pid: 1, startTime: '1', host: 'here' };
  const root = report(
    new Story(plan([task('a')]))
      .broke(0, 2, 'a')
      .finished(2, 'failed')
      .add(3602, { type: 'run.resumed', owner, tasks: ['a'] })
      .started(3602, 'a', 2, 2)
      .exited(3605, 'a', 0, 2)
      .ended(3605, 'a', { kind: 'succeeded' }, 2)
      .finished(3605, 'succeeded'),
  );
  expect(root.attributes.time).toBe('5.000');
});

const story = () =>
  new Story(
    plan(
      [
        task('build', { stage: 'make' }),
        task('unit', { stage: 'test' }),
        task('slow', { stage: 'test' }),
        task('lint', { stage: 'test', mayFail: true }),
        task('1', { label: 'npm run ship', needs: ['unit'] }),
      ],
      { name: 'checks' },
    ),
  )
    .ran(0, 1.5, 'build')
    .broke(2, 5, 'unit', 2)
    .broke(2, 6, 'slow', { kind: 'timeout', limitMillis: 4000 })
    .broke(2, 3, 'lint', 1)
    .ended(6, '1', { kind: 'skipped', because: { kind: 'need', task: 'unit' } })
    .finished(6, 'failed');

describe('the report for test reporters', () => {
  it('has a suite for each stage with its counts and times', () => {
    const root = report(story());
    expect([root.name, root.attributes]).toEqual([
      'testsuites',
      { name: 'checks', tests: '5', failures: '1', errors: '1', skipped: '2', time: '6.000' },
    ]);
    expect(root.children.map(({ name, attributes }) => ({ ...attributes, element: name }))).toEqual([
      {
        element: 'testsuite',
        name: 'make',
        tests: '1',
        failures: '0',
        errors: '0',
        skipped: '0',
        time: '1.500',
        timestamp: '2026-11-22T23:05:09.120Z',
      },
      {
        element: 'testsuite',
        name: 'test',
        tests: '3',
        failures: '1',
        errors: '1',
        skipped: '1',
        time: '8.000',
        timestamp: '2026-11-22T23:05:11.120Z',
      },
      {
        element: 'testsuite',
        name: 'checks',
        tests: '1',
        failures: '0',
        errors: '0',
        skipped: '1',
        time: '0.000',
        timestamp: '2026-11-22T23:05:09.120Z',
      },
    ]);
  });

  it('tells failures from what could not be done, with the last lines, and what may fail from what may not', () => {
    const found = cases(report(story(), { tails: new Map([['unit', ['\u001b[31ma < b\u001b[0m', 'end']]]) }));
    expect(found.map(({ attributes }) => [attributes.name, attributes.classname, attributes.time])).toEqual([
      ['build', 'checks.make', '1.500'],
      ['unit', 'checks.test', '3.000'],
      ['slow', 'checks.test', '4.000'],
      ['lint', 'checks.test', '1.000'],
      ['1 npm run ship', 'checks', '0.000'],
    ]);
    expect(found.map(({ children: [child] }) => child && [child.name, child.attributes, child.text])).toEqual(
      [
        undefined,
        ['failure', { message: 'exited with code 2', type: 'code' }, 'exited with code 2\na < b\nend'],
        ['error', { message: 'timed out after 4s', type: 'timeout' }, 'timed out after 4s'],
        ['skipped', { message: 'failed, as it may: exited with code 1' }, ''],
        ['skipped', { message: 'skipped because unit failed' }, ''],
      ],
    );
  });

  it('calls what was running when all ended an error', () => {
    const [found] = cases(report(new Story(plan([task('a')])).started(0, 'a'), { interrupted: true }));
    expect(found?.children[0]?.attributes.message).toBe('was running when batchtool ended');
  });

  it('is XML whatever tasks are called, say and write', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (name, log) => {
        const found = report(
          new Story(plan([task('1', { label: name, stage: name }), task('b')], { name }))
            .broke(0, 1, '1', { kind: 'contract', reason: name })
            .broke(0, 1, 'b'),
          { tails: new Map([['b', log.split('\n')]]) },
        );
        expect(cases(found)).toHaveLength(2);
        const legal = cleanText(name).replace(/\p{Noncharacter_Code_Point}/gu, '');
        expect(found.attributes.name).toBe(legal);
      }),
      { numRuns: 500 },
    );
  });
});
