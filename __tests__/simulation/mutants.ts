/** The policy with one small fault in it: a piece of its source is replaced before it is loaded. */
import { readdirSync, readFileSync } from 'node:fs';
import { transformSync } from '@swc/core';
import type { Core } from './check.js';

export interface Mutant {
  /** What the faulty policy does, as the end of a sentence: "the simulation notices a policy that …". */
  readonly does: string;
  readonly file: string;
  /** Must stand in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

type Exports = Record<string, unknown>;

const FOLDER = new URL('../../src/core/', import.meta.url);
const compiled = new Map<string, string>();

/** The core as it stands, or with one fault, loaded from its source and apart from the one that tests import. */
export function loadCore(mutant?: Mutant): Core {
  const loaded = new Map<string, Exports>();
  const load = (file: string): Exports => {
    const known = loaded.get(file);
    if (known !== undefined) return known;
    const exports: Exports = {};
    loaded.set(file, exports);
    const code = mutant?.file === file ? compile(mutated(mutant)) : sound(file);
    new Function('exports', 'require', code)(exports, (name: string) =>
      load(name.replace('./', '').replace(/\.js$/, '.ts')),
    );
    return exports;
  };
  return Object.assign(
    {},
    load('decide.ts'),
    load('evolve.ts'),
    load('state.ts'),
    load('resume.ts'),
  ) as Core & Exports;
}

/** Every source file of the core, so that a mutant of a file that is gone is noticed. */
export function coreFiles(): string[] {
  return readdirSync(FOLDER).filter((name) => name.endsWith('.ts'));
}

function sound(file: string): string {
  const code = compiled.get(file) ?? compile(source(file));
  compiled.set(file, code);
  return code;
}

function mutated({ file, find, replace }: Mutant): string {
  const text = source(file);
  const pieces = text.split(find);
  if (pieces.length !== 2)
    throw new Error(`"${find}" stands ${pieces.length - 1} times in ${file}, not once`);
  return pieces.join(replace);
}

function source(file: string): string {
  return readFileSync(new URL(file, FOLDER), 'utf8');
}

function compile(text: string): string {
  return transformSync(text, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  }).code;
}

export const MUTANTS: readonly Mutant[] = [
  {
    does: 'tries once too little',
    file: 'decide.ts',
    find: 'task.counted <= task.task.retry.max',
    replace: 'task.counted < task.task.retry.max',
  },
  {
    does: 'tries once too often',
    file: 'decide.ts',
    find: 'task.counted <= task.task.retry.max',
    replace: 'task.counted <= task.task.retry.max + 1',
  },
  {
    does: 'counts a rate limit as an attempt',
    file: 'exit.ts',
    find: "exit.kind !== 'rate-limit' && exit.kind !== 'lost'",
    replace: "exit.kind !== 'lost'",
  },
  {
    does: 'takes an attempt that was told to end and exits 0 for a success',
    file: 'decide.ts',
    find: "  if (attempt.stopping !== undefined) return { kind: 'cancelled' };\n  if (isSuccess(exit)) return { kind: 'succeeded' };",
    replace:
      "  if (isSuccess(exit)) return { kind: 'succeeded' };\n  if (attempt.stopping !== undefined) return { kind: 'cancelled' };",
  },
  {
    does: 'retries after a stop',
    file: 'decide.ts',
    find: 'if (isFinal(exit) || !mayStart(state, task)) return failed;',
    replace: 'if (isFinal(exit)) return failed;',
  },
  {
    does: 'retries a conflict',
    file: 'decide.ts',
    find: 'if (isFinal(exit) || !mayStart(state, task)) return failed;',
    replace: 'if (!mayStart(state, task)) return failed;',
  },
  {
    does: 'repeats a `once` task whose end nobody saw',
    file: 'decide.ts',
    find: 'task.task.once === true && task.mayRepeat !== true',
    replace: 'false',
  },
  {
    does: 'waits one rate limit longer than it may',
    file: 'decide.ts',
    find: '(task.rateLimitedSince ?? 0) >= state.rateLimitWaitMillis',
    replace: '(task.rateLimitedSince ?? 0) > state.rateLimitWaitMillis',
  },
  {
    does: 'forgets to begin a new row of rate limits after another exit',
    file: 'evolve.ts',
    find: '    delete task.rateLimitedSince;\n',
    replace: '',
  },
  {
    does: 'retries `always` tasks after a cancel',
    file: 'decide.ts',
    find: "(stopping.kind === 'failure' && task.when === 'always')",
    replace: "task.when === 'always'",
  },
  {
    does: 'starts `always` tasks after a deadline',
    file: 'fate.ts',
    find: "if (why.kind === 'failure' && task.task.when === 'always') return undefined;",
    replace: "if (task.task.when === 'always') return undefined;",
  },
  {
    does: 'skips what waits for a retry when the run stops',
    file: 'fate.ts',
    find: "  if (exit !== undefined) return { kind: 'failed', exit };\n",
    replace: '',
  },
  {
    does: 'stops a moment after its deadline',
    file: 'decide.ts',
    find: 'now >= deadline)',
    replace: 'now > deadline)',
  },
  {
    does: 'counts the deadline from the start after a resume',
    file: 'decide.ts',
    find: 'state.activeSince + state.plan.deadlineMillis',
    replace: 'state.startedAt + state.plan.deadlineMillis',
  },
  {
    does: 'lets no stronger reason replace a stop',
    file: 'decide.ts',
    find: 'stopping === undefined || STRENGTH[kind] > STRENGTH[stopping.kind]',
    replace: 'stopping === undefined',
  },
  {
    does: 'ends `always` tasks when it fails fast',
    file: 'evolve.ts',
    find: "(why.kind !== 'failure' || task.task.when !== 'always')",
    replace: 'true',
  },
  {
    does: 'stops for a failure inside an open loop',
    file: 'evolve.ts',
    find: '  if (failsRun(task) && isFinalEnd(state, task)) state',
    replace: '  if (failsRun(task)) state',
  },
  {
    does: 'does not stop a run whose last loop is still open',
    file: 'decide.ts',
    find: 'state.unfinished === 0 && state.openLoops === 0 && state.retryRequests.length === 0',
    replace: 'state.unfinished === 0',
  },
  {
    does: 'repeats a loop one round too often',
    file: 'rounds.ts',
    find: 'round >= loop.max',
    replace: 'round > loop.max',
  },
  {
    does: 'repeats a loop in which nothing was tried',
    file: 'rounds.ts',
    find: 'if (!ran || round',
    replace: 'if (round',
  },
  {
    does: 'repeats a loop after a stop',
    file: 'decide.ts',
    find: 'if (state.stopping !== undefined || !goesAgain(ended))',
    replace: 'if (!goesAgain(ended))',
  },
  {
    does: 'takes a skipped task for one that succeeded when a loop asks',
    file: 'rounds.ts',
    find: "member.status === 'failed' : member.status !== 'succeeded'",
    replace: "member.status === 'failed' : member.status === 'failed'",
  },
  {
    does: 'goes on counting the rounds of a loop inside one that goes again',
    file: 'put-back.ts',
    find: '    if (loop.loop.id !== loopId) loop.round = 1;\n',
    replace: '',
  },
  {
    does: 'goes on counting attempts in a new round',
    file: 'put-back.ts',
    find: '  task.counted = 0;\n',
    replace: '',
  },
  {
    does: 'puts tasks back while they run',
    file: 'decide.ts',
    find: "    if (tasks.some((entry) => entry.status === 'running')) continue;\n",
    replace: '',
  },
  {
    does: 'starts who stands outside a loop before it is closed',
    file: 'rounds.ts',
    find: 'return gate === undefined || (state.loopOf.get(gate) as LoopState).closed;',
    replace: 'return true;',
  },
  {
    does: 'leaks the slots of attempts that a signal ended',
    file: 'evolve.ts',
    find: '  state.pools.release(pools);\n',
    replace: "  if (exit.kind !== 'signal') state.pools.release(pools);\n",
  },
  {
    does: 'fills pools above their limit',
    file: 'pools.ts',
    find: 'pool.used >= pool.limit',
    replace: 'pool.used > pool.limit',
  },
  {
    does: 'starts the lowest priority first',
    file: 'order.ts',
    find: 'return a.task.priority > b.task.priority;',
    replace: 'return a.task.priority < b.task.priority;',
  },
  {
    does: 'does not look at the way to the end',
    file: 'order.ts',
    find: '  if (a.tail !== b.tail) return a.tail > b.tail;\n',
    replace: '',
  },
  {
    does: 'takes unknown durations for 1 among known ones',
    file: 'order.ts',
    find: 'known.length === 0 ? 1 :',
    replace: 'known.length >= 0 ? 1 :',
  },
  {
    does: 'skips what needs a task that may fail and did',
    file: 'fate.ts',
    find: " || (needed.status === 'failed' && needed.task.mayFail === true)",
    replace: '',
  },
  {
    does: 'lets data needs go with `continue`',
    file: 'fate.ts',
    find: "need.kind === 'order' && state.plan.onError === 'continue'",
    replace: "state.plan.onError === 'continue'",
  },
  {
    does: 'skips `any-success` tasks that need nothing',
    file: 'fate.ts',
    find: 'task.needs.length === 0 ||',
    replace: '',
  },
  {
    does: 'does not hand a failure on through skipped tasks',
    file: 'evolve.ts',
    find: 'return taskOf(state, outcome.because.task).carriesFailure;',
    replace: 'return false;',
  },
  {
    does: 'retries before the delay is over',
    file: 'queues.ts',
    find: 'task.notBefore > at) state.delayed.push(task);',
    replace: 'task.notBefore < 0) state.delayed.push(task);',
  },
  {
    does: 'wakes for the first delay only, even when that task lacks a slot',
    file: 'decide.ts',
    find: 'return notBefore <= now;',
    replace: 'return false;',
  },
  {
    does: 'sleeps through its deadline after a stop by failure',
    file: 'decide.ts',
    find: "deadline > now && isStronger('deadline', state)",
    replace: 'deadline > now && state.stopping === undefined',
  },
  {
    does: 'keeps what stands outside a loop when a request opens it again',
    file: 'rounds.ts',
    find: '      for (const member of loop.members) dependentsBehind(state, member, loop.loop).forEach(add);\n',
    replace: '',
  },
  {
    does: 'lets a request for a task that has not ended wait until it has',
    file: 'evolve.ts',
    find: 'if (!ended || state.stopping !== undefined',
    replace: 'if (state.stopping !== undefined',
  },
  {
    does: 'starts what ran when its owner died before its needs are over again',
    file: 'put-back.ts',
    find: "    task.pending = pendingNeeds(state, task);\n    if (task.status !== 'waiting') continue;\n",
    replace: "    if (task.status !== 'waiting') continue;\n    task.pending = pendingNeeds(state, task);\n",
  },
  {
    does: 'puts back what succeeded when it resumes',
    file: 'resume.ts',
    find: "hasEnded(task) && task.status !== 'succeeded' && ",
    replace: 'hasEnded(task) && ',
  },
  {
    does: 'calls a run succeeded that a resume left half done',
    file: 'decide.ts',
    find: 'failsRun(task) || wasHeldUp(task)',
    replace: 'failsRun(task)',
  },
  {
    does: 'halves the size of a pool, however few of its slots were in use',
    file: 'rate-limits.ts',
    find: 'Math.floor(Math.min(inUse, limit) / 2)',
    replace: 'Math.floor(limit / 2)',
  },
  {
    does: 'halves a pool again for attempts from before it shrank',
    file: 'pools.ts',
    find: 'if (nth > weather.shrankAfter) weather.unanswered.inUse',
    replace: 'weather.unanswered.inUse',
  },
  {
    does: 'starts attempts while their pool is closed',
    file: 'pools.ts',
    find: 'pool.weather.until > now',
    replace: 'false',
  },
  {
    does: 'waits for the same time after each rate limit',
    file: 'rate-limits.ts',
    find: 'FIRST_WAIT_MILLIS * 2 ** Math.min(row, 30)',
    replace: 'FIRST_WAIT_MILLIS',
  },
  {
    does: 'gives slots back without a success',
    file: 'rate-limits.ts',
    find: 'return weather.since === undefined ? weather.quietSince + QUIET_MILLIS : undefined;',
    replace: 'return weather.quietSince + QUIET_MILLIS;',
  },
  {
    does: 'gives slots back a minute after the rate limit, not after the pool opened',
    file: 'pools.ts',
    find: 'Math.max(weather.quietSince, at, until)',
    replace: 'Math.max(weather.quietSince, at)',
  },
  {
    does: 'makes a pool larger than it ever was',
    file: 'rate-limits.ts',
    find: 'stopping !== undefined || limit >= size ||',
    replace: 'stopping !== undefined ||',
  },
  {
    does: 'waits for a provider that asks for more time than there is patience',
    file: 'rate-limits.ts',
    find: 'if (now >= givenUpAt || opensAt > givenUpAt)',
    replace: 'if (now >= givenUpAt)',
  },
  {
    does: 'loses patience with a pool a moment late',
    file: 'rate-limits.ts',
    find: 'if (now >= givenUpAt ||',
    replace: 'if (now > givenUpAt ||',
  },
  {
    does: 'forgets that a success ends a row of rate limits',
    file: 'pools.ts',
    find: '      delete weather.since;\n',
    replace: '',
  },
  {
    does: 'leaves the untried tasks of a pool that was given up waiting',
    file: 'evolve.ts',
    find: "      if (event.why === 'exhausted') settleAll(state, event.at);\n",
    replace: '',
  },
  {
    does: 'does not keep anything for attempts that run',
    file: 'ledger.ts',
    find: 'limit - this.spent[measure] - this.reserved[measure]',
    replace: 'limit - this.spent[measure]',
  },
  {
    does: 'hands all that is left to the first run within a task',
    file: 'ledger.ts',
    find: '?? left / among;',
    replace: '?? left;',
  },
  {
    does: 'lets an attempt that did not come to tell all say what others will cost',
    file: 'evolve.ts',
    find: 'isSuccess(exit) && !isUntold);',
    replace: 'isSuccess(exit));',
  },
  {
    does: 'starts several attempts of which nobody knows the cost',
    file: 'ledger.ts',
    find: 'return left > DUST && (keepsToIt || this.running === 0);',
    replace: 'return left > DUST;',
  },
  {
    does: 'counts nothing for an attempt whose end nobody saw',
    file: 'evolve.ts',
    find: "exit.kind === 'lost' || result.untold",
    replace: 'result.untold',
  },
  {
    does: 'counts nothing for what an agent did not come to tell',
    file: 'evolve.ts',
    find: "exit.kind === 'lost' || result.untold === true",
    replace: "exit.kind === 'lost'",
  },
  {
    does: 'repeats what may have acted and has no money for it',
    file: 'decide.ts',
    find: "  if (exit.kind === 'lost' && task.task.once === true && task.mayRepeat !== true) return failed;\n",
    replace: '',
  },
  {
    does: 'counts only what successes cost',
    file: 'evolve.ts',
    find: 'state.ledger.end(attempt, result, isSuccess(exit) && !isUntold);',
    replace: 'state.ledger.end(attempt, isSuccess(exit) ? result : {}, isSuccess(exit));',
  },
  {
    does: 'keeps what was kept for an attempt when it has ended',
    file: 'ledger.ts',
    find: 'this.running === 0 ? 0 : this.reserved[measure] - (reserve?.[measure] ?? 0)',
    replace: 'this.reserved[measure]',
  },
  {
    does: 'lets what was sent away say what the others will cost',
    file: 'evolve.ts',
    find: 'state.ledger.end(attempt, result, isSuccess(exit) && !isUntold);',
    replace: 'state.ledger.end(attempt, result, true);',
  },
  {
    does: 'expects the least that an attempt has cost',
    file: 'ledger.ts',
    find: 'Math.max(this.largest[measure] ?? 0, value)',
    replace: 'Math.min(this.largest[measure] ?? value, value)',
  },
  {
    does: 'lets a task that is too dear hold up the others',
    file: 'queues.ts',
    find: 'const isTooDear = isReady && metered && !state.ledger.couldFit(task.task.id);',
    replace: 'const isTooDear = false;',
  },
  {
    does: 'stops for its budget while others only wait for their pool to open',
    file: 'budget.ts',
    find: '  for (const { heap } of ready.values()) if (heap.size > 0) return undefined;\n',
    replace: '',
  },
  {
    does: 'tries a task again that has spent its budget',
    file: 'decide.ts',
    find: 'if (spent !== undefined) return',
    replace: 'if (spent === undefined && task.index < 0) return',
  },
  {
    does: 'counts the budget of a task over all rounds',
    file: 'put-back.ts',
    find: '  task.spent = { costUsd: 0, tokens: 0 };\n',
    replace: '',
  },
  {
    does: 'tries again with a key that was refused',
    file: 'exit.ts',
    find: "  'auth',\n  'permission',",
    replace: "  'permission',",
  },
  {
    does: 'begins a round for a conflict that nobody wants retried',
    file: 'redo.ts',
    find: " && onConflict === 'retry'",
    replace: '',
  },
  {
    does: 'begins one round too many for a conflict',
    file: 'redo.ts',
    find: 'const MOST_REDOS = 2;',
    replace: 'const MOST_REDOS = 3;',
  },
  {
    does: 'begins one round too few for a conflict',
    file: 'redo.ts',
    find: 'const MOST_REDOS = 2;',
    replace: 'const MOST_REDOS = 1;',
  },
  {
    does: 'begins a round for a conflict after a stop',
    file: 'redo.ts',
    find: 'state.stopping !== undefined || work.kind',
    replace: 'work.kind',
  },
  {
    does: 'sends back one task of a loop for a conflict that is met outside of it',
    file: 'redo.ts',
    find: 'const first = loop?.members ?? [loser];',
    replace: 'const first = [loser];',
  },
  {
    does: 'puts tasks into a new round that a resume has put back before a conflict does',
    file: 'redo.ts',
    find: ".filter(({ status }) => status !== 'waiting')",
    replace: '',
  },
  {
    does: 'counts the rounds of conflicts of one task in a loop, where all of it goes back',
    file: 'redo.ts',
    find: 'if (whole === undefined) return [loser];',
    replace: 'if (whole === undefined || whole.members.length > 0) return [loser];',
  },
  {
    does: 'begins a round for a conflict while what it puts back runs',
    file: 'decide.ts',
    find: "    if (tasks.some((task) => task.status === 'running' && !state.conflicted.has(task))) continue;\n",
    replace: '',
  },
  {
    does: 'lets two merges that met conflicts wait for each other',
    file: 'decide.ts',
    find: "task.status === 'running' && !state.conflicted.has(task)",
    replace: "task.status === 'running'",
  },
  {
    does: 'forgets after a conflict what came after its task',
    file: 'redo.ts',
    find: 'withEndedDependents(state, first).filter',
    replace: '[...first, merge].filter',
  },
  {
    does: 'puts back what failed for a conflict before the failure stops the run',
    file: 'decide.ts',
    find: '    stopRun(state, now) ??\n    answerConflict(state) ??\n',
    replace: '    answerConflict(state) ??\n    stopRun(state, now) ??\n',
  },
  {
    does: 'keeps the slots of a merge that waits in a conflict',
    file: 'evolve.ts',
    find: '  state.pools.release(pools);\n',
    replace: '  if (!asksForRedo(state, attempt)) state.pools.release(pools);\n',
  },
  {
    does: 'merges on top of a merge that failed',
    file: 'fate.ts',
    find: "return task.work.kind === 'integrate' ? brokenMerge(state, task) : undefined;",
    replace: 'return undefined;',
  },
  {
    does: 'goes on from a merge that failed if anything else has succeeded',
    file: 'fate.ts',
    find: '      if (broken !== undefined) return broken;\n',
    replace: '',
  },
];
