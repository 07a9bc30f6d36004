/** Money, tokens and rate limits with a stand-in for an agent: what it prints is what the real one prints. */
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Bench, CLI, until, useBench } from './harness.js';

const bench = useBench();

/** Tells a cost of half a dollar and 1200 tokens. As long as there is a folder `storm/N`, it is sent away and takes one. */
const CLAUDE = `#!/bin/sh
cat > /dev/null
for n in "$HOME"/storm/*; do
  if rmdir "$n" 2> /dev/null; then
    echo '{"type":"result","subtype":"success","is_error":true,"api_error_status":429,"result":"API Error: 429 Too many requests","session_id":"s-1","total_cost_usd":0.01,"usage":{"input_tokens":10,"output_tokens":0}}'
    exit 1
  fi
done
if [ -e "$HOME/cut" ]; then
  rm "$HOME/cut"
  echo '{"type":"result","subtype":"success","is_error":true,"result":"API Error: Connection to the API was lost (ECONNRESET).","session_id":"s-cut","total_cost_usd":0.2}'
  exit 1
fi
if [ -e "$HOME/crash" ]; then
  rm "$HOME/crash"
  echo '{"type":"assistant","session_id":"s-crash","message":{"id":"m","model":"claude-sonnet-4-5","usage":{"input_tokens":100000,"output_tokens":1}}}'
  kill -9 $$
fi
if [ -e "$HOME/no-key" ]; then
  echo '{"type":"result","subtype":"success","is_error":true,"api_error_status":401,"result":"Invalid API key"}'
  exit 1
fi
echo "$@" >> "$HOME/calls"
echo '{"type":"result","subtype":"success","is_error":false,"result":"done","num_turns":1,"total_cost_usd":0.5,"usage":{"input_tokens":1000,"output_tokens":200}}'
`;

function withAgent(): { here: Bench; env: { PATH: string } } {
  const here = bench();
  mkdirSync(here.path('bin'));
  here.write('bin/claude', CLAUDE);
  chmodSync(here.path('bin', 'claude'), 0o755);
  return { here, env: { PATH: `${here.path('bin')}:${process.env.PATH}` } };
}

function storm(here: Bench, many: number): void {
  for (let n = 1; n <= many; n++) mkdirSync(here.path('storm', String(n)), { recursive: true });
}

const prompts = (many: number): string[] =>
  Array.from({ length: many }, (_, n) => `prompt: build part ${n + 1}`);

describe('a budget', () => {
  it('stops the run when nothing more fits, keeps what is done, and lets more money go on', async () => {
    const { here, env } = withAgent();
    const first = await here.run(['run', '--max-cost', '1.20USD', ...prompts(4), 'echo free'], { env });
    expect(first.code).toBe(3);
    expect(first.stderr).toContain('the budget is used up: $1.00 of $1.20 spent');
    expect(first.stderr).toContain('(not started: task 3, task 4)');
    expect(first.stderr).toMatch(/go on with it: batchtool resume \S+ --max-cost 2\.4USD/);
    expect(here.read('calls').match(/--max-budget-usd \S+/g)).toEqual([
      '--max-budget-usd 1.200000',
      '--max-budget-usd 0.700000',
    ]);
    expect((await here.run(['resume'], { env })).code).toBe(3);
    const again = await here.run(['resume', '--max-cost', '10USD'], { env });
    expect([again.code, again.stderr]).toEqual([
      0,
      expect.stringContaining('used $2.00 of $10.00, 4.8k tokens'),
    ]);
    expect(here.read('calls').trim().split('\n')).toHaveLength(4);
  });

  it('of tokens counts the same', async () => {
    const { here, env } = withAgent();
    expect((await here.run(['run', '--max-tokens', '2k', ...prompts(3)], { env })).code).toBe(3);
    expect((await here.run(['status', '--json'])).stdout).toContain('"tokens":1200');
  });

  it('of a run counts what a run within a task spends, and holds for that', async () => {
    const { here, env } = withAgent();
    const inner = `'${process.execPath}' '${CLI}' run --state-dir inner 'prompt: one' 'prompt: two' 'prompt: three'`;
    const { code, stderr } = await here.run(['run', '--max-cost', '1.20', `sh: ${inner}`], { env });
    expect([code, stderr]).toEqual([3, expect.stringContaining('used $1.00 of $1.20')]);
    expect(here.read('calls').trim().split('\n')).toHaveLength(2);
  });

  it('lets tasks start side by side once earlier runs say what they cost, and tells what it expects', async () => {
    const { here, env } = withAgent();
    await here.run(['run', ...prompts(2)], { env });
    const dry = await here.run(['run', '--dry-run', ...prompts(3)], { env });
    expect(dry.stdout).toContain('forecast: about $1.00 and 2.4k tokens by 1 earlier run; 1 task unknown');
    const { stderr } = await here.run(['run', '--max-cost', '5', ...prompts(2)], { env });
    expect(stderr).toContain('forecast: about $1.00');
    expect(stderr.indexOf('2 (build part 2) started')).toBeLessThan(
      stderr.indexOf('1 (build part 1) succeeded'),
    );
  });

  it('counts what an agent had told when batchtool was killed', async () => {
    const { here, env } = withAgent();
    const message = {
      id: 'm',
      model: 'claude-sonnet-4-5',
      usage: { input_tokens: 100_000, output_tokens: 1 },
    };
    here.write(
      'bin/claude',
      `#!/bin/sh\necho '${JSON.stringify({ type: 'assistant', message })}'\n${CLAUDE.replace('#!/bin/sh', '[ -e "$HOME/go" ] || sleep 60')}`,
    );
    const { child, ended } = here.start(['run', '--max-cost', '5', 'prompt: build it'], { env });
    const raw = () => here.path('.batchtool', 'runs', here.runs()[0] ?? '', 'tasks', '1.1.raw');
    await until('the run has begun', () => here.journalIsThere());
    await until('it has told something', () => existsSync(raw()) && readFileSync(raw(), 'utf8') !== '');
    child.kill('SIGKILL');
    await ended;
    here.write('go', '');
    const { code, stderr } = await here.run(['resume'], { env });
    expect([code, stderr]).toEqual([0, expect.stringContaining('used $0.80 of $5.00')]);
  });

  it('is refused where nobody can know the cost, before anything starts', async () => {
    const { here, env } = withAgent();
    here.write('bin/flowx', '#!/bin/sh\ntouch "$HOME/ran"\n');
    chmodSync(here.path('bin', 'flowx'), 0o755);
    const text = "flowx sparc run code 'x' --non-interactive";
    const refused = await here.run(['run', '--max-cost', '1', text], { env });
    expect([refused.code, here.has('ran')]).toEqual([2, false]);
    expect(refused.stderr).toContain('--allow-unmetered');
    expect((await here.run(['run', '--max-cost', '1', '--allow-unmetered', text], { env })).code).toBe(0);
  });
});

describe('rate limits', () => {
  it('are waited out: ten tasks succeed, and no attempt counts', async () => {
    const { here, env } = withAgent();
    storm(here, 6);
    const { code, stderr } = await here.run(['run', '--max-concurrent', '10', ...prompts(10)], { env });
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/✔ succeeded: 10 tasks succeeded in .*used \$5\.06/),
    ]);
    expect(stderr).toMatch(/◌ agent:claude rate limit: \d slots? from now on, nothing of it starts before/);
    const changes = here
      .events()
      .filter(({ type, why }) => type === 'capacity.changed' && why === 'rate-limit');
    expect(changes.length).toBeGreaterThan(0);
  }, 60_000);

  it('do not make an agent begin anew: it goes on with the conversation in which it was sent away', async () => {
    const { here, env } = withAgent();
    storm(here, 1);
    expect((await here.run(['run', 'prompt: build it'], { env })).code).toBe(0);
    expect(here.read('calls')).toMatch(/ --resume s-1$/m);
    expect((await here.run(['status', '--json'])).stdout).toContain('"costUsd":0.51');
  }, 60_000);

  it('that do not end within the patience fail the tasks of that agent', async () => {
    const { here, env } = withAgent();
    storm(here, 3);
    const { code, stderr } = await here.run(['run', '--rate-limit-wait', '0', ...prompts(2), 'echo free'], {
      env,
    });
    expect(code).toBe(1);
    expect(stderr).toContain('2 of 3 tasks failed, 1 succeeded');
    expect(stderr).toContain('rate-limited by the provider');
  });
});

it.each([
  ['cut', 0.7],
  ['crash', 0.800015],
])('what is broken off by a %s is gone on with, and what it had cost counts', async (how, costUsd) => {
  const { here, env } = withAgent();
  here.write(how, '');
  expect((await here.run(['run', '--max-retries', '1', 'prompt: build it'], { env })).code).toBe(0);
  expect(here.read('calls')).toMatch(new RegExp(` --resume s-${how}$`, 'm'));
  const { stdout } = await here.run(['status', '--json']);
  expect(JSON.parse(stdout).run.costUsd).toBeCloseTo(costUsd, 6);
});

it('a key that is refused fails at once, with what to do', async () => {
  const { here, env } = withAgent();
  here.write('no-key', '');
  const { code, stderr } = await here.run(['run', '--max-retries', '3', ...prompts(1)], { env });
  expect(code).toBe(1);
  expect(stderr).not.toContain('attempt 2');
  expect(stderr).toContain("hint: sign in with the agent's own program");
});
