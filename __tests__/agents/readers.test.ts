import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AgentReader } from '../../src/agents/agent.js';
import { AGENTS, agentNamed } from '../../src/agents/index.js';

const reader = (name: string): AgentReader => agentNamed(name)?.reader() as AgentReader;
const OK = { kind: 'code', code: 0 } as const;

describe.each(AGENTS.map(({ name }) => name))('the reader of %s', (name) => {
  const TYPES = ['assistant', 'user', 'system', 'result', 'item.completed', 'item.started', 'turn.completed'];
  const MORE = ['turn.failed', 'error', 'text', 'tool_use', 'step_finish', 'message', 'tool_result', 'init'];

  test('bears whatever comes in a line', () => {
    const values = {
      type: fc.constantFrom(...TYPES, ...MORE),
      message: fc.jsonValue(),
      item: fc.jsonValue(),
    };
    const more = {
      part: fc.jsonValue(),
      error: fc.jsonValue(),
      usage: fc.jsonValue(),
      stats: fc.jsonValue(),
    };
    const event = fc.record({ ...values, ...more, result: fc.jsonValue() }, { requiredKeys: ['type'] });
    const line = fc.oneof(
      event.map((value) => JSON.stringify(value)),
      fc.string(),
      fc.json(),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const read = reader(name);
        for (const each of lines) expect(typeof read.line(each)).toBe('string');
        const result = read.result(OK);
        expect(result.ok).toBe(result.failure === undefined);
      }),
    );
  });

  test('takes an end with 0 and without a report for no success', () => {
    const read = reader(name);
    read.line('{"type":"assist');
    expect(read.result(OK)).toMatchObject({ ok: false, failure: { kind: 'crash' } });
  });

  test('says what a program said that would not start', () => {
    const read = reader(name);
    read.line('WARNING: could not create an alias');
    read.line('\u001b[31merror: unknown option --nonsense\u001b[0m');
    read.line('For more information, try --help.');
    expect(read.result({ kind: 'code', code: 2 }).failure).toEqual({
      kind: 'crash',
      message: `the agent ended badly: ${name} ended with code 2: error: unknown option --nonsense`,
    });
  });

  test('knows a program that only wants a key', () => {
    const read = reader(name);
    read.line('Error: not logged in. Please run login first.');
    expect(read.result({ kind: 'code', code: 1 }).failure?.kind).toBe('auth');
  });

  test('is refused by a program that may not run like that as this user, whoever asks again', () => {
    const read = reader(name);
    read.line('--dangerously-skip-permissions cannot be used with root/sudo privileges for security reasons');
    expect(read.result({ kind: 'code', code: 1 }).failure?.kind).toBe('permission');
  });

  test('names the signal that ended it', () => {
    expect(reader(name).result({ kind: 'signal', signal: 'SIGKILL' }).failure?.message).toBe(
      `the agent ended badly: ${name} was ended by SIGKILL`,
    );
  });

  test('hands on what is no report as it is', () => {
    expect(reader(name).line('Warning: 256-color support not detected.')).toBe(
      'Warning: 256-color support not detected.',
    );
  });
});

test('claude has used what its messages tell, each once, when it was ended without a report', () => {
  const read = reader('claude');
  const message = (id: string, input_tokens: number, model = 'claude-sonnet-4-5-20250929') =>
    read.line(
      JSON.stringify({
        type: 'assistant',
        message: { id, model, usage: { input_tokens, cache_read_input_tokens: 50, output_tokens: 2 } },
      }),
    );
  message('m1', 100);
  message('m1', 100);
  message('m2', 300);
  read.line(JSON.stringify({ type: 'assistant', message: { id: 'm3', model: '<synthetic>', usage: {} } }));
  expect(read.result({ kind: 'signal', signal: 'SIGKILL' })).toMatchObject({
    failure: { kind: 'crash' },
    tokens: { input: 500, cached: 100, output: 4 },
    model: 'claude-sonnet-4-5',
  });
  expect(reader('claude').result({ kind: 'signal', signal: 'SIGKILL' }).tokens).toBeUndefined();
});

describe('what claude has used when it was ended without a report', () => {
  const told = (...messages: object[]) => {
    const read = reader('claude');
    for (const message of messages) read.line(JSON.stringify({ type: 'assistant', message }));
    return read.result({ kind: 'signal', signal: 'SIGKILL' });
  };
  const usage = { input_tokens: 1000, output_tokens: 1 };
  const sonnet = { model: 'claude-sonnet-4-5', usage };

  test('is as much of what it wrote as there is to see, in all lines of a message', () => {
    const words = { type: 'text', text: 'a'.repeat(400) };
    const tool = { type: 'tool_use', name: 'Edit', input: { text: 'b'.repeat(3982) } };
    const result = told({ id: 'm', ...sonnet, content: [words] }, { id: 'm', ...sonnet, content: [tool] });
    expect(result.tokens).toEqual({ input: 1000, cached: 0, output: 1100 });
    expect(result.costUsd).toBeCloseTo(0.003 + 0.0165, 9);
  });

  test('costs more where it is written to the cache, by how long it is kept there', () => {
    const written = (cache_creation?: object) =>
      told({ id: 'm', ...sonnet, usage: { cache_creation_input_tokens: 1_000_000, cache_creation } }).costUsd;
    expect(written()).toBeCloseTo(3.75, 9);
    expect(written({ ephemeral_5m_input_tokens: 1_000_000 })).toBeCloseTo(3.75, 9);
    expect(written({ ephemeral_1h_input_tokens: 1_000_000 })).toBeCloseTo(6, 9);
  });

  test('costs what each of its models does, whoever spoke last', () => {
    const million = { usage: { input_tokens: 1_000_000 } };
    const [opus, haiku] = ['claude-opus-4-5-20251101', 'claude-haiku-4-5'].map((model, id) => ({
      ...million,
      model,
      id: `m${id}`,
    })) as [object, object];
    expect(told(opus, haiku).costUsd).toBeCloseTo(6, 9);
    const unknown = told(opus, { ...million, id: 'm', model: 'one-of-ours' });
    expect([unknown.costUsd, unknown.model]).toEqual([undefined, 'one-of-ours']);
  });
});

test('claude has used what its own process did, not what an earlier one of the conversation had told', () => {
  const read = reader('claude');
  const usage = (turns: number) => ({
    m: {
      inputTokens: 100 * turns,
      cacheReadInputTokens: 20 * turns,
      outputTokens: turns,
      costUSD: turns / 4,
    },
  });
  const report = (all: number, own: number) =>
    read.line(
      JSON.stringify({
        ...{ type: 'result', subtype: 'success', result: 'Done.', total_cost_usd: all / 4 },
        ...{ modelUsage: usage(all), model_usage_since_last_result: usage(own) },
      }),
    );
  report(5, 2);
  report(6, 1);
  expect(read.result(OK)).toMatchObject({ costUsd: 0.75, tokens: { input: 360, cached: 60, output: 3 } });
});

describe('an agent that cannot go on with a conversation says so', () => {
  test.each([
    [
      'claude',
      JSON.stringify({
        ...{
          type: 'result',
          subtype: 'error_during_execution',
          is_error: true,
          session_id: 's',
          num_turns: 0,
        },
        errors: ['No conversation found with session ID: s'],
      }),
    ],
    ['codex', 'Error: thread/resume: thread/resume failed: no rollout found for thread id s (code -32600)'],
    ['opencode', '\u001b[91m\u001b[1mError: \u001b[0mSession not found'],
  ])('%s', (name, line) => {
    const read = reader(name);
    read.line(line);
    expect(read.result({ kind: 'code', code: 1 })).toMatchObject({ ok: false, sessionIsGone: true });
    expect(reader(name).result({ kind: 'code', code: 1 })).not.toHaveProperty('sessionIsGone');
  });
});

describe('an agent that only waits to ask again is over', () => {
  test('claude, when it waits for long because of the rate', () => {
    const read = reader('claude');
    const retry = { type: 'system', subtype: 'api_retry', error_status: 429, error: 'rate_limit' };
    expect(read.line(JSON.stringify({ ...retry, retry_delay_ms: 540 }))).toBe(
      '  waits 540 ms: rate limit 429',
    );
    expect(read.isOver).toBe(false);
    read.line(JSON.stringify({ ...retry, retry_delay_ms: 90_000 }));
    expect(read.isOver).toBe(true);
    expect(read.result({ kind: 'code', code: 0 })).toMatchObject({
      failure: { kind: 'rate-limit' },
      retryAfterMillis: 90_000,
    });
  });

  test('codex, when it reconnects because of the rate, and not when the line broke', () => {
    const read = reader('codex');
    const again = (why: string) => JSON.stringify({ type: 'error', message: `Reconnecting... 1/5 (${why})` });
    read.line(again('stream disconnected before completion: closed'));
    expect(read.isOver).toBe(false);
    read.line(again('exceeded retry limit, last status: 429 Too Many Requests'));
    expect(read.isOver).toBe(true);
  });

  test('codex not, when it is refused a websocket, for it goes on without one', () => {
    const read = reader('codex');
    const said = 'Reconnecting... 2/5 (unexpected status 403 Forbidden: no, url: wss://host/v1/responses)';
    read.line(JSON.stringify({ type: 'error', message: said }));
    expect(read.isOver).toBe(false);
  });

  test('opencode, when its log says so, but not for a request on the side', () => {
    const read = reader('opencode');
    const line = (small: boolean) =>
      `timestamp=x level=ERROR message="stream error" small=${small} agent=build error.error="AI_APICallError: Rate limit reached"`;
    expect(read.line(line(true))).toContain('stream error');
    expect(read.isOver).toBe(false);
    expect(read.line(line(false))).toBe('  refused: Rate limit reached');
    expect(read.isOver).toBe(true);
  });

  test('opencode, when it makes room again and again for a prompt that is too long', () => {
    const read = reader('opencode');
    const overflow = { name: 'ContextOverflowError', data: { message: 'too long' } };
    read.line(JSON.stringify({ type: 'error', error: overflow }));
    expect(read.isOver).toBe(false);
    read.line(JSON.stringify({ type: 'step_finish', part: { tokens: { input: 1, output: 1 } } }));
    read.line(JSON.stringify({ type: 'error', error: overflow }));
    expect(read.isOver).toBe(true);
    // Told while it was being ended.
    read.line(JSON.stringify({ type: 'step_finish', part: { tokens: { input: 1, output: 1 } } }));
    expect(read.result({ kind: 'signal', signal: 'SIGINT' }).failure?.kind).toBe('context-too-long');
  });

  test('gemini, at the third fault of the provider', () => {
    const read = reader('gemini');
    const attempt = (number: number) =>
      `Attempt ${number} failed with status 500. Retrying with backoff... _ApiError`;
    read.line(attempt(1));
    read.line(attempt(2));
    expect(read.isOver).toBe(false);
    read.line(attempt(3));
    expect(read.isOver).toBe(true);
  });
});

describe('codex', () => {
  const command = (status: string, output: string) =>
    JSON.stringify({
      type: 'item.completed',
      item: {
        type: 'command_execution',
        command: 'touch /x',
        status,
        aggregated_output: output,
        exit_code: 1,
      },
    });
  const end = [
    JSON.stringify({ type: 'item.completed', item: { type: 'agent_message', text: 'Done.' } }),
    JSON.stringify({ type: 'turn.completed', usage: {} }),
  ];

  test('may be denied something if it has found another way', () => {
    const read = reader('codex');
    const lines = [command('failed', 'touch: Read-only file system'), command('completed', ''), ...end];
    for (const line of lines) read.line(line);
    expect(read.result(OK).ok).toBe(true);
  });
});

describe('gemini', () => {
  test('has not succeeded when it stopped because it went round in circles, though it says so', () => {
    const read = reader('gemini');
    read.line(JSON.stringify({ type: 'message', role: 'assistant', content: 'again', delta: true }));
    read.line(
      JSON.stringify({ type: 'error', severity: 'warning', message: 'Loop detected, stopping execution' }),
    );
    read.line(JSON.stringify({ type: 'result', status: 'success', stats: {} }));
    expect(read.result(OK).failure).toEqual({
      kind: 'contract',
      message: 'nothing came of it: Loop detected, stopping execution',
    });
  });

  test('takes only the last message for its word, however many pieces it comes in', () => {
    const read = reader('gemini');
    const say = (content: string) =>
      JSON.stringify({ type: 'message', role: 'assistant', content, delta: true });
    read.line(say('First.'));
    read.line(JSON.stringify({ type: 'tool_use', tool_name: 'x', tool_id: '1', parameters: {} }));
    read.line(say('Last '));
    read.line(say('word.'));
    read.line(JSON.stringify({ type: 'result', status: 'success', stats: {} }));
    expect(read.result(OK).text).toBe('Last word.');
  });
});

describe('what an agent did not come to tell of its use', () => {
  const KILLED = { kind: 'timeout', limitMillis: 10 } as const;
  const FAILED = { kind: 'code', code: 1 } as const;
  const untold = (name: string, exit: Parameters<AgentReader['result']>[0], ...events: object[]) => {
    const read = reader(name);
    for (const event of events) read.line(JSON.stringify(event));
    return read.result(exit).untold === true;
  };
  const thread = { type: 'thread.started', thread_id: 't' };
  const item = { type: 'item.started', item: { type: 'command_execution', command: 'ls' } };
  const failed = (message: string) => ({ type: 'turn.failed', error: { message } });

  test('is said of any that was ended from outside before it had reported', () => {
    for (const { name } of AGENTS) expect([name, untold(name, KILLED)]).toEqual([name, true]);
  });

  test('is not said of one that would not start', () => {
    for (const { name } of AGENTS) expect([name, untold(name, FAILED)]).toEqual([name, false]);
  });

  test('is, of codex, a turn that did not come to its end, but not one that was refused at once', () => {
    expect(untold('codex', FAILED, thread, item)).toBe(true);
    expect(untold('codex', FAILED, thread, item, failed('429 Too Many Requests'))).toBe(true);
    expect(untold('codex', FAILED, thread, failed('429 Too Many Requests'))).toBe(false);
    expect(untold('codex', FAILED, thread, failed('stream disconnected before completion'))).toBe(true);
    const usage = { input_tokens: 7, output_tokens: 1 };
    expect(untold('codex', KILLED, thread, item, { type: 'turn.completed', usage })).toBe(false);
  });

  test('is, of claude, a message under way, but not while it waits to ask again', () => {
    const begun = { type: 'system', subtype: 'init', session_id: 's' };
    const waits = { type: 'system', subtype: 'api_retry', error: 'rate_limit', retry_delay_ms: 60_000 };
    expect(untold('claude', FAILED, begun)).toBe(true);
    expect(untold('claude', KILLED, begun, waits)).toBe(false);
    expect(untold('claude', KILLED, begun, { type: 'result', subtype: 'success' })).toBe(false);
  });

  test('is, of gemini, all of it without its last line', () => {
    const begun = { type: 'init', session_id: 's' };
    expect(untold('gemini', FAILED, begun, { type: 'tool_use', tool_id: 'a', tool_name: 'b' })).toBe(true);
    expect(untold('gemini', KILLED, begun, { type: 'result', status: 'success', stats: {} })).toBe(false);
  });

  test('is, of opencode, a step that did not come to its end', () => {
    const step = (type: string) => ({ type, sessionID: 's', part: {} });
    expect(untold('opencode', FAILED, step('step_start'))).toBe(true);
    expect(untold('opencode', FAILED, step('step_start'), step('step_finish'))).toBe(false);
  });
});
