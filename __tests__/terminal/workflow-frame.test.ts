import { describe, expect, test } from '@jest/globals';
import { initialState } from '../../src/core/state.js';
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

function ended(status: 'succeeded' | 'failed') {
  const [first] = initialState(plan([task('a')])).tasks;
  if (first === undefined) throw new Error('no task');
  return { ...first, status };
}

const HEADING = [{ text: '✔ a 100% pw' }];

describe('the block of a task', () => {
  test('is a folded group when it succeeded, and the runner obeys nothing in it', () => {
    const around = frame();
    expect(around.open(HEADING, ended('succeeded'), false)).toBe(
      '::group::✔ a 100%25 ***\n::stop-commands::token1\n',
    );
    expect(around.close()).toBe('::token1::\n::endgroup::\n');
  });

  test('is not folded when it failed', () => {
    const around = frame();
    expect(around.open(HEADING, ended('failed'), false)).toBe('✔ a 100% ***\n::stop-commands::token1\n');
    expect(around.close()).toBe('::token1::\n');
  });

  test('is one line when it wrote nothing', () => {
    const around = frame();
    expect(around.open(HEADING, ended('succeeded'), true)).toBe('✔ a 100% ***\n');
    expect(around.close()).toBe('');
  });

  test('has a token of its own', () => {
    const around = frame();
    around.open(HEADING, ended('failed'), false);
    around.close();
    expect(around.open(HEADING, ended('failed'), false)).toContain('token2');
  });

  test('may give orders where that is allowed, its heading may not', () => {
    const around = frame('allow');
    expect(around.open([{ text: '##[error]a' }], ended('failed'), false)).toBe(
      '::stop-commands::token1\n##[error]a\n::token1::\n',
    );
    expect(around.close()).toBe('');
  });
});

test.each(['a ##[error]x', '::error::x', ' \u200b::error::x', '#\u200b#[error]x', 'fine\n::error::x'])(
  'a notice that the runner might take for a command is fenced: %j',
  (text) => {
    expect(frame().notice(`${text}\n`)).toBe(`::stop-commands::token1\n${text}\n::token1::\n`);
  },
);

test('a notice that is certainly none stands as it is', () => {
  expect(frame().notice('✖ a (npm test) failed: exited with code 1\n')).toBe(
    '✖ a (npm test) failed: exited with code 1\n',
  );
});
