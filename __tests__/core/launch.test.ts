/** What an attempt gets to know: plain JSON from the state, and nothing else. */
import { describe, expect, it } from '@jest/globals';
import type { Exit } from '../../src/core/exit.js';
import { type Launch, launch } from '../../src/core/launch.js';
import type { Plan, Task } from '../../src/core/plan.js';
import { taskOf } from '../../src/core/state.js';
import { plan, task } from '../fakes/plan.js';
import { Spoken } from './spoken.js';

function launchOf(tasks: Task[], id: string, rest: Partial<Plan> = {}): Launch {
  const { state } = new Spoken(plan(tasks, rest));
  return launch(state, taskOf(state, id));
}

describe('a launch', () => {
  it('of a task with nothing special holds nothing special', () => {
    expect(launchOf([task('a')], 'a')).toEqual({
      run: 'r1',
      task: 'a',
      label: 'a',
      attempt: 1,
      round: 1,
      work: { kind: 'command', text: 'echo a' },
      limits: {},
      graceMillis: 5000,
      keep: false,
      cwd: '.',
      env: {},
      secrets: [],
      context: [],
    });
  });

  it('survives being written as JSON', () => {
    const found = launchOf([task('a', { limits: { timeoutMillis: 5 }, keep: true })], 'a');
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  it('holds the variables of plan and task, the task winning', () => {
    const tasks = [task('a', { env: { WHO: 'task', MINE: '1' } })];
    expect(launchOf(tasks, 'a', { env: { WHO: 'plan', ALL: '2' } }).env).toEqual({
      WHO: 'task',
      MINE: '1',
      ALL: '2',
    });
  });

  it("takes the plan's namespace unless the task has one", () => {
    const tasks = [task('a'), task('b', { namespace: 'own' })];
    expect(launchOf(tasks, 'a', { namespace: 'shared' }).namespace).toBe('shared');
    expect(launchOf(tasks, 'b', { namespace: 'shared' }).namespace).toBe('own');
  });

  it('says when it gets outputs alone', () => {
    expect(launchOf([task('a')], 'a', { noContext: true }).noContext).toBe(true);
  });

  it('names the folder of the plan and that of the task apart', () => {
    const { cwd, taskCwd } = launchOf([task('a', { cwd: 'pkg' })], 'a', { cwd: '/repo' });
    expect([cwd, taskCwd]).toEqual(['/repo', 'pkg']);
  });

  it('is that of the newest attempt', () => {
    const retry = { max: 1, delayMillis: 0, maxDelayMillis: 0 };
    const run = new Spoken(plan([task('a', { retry })]));
    run.exit('a', 1);
    expect(launch(run.state, taskOf(run.state, 'a')).attempt).toBe(2);
  });
});

describe('the conversation that an attempt may go on with', () => {
  const SENT_AWAY = { kind: 'rate-limit' } as const;
  const retry = { max: 1, delayMillis: 0, maxDelayMillis: 0 };

  /** Of the attempt after one that ended like this. */
  function sessionAfter(exit: Exit, rest: Partial<Omit<Task, 'needs'>> = {}): string | undefined {
    const run = new Spoken(plan([task('a', { retry, ...rest })]));
    run.exit('a', exit, { session: 's-1' });
    run.at(10_000);
    const state = taskOf(run.state, 'a');
    expect(state.status).toBe('running');
    return launch(run.state, state).session;
  }

  it('is that of the attempt before, which was sent away by its provider', () => {
    expect(sessionAfter(SENT_AWAY)).toBe('s-1');
  });

  it.each<Exit>([
    { kind: 'contract', reason: 'no net', failure: 'network' },
    { kind: 'contract', reason: 'no report', failure: 'crash' },
    { kind: 'signal', signal: 'SIGKILL' },
  ])('is that of the attempt before, which was broken off: %j', (exit) => {
    expect(sessionAfter(exit)).toBe('s-1');
  });

  it.each<Exit>([
    { kind: 'code', code: 1 },
    { kind: 'lost' },
    { kind: 'timeout', limitMillis: 1 },
    { kind: 'idle', limitMillis: 1 },
    { kind: 'contract', reason: 'a.txt is not there' },
    { kind: 'contract', reason: 'its answer was empty', failure: 'contract' },
    { kind: 'contract', reason: 'it said no', failure: 'unknown' },
  ])('is none after any other end: %j', (exit) => {
    expect(sessionAfter(exit)).toBeUndefined();
  });

  it('is none after a second crash in a row, for which it may be the reason, but after any number of cut connections', () => {
    const sessionsAfter = (failure: 'crash' | 'network'): (string | undefined)[] => {
      const run = new Spoken(plan([task('a', { retry: { ...retry, max: 3 } })]));
      return [1, 2].map((n) => {
        run.exit('a', { kind: 'contract', reason: '', failure }, { session: `s-${n}` });
        return launch(run.state, taskOf(run.state, 'a')).session;
      });
    };
    expect(sessionsAfter('crash')).toEqual(['s-1', undefined]);
    expect(sessionsAfter('network')).toEqual(['s-1', 's-2']);
  });

  it('is none where the folder is another, or where the same files have to change', () => {
    expect(sessionAfter(SENT_AWAY, { isolate: 'worktree' })).toBeUndefined();
    expect(sessionAfter(SENT_AWAY, { expect: { changed: ['a.txt'] } })).toBeUndefined();
    expect(sessionAfter(SENT_AWAY, { expect: { files: ['a.txt'] } })).toBe('s-1');
  });

  it('is none in a new round', () => {
    const run = new Spoken(plan([task('a', { pools: ['main', 'p'] })], { pools: { main: 4, p: 1 } }));
    run.exit('a', { kind: 'rate-limit', retryAfterMillis: 4_000_000 }, { session: 's-1' });
    run.resume(['a']);
    const state = taskOf(run.state, 'a');
    expect([state.status, state.round]).toEqual(['running', 2]);
    expect(launch(run.state, state).session).toBeUndefined();
  });

  it('is still there when another process has taken the run over', () => {
    const run = new Spoken(plan([task('a')]));
    run.exit('a', SENT_AWAY, { session: 's-1' });
    run.resume();
    expect(launch(run.state, taskOf(run.state, 'a')).session).toBe('s-1');
  });
});

describe('the context of an attempt', () => {
  it('names the tasks that it needs, with their newest result', () => {
    const run = new Spoken(plan([task('a'), task('b', { needs: ['a'] })]));
    const exit = { kind: 'code' as const, code: 0 };
    const outputs = { answer: '42' };
    run.see({ type: 'attempt.exited', task: 'a', attempt: 1, exit, outputs, commit: 'abc' });
    expect(launch(run.state, taskOf(run.state, 'b')).context).toEqual([
      {
        task: 'a',
        label: 'a',
        attempt: 1,
        exit,
        status: 'succeeded',
        outputs: { answer: '42' },
        durationMillis: 0,
        commit: 'abc',
      },
    ]);
  });

  it('names the tasks of earlier stages too, in plan order, each once', () => {
    const tasks = [
      task('build', { stage: 'one' }),
      task('lint', { stage: 'one' }),
      task('test', { stage: 'two', needs: ['lint', 'build'] }),
      task('ship', { stage: 'three', needs: ['test'] }),
      task('other', { stage: 'four' }),
    ];
    const run = new Spoken(plan(tasks));
    for (const id of ['lint', 'build', 'other', 'test']) run.exit(id);
    const { context } = launch(run.state, taskOf(run.state, 'ship'));
    expect(context.map((entry) => entry.task)).toEqual(['build', 'lint', 'test']);
  });

  it('leaves out what never ran', () => {
    const tasks = [task('a'), task('b', { needs: ['a'] }), task('c', { needs: ['b'], when: 'always' })];
    const run = new Spoken(plan(tasks));
    run.exit('a', 1);
    expect(launch(run.state, taskOf(run.state, 'c')).context).toEqual([]);
  });

  it('holds the last attempt that ended, when a new one of that task runs', () => {
    const loops = [{ id: 'l', tasks: ['a', 'b'], again: { kind: 'failed' as const, tasks: ['b'] }, max: 2 }];
    const tasks = [task('a', { stage: 'one' }), task('b', { stage: 'two' })];
    const run = new Spoken(plan(tasks, { loops }));
    run.exit('a');
    run.exit('b', 1);
    const { context } = launch(run.state, taskOf(run.state, 'b'));
    expect(context).toEqual([
      {
        task: 'a',
        label: 'a',
        attempt: 1,
        exit: { kind: 'code', code: 0 },
        status: 'running',
        durationMillis: 0,
        outputs: {},
      },
    ]);
  });

  it('names all of the last round of a loop, but never the task itself', () => {
    const loops = [{ id: 'l', tasks: ['a', 'b'], again: { kind: 'failed' as const, tasks: ['b'] }, max: 2 }];
    const run = new Spoken(plan([task('a'), task('b', { needs: ['a'] }), task('c')], { loops }));
    for (const id of ['c', 'a']) run.exit(id);
    expect(launch(run.state, taskOf(run.state, 'a')).context).toEqual([]);
    run.exit('b', 1);
    const { round, context } = launch(run.state, taskOf(run.state, 'a'));
    expect([round, context.map((entry) => [entry.task, entry.attempt])]).toEqual([2, [['b', 1]]]);
  });
});

describe('what a prompt for the built-in runner is made of', () => {
  const prompt = (rest = {}) => ({ work: { kind: 'prompt' as const, text: 'x', mode: 'ours', ...rest } });

  it("is the project's own role, the room for the context, and what is near", () => {
    const rest = { modes: { ours: { role: 'You are ours.', model: 'm' } }, contextTokens: 5 };
    expect(launchOf([task('a', prompt())], 'a', rest).briefing).toEqual({
      role: 'You are ours.',
      nearest: [],
      contextTokens: 5,
    });
    expect(launchOf([task('a', prompt({ mode: 'constructor' }))], 'a', rest).briefing).toEqual({
      nearest: [],
      contextTokens: 5,
    });
  });

  it('is made for no other task', () => {
    expect(launchOf([task('a')], 'a')).not.toHaveProperty('briefing');
    expect(launchOf([task('a', prompt({ runner: 'flowx' }))], 'a')).not.toHaveProperty('briefing');
  });

  it('has what it needs first, then stage after stage further back', () => {
    const tasks = [
      task('a1', { stage: 'a' }),
      task('a2', { stage: 'a' }),
      task('b1', { stage: 'b', needs: ['a1', 'a2'] }),
      task('b2', { stage: 'b', needs: ['a1', 'a2'] }),
      task('c', { stage: 'c', needs: ['b1', 'b2', 'a2'], ...prompt() }),
    ];
    const run = new Spoken(plan(tasks));
    for (const id of ['a1', 'a2', 'b1', 'b2']) run.exit(id);
    const { briefing, context } = launch(run.state, taskOf(run.state, 'c'));
    expect(briefing?.nearest).toEqual(['a2', 'b1', 'b2', 'a1']);
    expect(context.map((entry) => entry.task)).toEqual(['a1', 'a2', 'b1', 'b2']);
  });

  it('has the failure that led to another round first', () => {
    const loops = [
      { id: 'l', tasks: ['a', 'b', 'c'], again: { kind: 'failed' as const, tasks: ['c'] }, max: 2 },
    ];
    const tasks = [task('a', prompt()), task('b', { needs: ['a'] }), task('c', { needs: ['b'] })];
    const run = new Spoken(plan(tasks, { loops }));
    for (const id of ['a', 'b']) run.exit(id);
    run.exit('c', 1);
    const { briefing, context } = launch(run.state, taskOf(run.state, 'a'));
    expect(briefing?.nearest).toEqual(['c', 'b']);
    expect(context.map(({ exit }) => exit)).toEqual([
      { kind: 'code', code: 0 },
      { kind: 'code', code: 1 },
    ]);
  });
});
