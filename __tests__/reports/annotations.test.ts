import { describe, expect, it } from '@jest/globals';
import { annotations } from '../../src/reports/annotations.js';
import { repositoryPath } from '../../src/reports/path.js';
import type { Finding } from '../../src/reports/problem-matchers.js';
import { plan, task } from '../fakes/plan.js';
import { Story } from './story.js';

const finding = (rest: Partial<Finding> = {}): Finding => ({
  owner: 'tsc',
  severity: 'error',
  message: 'wrong',
  file: 'src/a.ts',
  line: 3,
  ...rest,
});
const of = (story: Story, findings: Record<string, Finding[]> = {}) =>
  annotations({ state: story.state(), findings: new Map(Object.entries(findings)), root: '/repo' });

const two = () => new Story(plan([task('lint'), task('unit', { cwd: 'packages/x' })], { cwd: '/repo' }));

describe('annotations', () => {
  it('begin with the reason of each failed task', () => {
    const story = two().ran(0, 1, 'lint').broke(0, 1, 'unit', 2);
    expect(of(story, { lint: [finding()], unit: [finding({ line: 9, column: 2, code: 'TS1' })] })).toEqual([
      { level: 'error', title: 'unit failed', message: 'exited with code 2', task: 'unit' },
      {
        level: 'error',
        title: 'tsc TS1',
        message: 'wrong',
        task: 'unit',
        file: 'packages/x/src/a.ts',
        line: 9,
        column: 2,
      },
      { level: 'error', title: 'tsc', message: 'wrong', task: 'lint', file: 'src/a.ts', line: 3 },
    ]);
  });

  it('say the same thing once, and name a file outside of the repository in words', () => {
    const story = two().ran(0, 1, 'lint').ran(0, 1, 'unit');
    const outside = finding({ file: '/usr/include/x.h', severity: 'warning' });
    expect(
      of(story, { lint: [finding(), finding(), outside], unit: [finding({ file: '/repo/src/a.ts' })] }),
    ).toEqual([
      { level: 'error', title: 'tsc', message: 'wrong', task: 'lint', file: 'src/a.ts', line: 3 },
      { level: 'warning', title: 'tsc', message: '/usr/include/x.h:3: wrong', task: 'lint' },
    ]);
  });

  it('are at most ten of each level, the last of many failures counting the others', () => {
    const ids = Array.from({ length: 300 }, (_, place) => `t${place}`);
    const story = new Story(
      plan(
        ids.map((id) => task(id)),
        { cwd: '/repo' },
      ),
    );
    for (const id of ids) story.broke(0, 1, id);
    const many = Array.from({ length: 50 }, (_, place) =>
      finding({ line: place + 1, severity: place % 2 ? 'warning' : 'notice' }),
    );
    const all = of(story, { t0: many });
    expect(all.map(({ level }) => level)).toEqual([
      ...Array(10).fill('error'),
      ...Array(10).fill('warning'),
      ...Array(10).fill('notice'),
    ]);
    expect(all[9]).toEqual({
      level: 'error',
      title: '291 more failed',
      message: 'the summary and the log have them all',
    });
  });

  it('warn of a failure that was allowed', () => {
    const story = new Story(plan([task('a', { mayFail: true })])).broke(0, 1, 'a');
    expect(of(story)).toEqual([
      { level: 'warning', title: 'a failed, as it may', message: 'exited with code 1', task: 'a' },
    ]);
  });

  it('hold no escapes, and no more than GitHub shows', () => {
    const story = two().ran(0, 1, 'lint').ran(0, 1, 'unit');
    const [one] = of(story, { lint: [finding({ message: `\u001b[31m${'x'.repeat(9000)}` })] });
    expect(one?.message).toMatch(/^x{3999}…$/);
  });
});

describe('a path in a repository', () => {
  it.each([
    ['src/a.ts', ['/repo'], 'src/a.ts'],
    ['./src/../a.ts', ['/repo', 'x'], 'x/a.ts'],
    ['../a.ts', ['/repo', 'x'], 'a.ts'],
    ['/repo/a.ts', ['/elsewhere'], 'a.ts'],
    ['file:///repo/a.ts', [], 'a.ts'],
    ['a.ts', ['/repo', undefined, '/repo/y'], 'y/a.ts'],
    ['a.ts', ['.'], 'a.ts'],
    ['src\\a.ts', ['/repo'], 'src/a.ts'],
    ['/etc/passwd', ['/repo'], undefined],
    ['../../a.ts', ['/repo', 'x'], undefined],
    ['/repository/a.ts', ['/repo'], undefined],
    ['.', ['/repo'], undefined],
  ])('%s within %j is %s', (file, folders, path) => {
    expect(repositoryPath(file, { root: '/repo', folders })).toBe(path);
  });
});
