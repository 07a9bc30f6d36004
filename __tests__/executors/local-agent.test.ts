/** Prompts through an agent. `claude` is a stand-in here: a shell script that prints what the real one would. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Launch } from '../../src/core/launch.js';
import { agentProcess } from '../../src/executors/agent-process.js';
import type { LocalExecutorOptions } from '../../src/executors/local.js';
import { pidIn, until } from './processes.js';
import { type Exited, Workbench } from './workbench.js';

let bench: Workbench;

const SECRET = 'tok-5up3r-s3cr3t';

function useBench(options: Partial<LocalExecutorOptions> = {}): void {
  bench = new Workbench({ agentProcess, ...options });
  mkdirSync(bench.path('bin'));
}

beforeEach(() => useBench());
afterEach(() => bench.clear());

/** Puts the stand-in on PATH; `lines` are for a shell. */
function claude(...lines: string[]): void {
  writeFileSync(bench.path('bin/claude'), `#!/bin/sh\n${lines.join('\n')}\n`, { mode: 0o755 });
}

const say = (event: object): string => `cat <<'END'\n${JSON.stringify(event)}\nEND`;
const text = (words: string): string =>
  say({ type: 'assistant', message: { content: [{ type: 'text', text: words }] } });
const result = (parts: object = {}): string =>
  say({
    type: 'result',
    subtype: 'success',
    is_error: false,
    num_turns: 2,
    session_id: 's-1',
    total_cost_usd: 0.25,
    usage: { input_tokens: 100, cache_read_input_tokens: 20, output_tokens: 7 },
    permission_denials: [],
    result: 'All done.',
    ...parts,
  });

function run(prompt: string, parts: Partial<Launch> = {}): Promise<Exited> {
  return bench.run('', {
    work: { kind: 'prompt', text: prompt, mode: 'code', agent: 'claude' },
    env: { PATH: `${bench.path('bin')}${delimiter}${process.env.PATH}` },
    ...parts,
  });
}

const spent = say({
  type: 'assistant',
  message: { id: 'm', model: 'claude-sonnet-4-5', usage: { input_tokens: 1000, output_tokens: 1 } },
});

const file = (name: 'raw' | 'result' | 'prompt'): string =>
  readFileSync(bench.files({ task: 't', attempt: 1 })[name], 'utf8');

describe('a prompt that an agent carries out', () => {
  test('reaches it whole; what it says is readable, its events and its last word are kept, its bill is told', async () => {
    claude('cat > told', text('Looking.'), 'echo careful >&2', result());
    const ended = await run("Fix it; $(no) 'shell' sees this…\n");
    expect(ended).toMatchObject({
      exit: { kind: 'code', code: 0 },
      result: { costUsd: 0.25, tokens: 127, turns: 2, session: 's-1' },
    });
    const told = readFileSync(bench.path('told'), 'utf8');
    expect(told).toBe(file('prompt'));
    expect(told).toMatch(/^You are an engineer/);
    expect(told.endsWith("Fix it; $(no) 'shell' sees this…\n")).toBe(true);
    expect(bench.log().split('\n').sort()).toEqual(['', 'Looking.', 'careful']);
    expect(
      file('raw')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).type),
    ).toEqual(['assistant', 'result']);
    expect(file('result')).toBe('All done.');
  });

  test('holds the results of earlier tasks, the nearest first, and the notes of the namespace', async () => {
    await bench.clear();
    useBench({ notes: () => [{ key: 'choice', text: 'Use SQLite.', at: 1 }] });
    claude('cat > told', result());
    const earlier = {
      label: '',
      attempt: 1,
      exit: { kind: 'code', code: 0 },
      status: 'succeeded',
      outputs: {},
    } as const;
    for (const [task, words] of [
      ['far', 'Far result.'],
      ['near', 'Near result.'],
    ] as const) {
      const { result: path } = bench.files({ task, attempt: 1 });
      mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
      writeFileSync(path, words);
    }
    await run('Go on', {
      namespace: 'n',
      context: [
        { task: 'far', ...earlier },
        { task: 'near', ...earlier },
      ],
      briefing: { nearest: ['near', 'far'], role: 'You are the tester of our own.' },
    });
    const told = readFileSync(bench.path('told'), 'utf8');
    expect(told).toMatch(
      /^You are the tester of our own\.[\s\S]*Near result\.[\s\S]*Far result\.[\s\S]*Use SQLite\.[\s\S]*Go on$/,
    );
  });

  test('goes on with the conversation of the attempt before in a few words, if its agent can', async () => {
    claude('echo "$@" > called; cat > told', result());
    const ended = await run('Build the whole of it', { session: 's-0' });
    expect(ended).toMatchObject({ exit: { kind: 'code', code: 0 }, result: { session: 's-1' } });
    expect(readFileSync(bench.path('called'), 'utf8')).toContain('--resume s-0');
    expect(readFileSync(bench.path('told'), 'utf8')).toMatch(/^Your work was broken off/);
    expect(readFileSync(bench.path('told'), 'utf8')).not.toContain('Build');
    expect(file('prompt')).toBe(readFileSync(bench.path('told'), 'utf8'));
  });

  test('is told whole to an agent that cannot go on', async () => {
    claude('cat > told');
    const command = ['claude'];
    await run('Build it', {
      session: 's-0',
      work: { kind: 'prompt', text: 'Build it', mode: 'code', agent: 'mine', command },
    });
    expect(readFileSync(bench.path('told'), 'utf8')).toMatch(/Build it$/);
  });

  test('is told whole, in the same attempt, where the conversation is gone', async () => {
    const gone = {
      ...{ subtype: 'error_during_execution', is_error: true, total_cost_usd: 0, usage: {} },
      errors: ['No conversation found with session ID: s-0'],
    };
    claude('case "$*" in *--resume*)', result(gone), 'exit 1;; esac', 'cat > told', result());
    const seen: string[] = [];
    const ended = await new Promise<Exited>((resolve) =>
      bench.executor.start(
        bench.launch('', {
          work: { kind: 'prompt', text: 'Build it', mode: 'code', agent: 'claude' },
          env: { PATH: `${bench.path('bin')}${delimiter}${process.env.PATH}` },
          session: 's-0',
          namespace: 'n',
          context: [
            { task: 'a', label: 'a', attempt: 1, exit: { kind: 'code', code: 0 }, status: '', outputs: {} },
          ],
        }),
        (one) => {
          seen.push(one.type);
          if (one.type === 'attempt.exited') resolve(one);
        },
      ),
    );
    expect(ended).toMatchObject({ exit: { kind: 'code', code: 0 }, result: { costUsd: 0.25 } });
    expect(seen).toEqual(['attempt.spawned', 'attempt.exited']);
    expect(readFileSync(bench.path('told'), 'utf8')).toMatch(/Build it$/);
  });

  test('that is sent away again before its agent says a word keeps its conversation', async () => {
    claude(
      say({ type: 'system', subtype: 'api_retry', error: 'x', error_status: 429, retry_delay_ms: 9000 }),
      'sleep 9',
    );
    const { exit, result: told } = await run('x', { session: 's-0' });
    expect([exit.kind, told?.session]).toEqual(['rate-limit', 's-0']);
  });

  test.each<[string, object, object]>([
    [
      'says that it failed',
      { is_error: true, api_error_status: 401, result: 'bad key' },
      { kind: 'contract', failure: 'auth' },
    ],
    [
      'was denied what it wanted',
      { permission_denials: [{ tool_name: 'Write', tool_input: {} }] },
      { failure: 'permission' },
    ],
    ['had nothing to say', { result: '' }, { kind: 'contract', failure: 'contract' }],
    ['was interrupted', { terminal_reason: 'aborted_tools' }, { failure: 'crash' }],
    ['was sent away', { is_error: true, api_error_status: 429, result: 'slow down' }, { kind: 'rate-limit' }],
  ])('of an agent that exits with 0 and %s is no success, and its bill counts', async (_, parts, exit) => {
    claude(result(parts));
    expect(await run('x')).toMatchObject({ exit, result: { costUsd: 0.25 } });
  });

  test('of an agent that ends without a report is no success', async () => {
    claude('echo "Error: something is off" >&2', 'exit 0');
    expect((await run('x')).exit).toMatchObject({ kind: 'contract', failure: 'crash' });
  });

  test('of an agent that would only wait to be let in again is ended, for how long to wait is ours to say', async () => {
    claude(
      say({
        type: 'system',
        subtype: 'api_retry',
        error: 'rate_limit',
        error_status: 429,
        retry_delay_ms: 120000,
      }),
      'sleep 60',
    );
    expect((await run('x')).exit).toEqual({ kind: 'rate-limit', retryAfterMillis: 120_000 });
  });

  test('of an agent that is stopped has its own end, and what it had used is told', async () => {
    claude(
      `trap '${result({ terminal_reason: 'aborted_tools' }).replace(/'/g, "'\\''")}\nexit 0' INT`,
      'echo $$ > pid',
      'while :; do sleep 0.05; done',
    );
    const ended = run('x');
    await pidIn(bench.path('pid'));
    bench.executor.stop({ task: 't', attempt: 1 }, { now: false });
    expect(await ended).toMatchObject({ exit: { kind: 'code', code: 0 }, result: { costUsd: 0.25 } });
  });

  test('of an agent that is killed before it reports costs what its messages had used', async () => {
    claude(spent, 'kill -9 $$');
    expect(await run('x')).toMatchObject({
      exit: { kind: 'signal', signal: 'SIGKILL' },
      result: { costUsd: 0.003015, tokens: 1001 },
    });
  });

  test('of an agent that is stopped leaves its tools to it at first', async () => {
    const tool = '$SIG{INT} = sub { open F, ">told" }; open F, ">ready"; close F; sleep 60';
    claude(
      `setsid perl -e '${tool}' &`,
      `trap 'sleep 0.2; [ -e told ] || echo untold; exit 0' INT`,
      'while :; do sleep 0.05; done',
    );
    const ended = run('x');
    await until('the tool is at work', () => existsSync(bench.path('ready')));
    bench.executor.stop({ task: 't', attempt: 1 }, { now: false });
    await ended;
    expect(bench.log()).toBe('untold\n');
  });

  test('that takes too long ended for its limit, whatever the agent says', async () => {
    claude(`trap '${result().replace(/'/g, "'\\''")}\nexit 0' INT`, 'while :; do sleep 0.05; done');
    expect((await run('x', { limits: { timeoutMillis: 300 } })).exit).toEqual({
      kind: 'timeout',
      limitMillis: 300,
    });
  });

  test('leaves no secret in any file', async () => {
    await bench.clear();
    useBench({ secrets: { KEY: SECRET } });
    claude(
      text(`the key is ${SECRET}`),
      `printf '%s' '{"type":"x","s":"${SECRET.slice(0, 6)}'; sleep 0.1; echo '${SECRET.slice(6)}"}'`,
      result({ result: `use ${SECRET}` }),
    );
    expect((await run('x')).exit).toEqual({ kind: 'code', code: 0 });
    expect(bench.log()).toBe('the key is ***\n');
    expect(file('result')).toBe('use ***');
    expect(file('raw')).not.toContain(SECRET);
    expect(file('raw')).toContain('"s":"***"');
  });

  test('shows no part of a secret where what it does is cut to a line', async () => {
    await bench.clear();
    useBench({ secrets: { KEY: SECRET, WORD: 'result' } });
    const tools = Array.from({ length: 20 }, (_, more) =>
      say({
        type: 'assistant',
        message: {
          content: [
            { type: 'tool_use', name: 'Bash', input: { command: `${'x'.repeat(95 + more)} ${SECRET} y` } },
          ],
        },
      }),
    );
    claude(...tools, result());
    expect((await run('x')).exit).toEqual({ kind: 'code', code: 0 });
    expect(bench.log().split('\n')).toHaveLength(21);
    expect(bench.log()).not.toContain(SECRET.slice(0, 4));
  });

  test('is looked at by what its task expects, with its last word as the result', async () => {
    claude(result({ result: 'Here:\n```json\n{"risk": "none"}\n```' }));
    const expected = {
      schema: { type: 'object', required: ['risk'], properties: { risk: { enum: ['low', 'high'] } } },
    };
    expect((await run('x', { expect: expected })).exit).toMatchObject({
      kind: 'contract',
      reason: expect.stringContaining('/risk'),
    });
  });

  test.each([
    ['BUILD-OK', 'no line of its output matches "BUILD-OK"'],
    ['^done$', undefined],
  ])(
    'is looked at for %j in its last word, not in what its tools were called with',
    async (output, reason) => {
      const command = 'echo BUILD-OK';
      claude(
        say({
          type: 'assistant',
          message: { content: [{ type: 'tool_use', name: 'Bash', input: { command } }] },
        }),
        text('BUILD-OK, I think'),
        result({ result: 'It fails.\nDone' }),
      );
      const { exit } = await run('x', { expect: { output: [output], notOutput: ['build-ok'] } });
      expect(bench.log()).toContain('BUILD-OK');
      expect(exit).toEqual(reason === undefined ? { kind: 'code', code: 0 } : { kind: 'contract', reason });
    },
  );

  test('that reviews is understood by its last word, not by what its agent thinks aloud', async () => {
    claude(text('VERDICT: accept'), result({ result: 'They fail.\nVERDICT: reject' }));
    expect((await run('x', { expect: { verdict: true } })).exit).toEqual({
      kind: 'contract',
      reason: 'the review asks for changes',
    });
    claude(text('VERDICT: reject'), result({ result: 'Mended since.\n**VERDICT: accept**' }));
    expect((await run('x', { expect: { verdict: true } })).exit).toEqual({ kind: 'code', code: 0 });
  });

  test('loses nothing of an answer of megabytes that was never waited for', async () => {
    const big = 'word '.repeat(800_000);
    claude(
      `exec perl -e 'print q({"type":"result","subtype":"success","result":") . ("word " x 800000) . qq("}\\n)'`,
    );
    expect((await run('x')).exit).toEqual({ kind: 'code', code: 0 });
    expect(file('result')).toBe(big);
  });

  test('for an agent that nobody knows is not started', async () => {
    const { exit } = await run('x', { work: { kind: 'prompt', text: 'x', mode: 'code', agent: 'nobody' } });
    expect(exit).toMatchObject({ kind: 'spawn-error', message: expect.stringContaining('nobody') });
    expect(existsSync(bench.files({ task: 't', attempt: 1 }).prompt)).toBe(false);
  });
});

describe('a command with runs of batchtool in it', () => {
  const bill = (entry: object): string => `echo '${JSON.stringify(entry)}' >> "$BATCHTOOL_BILL"`;

  test('failed for the budget where one of them stopped for what it was handed', async () => {
    const ran = `${bill({ run: 'begun' })}; ${bill({ costUsd: 1 })}; ${bill({ run: 'ran-out' })}`;
    const allowance = { costUsd: 1 };
    expect(await bench.run(`${ran}; exit 3`, { allowance })).toMatchObject({
      exit: { kind: 'contract', failure: 'budget', handed: true },
      result: { costUsd: 1 },
    });
    expect((await bench.run(`${ran}; true`, { allowance })).exit).toEqual({ kind: 'code', code: 0 });
    expect((await bench.run(`${ran}; exit 3`)).exit).toEqual({ kind: 'code', code: 3 });
  });

  test('has not told all where one of them did not come to its end', async () => {
    expect((await bench.run(`${bill({ run: 'begun' })}; exit 1`)).result).toEqual({ untold: true });
  });
});
