import { describe, expect, test } from '@jest/globals';
import { invocation } from '../../src/executors/command.js';

function of(text: string, shell?: string[], platform: NodeJS.Platform = 'linux') {
  return invocation({ kind: 'command', text, ...(shell && { shell }) }, '/s/1.script', platform);
}

const long = `: ${'x'.repeat(200_000)}`;

describe('a command', () => {
  test('goes to sh as one argument, as it was written', () => {
    const text = `echo "$(date)" 'it''s' \\ \n\t😀`;
    expect(of(text)).toEqual({ kind: 'ready', file: 'sh', args: ['-c', text] });
  });

  test('goes to the shell that it names', () => {
    expect(of('x', ['bash', '-euo', 'pipefail', '-c'])).toEqual({
      kind: 'ready',
      file: 'bash',
      args: ['-euo', 'pipefail', '-c', 'x'],
    });
  });

  test('that begins like an option is none', () => {
    expect(of('-x --y')).toMatchObject({ args: ['-c', '--', '-x --y'] });
    expect(of('+x', ['/bin/bash', '-lc'])).toMatchObject({ args: ['-lc', '--', '+x'] });
    expect(of('-1', ['python3', '-c'])).toMatchObject({ args: ['-c', '-1'] });
  });

  test.each([
    [undefined, 'sh', []],
    [['bash', '-euo', 'pipefail', '-c'], 'bash', ['-euo', 'pipefail']],
    [['/bin/bash', '-lc'], '/bin/bash', ['-l']],
    [['python3', '-u', '-c'], 'python3', ['-u']],
    [['node', '-e'], 'node', []],
  ])('that is too long for an argument of %p is run from a file', (shell, file, options) => {
    const args = [...options, '/s/1.script'];
    expect(of(long, shell)).toEqual({ kind: 'ready', file, args, script: long });
  });

  test('is measured in bytes', () => {
    expect(of('é'.repeat(70_000))).toMatchObject({ script: expect.any(String) });
  });

  test('may be shorter on Windows', () => {
    expect(of('x'.repeat(40_000), undefined, 'win32')).toMatchObject({ script: expect.any(String) });
  });

  test('that is too long for a shell that nobody knows cannot be run', () => {
    expect(of(long, ['fish', '--command'])).toEqual({
      kind: 'impossible',
      message:
        'the command is 200 kB long, which is too long for an argument of fish --command; put it into a file',
    });
  });

  test.each([
    ['a\0b', undefined],
    ['x', ['sh\0', '-c']],
  ])('with a NUL cannot be run', (text, shell) => {
    expect(of(text, shell)).toEqual({
      kind: 'impossible',
      message: 'the command holds a NUL character, which no process can be given',
    });
  });

  test('with an empty shell cannot be run', () => {
    expect(of('x', [])).toEqual({ kind: 'impossible', message: 'the shell has no name' });
  });
});

describe('a prompt', () => {
  const call = (text: string, rest: { mode?: string; runner?: string } = {}) =>
    invocation({ kind: 'prompt', text, mode: 'tdd', runner: 'flowx', ...rest }, '/s/1.script', 'linux');

  test('is one argument of its runner, as it was written', () => {
    const text = `echo "$(date)" 'it''s' \\ \n\t😀`;
    expect(call(text)).toEqual({
      kind: 'ready',
      file: 'flowx',
      args: ['sparc', 'run', 'tdd', text, '--non-interactive'],
    });
  });

  test('that is too long for an argument cannot be run', () => {
    expect(call(long)).toEqual({
      kind: 'impossible',
      message:
        'the prompt is 200 kB long, which is too long for an argument of flowx; put it into a file and name that in the prompt',
    });
  });

  test.each([[{ mode: 'a\0' }], [{ runner: 'a\0' }]])('with a NUL in %j cannot be run', (rest) => {
    expect(call('x', rest)).toMatchObject({ kind: 'impossible' });
    expect(call('a\0b')).toMatchObject({ kind: 'impossible' });
  });
});
