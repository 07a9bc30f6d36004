/** What the summary of a step says to type, typed in a checkout. */
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { wordsTyped } from '../reports/typed-command.js';
import { Server } from './checkout.js';
import { type Inputs, useStep } from './step.js';

const step = useStep();

const CHECKS = `tasks:
  gen: {run: 'echo X=1 >> "$BATCHTOOL_OUTPUT"'}
  leg: {run: 'ls here; echo "$BATCHTOOL_MATRIX_P $BATCHTOOL_OUTPUT_GEN_X $MODE"; exit 3', matrix: {p: [a b]}, needs: [gen]}
  plain: {run: 'ls here; echo "$MODE"; exit 7'}
  late: {run: echo late, expect: {files: [dist]}}
`;
const PLAN = 'tasks: {plain: {run: ls here; exit 7}, late: {run: echo late, expect: {files: [dist]}}}';

/** A step in a folder of a checkout: the commands in its summary, and a way to type one at the top of another checkout. */
async function failed(inputs: Inputs) {
  const one = step();
  const server = new Server(one.here);
  const head = server.commit({ 'pkg/here': '', 'pkg/checks.yml': CHECKS });
  const [theirs, mine] = [one.here.path('theirs'), one.here.path('mine')];
  for (const folder of [theirs, mine]) server.checkOut(head, folder);
  writeFileSync(one.here.path('theirs/pkg/made.yml'), PLAN);
  const end = await one.run({ 'working-directory': 'theirs/pkg', cache: 'false', ...inputs });
  expect(end.code).toBe(1);
  const blocks = [...end.summary.matchAll(/To see it on your machine(.*):\n\n```sh\n(.*)\n```/g)];
  expect(new Set(blocks.map(([, where]) => where))).toEqual(new Set([', at the top of the repository']));
  const commands = blocks.map(([, , command = '']) => command);
  const type = async (command: string | undefined) => {
    const { code, stdout } = await one.here.run(wordsTyped(command ?? ''), { cwd: mine });
    return { code, stdout };
  };
  return { commands, type };
}

describe('a command of the summary', () => {
  it('does the same at the top of a checkout, whatever the file and the inputs say', async () => {
    const { commands, type } = await failed({ file: 'checks.yml', env: 'MODE=fast' });
    expect(commands).toEqual([
      'npx batchtool run -f pkg/checks.yml --cwd pkg --env=MODE=fast --only leg-a-b',
      `npx batchtool run --cwd pkg --env MODE=fast 'sh: ls here; echo "$MODE"; exit 7'`,
      'npx batchtool run -f pkg/checks.yml --cwd pkg --env=MODE=fast --only late',
    ]);
    const [leg, plain, late] = [await type(commands[0]), await type(commands[1]), await type(commands[2])];
    expect(leg).toMatchObject({ code: 1, stdout: expect.stringMatching(/here\n.*a b 1 fast\n/) });
    expect(plain).toMatchObject({ code: 1, stdout: expect.stringMatching(/here\n.*fast\n/) });
    expect(late).toMatchObject({ code: 1, stdout: expect.stringMatching(/late\n/) });
  });

  it('is not there for what only a file says that an earlier step has made', async () => {
    const { commands } = await failed({ file: 'made.yml' });
    expect(commands).toEqual([`npx batchtool run --cwd pkg 'sh: ls here; exit 7'`]);
  });

  it('is not there for what only a plan in the workflow says', async () => {
    const { commands, type } = await failed({ plan: PLAN });
    expect(commands).toEqual([`npx batchtool run --cwd pkg 'sh: ls here; exit 7'`]);
    expect(await type(commands[0])).toMatchObject({ code: 1, stdout: expect.stringContaining('here\n') });
  });

  it('says for texts all that the inputs say', async () => {
    const { commands, type } = await failed({ run: 'ls here; echo "$MODE"; exit 7', env: 'MODE=fast' });
    expect(commands).toHaveLength(1);
    expect(await type(commands[0])).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/here\n.*fast\n/),
    });
  });
});
