/** Runs of batchtool within tasks of a run that has a budget. `claude` is a stand-in of which every call costs a dollar. */
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { expect, test } from '@jest/globals';
import { type Bench, CLI, type Ended, useBench } from './harness.js';

const makeBench = useBench();

const ANSWER = {
  ...{
    type: 'result',
    subtype: 'success',
    is_error: false,
    num_turns: 1,
    session_id: 's',
    total_cost_usd: 1,
  },
  ...{ usage: { input_tokens: 10, output_tokens: 1 }, permission_denials: [], result: 'Done.' },
};

function bench(): Bench {
  const made = makeBench();
  mkdirSync(made.path('bin'));
  made.write(
    'bin/claude',
    `#!/bin/sh\ncat > /dev/null\necho paid >> ${made.path('paid')}\necho '${JSON.stringify(ANSWER)}'\n`,
  );
  made.write('bin/batchtool', `#!/bin/sh\nexec ${process.execPath} ${CLI} "$@"\n`);
  for (const name of ['claude', 'batchtool']) chmodSync(made.path('bin', name), 0o755);
  return made;
}

function run(made: Bench, args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  return made.run(args, { env: { PATH: `${made.path('bin')}${delimiter}${process.env.PATH}`, ...env } });
}

/** How often somebody was paid. */
function paid(made: Bench): number {
  return made.has('paid') ? made.read('paid').trim().split('\n').length : 0;
}

test('side by side they share what is left, and the run around them ends for the budget', async () => {
  const made = bench();
  const inner = ['a', 'b', 'c', 'd'].map((name) => `batchtool run 'prompt: ${name}1' 'prompt: ${name}2'`);
  const { code, stderr } = await run(made, ['run', '--max-cost', '4', '--parallel', ...inner]);
  expect([code, paid(made)]).toEqual([3, 4]);
  expect(stderr).toContain('a run within it stopped, for what it was handed of the budget is used up');
  expect(stderr).toContain('used $4.00 of $4.00');
});

test('one says itself what it may cost, and has no more than it is handed all the same', async () => {
  const made = bench();
  const inner = "batchtool run --max-cost 50 'prompt: a' 'prompt: b' 'prompt: c'";
  expect((await run(made, ['run', '--max-cost', '2', inner])).code).toBe(3);
  expect(paid(made)).toBe(2);
});

test('one that is handed nothing pays nobody, also in a resume', async () => {
  const made = bench();
  const nothing = { BATCHTOOL_LEFT_COST: '0.000000' };
  expect((await run(made, ['run', 'prompt: a'], nothing)).code).toBe(3);
  expect((await run(made, ['resume', '--max-cost', '9'], nothing)).code).toBe(3);
  expect(paid(made)).toBe(0);
  expect((await run(made, ['resume', '--max-cost', '9'])).code).toBe(0);
  expect(paid(made)).toBe(1);
});

test('a resume within a task may spend what is handed to it, not what the run was handed once', async () => {
  const made = bench();
  const around = (usd: string) => ({ BATCHTOOL_LEFT_COST: usd });
  expect((await run(made, ['run', 'prompt: a', 'prompt: b', 'prompt: c'], around('1.000000'))).code).toBe(3);
  expect(paid(made)).toBe(1);
  expect((await run(made, ['resume'], around('1.000000'))).code).toBe(3);
  expect(paid(made)).toBe(2);
  expect((await run(made, ['resume'])).code).toBe(0);
});

test('one that its own budget stops has failed like any other command where there is no budget around it', async () => {
  const made = bench();
  const inner = "batchtool run --max-cost 1 'prompt: a' 'prompt: b'";
  const { code, stderr } = await run(made, ['run', inner]);
  expect([code, paid(made)]).toEqual([1, 1]);
  expect(stderr).not.toContain('what it was handed');
});

test('--detach is refused in a task, with which it would end', async () => {
  const made = bench();
  const { code, stderr } = await run(made, ['run', '--detach', 'prompt: a'], {
    BATCHTOOL_BILL: made.path('bill'),
  });
  expect([code, paid(made)]).toEqual([2, 0]);
  expect(stderr).toContain('in a task of another run it would end with that task');
  await run(made, ['run', '--max-cost', '1', 'prompt: a', 'prompt: b']);
  expect((await run(made, ['resume', '--detach'], { BATCHTOOL_BILL: made.path('bill') })).code).toBe(2);
});

test('a command as docs/budgets.md has it goes on with the run within and pays for nothing twice', async () => {
  const made = bench();
  const [, documented] =
    /```yaml\n(tasks:\n {2}parts:\n[^`]*)```/.exec(readFileSync('docs/budgets.md', 'utf8')) ?? [];
  made.write('outer.yml', documented ?? '');
  made.write('parts.yml', 'tasks: {a: {prompt: a}, b: {prompt: b}, c: {prompt: c}}\n');
  expect((await run(made, ['run', '--max-cost', '1', '-f', 'outer.yml'])).code).toBe(3);
  expect(paid(made)).toBe(1);
  expect((await run(made, ['resume', '--max-cost', '2'])).code).toBe(3);
  expect(paid(made)).toBe(2);
  expect((await run(made, ['resume', '--max-cost', '9'])).code).toBe(0);
  expect(paid(made)).toBe(3);
});

test('a script hides them: what they spent counts, and above its budget the run does not exit with 0', async () => {
  const made = bench();
  made.write('hidden.sh', "batchtool run 'prompt: a'\n");
  const hidden = 'sh: sh hidden.sh';
  expect((await run(made, ['run', '--max-cost', '1.5', '--parallel', hidden, hidden])).code).toBe(3);
  expect(paid(made)).toBe(2);
});
