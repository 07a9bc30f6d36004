/** What the real agents may do as we call them: what their prompts say of it is true. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Agent, AgentRequest } from '../../src/agents/agent.js';
import { agentNamed } from '../../src/agents/index.js';
import type { Answer } from '../stand-in-model/answer.js';
import { AIMS, NAMES, type Name } from './aimed.js';
import { ATTEMPT_MILLIS } from './limits.js';
import { useDesk } from './use-desk.js';

const TRY: Answer = { kind: 'run', command: 'node -e "setTimeout(() => console.log(4000 + 711), 1000)"' };
/** By default, and with the rights that the docs say to give. */
const COMMANDS: Readonly<Record<Name, 'may' | 'is refused' | 'is not offered'>> = {
  claude: 'is refused',
  codex: 'may',
  opencode: 'may',
  gemini: 'is not offered',
};
const MORE: Readonly<Record<Name, Partial<AgentRequest>>> = {
  claude: { extraArguments: ['--allowedTools=Bash(node *)'] },
  codex: { permission: 'danger-full-access' },
  opencode: { permission: 'auto' },
  gemini: { permission: 'yolo' },
};

describe.each(NAMES)('%s', (name) => {
  const { opensFolders, rights } = agentNamed(name) as Agent;
  const desk = useDesk(name);

  /** What came of it when it had used this tool, and what the tool said. */
  async function use(tool: Answer, request: Partial<AgentRequest>): Promise<[string, string]> {
    const { extraArguments = [] } = AIMS[name](desk().model.url, join(desk().base, 'home'));
    const { result } = await desk().play({
      answers: () => [tool, { kind: 'say', text: 'I tried.' }],
      request: { ...request, extraArguments: [...extraArguments, ...(request.extraArguments ?? [])] },
      verdict: 'ok',
    });
    return [result.failure?.kind ?? 'ok', desk().model.asked.at(-1)?.results.join('\n') ?? ''];
  }

  test.each(['a folder', 'a link to one'])(
    opensFolders
      ? 'reads what others have handed over, in %s beside its own'
      : 'may read no folder beside its own, also %s',
    async (kind) => {
      const [made, link] = [join(desk().base, 'made'), join(desk().base, 'link')];
      mkdirSync(made);
      writeFileSync(join(made, 'a.md'), 'said by a');
      symlinkSync(made, link, 'junction');
      const folder = kind === 'a folder' ? made : link;
      const [verdict, said] = await use({ kind: 'read', path: join(folder, 'a.md') }, { folder });
      expect([verdict, said.includes('said by a')]).toEqual(
        opensFolders ? ['ok', true] : ['permission', false],
      );
    },
    ATTEMPT_MILLIS,
  );

  test(
    `runs commands: ${COMMANDS[name]}`,
    async () => {
      const may = COMMANDS[name];
      if (may === 'is not offered') {
        await use({ kind: 'say', text: 'No tool for that.' }, {});
        expect(desk().model.asked[0]?.tools.filter((tool) => /shell|command/.test(tool))).toEqual([]);
      } else {
        const [verdict, said] = await use(TRY, {});
        expect([verdict, said.includes('4711')]).toEqual(
          may === 'may' ? ['ok', true] : ['permission', false],
        );
      }
      expect(/Commands[^.]* are not permitted/.test(rights({}))).toBe(may !== 'may');
    },
    ATTEMPT_MILLIS,
  );

  test(
    'may run them with the rights that can be given to it',
    async () => {
      const [verdict, said] = await use(TRY, MORE[name]);
      expect([verdict, said.includes('4711')]).toEqual(['ok', true]);
    },
    ATTEMPT_MILLIS,
  );
});
