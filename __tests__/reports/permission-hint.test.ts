/** How an agent is given the rights that it lacked. */
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { AGENTS, agentNamed } from '../../src/agents/index.js';
import { permissionHint } from '../../src/reports/permission-hint.js';

const work = { kind: 'prompt', text: 'x', mode: 'code' } as const;

describe('the hint for an agent that was refused something', () => {
  test.each(AGENTS.map(({ name }) => name))('holds what can be written for %s', (name) => {
    const hint = permissionHint({ ...work, agent: name });
    const [, line = ''] = /for example: (agents: \{.*?\}\})/.exec(hint) ?? [];
    const { args: extraArguments, ...rest } = parse(line).agents[name];
    const request = { prompt: 'x', ...rest, ...(extraArguments === undefined ? {} : { extraArguments }) };
    expect(agentNamed(name)?.call(request)).toMatchObject({ ok: true });
    expect(agentNamed(name)?.rights(request)).not.toBe(agentNamed(name)?.rights({}));
  });

  test('names none for an agent of the user', () => {
    expect(permissionHint({ ...work, agent: 'mine' })).toMatch(/^give the agent that permission/);
  });
});
