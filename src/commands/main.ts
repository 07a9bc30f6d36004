/**
 * Which verbs there are. Each is loaded only when it is asked for, so that starting up stays cheap. Those that run lie in
 * the same file of the bundle, for to open ten files costs a short run more than all that it does itself.
 */
import { wordMeant } from '../core/nearest.js';
import { Fatal, problem, problemText } from '../core/problem.js';
import { fitTerminal } from '../terminal/fit-text.js';
import { EXIT_CODES } from './exit-codes.js';
import { complain, type Ending, refuse, type Surroundings, type Verb } from './surroundings.js';

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Verb>;
}

const VERBS: Readonly<Record<string, Entry>> = {
  run: {
    summary: 'run texts or a plan file',
    load: async () => (await import(/* webpackMode: "eager" */ './run.js')).runVerb,
  },
  orchestrate: {
    summary: 'run named steps in order, or in a pattern',
    load: async () => (await import(/* webpackMode: "eager" */ './run.js')).orchestrateVerb,
  },
  pipeline: {
    summary: 'run named steps in order',
    load: async () => (await import(/* webpackMode: "eager" */ './run.js')).pipelineVerb,
  },
  status: { summary: 'show how a run stands', load: async () => (await import('./status.js')).statusVerb },
  logs: {
    summary: 'show or follow the output of tasks',
    load: async () => (await import('./logs.js')).logsVerb,
  },
  stats: {
    summary: 'durations, memory, critical path of runs',
    load: async () => (await import('./stats.js')).statsVerb,
  },
  report: {
    summary: 'a run as Markdown, JUnit XML, JSON or annotations',
    load: async () => (await import('./report.js')).reportVerb,
  },
  diff: {
    summary: 'what isolated tasks changed in the files',
    load: async () => (await import('./diff.js')).diffVerb,
  },
  list: { summary: 'list runs, newest first', load: async () => (await import('./list.js')).listVerb },
  resume: {
    summary: 'go on with a run that did not succeed',
    load: async () => (await import('./resume.js')).resumeVerb,
  },
  cancel: { summary: 'stop a run', load: async () => (await import('./cancel.js')).cancelVerb },
  clean: { summary: 'delete old runs', load: async () => (await import('./clean.js')).cleanVerb },
  monitor: {
    summary: 'watch live runs as a table',
    load: async () => (await import('./monitor.js')).monitorVerb,
  },
  config: {
    summary: 'show or keep defaults for the project',
    load: async () => (await import('./config.js')).configVerb,
  },
  export: {
    summary: 'the plan as data or a picture',
    load: async () => (await import('./export.js')).exportVerb,
  },
  validate: {
    summary: 'check a plan file',
    load: async () => (await import('./validate.js')).validateVerb,
  },
  sparc: {
    summary: 'the built-in SPARC runner: its modes, and one task in a mode',
    load: async () => (await import('./sparc.js')).sparcVerb,
  },
  memory: {
    summary: 'notes of a namespace, for later runs',
    load: async () => (await import('./memory.js')).memoryVerb,
  },
  doctor: {
    summary: 'what works on this machine',
    load: async () => (await import('./doctor.js')).doctorVerb,
  },
  init: {
    summary: 'write a starter plan file and workflow',
    load: async () => (await import('./init.js')).initVerb,
  },
  completion: {
    summary: 'completions for bash, zsh or fish',
    load: async () => (await import('./completion.js')).completionVerb,
  },
};

/** Runs the verb that `args` begins with. Never rejects for what a user did. */
export async function main(args: readonly string[], around: Surroundings): Promise<Ending> {
  const [word, ...rest] = args;
  if (word === undefined || word === '--help' || word === '-h' || word === 'help')
    return help(rest[0], args, around);
  if (word === '--version' || word === '-V' || word === '-v') {
    const { version } = await import('./version.js');
    around.stdout.write(`${version}\n`);
    return 0;
  }
  const entry = Object.hasOwn(VERBS, word) ? VERBS[word] : undefined;
  if (entry === undefined) return refuse(around, [unknownVerb(word)]);
  try {
    return await (await entry.load()).run(rest, around);
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    complain(around, problemText(error.problem));
    return error.exitCode;
  }
}

function unknownVerb(word: string) {
  const verbs = `verbs: ${Object.keys(VERBS).join(', ')}`;
  const first = /\s/.test(word) ? 'a text' : word.startsWith('-') ? 'an option' : undefined;
  if (first !== undefined)
    return problem(
      `a verb comes before ${first}, found ${JSON.stringify(word.slice(0, 60))}`,
      `did you mean "batchtool run"? ${verbs}`,
    );
  const meant = wordMeant(word, Object.keys(VERBS));
  return problem(
    `unknown verb ${JSON.stringify(word)}`,
    meant === undefined ? verbs : `did you mean "batchtool ${meant}"?`,
  );
}

async function help(
  verb: string | undefined,
  args: readonly string[],
  around: Surroundings,
): Promise<Ending> {
  if (verb !== undefined && args[0] === 'help') return main([verb, '--help'], around);
  const width = Math.max(...Object.keys(VERBS).map((name) => name.length));
  const lines = Object.entries(VERBS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  const text =
    `batchtool: many tasks on one machine, with limits, retries, logs and resume\n\n` +
    `Usage: batchtool VERB [OPTIONS] [TEXT…]\n\n${lines.join('\n')}\n\n` +
    `Example: batchtool run --parallel 'echo one' 'echo two'\n` +
    `Options of a verb: batchtool VERB --help\n\n${EXIT_CODES}\n`;
  around.stdout.write(fitTerminal(text, around.stdout));
  return args.length === 0 ? 2 : 0;
}
