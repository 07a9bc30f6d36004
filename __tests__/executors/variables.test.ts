import { describe, expect, test } from '@jest/globals';
import type { Launch } from '../../src/core/launch.js';
import {
  depthOf,
  inherited,
  MAX_VALUE_BYTES,
  MAX_VALUES_BYTES,
  ownVariables,
  type Surroundings,
  together,
  type Variables,
} from '../../src/executors/variables.js';

function launch(parts: Partial<Launch>): Launch {
  return {
    run: 'r1',
    task: 'build-api',
    label: 'x',
    attempt: 2,
    round: 3,
    work: { kind: 'command', text: 'true' },
    limits: {},
    graceMillis: 5000,
    keep: false,
    cwd: '/w',
    env: {},
    secrets: [],
    context: [],
    ...parts,
  };
}

const around: Surroundings = {
  base: { PATH: '/bin', BATCHTOOL_DEPTH: '1' },
  secrets: {},
  mark: 'BATCHTOOL_MARK_r1_7',
  context: '/c',
  output: '/o',
  summary: '/s',
  bill: '/b',
};

/** All that an attempt has. */
function variables(of: Launch, where: Surroundings, platform: NodeJS.Platform = 'linux'): Variables {
  return together({ base: where.base, own: ownVariables(of, where) }, platform);
}

function entry(task: string, outputs: Record<string, string>): Launch['context'][number] {
  return {
    task,
    label: task,
    attempt: 1,
    exit: { kind: 'code' as const, code: 0 },
    status: 'succeeded',
    outputs,
  };
}

describe('what an attempt inherits', () => {
  const ours = {
    PATH: '/bin',
    HOME: '/root',
    LANG: 'C',
    TMPDIR: '/tmp',
    EDITOR: 'vi',
    API_TOKEN: 's',
    BATCHTOOL_MARK_outer_1: '1',
    GONE: undefined,
  };

  test('is all of our environment without pass-env', () => {
    const { GONE, ...rest } = ours;
    expect(inherited(ours, undefined, 'linux')).toEqual({ ...rest, BATCHTOOL_DEPTH: '1' });
  });

  test('is a small clean environment and the named variables with pass-env', () => {
    expect(inherited(ours, ['API_TOKEN', 'NOT_SET'], 'linux')).toEqual({
      PATH: '/bin',
      HOME: '/root',
      LANG: 'C',
      TMPDIR: '/tmp',
      API_TOKEN: 's',
      BATCHTOOL_MARK_outer_1: '1',
      BATCHTOOL_DEPTH: '1',
    });
  });

  test('holds what nothing starts without on Windows, whatever the case of its name', () => {
    const windows = { Path: 'C:\\', SystemRoot: 'C:\\Windows', ComSpec: 'cmd', Editor: 'x', token: 's' };
    expect(Object.keys(inherited(windows, ['TOKEN'], 'win32'))).toEqual([
      'Path',
      'SystemRoot',
      'ComSpec',
      'token',
      'BATCHTOOL_DEPTH',
    ]);
  });

  test('is one level deeper for each batchtool around us', () => {
    expect(inherited({ BATCHTOOL_DEPTH: '1' }, [], 'linux').BATCHTOOL_DEPTH).toBe('2');
  });

  test('does not hold what a batchtool around us says about its own task', () => {
    const outer = { BATCHTOOL_TASK_ID: 'outer', BATCHTOOL_NAMESPACE: 'n', BATCHTOOL_CONTEXT: '/outer' };
    expect(inherited(outer, undefined, 'linux')).toEqual({ BATCHTOOL_DEPTH: '1' });
  });

  test.each([
    [undefined, 0],
    ['2', 2],
    ['-1', 0],
    ['x', 0],
  ])('a depth of %p counts as %p', (text, depth) => {
    expect(depthOf({ BATCHTOOL_DEPTH: text })).toBe(depth);
  });
});

describe('what an attempt is told', () => {
  test('who it is and where its files are', () => {
    expect(variables(launch({ namespace: 'ns' }), around)).toEqual({
      PATH: '/bin',
      BATCHTOOL_RUN_ID: 'r1',
      BATCHTOOL_TASK_ID: 'build-api',
      BATCHTOOL_ATTEMPT: '2',
      BATCHTOOL_ROUND: '3',
      BATCHTOOL_NAMESPACE: 'ns',
      BATCHTOOL_CONTEXT: '/c',
      BATCHTOOL_OUTPUT: '/o',
      BATCHTOOL_SUMMARY: '/s',
      BATCHTOOL_BILL: '/b',
      BATCHTOOL_DEPTH: '1',
      BATCHTOOL_MARK_r1_7: '1',
    });
  });

  test('the plan wins over what is inherited, and secrets over the plan', () => {
    const env = { PATH: '/plan', API_KEY: 'from plan' };
    const result = variables(launch({ env, secrets: ['API_KEY', 'UNKNOWN'] }), {
      ...around,
      secrets: { API_KEY: 'secret' },
    });
    expect(result).toMatchObject({ PATH: '/plan', API_KEY: 'secret' });
    expect(result).not.toHaveProperty('UNKNOWN');
  });

  test('no variable of a user replaces one of ours', () => {
    const env = { BATCHTOOL_TASK_ID: 'x', BATCHTOOL_DEPTH: '0', BATCHTOOL_MARK_r1_7: '' };
    expect(variables(launch({ env }), around)).toMatchObject({
      BATCHTOOL_TASK_ID: 'build-api',
      BATCHTOOL_DEPTH: '1',
      BATCHTOOL_MARK_r1_7: '1',
    });
  });

  test('outputs of earlier tasks come under the names of task and key', () => {
    const context = [entry('lint.js', { 'error-count': '3' }), entry('a', { B: 'x\ny' })];
    expect(variables(launch({ context }), around)).toMatchObject({
      BATCHTOOL_OUTPUT_LINT_JS_ERROR_COUNT: '3',
      BATCHTOOL_OUTPUT_A_B: 'x\ny',
    });
  });

  test('an output that is longer than a variable may be is left out', () => {
    const longest = 'é'.repeat(MAX_VALUE_BYTES / 2);
    const result = variables(
      launch({ context: [entry('a', { fits: longest, long: `${longest}x` })] }),
      around,
    );
    expect(result.BATCHTOOL_OUTPUT_A_FITS).toBe(longest);
    expect(result).not.toHaveProperty('BATCHTOOL_OUTPUT_A_LONG');
  });

  test('all outputs together leave room for the rest of the environment', () => {
    const context = Array.from({ length: 100 }, (_, index) =>
      entry(`t${index}`, { value: 'x'.repeat(MAX_VALUE_BYTES) }),
    );
    const result = variables(launch({ context }), around);
    const bytes = Object.values(result).reduce((sum, value) => sum + value.length, 0);
    expect(bytes).toBeGreaterThan(MAX_VALUES_BYTES - 1);
    expect(bytes).toBeLessThan(MAX_VALUES_BYTES + 1000);
  });

  test('an output with a NUL, which no process can be given, is left out', () => {
    const result = variables(launch({ context: [entry('a', { nul: 'x\0y' })] }), around);
    expect(result).not.toHaveProperty('BATCHTOOL_OUTPUT_A_NUL');
  });

  test('on Windows names that differ only in case are one, and the later wins', () => {
    const base = { Path: 'inherited', BATCHTOOL_DEPTH: '1' };
    const result = variables(launch({ env: { PATH: 'plan' } }), { ...around, base }, 'win32');
    expect(result.PATH).toBe('plan');
    expect(result).not.toHaveProperty('Path');
  });
});

describe('what a run within a task may spend', () => {
  test('is what is left, and next to nothing when nothing is', () => {
    const of = (costUsd: number, tokens: number) =>
      ownVariables(launch({ allowance: { costUsd, tokens }, allowUnmetered: true }), around);
    expect(of(4.2, 900.5)).toMatchObject({
      BATCHTOOL_LEFT_COST: '4.200000',
      BATCHTOOL_LEFT_TOKENS: '900',
      BATCHTOOL_ALLOW_UNMETERED: '1',
    });
    expect(of(0, 0)).toMatchObject({ BATCHTOOL_LEFT_COST: '0.000000', BATCHTOOL_LEFT_TOKENS: '0' });
  });

  test('is not limited without a budget, and the bill is never that of the run around', () => {
    expect(ownVariables(launch({}), around)).not.toHaveProperty('BATCHTOOL_LEFT_COST');
    expect(inherited({ BATCHTOOL_BILL: '/outer' }, undefined, 'linux')).not.toHaveProperty('BATCHTOOL_BILL');
  });
});
