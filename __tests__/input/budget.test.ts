import { describe, expect, test } from '@jest/globals';
import type { Plan, Prompt, Task } from '../../src/core/plan.js';
import type { Result } from '../../src/core/problem.js';
import { agentPool, withAgentPools, withSlots } from '../../src/input/agent-pools.js';
import { budgetNow, unmeteredProblems } from '../../src/input/budget.js';
import { compile } from '../../src/input/compile.js';
import { plan, task } from '../fakes/plan.js';
import { machine, planned, refused, requestOf } from './typed.js';

const prompt = (id: string, work: Partial<Prompt>): Task =>
  task(id, { work: { kind: 'prompt', text: id, mode: 'code', ...work } });

/** A machine on which a SPARC runner is installed. */
const withRunner = { machine: { resolves: () => true } };

function made<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('; '));
  return result.value;
}

describe('a budget', () => {
  test('is for the run, from option, variable or plan file', () => {
    const both = { costUsd: 5, tokens: 2_000_000 };
    expect(planned(['--max-cost', '5USD', '--max-tokens', '2M', 'ls']).budget).toEqual(both);
    const env = { BATCHTOOL_MAX_COST: '$5', BATCHTOOL_MAX_TOKENS: '2000k' };
    expect(planned(['ls'], { machine: { env } }).budget).toEqual(both);
    const file = 'budget: {cost: 5, tokens: 2M}\ntasks: {a: {run: ls}}';
    expect(planned([], { file }).budget).toEqual(both);
    expect(planned(['--max-cost', '1'], { file }).budget).toEqual({ ...both, costUsd: 1 });
    expect(planned(['ls']).budget).toBeUndefined();
  });

  test('is for single tasks too, from the file', () => {
    const file =
      'defaults: {budget: {cost: 0.50USD}}\ntasks: {a: {run: ls}, b: {run: ls, budget: {tokens: 500k}}}';
    expect(planned([], { file }).tasks.map(({ budget }) => budget)).toEqual([
      { costUsd: 0.5 },
      { tokens: 500_000 },
    ]);
  });

  test('within a task of a run that has one is no more than what that hands over, whatever is typed', () => {
    const env = { BATCHTOOL_LEFT_COST: '0.300000' };
    const now = (...words: string[]) => budgetNow(planned([...words, 'ls'], { machine: { env } }), { env });
    expect(now()).toEqual({ costUsd: 0.3 });
    expect(now('--max-cost', '50')).toEqual({ costUsd: 0.3 });
    expect(now('--max-cost', '0.1', '--max-tokens', '7')).toEqual({ costUsd: 0.1, tokens: 7 });
  });

  test('of a plan is its own wherever it is kept, for another resume is handed something else', () => {
    const around = { machine: { env: { BATCHTOOL_LEFT_COST: '0.300000' } } };
    expect(planned(['ls'], around).budget).toBeUndefined();
    expect(planned(['--max-cost', '50', 'ls'], around).budget).toEqual({ costUsd: 50 });
  });

  test('that makes no sense is refused with the forms that do', () => {
    expect(refused(['--max-cost', '5EUR', 'ls'])).toEqual([
      '--max-cost: expected an amount of money above zero, found "5EUR"\n  hint: amounts are written 5USD, 0.50USD, $5 or 5, always in US dollars',
    ]);
    expect(refused([], { file: 'budget: {cost: free}\ntasks: {a: {run: ls}}' })).toEqual([
      'plan.yml:1:16: budget.cost: expected an amount of money above zero, found "free"\n  hint: amounts are written 5USD, 0.50USD, $5 or 5, always in US dollars',
    ]);
  });

  test('in an exported plan is kept but for what is said for this call', () => {
    const exported: Plan = { ...planned(['--max-cost', '5', '--max-tokens', '9', 'ls']), cwd: '/home/me' };
    const file = JSON.stringify(exported);
    expect(planned([], { file, name: 'plan.json' }).budget).toEqual({ costUsd: 5, tokens: 9 });
    expect(planned(['--max-cost', '1'], { file, name: 'plan.json' }).budget).toEqual({
      costUsd: 1,
      tokens: 9,
    });
  });
});

describe('a task whose cost nobody can know', () => {
  test('is refused with a budget, unless it is let', () => {
    const argv = ['flowx sparc run code x', 'prompt: fix it', 'ls'];
    expect(refused(['--max-cost', '5', ...argv], withRunner)).toEqual([
      'tasks 1 and 2: the SPARC runner flowx tells nobody what it costs, and there is a budget\n  hint: --allow-unmetered runs such tasks all the same; what they cost does not count then',
    ]);
    expect(refused(argv, withRunner)).toEqual([]);
    expect(planned(['--max-cost', '5', '--allow-unmetered', ...argv], withRunner).allowUnmetered).toBe(true);
  });

  test('is one that calls an agent itself, which is better written as a prompt, and is the same in an exported plan', () => {
    const text = "claude -p 'do it'";
    const words = [
      'task 1: it calls claude itself, so nobody knows what that costs, and there is a budget\n  hint: write it as a prompt ("prompt: TEXT", in a plan file "prompt"): of those the cost is known; --allow-unmetered runs such tasks all the same; what they cost does not count then',
    ];
    const around = { machine: { resolves: (word: string) => word === 'claude' } };
    expect(refused(['--max-cost', '5', text], around)).toEqual(words);
    const exported = made(compile(made(requestOf([text], around)), machine(around.machine), 'look'));
    expect(exported.tasks[0]?.work).toEqual({ kind: 'command', text });
    const file = JSON.stringify(exported);
    expect(planned([], { file, name: 'plan.json', ...around }).tasks[0]?.work).toEqual({
      ...{ kind: 'command', text, calls: 'claude' },
    });
    expect(refused(['--max-cost', '5'], { file, name: 'plan.json', ...around })).toHaveLength(1);
  });

  test.each([
    ['setup', { setup: "batchtool run 'prompt: a'; claude -p 'get ready'" }],
    ['check', { expect: { check: "claude -p 'is it right?'" } }],
  ])('is one whose "%s" calls an agent, whatever its work is', (part, rest) => {
    const of = plan([task('a', rest)]);
    expect(unmeteredProblems(of, { costUsd: 1 }).map(({ message }) => message)).toEqual([
      `task a: its "${part}" calls claude itself, so nobody knows what that costs, and there is a budget`,
    ]);
    expect(unmeteredProblems(of, undefined)).toEqual([]);
  });

  test('is not looked for while there is no agent for it, which is another problem', () => {
    expect(unmeteredProblems(plan([prompt('a', {})]), { costUsd: 1 })).toEqual([]);
  });

  test('is one of an agent of the plan, for money and for tokens', () => {
    const of = plan([prompt('a', { agent: 'mine', command: ['my-agent'] })]);
    expect(unmeteredProblems(of, { costUsd: 1 })).toHaveLength(1);
    expect(unmeteredProblems(of, { tokens: 1 })).toHaveLength(1);
    expect(unmeteredProblems(of, undefined)).toEqual([]);
  });

  test('is one of an agent that tells tokens, for money, until there are prices for its model', () => {
    const tasks = [prompt('a', { agent: 'codex', model: 'new' }), prompt('b', { agent: 'codex' })];
    expect(unmeteredProblems(plan(tasks), { costUsd: 1 }).map(({ message }) => message)).toEqual([
      'task a: the agent codex tells only tokens, and what those of new cost is not known ("prices" in a plan file or in .batchtool/config.yml says it), and there is a budget',
      'task b: the agent codex tells only tokens, and which model it uses is not said ("agents" in a plan file or in .batchtool/config.yml says it), and there is a budget',
    ]);
    expect(unmeteredProblems(plan(tasks), { tokens: 1 })).toEqual([]);
    const prices = { new: { inputUsd: 1, cachedInputUsd: 1, outputUsd: 2 } };
    expect(unmeteredProblems(plan(tasks, { prices }), { costUsd: 1 })).toHaveLength(1);
  });

  test('counts for the budget of the task as well', () => {
    const own = { ...prompt('a', { runner: 'flowx' }), budget: { costUsd: 1 } };
    expect(unmeteredProblems(plan([own, prompt('b', { runner: 'flowx' })]), undefined)).toHaveLength(1);
  });

  test('is none of an agent that reckons, and none that calls no model', () => {
    const tasks = [prompt('a', { agent: 'claude' }), prompt('b', { agent: 'opencode' }), task('c')];
    expect(unmeteredProblems(plan(tasks), { costUsd: 1, tokens: 1 })).toEqual([]);
  });
});

test('prices of a plan file are dollars for a million tokens', () => {
  const file =
    'prices: {m: {input: 1.25, output: 10}, n: {input: 2, cached-input: 0.2, output: 8}}\ntasks: {a: {run: ls}}';
  expect(planned([], { file }).prices).toEqual({
    m: { inputUsd: 1.25, cachedInputUsd: 1.25, outputUsd: 10 },
    n: { inputUsd: 2, cachedInputUsd: 0.2, outputUsd: 8 },
  });
  expect(refused([], { file: 'prices: {m: {input: -1, output: 1}}\ntasks: {a: {run: ls}}' })).toEqual([
    'plan.yml:1:21: prices.m.input: expected zero or more, found the number -1',
  ]);
});

describe('patience with rate limits', () => {
  test('is an hour, or what option, variable or plan file say', () => {
    expect(planned(['ls']).rateLimitWaitMillis).toBe(3_600_000);
    expect(planned(['--rate-limit-wait', '5m', 'ls']).rateLimitWaitMillis).toBe(300_000);
    expect(planned(['--rate-limit-wait', '0', 'ls']).rateLimitWaitMillis).toBe(0);
    expect(planned([], { file: 'rate-limit-wait: 2h\ntasks: {a: {run: ls}}' }).rateLimitWaitMillis).toBe(
      7_200_000,
    );
  });
});

describe('the pool of an agent', () => {
  test('is held by the tasks that it carries out, and as large as the main one', () => {
    const made = withAgentPools(
      plan([prompt('a', { agent: 'claude' }), prompt('b', { runner: 'flowx', agent: 'claude' }), task('c')]),
    );
    expect(made.tasks.map(({ pools }) => pools)).toEqual([['main', 'agent:claude'], ['main'], ['main']]);
    expect(made.pools).toEqual({ main: 4, 'agent:claude': 4 });
    expect(withAgentPools(made)).toBe(made);
  });

  test('has the size that the plan gives it', () => {
    const pools = { main: 4, [agentPool('claude')]: 2 };
    expect(withAgentPools(plan([prompt('a', { agent: 'claude' })], { pools })).pools).toEqual(pools);
  });

  test('follows the size of the main one if it was as large', () => {
    expect(withSlots({ main: 4, 'agent:a': 4, 'agent:b': 2, gpu: 4 }, 9)).toEqual({
      main: 9,
      'agent:a': 9,
      'agent:b': 2,
      gpu: 4,
    });
  });

  test('makes nothing of a plan without agents', () => {
    const plain = plan([task('a')]);
    expect(withAgentPools(plain)).toBe(plain);
  });
});

describe('a pool of a plan file', () => {
  const refusedFor = (pools: string, more = ''): readonly string[] =>
    refused([], { file: `pools: {${pools}}\n${more}tasks: {a: {run: ls, pool: gpu}, b: {run: ls}}` });

  test.each([
    [
      'gpu: 1, "agent:claud": 2',
      'plan.yml:1:17: no task holds the pool "agent:claud", and it is no agent\'s\n  hint: did you mean "agent:claude"?',
    ],
    [
      'gpu: 1, nonsense: 2',
      'plan.yml:1:17: no task holds the pool "nonsense", and it is no agent\'s\n  hint: a task holds a slot of it with "pool"; that of an agent is called agent:NAME',
    ],
    [
      'gpu: 1, gpus: 1',
      'plan.yml:1:17: no task holds the pool "gpus", and it is no agent\'s\n  hint: did you mean "gpu"?',
    ],
  ])('that nobody will ever hold is refused: {%s}', (pools, said) => {
    expect(refusedFor(pools)).toEqual([said]);
  });

  test('may be that of any agent, of one of the plan or the project as well', () => {
    expect(refusedFor('gpu: 1, "agent:codex": 2')).toEqual([]);
    expect(refusedFor('gpu: 1, "agent:mine": 2', 'agents: {mine: {command: mine}}\n')).toEqual([]);
    const kept = { agents: { mine: { command: ['mine'] } } };
    expect(refused([], { kept, file: 'pools: {"agent:mine": 2}\ntasks: {a: {run: ls}}' })).toEqual([]);
  });

  test('may be held only by tasks that are left out this time', () => {
    const file = 'pools: {gpu: 1}\ntasks: {a: {run: ls, pool: gpu}, b: {run: ls}}';
    expect(refused(['--only', 'b'], { file })).toEqual([]);
  });
});
