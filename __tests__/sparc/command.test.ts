import { describe, expect, test } from '@jest/globals';
import { sparcCommand } from '../../src/sparc/command.js';
import { promptArguments } from '../../src/sparc/runners.js';

const read = (...words: string[]) => sparcCommand(words);

describe('a SPARC command', () => {
  test('is read with its task and its flags', () => {
    expect(
      read('flowx', 'sparc', 'run', 'code', 'user service', '--non-interactive', '--namespace', 'x'),
    ).toEqual({
      runner: 'flowx',
      npx: false,
      mode: 'code',
      task: 'user service',
      flags: ['--non-interactive', '--namespace', 'x'],
    });
  });

  test.each([
    [['npx', '--yes', 'claude-flow@alpha', 'sparc', 'run', 'tdd', 't'], { runner: 'claude-flow', npx: true }],
    [['./claude-flow', 'sparc', 'architect', 't'], { runner: './claude-flow', mode: 'architect' }],
    [['node_modules/.bin/flowx', 'sparc', 'run', 'ask', 't'], { runner: 'node_modules/.bin/flowx' }],
    [['/opt/bin/claude-flow@2', 'sparc', 'ask', 't'], { runner: '/opt/bin/claude-flow', mode: 'ask' }],
    [['npm', 'exec', 'claude-flow', 'sparc', 'run', 'ask', 't'], { runner: 'claude-flow', npx: true }],
    [['npm', 'x', '--', 'flowx', 'sparc', 'ask', 't'], { runner: 'flowx', npx: true, mode: 'ask' }],
    [['/usr/bin/npx', 'flowx', 'sparc', 'ask', 't'], { runner: 'flowx', npx: true }],
    [['flowx', '--verbose', 'sparc', 'run', 'ask', 't'], { runner: 'flowx', mode: 'ask', task: 't' }],
    [['flowx', '--config', 'x.json', 'sparc', 'ask', 't'], { runner: 'flowx', mode: 'ask', task: 't' }],
    [['./sparc', 'run', 'ask', 't'], { runner: './sparc', mode: 'ask', task: 't' }],
    [['/opt/sparc', 'sparc', 'run', 'ask', 't'], { runner: '/opt/sparc', mode: 'ask' }],
    [['sparc', 'run', 'ask', 't'], { runner: 'sparc', mode: 'ask', task: 't' }],
    [['sparc', 'sparc', 'run', 'ask', 't'], { runner: 'sparc', mode: 'ask' }],
    [['ruflo', 'sparc', 'run', 'nestjs-coder', 't'], { runner: 'ruflo', mode: 'nestjs-coder' }],
    [
      ['flowx', 'sparc', 'run', 'code', 'implement', 'user', 'login', '--non-interactive', 'x'],
      { task: 'implement user login', flags: ['--non-interactive', 'x'] },
    ],
  ])('is %j', (words, parts) => {
    expect(read(...words)).toMatchObject(parts);
  });

  test.each([
    [['flowx', 'swarm', 'x']],
    [['flowx', 'help', 'sparc', 'run', 'code', 't']],
    [['/opt/sparc', 'run', 'code', 't']],
    [['npm', 'run', 'flowx', 'sparc', 'run', 'code', 't']],
    [['flowx', 'sparc', 'modes']],
    [['flowx', 'sparc', 'run', 'code']],
    [['flowx', 'sparc', 'run', 'code', '--non-interactive']],
    [['npm', 'sparc', 'run', 'code', 't']],
    [['sparc', 'modes']],
    [[]],
  ])('is not %j', (words) => {
    expect(read(...words)).toBeUndefined();
  });
});

describe('a runner is handed a prompt', () => {
  test.each(['flowx', '/project/node_modules/.bin/claude-flow'])('as its subcommand: %s', (runner) => {
    expect(promptArguments(runner, { mode: 'ask', text: "it's  $HOME" })).toEqual([
      'sparc',
      'run',
      'ask',
      "it's  $HOME",
      '--non-interactive',
    ]);
  });

  test('directly, when it is called sparc itself', () => {
    expect(promptArguments('/usr/bin/sparc', { mode: 'ask', text: 't' })[0]).toBe('run');
  });
});
