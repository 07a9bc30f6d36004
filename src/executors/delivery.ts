/** What an attempt hands over when it has ended: its outputs, and whether it kept what it promised. */
import { chmodSync, lstatSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { AttemptResult } from '../core/event.js';
import { brokenContract, type Exit, isSuccess } from '../core/exit.js';
import type { AttemptFiles } from '../core/ports.js';
import { problemText } from '../core/problem.js';
import { isUnsupported, runnerFault } from '../sparc/fault.js';
import { agentExit, agentFigures } from './agent-verdict.js';
import type { RunningAttempt } from './attempt.js';
import { type InnerBill, takeBill, withBill } from './bill.js';
import { broken } from './expectation.js';
import { logEnd, resultOf } from './log-end.js';
import { masked } from './mask.js';
import { MAX_OUTPUT_FILE_BYTES, parseOutputs } from './outputs.js';
import type { SinkEnd } from './sink.js';
import { inState } from './state-files.js';
import { winnerIn } from './winner-line.js';

export interface Delivery {
  readonly exit: Exit;
  readonly outputs?: Readonly<Record<string, string>>;
  /** What its agent says that it has used, and runs within it. */
  readonly result?: AttemptResult;
  /** Its agent could not go on with the conversation of the attempt before, and has done nothing. */
  readonly sessionIsGone?: true;
}

/** It would fail again in the same way, and do again what was paid for. */
const RAN_OUT: Exit = {
  kind: 'contract',
  failure: 'budget',
  reason: 'a run within it stopped, for what it was handed of the budget is used up',
  handed: true,
};

/** A promise only when the log has to be read for it. */
export function delivery(
  attempt: RunningAttempt,
  exit: Exit,
  end: SinkEnd,
  secrets: readonly Buffer[],
): Delivery | Promise<Delivery> {
  const outputs = takeFiles(attempt.files, secrets);
  const verdict = verdictOf(attempt, exit, secrets);
  const bill = takeBill(attempt.files.bill);
  const result = withBill(verdict?.figures, bill);
  const handed = {
    ...(typeof outputs === 'object' ? { outputs } : {}),
    ...(result === undefined ? {} : { result }),
  };
  if (verdict !== undefined && !isSuccess(verdict.exit))
    return { exit: verdict.exit, ...handed, ...(verdict.sessionIsGone ? { sessionIsGone: true } : {}) };
  if (!isSuccess(exit)) return { exit: failedExit(attempt, exit, bill), ...handed };
  const fault = typeof outputs === 'string' ? outputs : end.fault;
  if (fault !== undefined) return { exit: brokenContract(fault), ...handed };
  const said = saidToHaveFailed(attempt, 0);
  if (said !== undefined) return { exit: said, ...handed };
  const { expect } = attempt.launch;
  if (expect === undefined) return { exit, ...handed };
  const { files, cwd, before, agent } = attempt;
  const log = agent === undefined ? { log: files.log } : {};
  const promised = broken(expect, { ...log, cwd, before, result: () => resultOf(files) });
  return promised.then(
    (fault) =>
      fault === undefined
        ? { exit, ...handed, ...withWinner(handed.outputs, expect.winner, files) }
        : { exit: fault, ...handed },
    (error: Error) => ({
      exit: brokenContract(`what it was to deliver could not be read: ${error.message}`),
      ...handed,
    }),
  );
}

/** A judge may say in words whom it chose. What it has written as an output counts. */
function withWinner(
  outputs: Delivery['outputs'],
  names: readonly string[] | undefined,
  files: AttemptFiles,
): Pick<Delivery, 'outputs'> {
  if (names === undefined || outputs?.winner !== undefined) return {};
  const winner = winnerIn(resultOf(files), names);
  return winner === undefined ? {} : { outputs: { ...outputs, winner } };
}

/**
 * What the agent says of its work. Its last word is kept as the result, without secrets. Where it was ended from outside, by a
 * limit or a stop, that stays the reason.
 */
function verdictOf(
  { agent, broke, stopped, files, launch }: RunningAttempt,
  exit: Exit,
  secrets: readonly Buffer[],
): { readonly exit: Exit; readonly figures: AttemptResult; readonly sessionIsGone: boolean } | undefined {
  if (agent === undefined) return undefined;
  const result = agent.reader.result(exit);
  if (result.text !== '')
    inState(files.result, () => writeFileSync(files.result, masked(result.text, secrets), { mode: 0o600 }));
  const { session } = launch;
  const isItsOwn = broke === undefined && stopped === 'no' && (exit.kind === 'code' || agent.reader.isOver);
  return {
    exit: isItsOwn ? agentExit(agent.name, result) : exit,
    // One that is sent away again at once does not always say where it was.
    figures: agentFigures({ ...(session === undefined ? {} : { session }), ...result }, launch.price),
    sessionIsGone: session !== undefined && result.sessionIsGone === true,
  };
}

/** SPARC runners exit 0 when they fail: what they say in the end counts as well. */
function saidToHaveFailed({ launch: { work }, files }: RunningAttempt, code: number): Exit | undefined {
  if (work.kind === 'integrate' || work.runner === undefined) return undefined;
  const line = runnerFault(logEnd(files.log).toString());
  if (line === undefined) return undefined;
  const but = code === 0 ? 'but' : 'and';
  return {
    kind: 'contract',
    reason: `${work.runner} exited with code ${code} ${but} said ${JSON.stringify(line)}`,
    ...(isUnsupported(line) ? { failure: 'unsupported' } : {}),
  };
}

/** What a program says beside its exit code. */
function failedExit(attempt: RunningAttempt, exit: Exit, bill: InnerBill | undefined): Exit {
  if (exit.kind === 'code' && bill?.ranOut === true && attempt.launch.allowance !== undefined) return RAN_OUT;
  return notUnderstood(attempt, exit) ?? exit;
}

/** A runner that does not know SPARC commands fails in the same way however often it is tried. */
function notUnderstood(attempt: RunningAttempt, exit: Exit): Exit | undefined {
  if (exit.kind !== 'code' || attempt.stopped !== 'no') return undefined;
  const said = saidToHaveFailed(attempt, exit.code);
  return said?.kind === 'contract' && said.failure === 'unsupported' ? said : undefined;
}

/** Reads the outputs, takes secrets out of both files and closes them to others: the task has made them as its umask says. */
function takeFiles(
  { output, summary }: AttemptFiles,
  secrets: readonly Buffer[],
): ReturnType<typeof readOutputs> {
  try {
    closeToOthers(summary);
    maskFile(summary, secrets);
    return closeToOthers(output) ? readOutputs(output, secrets) : undefined;
  } catch (error) {
    return `its files could not be read: ${(error as Error).message}`;
  }
}

/** Whether it is there at all. What is linked to the name is not ours to change. */
function closeToOthers(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true && found.nlink === 1 && (found.mode & 0o077) !== 0) chmodSync(path, 0o600);
  return found !== undefined;
}

/** The outputs, undefined if there are none, or in words why they cannot be used. */
function readOutputs(path: string, secrets: readonly Buffer[]): Record<string, string> | string | undefined {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile()) return 'BATCHTOOL_OUTPUT is no longer a file';
  maskFile(path, secrets);
  if (found.size > MAX_OUTPUT_FILE_BYTES)
    return `BATCHTOOL_OUTPUT holds more than ${MAX_OUTPUT_FILE_BYTES} bytes`;
  const outputs = parseOutputs(readFileSync(path, 'utf8'));
  if (!outputs.ok) return outputs.problems.map(problemText).join('; ');
  return Object.keys(outputs.value).length === 0 ? undefined : outputs.value;
}

/**
 * Values of secrets are not kept in any file of ours, even if a task wrote them. Only the name is given to the new
 * text: what a task has linked to it is not ours to change.
 */
function maskFile(path: string, secrets: readonly Buffer[]): void {
  if (secrets.length === 0) return;
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile()) return;
  const text = found.size > MAX_OUTPUT_FILE_BYTES ? undefined : readFileSync(path, 'utf8');
  const safe =
    text === undefined ? 'Left out: too long to be searched for secrets.\n' : masked(text, secrets);
  if (safe === text) return;
  writeFileSync(`${path}.masked`, safe, { mode: 0o600 });
  renameSync(`${path}.masked`, path);
}
