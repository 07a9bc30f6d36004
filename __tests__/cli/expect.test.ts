/** What a task is to deliver, through the built CLI. */
import { describe, expect, it } from '@jest/globals';
import { useBench } from './harness.js';
import { expectNothingDone, expectRefused, says } from './refusal.js';

const bench = useBench();
const PLAN = 'tasks:\n  t:\n    run: touch ran\n    expect:\n      schema: ';

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

  it.each<[string, string, string, string | undefined]>([
    [
      'is none',
      '{type: objekt}',
      'the schema of its result cannot be used: /type must be equal to one of the allowed values; /type must be array; /type must match a schema in anyOf',
      undefined,
    ],
    [
      'has a misspelt keyword',
      '{type: object, requird: [a]}',
      'the schema of its result cannot be used: unknown keyword: "requird"',
      'did you mean "required"?',
    ],
    [
      'has a keyword of a later draft',
      '{prefixItems: [true]}',
      'the schema of its result cannot be used: unknown keyword: "prefixItems"',
      'with "$schema": "https://json-schema.org/draft/2020-12/schema" the keywords of 2020-12 count',
    ],
    [
      'is in a file that holds none',
      'broken.json',
      'the schema broken.json cannot be used: it is neither a map nor true or false',
      undefined,
    ],
  ])(
    'that %s is refused before anything starts, also by validate and --dry-run',
    async (_, schema, said, hint) => {
      const here = bench();
      here.write('broken.json', '[]');
      here.write('p.yml', PLAN + schema);
      const words = says(`p.yml:5:15: task t: ${said}`, hint);
      for (const args of [
        ['validate', 'p.yml'],
        ['run', '-f', 'p.yml', '--dry-run'],
        ['run', '-f', 'p.yml'],
      ])
        await expectRefused(here, args, words);
    },
  );

  it('whose file is missing is said where nothing could write it, and only a run is refused for it', async () => {
    const here = bench();
    here.write('p.yml', `${PLAN}none.json`);
    const words = 'p.yml:5:15: task t: there is no schema none.json\n  hint: it stands where the task works';
    expect(await here.run(['validate', 'p.yml'])).toMatchObject({ code: 0 });
    const dry = await here.run(['run', '-f', 'p.yml', '--dry-run']);
    expect([dry.code, dry.stderr]).toEqual([
      0,
      expect.stringContaining(`batchtool: a run would be refused here: ${words}`),
    ]);
    const ran = await here.run(['run', '-f', 'p.yml']);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining(words)]);
    expectNothingDone(here);
  });

  it('may be written by a task before, and is not tried again where it is none', async () => {
    const here = bench();
    const plan = (schema: string): string =>
      `tasks:\n  a: {run: 'echo ${schema} > s.json'}\n  b: {needs: a, run: 'echo {} | tee -a tries', retry: 2, expect: {schema: s.json}}`;
    here.write('p.yml', plan('{}'));
    expect((await here.run(['run', '-f', 'p.yml'])).code).toBe(0);
    here.write('s.json', 'true');
    here.write('tries', '');
    here.write('p.yml', plan('[]'));
    const { code, stderr } = await here.run(['run', '-f', 'p.yml']);
    expect([code, stderr]).toEqual([1, expect.stringContaining('the schema s.json cannot be used')]);
    expect(here.read('tries')).toBe('{}\n');
  });

  it('that a task before may write anew is told of, and nothing is refused for what it holds now', async () => {
    const here = bench();
    here.write('s.json', '[]');
    here.write(
      'p.yml',
      "tasks:\n  a: {run: 'echo {} > s.json'}\n  b: {needs: a, run: 'echo {}', expect: {schema: s.json}}",
    );
    const words =
      'batchtool: p.yml:3:50: task b: the schema s.json cannot be used: it is neither a map nor true or false, unless a task before writes it anew\n';
    for (const args of [
      ['validate', 'p.yml'],
      ['run', '-f', 'p.yml'],
    ]) {
      const { code, stderr } = await here.run(args);
      expect([code, stderr]).toEqual([0, expect.stringContaining(words)]);
    }
  });

  it('in a file is not looked for where the setup of its task may write it', async () => {
    const here = bench();
    here.write('broken.json', '[]');
    for (const schema of ['none.json', 'broken.json']) {
      here.write(
        'p.yml',
        `tasks:\n  t: {run: 'echo {}', isolate: worktree, setup: 'echo {} > ${schema}', expect: {schema: ${schema}}}`,
      );
      const { code, stderr } = await here.run(['validate', 'p.yml']);
      expect([code, stderr]).toEqual([0, '']);
    }
  });
});
