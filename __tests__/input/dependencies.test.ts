import { describe, expect, test } from '@jest/globals';
import { problemText } from '../../src/core/problem.js';
import { type DependentText, parseGraph, parseSuffix, parseTask } from '../../src/input/dependencies.js';
import { faultsOf } from './typed.js';

function faultsIn(tasks: readonly DependentText[]): string {
  return tasks.flatMap(({ faults = [] }) => faults.map(problemText)).join('\n');
}

describe('a --task', () => {
  test.each([
    ['db:echo 1', 'db', 'echo 1', []],
    ['api:echo 2:depends=db', 'api', 'echo 2', ['db']],
    ['api:echo 2:depends=auth,db', 'api', 'echo 2', ['auth', 'db']],
    ['db:create schema:depends=none', 'db', 'create schema', []],
    ['web:echo:wait-for=all', 'web', 'echo', 'all'],
    ['api:curl http://localhost/x/:id', 'api', 'curl http://localhost/x/:id', []],
    [
      `f:flowx sparc run code 'feature: user profile' --x:depends=db`,
      'f',
      `flowx sparc run code 'feature: user profile' --x`,
      ['db'],
    ],
    [`f:echo ':depends=x'`, 'f', `echo ':depends=x'`, []],
    [`f:echo ":depends=x y":depends=db`, 'f', `echo ":depends=x y"`, ['db']],
    [' a : echo', 'a', ' echo', []],
    ['größe:x:depends=研究', 'größe', 'x', ['研究']],
    ['a:b:c', 'a', 'b:c', []],
    ['a:multi\nline', 'a', 'multi\nline', []],
  ])('%j', (value, id, text, needs) => {
    expect(parseTask(value)).toEqual({ id, text, needs });
  });

  test.each([
    ['build', '--task: expected ID:TEXT, found "build"'],
    [':echo', '--task: expected ID:TEXT, found ":echo"'],
    ['a:', '--task a: the text is empty'],
    ['a::depends=b', '--task a: the text is empty'],
    ['a:echo:depends=b, c', '--task a: ":depends=b, c" is malformed'],
    ['a:echo:depends=', '--task a: ":depends=" is malformed'],
    ['a:echo:depends= b', '--task a: ":depends= b" is malformed'],
    ['a:echo:depends=b,', '--task a: ":depends=b," is malformed'],
    ['a:echo:depends=none,b', 'is malformed'],
    ['a:echo:depends=all', 'is malformed'],
    ['a:echo:wait-for=b', '":wait-for=b" is malformed'],
    ['a:echo:depends=b:depends=c', '":depends=b:depends=c" is malformed'],
    ['a:echo:depend=b', '":depend=b" is no suffix'],
    ['a:echo:depends-on=b', '":depends-on=b" is no suffix'],
    ['a:echo:needs=b', '":needs=b" is no suffix'],
    ['a:echo:waitfor=all', '":waitfor=all" is no suffix'],
    ['a:echo:Depends=b', '":Depends=b" is no suffix'],
    ['a:echo:depends = b', '":depends = b" is no suffix'],
    ['a:echo: depends=b', '": depends=b" is no suffix'],
    ['a:echo:WAIT-FOR=all', '":WAIT-FOR=all" is no suffix'],
  ])('%j is refused', (value, message) => {
    expect(faultsIn([parseTask(value)])).toContain(message);
  });

  test('is told the three forms when its suffix is wrong', () => {
    expect(faultsOf(parseSuffix('x:depends=a b'))[0]).toContain(
      ':depends=a,b or :depends=none or :wait-for=all',
    );
  });
});

describe('a graph in JSON', () => {
  test('gives each text its needs, in the order of the texts', () => {
    expect(
      parseGraph(
        '{"b":["a"],"c":"a","a":[]}',
        '{\r\n"a":"echo 1",\r\n"b":"echo 2",\r\n"c":"echo 3","d":"x"\r\n}',
      ),
    ).toEqual([
      { id: 'a', text: 'echo 1', needs: [] },
      { id: 'b', text: 'echo 2', needs: ['a'] },
      { id: 'c', text: 'echo 3', needs: ['a'] },
      { id: 'd', text: 'x', needs: [] },
    ]);
  });

  test('keeps the order written even of ids that look like numbers', () => {
    expect(parseGraph(undefined, '{"10":"x","2":"y","b":"z"}').map(({ id }) => id)).toEqual(['10', '2', 'b']);
  });

  test('names an id without a text, and keeps it so that others may need it', () => {
    expect(parseGraph('{"biuld":["a"]}', '{"build":"x"}')).toMatchObject([
      { id: 'build', text: 'x' },
      {
        id: 'biuld',
        needs: ['a'],
        faults: [
          {
            message: '--dependency-graph: task "biuld" has no text in --tasks',
            hint: 'did you mean "build"?',
          },
        ],
      },
    ]);
  });

  test.each([
    ['{}', undefined, '--dependency-graph goes with --tasks'],
    ['{', '{"a":"x"}', '--dependency-graph: expected a key in double quotes, found the end'],
    ['[]', '{"a":"x"}', '--dependency-graph: expected a JSON object'],
    ['{"a":[1]}', '{"a":"x"}', '--dependency-graph: "a": expected a list of ids, found "[1]"'],
    ['{"a":null}', '{"a":"x"}', '--dependency-graph: "a": expected a list of ids'],
    ['{}', '{"a":1}', '--tasks: "a": expected a text, found "1"'],
    ['{}', '{"a":""}', '--tasks: "a": expected a text'],
    ['{}', '{}', '--tasks holds no task'],
    ['{}', '{"a":"x","a":"y"}', '--tasks: duplicate key "a" (line 1, column 10)'],
    ['{}', '{"__proto__":"x"}', '"__proto__" cannot be a key'],
    ['null', 'null', '--tasks: expected a JSON object'],
  ])('%s with %s is refused', (graph, tasks, message) => {
    expect(faultsIn(parseGraph(graph, tasks))).toContain(message);
  });
});
