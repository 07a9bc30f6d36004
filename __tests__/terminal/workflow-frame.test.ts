import { describe, expect, test } from '@jest/globals';
import { initialState, type TaskState } from '../../src/core/state.js';
import { style } from '../../src/terminal/style.js';
import { WorkflowFrame } from '../../src/terminal/workflow-frame.js';
import { plan, task } from '../fakes/plan.js';

function frame(commands: 'stop' | 'allow' = 'stop') {
  let count = 0;
  const newToken = () => `token${++count}`;
  return new WorkflowFrame({
    commands,
    newToken,
    look: style(false),
    mask: (text) => text.replace('pw', '***'),
  });
}

function begun(commands: 'stop' | 'allow' = 'stop') {
  const around = frame(commands);
  around.begin();
  return around;
}

function ended(status: TaskState['status'], attempts = 1): TaskState {
  const [first] = initialState(plan([task('a')])).tasks;
  if (first === undefined) throw new Error('no task');
  const attempt = { number: 1, round: 1, startedAt: 0 };
  return { ...first, status, attempts: Array(attempts).fill(attempt) };
}

const HEADING = [{ text: '✔ a 100% pw' }];

describe('the whole log', () => {
  test('stands where the runner obeys nobody', () => {
    const around = frame();
    expect([around.begin(), around.end(), around.end()]).toEqual([
      '::stop-commands::token1\n',
      '::token1::\n',
      '',
    ]);
  });

  test('stands where tasks may give orders, if that is allowed', () => {
    const around = frame('allow');
    expect([around.begin(), around.end()]).toEqual(['', '']);
  });
});

describe('the block of a task', () => {
  test('is folded when it succeeded', () => {
    const around = begun();
    expect(around.open(HEADING, ended('succeeded'), false)).toBe('##[group]✔ a 100% ***\n');
    expect(around.close()).toBe('##[endgroup]\n');
  });

  test('is folded by order of the runner where that takes orders', () => {
    const around = begun('allow');
    expect(around.open(HEADING, ended('succeeded'), false)).toBe('::group::✔ a 100%25 ***\n');
    expect(around.close()).toBe('::endgroup::\n');
  });

  test('is not folded when it failed', () => {
    const around = begun();
    expect(around.open(HEADING, ended('failed'), false)).toBe('✔ a 100% ***\n');
    expect(around.close()).toBe('');
  });

  test('is one line when it wrote nothing, and nothing when it never ran', () => {
    const around = begun();
    expect(around.open(HEADING, ended('succeeded'), true)).toBe('✔ a 100% ***\n');
    expect(around.close()).toBe('');
    expect(around.open(HEADING, ended('skipped', 0), true)).toBe('');
    expect(around.close()).toBe('');
  });

  test('has a heading that neither gives orders nor folds', () => {
    const around = begun('allow');
    expect(around.open([{ text: '##[error]a' }], ended('failed'), false)).toBe(
      '::stop-commands::token1\n##[error]a\n::token1::\n',
    );
    expect(begun().open([{ text: 'a [group]' }], ended('failed'), false)).toBe('a [\\group]\n');
  });
});

test.each(['a ##[error]x', '::error::x', ' \u200b::error::x', '#\u200b#[error]x', 'fine\n::error::x'])(
  'a notice that the runner might take for a command is fenced where it takes some: %j',
  (text) => {
    expect(frame().notice(`${text}\n`)).toBe(`::stop-commands::token1\n${text}\n::token1::\n`);
    expect(begun().notice(`${text}\n`)).toBe(`${text}\n`);
  },
);

test('a notice that is certainly none stands as it is', () => {
  expect(frame().notice('✖ a (npm test) failed: exited with code 1\n')).toBe(
    '✖ a (npm test) failed: exited with code 1\n',
  );
});
