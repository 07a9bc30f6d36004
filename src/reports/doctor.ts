/** What was found on a machine, and what to type where something is missing. */
import type { Line, Sheet, Tone } from '../core/shown.js';

/** `failed`: no run can work. `warning`: a run can, but something is missing for some of them. */
export type CheckStatus = 'ok' | 'warning' | 'failed';

export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  readonly found: string;
  /** What to type next. */
  readonly hint?: string;
}

const TONES: Readonly<Record<CheckStatus, Tone>> = { ok: 'good', warning: 'warn', failed: 'bad' };

export function doctorSheet(checks: readonly Check[]): Sheet {
  return {
    head: [],
    table: {
      columns: [{ title: 'CHECK' }, { title: 'STATUS' }, { title: 'FOUND', shrink: true }],
      rows: checks.map(({ name, status, found }) => [
        { text: name },
        { text: status, tone: TONES[status] },
        { text: found },
      ]),
    },
    foot: [...checks.flatMap(hintLines), verdict(checks)],
  };
}

function hintLines({ name, status, found, hint }: Check): Line[] {
  if (status === 'ok' || hint === undefined) return [];
  return [[{ text: name, tone: TONES[status] }, { text: `: ${found}` }], [{ text: `  hint: ${hint}` }]];
}

function verdict(checks: readonly Check[]): Line {
  const failed = failedChecks(checks);
  if (failed.length === 0) return [{ text: 'a run can work here', tone: 'good' }];
  return [{ text: `no run can work here: ${failed.join(', ')}`, tone: 'bad' }];
}

/** Names of what is essential and broken. */
export function failedChecks(checks: readonly Check[]): readonly string[] {
  return checks.filter(({ status }) => status === 'failed').map(({ name }) => name);
}

/** `doctor --json`. */
export function doctorDocument(checks: readonly Check[]) {
  return {
    ok: failedChecks(checks).length === 0,
    checks: checks.map(({ name, status, found, hint }) => ({ name, status, found, hint: hint ?? null })),
  };
}
