/** What the commands of a plan call that spends money by itself, beside SPARC runners. */
import { BATCHTOOL } from '../core/metering.js';
import type { Plan, Task } from '../core/plan.js';
import { calledWords } from '../sparc/command.js';
import { programName } from '../sparc/runners.js';
import { allCommands } from './shell-commands.js';

/** Words with which the program carries a plan out. */
const RUNS = ['run', 'orchestrate', 'pipeline', 'resume'];

/** Options with which it only says something. */
const LOOKS = /^(?:--dry-run|--help|-h)$/;

/** The plan in which every command says so. A stored one may have said it of another text. */
export function withCalls(plan: Plan): Plan {
  const tasks = plan.tasks.map(withCall);
  return tasks.every((task, index) => task === plan.tasks[index]) ? plan : { ...plan, tasks };
}

function withCall(task: Task): Task {
  if (task.work.kind !== 'command') return task;
  const { calls, ...work } = task.work;
  const found = callIn(work.text);
  if (found === calls) return task;
  return { ...task, work: found === undefined ? work : { ...work, calls: found } };
}

/** The first such program that a text for the shell calls; an agent before batchtool, for nobody tells what that costs. */
export function callIn(text: string): string | undefined {
  if (!/batchtool|claude|codex|opencode|gemini/.test(text)) return undefined;
  const found = allCommands(text).flatMap((words) => {
    const [program = '', ...rest] = calledWords(words);
    const name = PACKAGES[program] ?? programName(program);
    return Object.hasOwn(SPENDS, name) && SPENDS[name]?.(rest) === true ? [name] : [];
  });
  return found.find((name) => name !== BATCHTOOL) ?? found[0];
}

/** How each is called when it spends money: an agent when it does not only tell something or wait for somebody to type. */
const SPENDS: Readonly<Record<string, (words: readonly string[]) => boolean>> = {
  [BATCHTOOL]: startsRun,
  claude: (words) => words.some((word) => word === '-p' || word === '--print'),
  codex: (words) => words.some((word) => word === 'exec' || word === 'e'),
  opencode: (words) => words.includes('run'),
  gemini: (words) => words.some((word) => /^(?:-p|--prompt)(?:=|$)/.test(word)),
};

/** By its first word that is no option; a mode of SPARC stands behind `sparc`. */
function startsRun(words: readonly string[]): boolean {
  if (words.some((word) => LOOKS.test(word))) return false;
  const [verb = '', mode = ''] = words.filter((word) => !word.startsWith('-'));
  return RUNS.includes(verb === 'sparc' ? mode : verb);
}

/** What npx finds them in. */
const PACKAGES: Readonly<Record<string, string>> = {
  '@anthropic-ai/claude-code': 'claude',
  '@openai/codex': 'codex',
  'opencode-ai': 'opencode',
  '@google/gemini-cli': 'gemini',
};
