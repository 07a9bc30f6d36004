/** The workflow of the docs in which two agents implement the same, as a runner runs its step, with the real claude. */
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { expectNothingRunning } from '../cli/refusal.js';
import { gitIn, Server } from '../github/checkout.js';
import { REPOSITORY } from '../github/github-api.js';
import { noticesOf, ROOT, useStep } from '../github/step.js';
import { programPath } from '../guide/stand-ins.js';
import type { Answer, Asked } from '../stand-in-model/answer.js';
import type { StandInModel } from '../stand-in-model/server.js';
import { ATTEMPT_MILLIS, INSTALL_MILLIS } from './limits.js';
import { modelFor } from './model.js';
import { meeting, office } from './office.js';

interface Workflow {
  readonly name: string;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { uses?: string; with?: object }[] }>>;
}

/** What the page gives the action in its workflow of this name. */
function inputsOf(name: string): Record<string, string> {
  const page = readFileSync(join(ROOT, 'docs/action.md'), 'utf8');
  const workflows = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => parse(text));
  const found = (workflows as Workflow[]).find((one) => one.name === name);
  const steps = Object.values(found?.jobs ?? {}).flatMap((job) => job.steps);
  return { ...steps.find(({ uses = '' }) => uses.startsWith('org/batchtool-action@'))?.with };
}

const TASK = 'Make the search faster.';
const step = useStep();
let model: StandInModel;

beforeAll(async () => {
  model = await modelFor('claude');
}, INSTALL_MILLIS);
afterAll(() => model?.close());

test(
  'what the better of both has written is pushed, in one commit of its own',
  async () => {
    const one = step();
    const { here } = one;
    const shop = office(here, model);
    shop.replace('npm', '#!/bin/sh\nexit 0\n');
    symlinkSync(programPath('tail'), here.path('bin', 'tail'));
    const server = new Server(here);
    const head = server.commit({ 'a.txt': 'a\n' });
    server.checkOut(head, here.path('checkout'));
    writeFileSync(here.path('task.md'), `${TASK}\n`);
    const arrive = meeting(2);
    const worktrees = here.path('checkout/.batchtool/worktrees');
    const work = async (variant: string, { results }: Asked): Promise<Answer> => {
      if (results.length > 0) return { kind: 'say', text: 'It is written.' };
      await arrive();
      const [run = ''] = readdirSync(worktrees);
      const path = join(worktrees, run, `${variant}.1`, 'search.txt');
      return { kind: 'write', path, content: `by ${variant}\n` };
    };
    const judgesSaw: string[] = [];
    model.play(async (asked) => {
      if (asked.prompt.includes('as simply as you can')) return work('a', asked);
      if (asked.prompt.includes('Write the tests first')) return work('b', asked);
      judgesSaw.push(asked.prompt);
      return { kind: 'say', text: 'winner=b' };
    });
    const inputs = inputsOf('best of two');
    const end = await one.run(
      {
        ...inputs,
        env: (inputs.env ?? '').replace(/\$\{\{ runner\.temp \}\}/, here.dir),
        // The agent finds the stand-in through these.
        'pass-env': [inputs['pass-env'], ...Object.keys(shop.env)].join(),
        cache: 'false',
        'working-directory': 'checkout',
      },
      {
        ...shop.env,
        GITHUB_SERVER_URL: server.url,
        GITHUB_REPOSITORY: REPOSITORY,
      },
    );
    expect([end.code, noticesOf(end), model.faults]).toEqual([0, [], []]);
    const [saw = '', ...more] = judgesSaw;
    expect(more).toEqual([]);
    for (const text of [TASK, '+by a', '+by b']) expect(saw).toContain(text);
    const { branch = '' } = end.outputs;
    const there = (...args: string[]) => gitIn(here.path(REPOSITORY), ...args).trim();
    expect(there('show', `${branch}:search.txt`)).toBe('by b');
    expect(there('log', '--format=%P', `${head}..${branch}`)).toBe(head);
    expect(end.summary).toContain('**b won**');
    expectNothingRunning(here);
  },
  ATTEMPT_MILLIS,
);
