/** What `--help` says about one verb: usage, options, and an example that works. */
import type { Option, VerbName } from '../input/option.js';
import { flagOf, optionsOf, patternsOf } from '../input/options.js';
import { EXIT_CODES } from './exit-codes.js';

interface Page {
  readonly usage: string;
  readonly about: string;
  readonly examples: readonly string[];
}

const PAGES: Readonly<Record<VerbName, Page>> = {
  run: {
    usage: 'batchtool run [MODE] [OPTIONS] TEXT…   or   batchtool run -f FILE',
    about:
      'Runs texts side by side, in order, or as a graph. With no text and no -f it runs batchtool.yml if there is one.\n' +
      'A text is a command for the shell; "sh: TEXT" says so where it could be read as prose.',
    examples: [
      "batchtool run --parallel 'echo one' 'echo two'",
      "batchtool run --sequential 'mkdir -p out' 'date > out/now'",
      "batchtool run --dependency-aware --task 'a:echo first' --task 'b:echo then:depends=a'",
    ],
  },
  orchestrate: {
    usage: 'batchtool orchestrate [PATTERN] [OPTIONS] --STEP TEXT…   or   batchtool orchestrate -f FILE',
    about:
      'Runs named steps, one after the other. Any --WORD that is no option is a step; its texts run in order, those of\n' +
      '--WORD-parallel side by side. The first text of a group may be its label if all others are commands.',
    examples: [
      "batchtool orchestrate --build 'echo build' --test-parallel 'echo unit' 'echo lint' --deploy 'echo done'",
      "batchtool orchestrate --boomerang --code 'echo code' --test 'true' --loop-back-on test_failure",
      "batchtool orchestrate --prototypes --idea-1 'echo one' --idea-2 'echo two' --test-all 'echo tested'",
    ],
  },
  pipeline: {
    usage: 'batchtool pipeline [OPTIONS] --STEP TEXT…   or   batchtool pipeline -f FILE',
    about: 'Runs named steps, one after the other: the same as orchestrate without a pattern.',
    examples: ["batchtool pipeline --stage1 'echo one' --stage2 'echo two'"],
  },
  export: {
    usage: 'batchtool export [MODE|PATTERN] [OPTIONS] [TEXT…|--STEP TEXT…]',
    about:
      'Writes the plan as data that "run -f" takes back, or as a picture (a Mermaid flowchart). Modes, steps, texts and\n' +
      'options are those of run and orchestrate; with none of them the plan of the newest run, then batchtool.yml.',
    examples: [
      'batchtool export --format json --output plan.json',
      "batchtool export --format mermaid --sequential 'echo one' 'echo two'",
      "batchtool export --boomerang --code 'echo code' --test 'true' --output -",
    ],
  },
  status: {
    usage: 'batchtool status [NAME|RUN_ID]',
    about: 'Shows how a run stands, from any terminal: which tasks run, wait, failed, and why.',
    examples: ['batchtool status', 'batchtool status --json'],
  },
  logs: {
    usage: 'batchtool logs [NAME|RUN_ID]',
    about:
      'Shows the output of tasks. With --follow it goes on until the run ends; without a name, over all live runs.\n' +
      '--since counts back from now and picks attempts that were still running then.',
    examples: ['batchtool logs --task 1', "batchtool logs --follow --filter 'error|warning'"],
  },
  stats: {
    usage: 'batchtool stats [NAME|RUN_ID]',
    about:
      'Durations, waiting time, attempts, memory, success over past runs of the same name, and the critical path.',
    examples: ['batchtool stats', 'batchtool stats --json'],
  },
  report: {
    usage: 'batchtool report [NAME|RUN_ID]',
    about:
      'Writes a run for others to read: as Markdown for a pull request, JUnit XML for test reporters, JSON for programs, the\n' +
      'annotations that GitHub shows beside lines of code, or a Mermaid graph. Of a live run it says how things stand.',
    examples: [
      'batchtool report',
      'batchtool report --baseline nightly',
      'batchtool report --format junit --output report.xml',
      'batchtool report --format annotations',
    ],
  },
  diff: {
    usage: 'batchtool diff [TASK]',
    about:
      'What isolated tasks changed, as a patch that "git apply" takes: all that the run has merged, or what one task left in\n' +
      'its worktree. --stat says only which files, by how many lines and by whom.',
    examples: [
      'batchtool diff --stat',
      'batchtool diff api',
      'batchtool diff api --orchestration nightly | git apply',
    ],
  },
  list: {
    usage: 'batchtool list',
    about: 'Lists runs, newest first.',
    examples: ['batchtool list', 'batchtool list --tag nightly'],
  },
  resume: {
    usage: 'batchtool resume [NAME|RUN_ID]',
    about:
      'Goes on with the newest run that did not succeed, or the one named. What succeeded is kept; what a killed\n' +
      'batchtool left running is ended first.',
    examples: ['batchtool resume', 'batchtool resume --failed', 'batchtool resume --rerun deploy'],
  },
  cancel: {
    usage: 'batchtool cancel [NAME|RUN_ID]',
    about: 'Asks a live run to stop: running tasks get the grace time to clean up. --now kills them at once.',
    examples: ['batchtool cancel', 'batchtool cancel nightly --now'],
  },
  clean: {
    usage: 'batchtool clean [NAME|RUN_ID]',
    about:
      'Deletes runs that are over, with their logs; by default those older than 7 days. Live runs always stay.',
    examples: ['batchtool clean --dry-run', 'batchtool clean --older-than 1h', 'batchtool clean --keep 5'],
  },
  monitor: {
    usage: 'batchtool monitor [NAME|RUN_ID]',
    about:
      'A table of all live runs, or of the one named, drawn over again until they end; "q" leaves it. When none is live\n' +
      'it shows the newest. Without a terminal it prints how things stand now.',
    examples: ['batchtool monitor', 'batchtool monitor --dashboard --refresh 5s'],
  },
  config: {
    usage: 'batchtool config [OPTIONS]',
    about:
      'Without options: every setting that a run would have here, and who says it. Order: flag, variable, plan file,\n' +
      'config, default. With options: keeps them as defaults of this project, in config.yml of the state folder.',
    examples: [
      'batchtool config',
      'batchtool config --max-concurrent 5 --timeout 30m',
      'batchtool config --unset timeout',
      'batchtool config --json',
    ],
  },
  validate: {
    usage: 'batchtool validate [FILE]   or   batchtool validate [MODE|PATTERN] [OPTIONS] TEXT…|--STEP TEXT…',
    about:
      'Checks a plan file and says all that is wrong, with line and column. Modes, steps, texts and options are those of\n' +
      'run and orchestrate; with none of them the plan of the newest run, then batchtool.yml.',
    examples: [
      'batchtool validate batchtool.yml',
      'batchtool validate --json',
      "batchtool validate --boomerang --code 'echo code' --test 'true'",
    ],
  },
  sparc: {
    usage:
      "batchtool sparc modes   or   batchtool sparc info MODE   or   batchtool sparc run MODE 'TEXT' [OPTIONS]",
    about:
      'The built-in SPARC runner. "modes" lists its modes, with those that the project has in .roomodes; "info" shows what an\n' +
      'agent is told in one; "run" is the same as run \'MODE: TEXT\' --runner builtin, with all options of run.',
    examples: [
      'batchtool sparc modes',
      'batchtool sparc info tdd',
      "batchtool sparc run code 'add a health check' --dry-run",
    ],
  },
  memory: {
    usage: 'batchtool memory list|get KEY|set KEY TEXT',
    about:
      'The notes of a namespace. Runs with --namespace leave the results of their agents there, and find what earlier runs\n' +
      'have left in the folder "notes" of BATCHTOOL_CONTEXT. An empty text takes a note away.',
    examples: [
      "batchtool memory set decisions 'Use SQLite' --namespace shop",
      'batchtool memory list',
      'batchtool memory get decisions --namespace shop',
    ],
  },
  doctor: {
    usage: 'batchtool doctor',
    about:
      'What works on this machine, what is missing, and what to type then; exit code 1 when no run could work here. It starts\n' +
      'only git, and coding agents to ask for their version. --live asks each agent one question, which costs a little.',
    examples: ['batchtool doctor', 'batchtool doctor --json', 'batchtool doctor --live'],
  },
  init: {
    usage: 'batchtool init [--force]',
    about:
      'Writes a small batchtool.yml that runs as it is, and a workflow for GitHub Actions that runs it. Files that are\n' +
      'there stay as they are.',
    examples: ['batchtool init', 'batchtool init --force'],
  },
  completion: {
    usage: 'batchtool completion bash|zsh|fish',
    about:
      'Prints a script that completes verbs, options, their values and names of runs.\n' +
      '  bash: add to ~/.bashrc:  eval "$(batchtool completion bash)"\n' +
      '  zsh:  add to ~/.zshrc, below compinit:  eval "$(batchtool completion zsh)"\n' +
      '  fish: batchtool completion fish > ~/.config/fish/completions/batchtool.fish',
    examples: ['batchtool completion bash', 'batchtool completion fish'],
  },
};

/** Every verb with the first sentence about it. */
export function aboutVerbs(): readonly { readonly name: VerbName; readonly about: string }[] {
  return Object.entries(PAGES).map(([name, { about }]) => ({
    name: name as VerbName,
    about: /^.*?(?=[.;(](\s|$)|\n|$)/s.exec(about)?.[0].trim() ?? '',
  }));
}

export function helpText(verb: VerbName): string {
  const { usage, about, examples } = PAGES[verb];
  const modes = modeLines(verb);
  const known = optionsOf(verb).filter((option) => option.later !== true);
  const width = Math.max(...known.map((option) => nameOf(option).length));
  const options = known.map((option) => optionLine(option, width));
  return `${['Usage: '.concat(usage), '', about, '', ...modes, 'Options:', ...options, '', 'Examples:', ...examples.map((line) => `  ${line}`), '', EXIT_CODES].join('\n')}\n`;
}

function modeLines(verb: VerbName): string[] {
  const modes = patternsOf(verb).filter(({ flags }) => flags.length > 0);
  if (modes.length === 0) return [];
  const names = modes.map(({ flags, value }) =>
    flags
      .map(flagOf)
      .join(', ')
      .concat(value === undefined ? '' : ` ${value}`),
  );
  const width = Math.max(...names.map((name) => name.length));
  const title = verb === 'run' ? 'Modes:' : verb === 'orchestrate' ? 'Patterns:' : 'Modes and patterns:';
  return [title, ...modes.map(({ help }, index) => `  ${names[index]?.padEnd(width)}  ${help}`), ''];
}

function nameOf(option: Option): string {
  const names = [option.name, ...(option.aliases ?? [])].map(flagOf).join(', ');
  return option.value === undefined ? names : `${names} ${option.value}`;
}

function optionLine(option: Option, width: number): string {
  const variable = option.variable === undefined ? '' : ` [${option.variable}]`;
  return `  ${nameOf(option).padEnd(width)}  ${option.help}${variable}`;
}
