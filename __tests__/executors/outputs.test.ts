import { describe, expect, test } from '@jest/globals';
import { parseOutputs } from '../../src/executors/outputs.js';

function outputs(text: string): unknown {
  const parsed = parseOutputs(text);
  return parsed.ok ? parsed.value : parsed.problems[0]?.message;
}

describe('outputs are read by the rules of GITHUB_OUTPUT', () => {
  test.each([
    ['nothing', '', {}],
    ['a line', 'a=1\n', { a: '1' }],
    ['a last line without an end', 'a=1', { a: '1' }],
    ['empty lines between', '\na=1\n\n\nb=2\n\n', { a: '1', b: '2' }],
    ['an empty value', 'a=\n', { a: '' }],
    ['a value with = in it', 'a=b=c\n', { a: 'b=c' }],
    ['a value with << after the =', 'a=b<<c\n', { a: 'b<<c' }],
    ['blanks, which are kept', ' a = 1 \n', { ' a ': ' 1 ' }],
    ['a key twice: the last counts', 'a=1\na=2\n', { a: '2' }],
    ['a key that objects have of their own', '__proto__=1\n', Object.fromEntries([['__proto__', '1']])],
    ['lines that end as on Windows', 'a=1\r\nb=2\r\n', { a: '1', b: '2' }],
    ['a byte order mark', '\ufeffa=1\n', { a: '1' }],
    ['a value of several lines', 'a<<END\none\ntwo\nEND\nb=2\n', { a: 'one\ntwo', b: '2' }],
    ['a value of no line', 'a<<END\nEND\n', { a: '' }],
    ['a value that is an empty line', 'a<<END\n\nEND\n', { a: '' }],
    ['a value that ends in an empty line', 'a<<END\none\n\nEND\n', { a: 'one\n' }],
    ['a delimiter without a line end', 'a<<END\none\nEND', { a: 'one' }],
    ['a delimiter with = in it', 'a<<E=F\none\nE=F\n', { a: 'one' }],
    ['a value that holds the delimiter in a line', 'a<<END\nEND \n END\nEND\n', { a: 'END \n END' }],
    ['a value of several lines as on Windows', 'a<<END\r\none\r\ntwo\r\nEND\r\n', { a: 'one\r\ntwo' }],
    ['a value that looks like other outputs', 'a<<END\nb=1\nc<<X\nEND\n', { a: 'b=1\nc<<X' }],
  ])('%s', (_, text, expected) => {
    expect(outputs(text)).toEqual(expected);
  });

  test.each([
    [
      'a word alone',
      'a=1\nnonsense\n',
      'line 2 of BATCHTOOL_OUTPUT is neither key=value nor key<<END: "nonsense"',
    ],
    ['no key', '=1\n', 'line 1 of BATCHTOOL_OUTPUT lacks a name: "=1"'],
    ['no key before <<', '<<END\nEND\n', 'line 1 of BATCHTOOL_OUTPUT lacks a name or a delimiter: "<<END"'],
    ['no delimiter', 'a<<\n', 'line 1 of BATCHTOOL_OUTPUT lacks a name or a delimiter: "a<<"'],
    [
      'an open end',
      'x=1\na<<END\none\n',
      'line 2 of BATCHTOOL_OUTPUT is never closed by a line "END": "a<<END"',
    ],
  ])('%s is a fault that names its line', (_, text, message) => {
    expect(outputs(text)).toBe(message);
  });
});
