/** The command with which a plan looks whether an attempt has done its work: it runs as the last part of that attempt. */
import { brokenContract, type Exit, isSuccess } from '../core/exit.js';
import type { Launch } from '../core/launch.js';
import type { Command } from '../core/plan.js';
import type { Report } from '../core/ports.js';
import { unreachable } from '../core/unreachable.js';
import { withBill } from './bill.js';

type Exited = Extract<Parameters<Report>[0], { type: 'attempt.exited' }>;

/** What one that has ended well after so long still has to do; undefined when there is nothing. */
export function checkOf(
  launch: Launch,
  elapsedMillis: number,
): (Launch & { readonly work: Command }) | undefined {
  const { expect, limits } = launch;
  if (expect?.check === undefined) return undefined;
  const { timeoutMillis } = limits;
  const left =
    timeoutMillis === undefined ? {} : { timeoutMillis: Math.max(1, timeoutMillis - elapsedMillis) };
  const { expect: _, ...rest } = launch;
  return {
    ...rest,
    keep: false,
    work: { kind: 'command', text: expect.check },
    limits: { ...limits, ...left },
  };
}

/** Reports the attempt and its check as one: to everybody else they are. */
export function afterCheck(work: Exited, { expect, limits, task, attempt }: Launch, report: Report): Report {
  return (seen) => {
    if (seen.type !== 'attempt.exited') return;
    const result = withBill(work.result, seen.result);
    const cpuMillis = (work.cpuMillis ?? 0) + (seen.cpuMillis ?? 0);
    const peakMemoryBytes = Math.max(work.peakMemoryBytes ?? 0, seen.peakMemoryBytes ?? 0);
    report({
      ...work,
      ...seen,
      task,
      attempt,
      exit: isSuccess(seen.exit)
        ? work.exit
        : partFailed('check', expect?.check ?? '', seen.exit, limits.timeoutMillis),
      ...(result === undefined ? {} : { result }),
      ...(cpuMillis > 0 ? { cpuMillis } : {}),
      ...(peakMemoryBytes > 0 ? { peakMemoryBytes } : {}),
    });
  };
}

/** A part of an attempt that says no breaks what was promised; one that was ended for a limit is the attempt ended for it. */
export function partFailed(
  part: 'check' | 'setup',
  text: string,
  exit: Exit,
  timeoutMillis: number | undefined,
): Exit {
  const what = `its ${part} \`${shown(text)}\``;
  switch (exit.kind) {
    case 'code':
      return brokenContract(`${what} exited with code ${exit.code}`);
    case 'signal':
      return brokenContract(`${what} was ended by ${exit.signal}`);
    case 'spawn-error':
      return brokenContract(`${what} could not be started: ${exit.message}`);
    case 'timeout':
      return { kind: 'timeout', limitMillis: timeoutMillis ?? exit.limitMillis };
    case 'idle':
    case 'memory':
    case 'output':
    case 'contract':
    case 'rate-limit':
    case 'conflict':
    case 'lost':
      return exit;
    default:
      return unreachable(exit);
  }
}

function shown(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 80)}…` : line;
}
