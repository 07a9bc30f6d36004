/** What a task is to deliver, through the built CLI. */
import { describe, expect, it } from '@jest/globals';
import { useBench } from './harness.js';

const bench = useBench();

describe('a schema of the result', () => {
  it.each([
    ['is followed', '{"a": 1}', 0, ''],
    [
      'is not followed',
      '{"b": 1}',
      1,
      "its result does not follow the schema: it must have required property 'a'",
    ],
    ['stands against no JSON', 'a: 1', 1, 'its result is no JSON'],
  ])('%s', async (_, result, code, why) => {
    const here = bench();
    const schema = { type: 'object', required: ['a'] };
    here.write('p.json', { tasks: { t: { run: `echo '${result}'`, expect: { schema } } } });
    const ended = await here.run(['run', '-f', 'p.json']);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(why)]);
  });
});
