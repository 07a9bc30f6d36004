/**
 * JUnit XML as the common reporters read it: one suite for each stage, one case for each task. A failure is what a task
 * did; an error is that it could not be done at all. What did not run is skipped, and so is a failure that was allowed,
 * for else a reporter would call a run failed that is not.
 */
import type { Exit } from '../core/exit.js';
import { sumOf } from '../core/ledger.js';
import type { Budget } from '../core/plan.js';
import type { RunState, TaskState } from '../core/state.js';
import { unreachable } from '../core/unreachable.js';
import { cleanLine } from './clean.js';
import { usedBy } from './cost.js';
import type { Material } from './material.js';
import { failureReason, outcomeReason, type Roots, rootsOf } from './reason.js';
import { runMillis } from './status.js';
import { isoTime } from './time.js';
import { isNumber } from './title.js';
import { workMillis } from './work-time.js';
import { attribute, xmlText } from './xml.js';

export function junit(material: Material): string {
  const { state } = material;
  const roots = rootsOf(state);
  const suites = [...stagesOf(state)].map(([stage, tasks]) => suite(stage, tasks, material, roots));
  const counts = countsOf(state.tasks, material.interrupted);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attribute('name', state.plan.name)}${counted(counts)}${attribute('time', seconds(runMillis(material.state, material.now)))}>`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

/** In the order in which the plan names them; tasks without a stage are in one named after the run. */
function stagesOf({ plan, tasks }: RunState): Map<string, TaskState[]> {
  const stages = new Map<string, TaskState[]>();
  for (const task of tasks) {
    const name = task.task.stage ?? plan.name;
    const stage = stages.get(name);
    if (stage === undefined) stages.set(name, [task]);
    else stage.push(task);
  }
  return stages;
}

function suite(name: string, tasks: readonly TaskState[], material: Material, roots: Roots): string {
  const { state, now } = material;
  const attempts = tasks.flatMap((task) => task.attempts);
  const began = attempts.reduce((first, { startedAt }) => Math.min(first, startedAt), Infinity);
  const millis = tasks.reduce((sum, task) => sum + workMillis(task, now), 0);
  return [
    `  <testsuite${attribute('name', name)}${counted(countsOf(tasks, material.interrupted))}${attribute('time', seconds(millis))}${attribute('timestamp', isoTime(began === Infinity ? state.startedAt : began))}>`,
    '    <properties>',
    `      <property name="run"${attribute('value', state.id)}/>`,
    `      <property name="pattern"${attribute('value', state.plan.pattern)}/>`,
    ...usedProperties(tasks.map(usedBy).reduce(sumOf, {}), '      '),
    '    </properties>',
    ...tasks.map((task) => testcase(name, task, material, roots)),
    '  </testsuite>',
  ].join('\n');
}

function testcase(suiteName: string, task: TaskState, material: Material, roots: Roots): string {
  const { plan } = material.state;
  const { id, label, stage } = task.task;
  const name = isNumber(id) && label !== id ? `${id} ${label}` : id;
  const className = stage === undefined ? suiteName : `${plan.name}.${stage}`;
  const open = `    <testcase${attribute('name', name)}${attribute('classname', className)}${attribute('time', seconds(workMillis(task, material.now)))}`;
  const used = usedProperties(usedBy(task), '        ');
  const properties = used.length === 0 ? [] : ['      <properties>', ...used, '      </properties>'];
  const inside = [...properties, insideOf(task, material, roots)].filter((part) => part !== '').join('\n');
  return inside === '' ? `${open}/>` : `${open}>\n${inside}\n    </testcase>`;
}

function usedProperties({ costUsd, tokens }: Budget, indent: string): string[] {
  return [
    ...(costUsd === undefined
      ? []
      : [`<property name="cost-usd"${attribute('value', costUsd.toFixed(6))}/>`]),
    ...(tokens === undefined ? [] : [`<property name="tokens"${attribute('value', tokens)}/>`]),
  ].map((property) => `${indent}${property}`);
}

function insideOf(task: TaskState, material: Material, roots: Roots): string {
  const { state } = material;
  const { outcome } = task;
  if (outcome?.kind === 'succeeded') return '';
  if (outcome?.kind === 'failed') {
    const reason = failureReason(state, task, outcome.exit);
    if (task.task.mayFail === true) return skipped(`failed, as it may: ${reason}`);
    const element = elementFor(outcome.exit);
    const text = [reason, ...(material.tails.get(task.task.id) ?? []).map(cleanLine)].join('\n');
    return `      <${element}${attribute('message', reason)}${attribute('type', outcome.exit.kind)}>${xmlText(text)}</${element}>`;
  }
  if (task.status === 'running' && material.interrupted)
    return '      <error message="was running when batchtool ended" type="interrupted"/>';
  return skipped(
    [task.status, outcomeReason(state, task, roots)].filter((part) => part !== undefined).join(' '),
  );
}

function skipped(message: string): string {
  return `      <skipped${attribute('message', message)}/>`;
}

function elementFor(exit: Exit): 'failure' | 'error' {
  switch (exit.kind) {
    case 'code':
    case 'conflict':
      return 'failure';
    case 'contract':
      return exit.failure === undefined || exit.failure === 'contract' ? 'failure' : 'error';
    case 'signal':
    case 'timeout':
    case 'idle':
    case 'memory':
    case 'output':
    case 'spawn-error':
    case 'rate-limit':
    case 'lost':
      return 'error';
    default:
      return unreachable(exit);
  }
}

interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
  readonly skipped: number;
}

function countsOf(tasks: readonly TaskState[], interrupted: boolean): Counts {
  let [failures, errors, left] = [0, 0, 0];
  for (const { outcome, task, status } of tasks) {
    if (outcome?.kind === 'succeeded') continue;
    if (status === 'running' && interrupted) errors++;
    else if (outcome?.kind !== 'failed' || task.mayFail === true) left++;
    else if (elementFor(outcome.exit) === 'failure') failures++;
    else errors++;
  }
  return { tests: tasks.length, failures, errors, skipped: left };
}

function counted({ tests, failures, errors, skipped: left }: Counts): string {
  return (
    attribute('tests', tests) +
    attribute('failures', failures) +
    attribute('errors', errors) +
    attribute('skipped', left)
  );
}

function seconds(millis: number): string {
  return (millis / 1000).toFixed(3);
}
