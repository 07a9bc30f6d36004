import { describe, expect, test } from '@jest/globals';
import type { AgentCall, AgentRequest } from '../../src/agents/agent.js';
import { AGENTS, agentNamed } from '../../src/agents/index.js';

function call(name: string, request: Partial<AgentRequest> = {}): AgentCall {
  const result = agentNamed(name)?.call({ prompt: 'Build it.', ...request });
  if (result?.ok !== true) throw new Error(`${name} cannot be called`);
  return result.value;
}

describe.each(AGENTS.map(({ name }) => name))('%s', (name) => {
  test('gets the prompt on standard input, whatever is in it and however long it is', () => {
    const prompt = `--help\n$(id) 'x' "y" ${'z'.repeat(500_000)}`;
    const { argv, stdin } = call(name, { prompt });
    expect(stdin).toBe(prompt);
    expect(argv.join(' ')).not.toContain('$(id)');
  });

  test('gets model and extra arguments', () => {
    const { argv } = call(name, { model: 'some/model', extraArguments: ['--extra', 'one two'] });
    expect(argv[argv.indexOf('--model') + 1]).toBe('some/model');
    expect(argv[argv.indexOf('--extra') + 1]).toBe('one two');
    expect(argv.indexOf('--extra')).toBeGreaterThan(argv.indexOf('some/model'));
  });

  test('uses its own model unless told another', () => {
    expect(call(name).argv).not.toContain('--model');
  });

  test('starts its own program', () => {
    expect(call(name).argv[0]).toBe(agentNamed(name)?.program);
  });

  test('names a package and a key to those who lack them', () => {
    expect(agentNamed(name)).toMatchObject({
      install: expect.stringMatching(/^npm install -g \S+$/),
      keys: expect.arrayContaining([expect.stringMatching(/_KEY$/)]),
    });
  });
});

describe('a conversation that was broken off', () => {
  test.each([
    ['claude', '--resume the-session'],
    ['codex', 'resume the-session -'],
    ['opencode', '--session the-session'],
  ])('is gone on with by %s when it is called with %s', (name, words) => {
    const { argv, stdin } = call(name, { session: 'the-session', extraArguments: ['--extra'] });
    expect(argv.join(' ')).toContain(words);
    expect(argv).toEqual(expect.arrayContaining([...call(name).argv, '--extra']));
    expect(stdin).toBe('Build it.');
  });

  test('is what only those say of which it was tried', () => {
    expect(AGENTS.filter(({ goesOn }) => goesOn).map(({ name }) => name)).toEqual([
      'claude',
      'codex',
      'opencode',
    ]);
  });
});

describe('what it may do', () => {
  const rights = (name: string, request: Partial<AgentRequest> = {}) => agentNamed(name)?.rights(request);

  test.each([
    ['claude', {}, 'change those in the current folder. Commands and the web are not permitted, unless'],
    ['claude', { permission: 'plan' }, 'change none. Commands'],
    [
      'claude',
      {
        extraArguments: [
          '--x',
          '--allowedTools=Bash(npm test *)',
          '--allowed-tools',
          'Edit',
          'Read',
          '--y',
          'z',
        ],
      },
      "unless this project's own instructions say that they are, but for what these rules allow: Bash(npm test *), Edit, Read. What is not, do not try",
    ],
    [
      'codex',
      {},
      'in the current folder and in that for temporary files; commands may do the same. The network is',
    ],
    ['codex', { extraArguments: ['-c', 'model_reasoning_effort=high'] }, 'The network is closed, unless'],
    [
      'codex',
      { extraArguments: ['-c', 'sandbox_workspace_write.network_access=true'] },
      'commands may do the same. What you may not',
    ],
    [
      'codex',
      { extraArguments: ['--add-dir', '/lib', '--add-dir=../b'] },
      'for temporary files and in /lib and in ../b;',
    ],
    [
      'codex',
      {
        permission: 'read-only',
        extraArguments: ['-c', 'sandbox_workspace_write.network_access=true'],
      },
      'The network is closed.',
    ],
    ['codex', { permission: 'read-only' }, 'change none'],
    ['opencode', {}, 'Other folders'],
    ['gemini', {}, 'Commands are not permitted'],
    ['gemini', { permission: 'default' }, 'change none'],
  ])('is told to %s with %j', (name, request, words) => {
    expect(rights(name, request)).toContain(words);
    expect(rights(name, request)).toContain('one refusal fails your whole task');
  });

  test.each([
    ['claude', { permission: 'bypassPermissions' }],
    ['claude', { extraArguments: ['--settings=own.json'] }],
    ['codex', { permission: 'danger-full-access' }],
    ['codex', { extraArguments: ['--sandbox', 'danger-full-access'] }],
    ['codex', { extraArguments: ['-sread-only'] }],
    ['codex', { extraArguments: ['--dangerously-bypass-approvals-and-sandbox'] }],
    ['codex', { extraArguments: ['-c', 'sandbox_mode="danger-full-access"'] }],
    ['codex', { extraArguments: ['-csandbox_workspace_write.writable_roots=["/lib"]'] }],
    ['opencode', { permission: 'auto' }],
    ['gemini', { permission: 'yolo' }],
    ['gemini', { extraArguments: ['-y'] }],
  ])('is not told to %s with %j, where nothing is refused or nobody knows', (name, request) => {
    expect(rights(name, request)).toBe('');
  });

  test.each([
    ['claude', '--add-dir=/a/context'],
    ['gemini', '--include-directories /a/context'],
  ])('%s is let into the folder with the context by %s', (name, words) => {
    expect(call(name, { folder: '/a/context' }).argv.join(' ')).toContain(words);
  });

  test.each([
    ['claude', undefined, '--permission-mode acceptEdits'],
    ['claude', 'plan', '--permission-mode plan'],
    ['codex', undefined, '--sandbox workspace-write'],
    ['codex', 'read-only', '--sandbox read-only'],
    ['opencode', 'auto', '--auto'],
    ['gemini', undefined, '--approval-mode auto_edit'],
    ['gemini', 'yolo', '--approval-mode yolo'],
  ])('%s with %s is called with %s', (name, permission, words) => {
    expect(call(name, permission === undefined ? {} : { permission }).argv.join(' ')).toContain(words);
  });

  test('is by default the first of the permissions that it knows', () => {
    for (const { name, permissions } of AGENTS)
      expect(call(name).argv).toEqual(call(name, { permission: permissions[0] as string }).argv);
  });

  test.each(AGENTS.map(({ name }) => name))('of %s is refused when it does not know the word', (name) => {
    const result = agentNamed(name)?.call({ prompt: 'x', permission: 'everything' });
    expect(result).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining('"everything"'), hint: expect.stringContaining(name) }],
    });
  });
});

describe('claude', () => {
  test('is told what it may cost, in digits', () => {
    const { argv } = call('claude', { maxCostUsd: 1e-5 });
    expect(argv[argv.indexOf('--max-budget-usd') + 1]).toBe('0.000010');
  });

  test('does not retry for minutes by itself, and does not update itself', () => {
    expect(call('claude').env).toMatchObject({
      CLAUDE_CODE_MAX_RETRIES: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    });
  });
});
