/** One fault hides no other: what is wrong with options, with JSON, with texts and with the graph is told together. */
import { describe, expect, test } from '@jest/globals';
import { asked, faultsOf, refused } from './typed.js';

const CIRCLE = '{"a":["b"],"b":["a"]}';

/** The first line of each. */
function faults(...argv: string[]): string[] {
  return refused(argv).map((text) => text.split('\n')[0] ?? '');
}

function ofGraph(graph: string, tasks: string): string[] {
  return faults('--dependency-graph', graph, '--tasks', tasks);
}

describe('of a graph in JSON', () => {
  test('a graph that cannot be read hides nothing that is wrong with the texts', () => {
    expect(ofGraph('{bad', '{"a":"npmm test","b":""}')).toEqual([
      '--tasks: "b": expected a text, found "\\"\\""',
      '--dependency-graph: expected a key in double quotes, found "bad", so this is no JSON (line 1, column 2)',
      'task a: "npmm test" begins with "npmm", which is no command',
    ]);
  });

  test.each([
    ['{"a":"ls"', '--tasks: expected "," or "}", found the end, so this is no JSON (line 1, column 10)'],
    ['[]', '--tasks: expected a JSON object, found "[]"'],
    ['{"a":"ls","a":"ls"}', '--tasks: duplicate key "a" (line 1, column 11)'],
  ])('texts that cannot be read, %s, hide no circle, and nothing is said to be unknown', (tasks, message) => {
    expect(ofGraph('{"a":["b"],"b":["a","c"],"c":["d"]}', tasks)).toEqual([
      message,
      'the tasks need each other in a circle: a → b → a',
    ]);
  });

  test('without texts its circle is told too', () => {
    expect(faults('--dependency-graph', CIRCLE)).toEqual([
      '--dependency-graph goes with --tasks',
      'the tasks need each other in a circle: a → b → a',
    ]);
  });

  test('a wrong type in the texts hides no circle', () => {
    expect(ofGraph(CIRCLE, '{"a":5,"b":"ls"}')).toEqual([
      '--tasks: "a": expected a text, found "5"',
      'the tasks need each other in a circle: a → b → a',
    ]);
  });

  test('a wrong type in the graph hides neither texts nor needs', () => {
    const graph = '{"a":["b"],"b":["a"],"c":5,"d":["zz"],"e":["a"],"f g":[]}';
    const tasks = '{"a":"npmm test","b":"x y","c":"install all the packages","d":"ls","f g":"ls"}';
    expect(ofGraph(graph, tasks)).toEqual([
      '--dependency-graph: "c": expected a list of ids, found "5"',
      'task a: "npmm test" begins with "npmm", which is no command',
      'task c: "install all the packages" reads as prose but begins with a command',
      '--dependency-graph: task "e" has no text in --tasks',
      'task id "f g" may hold only letters, digits, ".", "_" and "-", and starts with a letter or digit',
      'task "d" needs "zz", which is not in the plan',
      'the tasks need each other in a circle: a → b → a',
    ]);
  });

  test('neither of which can be read, both are told', () => {
    expect(ofGraph('nope', '5')).toEqual([
      '--tasks: expected a JSON object, found "5"',
      expect.stringMatching(/^--dependency-graph: expected .*no JSON/),
    ]);
  });
});

describe('of options and what is to be run', () => {
  test('options hide no fault of the graph', () => {
    const tasks = ['--task', 'a:npmm test:depends=b', '--task', 'b:ls:depends=a,zz', '--task', 'c d:ls'];
    expect(faults('--timeout', '5', '--cwd', 'nowhere', '--on-errr', 'stop', ...tasks)).toEqual([
      'unknown option --on-errr',
      '--timeout: expected a time above zero with its unit, found "5"',
      '--cwd: the folder /home/me/nowhere does not exist',
      'task a: "npmm test" begins with "npmm", which is no command',
      'task id "c d" may hold only letters, digits, ".", "_" and "-", and starts with a letter or digit',
      'task "b" needs "zz", which is not in the plan',
      'the tasks need each other in a circle: a → b → a',
    ]);
  });

  test('a name that is misspelt is not also told as missing', () => {
    expect(faults('--ab-test', '--variant-a', 'ls', '--varient-b', 'ls')).toEqual([
      'unknown option --varient-b',
    ]);
  });

  test('options hide no fault of a plan file', () => {
    const file = 'tasks: {a: {run: x, needs: b}, b: {run: x, needs: a}}';
    expect(faultsOf(asked('orchestrate', ['--timeout', '5', '--loop-back-on', 'a'], { file }))).toEqual([
      expect.stringContaining('--timeout: expected a time'),
      expect.stringContaining('--loop-back-on: only a boomerang comes back'),
      expect.stringContaining('the tasks need each other in a circle: a → b → a'),
    ]);
  });
});
