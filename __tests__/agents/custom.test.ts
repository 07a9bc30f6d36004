import { describe, expect, test } from '@jest/globals';
import { customAgent, withPromptFile } from '../../src/agents/custom.js';
import type { Exit } from '../../src/core/exit.js';

const call = (words: readonly string[], prompt = 'Build it.', model?: string) =>
  customAgent('mine', words).call({ prompt, ...(model === undefined ? {} : { model }) });

describe('the command of a custom agent', () => {
  test('gets the prompt on standard input when it has no place for it', () => {
    expect(call(['aider', '--yes'])).toEqual({
      ok: true,
      value: { argv: ['aider', '--yes'], env: {}, stdin: 'Build it.' },
    });
  });

  test('gets the prompt as an argument where it says so, every character as it is', () => {
    const prompt = '{model} $& $1 {prompt-file}\n"x"';
    expect(call(['aider', '-m={prompt}'], prompt)).toEqual({
      ok: true,
      value: { argv: ['aider', `-m=${prompt}`], env: {} },
    });
  });

  test('gets the prompt in a file where it says so', () => {
    const result = call(['aider', '--message-file', '{prompt-file}']);
    if (!result.ok) throw new Error('refused');
    expect(result.value.file).toBe('Build it.');
    expect(withPromptFile(result.value, '/run/p$&.md').argv).toEqual([
      'aider',
      '--message-file',
      '/run/p$&.md',
    ]);
  });

  test('gets the model where it says so', () => {
    expect(call(['aider', '--model', '{model}'], 'x', 'large')).toMatchObject({
      value: { argv: ['aider', '--model', 'large'] },
    });
  });

  test('is refused when it wants a model and none is given', () => {
    expect(call(['aider', '--model', '{model}'])).toMatchObject({
      ok: false,
      problems: [{ hint: 'say which in the plan file: agents: {mine: {model: NAME}}' }],
    });
  });

  test('is refused when the prompt is longer than an argument may be, with a way out', () => {
    expect(call(['aider', '{prompt}'], 'ü'.repeat(70_000))).toMatchObject({
      ok: false,
      problems: [{ hint: expect.stringContaining('{prompt-file}') }],
    });
  });
});

describe('the verdict on a custom agent', () => {
  function read(lines: readonly string[], exit: Exit) {
    const reader = customAgent('mine', ['aider']).reader();
    const log = lines.map((line) => reader.line(line));
    return { log, result: reader.result(exit) };
  }

  test('is its exit code, and its output is its word', () => {
    const { log, result } = read(['Working', 'Done.'], { kind: 'code', code: 0 });
    expect(log).toEqual(['Working', 'Done.']);
    expect(result).toEqual({ ok: true, text: 'Working\nDone.', deniedPermissions: [] });
  });

  test('has the empty lines that it wrote', () => {
    const reader = customAgent('mine', ['aider']).reader();
    reader.line('# Title');
    reader.blank?.();
    reader.line('Text.');
    expect(reader.result({ kind: 'code', code: 0 })).toMatchObject({ text: '# Title\n\nText.' });
  });

  test('tells the code and the last line of a failure', () => {
    const { result } = read(['Working', 'no key'], { kind: 'code', code: 3 });
    expect(result.failure).toEqual({
      kind: 'crash',
      message: 'the agent ended badly: mine ended with code 3: no key',
    });
  });

  test.each([
    ['rate-limit', 'API Error: 429 {"type":"error","error":{"type":"rate_limit_error"}}'],
    ['rate-limit', 'litellm.RateLimitError: AnthropicException - too many requests'],
    ['rate-limit', 'Claude AI usage limit reached|1764150000'],
    ['overloaded', 'API Error: 529 Overloaded'],
    ['auth', 'Error: HTTP 401'],
    ['auth', '\u001b[31mInvalid API key · Please run /login\u001b[0m'],
    ['budget', 'Error code: 400 - Your credit balance is too low'],
    ['context-too-long', 'error: prompt is too long: 250000 tokens > 200000 maximum'],
    ['network', 'Error: connect ECONNREFUSED 127.0.0.1:1'],
  ])('is %s when it failed and one of its last lines is "%s"', (kind, line) => {
    const { result } = read(['Working', line, 'See the log.'], { kind: 'code', code: 1 });
    expect(result.failure?.kind).toBe(kind);
    expect(result.failure?.message).toContain(line.replaceAll('\u001b[31m', '').replaceAll('\u001b[0m', ''));
  });

  test.each([
    'AssertionError: expected 429 to equal 200',
    'FAILED rate-limit.test.ts',
    'Error: the login page has no title',
    'TypeError: x is undefined',
  ])('is no refusal of a provider for "%s"', (line) => {
    expect(read([line], { kind: 'code', code: 1 }).result.failure?.kind).toBe('crash');
  });

  test('does not depend on what it said long before, or when it succeeded', () => {
    const [refused, lines] = ['API Error: 429', Array.from({ length: 20 }, () => 'Working')];
    expect(read([refused, ...lines], { kind: 'code', code: 1 }).result.failure?.kind).toBe('crash');
    expect(read([refused], { kind: 'code', code: 0 }).result.ok).toBe(true);
  });

  test('is a failure when it said nothing', () => {
    expect(read([''], { kind: 'code', code: 0 }).result.failure?.kind).toBe('contract');
  });

  test('keeps the end of a long output', () => {
    const lines = Array.from({ length: 60_000 }, (_, index) => `line ${index}`);
    const { result } = read(lines, { kind: 'code', code: 0 });
    expect(result.text.endsWith('line 59999')).toBe(true);
    expect(result.text.length).toBeLessThanOrEqual(200_000);
  });
});
