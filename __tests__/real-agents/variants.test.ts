/** The A/B block of the guide in a git repository: real agents write the same file at the same time, and one of them judges. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { useBench } from '../cli/harness.js';
import { expectNothingRunning } from '../cli/refusal.js';
import { Repository } from '../cli/repository.js';
import { scriptOf, textsIn } from '../guide/meaning.js';
import { wordsOf } from '../guide/stand-ins.js';
import type { Answer } from '../stand-in-model/answer.js';
import type { StandInModel } from '../stand-in-model/server.js';
import { AIMS, type Name } from './aimed.js';
import { ATTEMPT_MILLIS, INSTALL_MILLIS } from './limits.js';
import { modelFor } from './model.js';
import { meeting, office, taskIn } from './office.js';

const bench = useBench();
const SCRIPT = scriptOf('2. A/B Implementation Testing');
const [TASK_A, TASK_B, JUDGE] = textsIn(SCRIPT).map((text) => wordsOf(text)[4] as string);
/** What each agent has to be allowed, so that the judge may look at the patches. */
const RIGHTS: Readonly<Partial<Record<Name, readonly string[]>>> = { claude: ['--allowedTools=Bash'] };

describe.each(['claude', 'codex'] as const)('the variants of the guide, by %s', (name) => {
  let model: StandInModel;

  beforeAll(async () => {
    model = await modelFor(name);
  }, INSTALL_MILLIS);
  afterAll(() => model?.close());

  test(
    'write the same file without meeting; what the judge names after reading both is in the tree, the other on its branch',
    async () => {
      const here = bench();
      const shop = office(here, model, name);
      const repo = new Repository(here, { '.gitignore': '*\n!search.txt\n!.gitignore\n' }, '.');
      const { model: named, extraArguments = [] } = AIMS[name](model.url, here.dir);
      const agent = { model: named, args: [...extraArguments, ...(RIGHTS[name] ?? [])] };
      repo.write('.batchtool/config.yml', JSON.stringify({ agents: { [name]: agent } }));
      const arrive = meeting(2);
      const write = (variant: string): Answer => ({
        kind: 'write',
        path: join(
          repo.path('.batchtool', 'worktrees', here.runs().at(-1) ?? ''),
          `${variant}.1`,
          'search.txt',
        ),
        content: `by ${variant}\n`,
      });
      model.play(async (asked) => {
        const [task, results] = [taskIn(asked), asked.results.join('\n')];
        const variant = { [TASK_A as string]: 'a', [TASK_B as string]: 'b' }[task];
        if (variant !== undefined) {
          if (results === '') await arrive();
          return results === '' ? write(variant) : { kind: 'say', text: 'It is written.' };
        }
        if (results === '')
          return { kind: 'run', command: 'cat "$BATCHTOOL_CONTEXT"/a.patch "$BATCHTOOL_CONTEXT"/b.patch' };
        const both = results.includes('+by a') && results.includes('+by b');
        return { kind: 'say', text: both ? 'Both work.\n\nWINNER: b' : `I see nothing: ${results}` };
      });
      const { code, stderr } = await shop.shell(SCRIPT).ended;
      expect([code, stderr]).toEqual([0, expect.stringContaining('★ b won: compare named it')]);
      expect(model.faults).toEqual([]);
      expect(model.asked.map(taskIn).sort()).toEqual([TASK_A, TASK_A, TASK_B, TASK_B, JUDGE, JUDGE].sort());

      expect([repo.read('search.txt'), repo.tasks(), repo.isSound()]).toEqual(['by b\n', ['b'], true]);
      expect(repo.git('ls-tree', '-r', '--name-only', 'HEAD').split('\n')).toEqual([
        '.gitignore',
        'search.txt',
      ]);
      const [other = '', ...more] = repo.branches();
      expect([other, more, repo.worktrees()]).toEqual([expect.stringMatching(/\/task\/a\.1$/), [], []]);
      expect(repo.at(other, 'search.txt')).toBe('by a');
      expectNothingRunning(here);
    },
    ATTEMPT_MILLIS,
  );
});
