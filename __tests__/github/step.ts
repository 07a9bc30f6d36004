/** Runs the built action as a runner does: action.yml says what to start, inputs come as variables, answers as files. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { type Bench, type Ended, useBench } from '../cli/harness.js';
import { type Command, readStepLog, type StepLog } from './command-reader.js';

export { processesWith, until, waitFor } from '../cli/harness.js';

export const ROOT = join(import.meta.dirname, '../..');

interface Metadata {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description: string }>>;
  readonly runs: Readonly<Record<'using' | 'main' | 'post' | 'post-if', string>>;
}

export const METADATA = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as Metadata;
/** What action.yml names, or the bundle that BATCHTOOL_TEST_ACTION names while it is being worked on. */
const MAIN = process.env.BATCHTOOL_TEST_ACTION ?? join(ROOT, METADATA.runs.main);
/** The bundle of the post step and of the child process that calls services. */
export const POST = join(dirname(MAIN), '../post/index.js');

export type Inputs = Readonly<Record<string, string>>;

export interface StepEnded extends Ended {
  readonly log: StepLog;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Of the runner's files through which a step would change later steps: which hold anything. */
  readonly written: readonly string[];
}

export interface Step {
  readonly here: Bench;
  /** The process of the step; `ended` resolves with all that it left. */
  start(
    inputs: Inputs,
    env?: Record<string, string>,
  ): { kill: (signal: NodeJS.Signals) => void; ended: Promise<StepEnded> };
  run(inputs: Inputs, env?: Record<string, string>): Promise<StepEnded>;
  /** The post step, with what the step that ran before has left for it. */
  post(env?: Record<string, string>): Promise<StepEnded>;
}

/** Variables and files of the runner that no task may have. */
export const FILES = [
  'GITHUB_ENV',
  'GITHUB_PATH',
  'GITHUB_STATE',
  'GITHUB_OUTPUT',
  'GITHUB_STEP_SUMMARY',
] as const;
const LATER = ['GITHUB_ENV', 'GITHUB_PATH', 'GITHUB_STATE'] as const;

/** Each call gives a step with a workspace of its own. */
export function useStep(): () => Step {
  const bench = useBench();
  return () => {
    const here = bench();
    const start: Step['start'] = (inputs, env = {}) => {
      for (const name of FILES) writeFileSync(here.path(name), '');
      const { child, ended } = here.start([], { cli: MAIN, env: { ...variablesOf(here, inputs), ...env } });
      return { kill: (signal) => child.kill(signal), ended: ended.then((end) => whole(here, end)) };
    };
    const post: Step['post'] = async (env = {}) => {
      const left = Object.entries(readOutputs(here.read('GITHUB_STATE')));
      const state = Object.fromEntries(left.map(([name, value]) => [`STATE_${name}`, value]));
      for (const name of FILES) writeFileSync(here.path(name), '');
      const end = await here.run([], { cli: POST, env: { ...variablesOf(here, {}), ...state, ...env } });
      return whole(here, end);
    };
    return { here, start, run: (inputs, env) => start(inputs, env).ended, post };
  };
}

/** The token that a job has anyway. */
export const JOB_TOKEN = 'ghs_16C7e42F292c6912E7710c838347Ae178B4a';

/** What the runner makes of the expressions in action.yml. */
const EXPRESSIONS: Readonly<Record<string, string>> = {
  '${{ github.token }}': JOB_TOKEN,
  '${{ toJSON(matrix) }}': 'null',
};

function variablesOf(here: Bench, inputs: Inputs): Record<string, string> {
  const defaults = Object.entries(METADATA.inputs).map(([name, { default: usual = '' }]) => {
    const value = EXPRESSIONS[usual] ?? usual;
    if (value.includes('${{')) throw new Error(`no value for ${usual}`);
    return [name, value];
  });
  const all = { ...Object.fromEntries(defaults), ...inputs } as Record<string, string>;
  return {
    CI: 'true',
    NO_COLOR: '1',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: here.dir,
    ...Object.fromEntries(FILES.map((name) => [name, here.path(name)])),
    ...Object.fromEntries(
      Object.entries(all).map(([name, value]) => [`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`, value]),
    ),
  };
}

function whole(here: Bench, end: Ended): StepEnded {
  return {
    ...end,
    log: readStepLog(end.stdout),
    outputs: here.has('GITHUB_OUTPUT') ? readOutputs(here.read('GITHUB_OUTPUT')) : {},
    summary: here.read('GITHUB_STEP_SUMMARY'),
    written: LATER.filter((name) => here.read(name) !== ''),
  };
}

/** `name<<DELIMITER`, lines, `DELIMITER`. */
function readOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split('\n');
  for (let at = 0; at < lines.length - 1; at++) {
    const [name = '', delimiter] = (lines[at] as string).split('<<');
    const end = lines.indexOf(delimiter ?? '', at + 1);
    if (delimiter === undefined || end < 0) throw new Error(`not the form of an output: ${lines[at]}`);
    outputs[name] = lines.slice(at + 1, end).join('\n');
    at = end;
  }
  return outputs;
}

export function errorsOf({ log }: StepEnded): Command[] {
  return log.commands.filter(({ name }) => name === 'error');
}

export function noticesOf({ log }: StepEnded): string[] {
  return log.commands.filter(({ name }) => name === 'notice').map(({ data }) => data);
}

/** Lines of the log as people see them, folded or not. */
export function seen({ log }: StepEnded): string[] {
  return log.lines.map(({ text }) => text);
}
