/** Options that say what is shown of a run, and what is done with one that exists. */
import { type Option, PLANNING, type VerbName } from './option.js';

const RUNNING: readonly VerbName[] = ['run', 'orchestrate', 'pipeline'];
const LOOK: readonly VerbName[] = ['status', 'logs', 'stats', 'report', 'monitor', 'resume', 'cancel'];
/** Verbs that look into the state folder or change something in it. */
const STATE: readonly VerbName[] = [...PLANNING, ...LOOK, 'list', 'clean', 'config', 'memory', 'doctor'];
const ALL: readonly VerbName[] = [...STATE, 'init', 'completion'];

export const VIEW_OPTIONS = [
  // What is shown.
  {
    name: 'output',
    kind: 'choice',
    value: 'stream|grouped|quiet',
    choices: ['stream', 'grouped', 'quiet'],
    variable: 'BATCHTOOL_OUTPUT_STYLE',
    fileKey: 'output',
    help: 'output as it comes, task by task, or only what went wrong',
    verbs: [...RUNNING, 'resume'],
  },
  {
    name: 'monitor',
    kind: 'switch',
    variable: 'BATCHTOOL_MONITOR',
    fileKey: 'monitor',
    help: 'the live view while it runs',
    verbs: [...PLANNING, 'resume'],
  },
  {
    name: 'dry-run',
    kind: 'switch',
    variable: 'BATCHTOOL_DRY_RUN',
    help: 'only print what would be done: the plan, or what would be deleted',
    verbs: [...PLANNING, 'clean'],
  },
  {
    name: 'detach',
    kind: 'switch',
    variable: 'BATCHTOOL_DETACH',
    help: 'go on in the background',
    verbs: [...PLANNING, 'resume'],
  },
  {
    name: 'json',
    kind: 'switch',
    variable: 'BATCHTOOL_JSON',
    help: 'machine-readable: events as lines of JSON while it runs, else one JSON document',
    verbs: [...PLANNING, 'resume', 'status', 'logs', 'stats', 'list', 'config', 'memory', 'doctor'],
  },
  {
    name: 'verbose',
    kind: 'switch',
    variable: 'BATCHTOOL_VERBOSE',
    fileKey: 'verbose',
    help: 'say more about what happens and why',
    verbs: [...PLANNING, 'resume'],
  },
  {
    name: 'debug',
    kind: 'switch',
    variable: 'BATCHTOOL_DEBUG',
    fileKey: 'debug',
    help: 'say everything that helps to find a fault in batchtool itself',
    verbs: [...PLANNING, 'resume'],
  },
  {
    name: 'state-dir',
    kind: 'text',
    value: 'DIR',
    variable: 'BATCHTOOL_STATE_DIR',
    help: 'where runs are kept (default: .batchtool beside .git)',
    verbs: STATE,
  },
  // Looking at runs, and what is done to them.
  {
    name: 'orchestration',
    kind: 'text',
    value: 'NAME|RUN_ID',
    help: 'which run, by name or id (default: the newest that fits)',
    verbs: LOOK,
  },
  {
    name: 'all-tasks',
    kind: 'switch',
    help: 'a row for every task, however many there are',
    verbs: ['status', 'stats'],
  },
  { name: 'follow', kind: 'switch', help: 'go on showing lines until the run ends', verbs: ['logs'] },
  {
    name: 'filter',
    kind: 'text',
    value: 'REGEX',
    help: 'only lines that match, whatever their case',
    verbs: ['logs'],
  },
  { name: 'task', kind: 'texts', value: 'ID', help: 'only this task; may be repeated', verbs: ['logs'] },
  { name: 'attempt', kind: 'count', value: 'N', help: 'only this attempt', verbs: ['logs'] },
  { name: 'tail', kind: 'count', min: 0, value: 'N', help: 'only the last lines', verbs: ['logs'] },
  { name: 'since', kind: 'duration', value: 'TIME', help: 'only the time since then', verbs: ['logs'] },
  {
    name: 'failed',
    kind: 'switch',
    help: 'run the failed tasks and what needs them again, nothing else',
    verbs: ['resume'],
  },
  {
    name: 'rerun',
    kind: 'names',
    value: 'ID',
    help: 'run this task again, even one marked once; may be repeated',
    verbs: ['resume'],
  },
  { name: 'now', kind: 'switch', help: 'kill at once, without the grace time', verbs: ['cancel'] },
  {
    name: 'older-than',
    kind: 'duration',
    value: 'TIME',
    help: 'only runs that ended before',
    verbs: ['clean'],
  },
  { name: 'keep', kind: 'count', min: 0, value: 'N', help: 'keep the newest runs', verbs: ['clean'] },
  {
    name: 'dashboard',
    kind: 'switch',
    help: 'the table of all tasks, drawn over again (which it always is)',
    verbs: ['monitor'],
  },
  {
    name: 'refresh',
    kind: 'duration',
    value: 'TIME',
    help: 'how often the table is drawn, from 100ms to 1h (default 1s)',
    verbs: ['monitor'],
  },
  // Settings and files.
  {
    name: 'format',
    kind: 'choice',
    value: 'json|mermaid',
    choices: ['json', 'mermaid', 'workflow'],
    help: 'data that run -f takes back (default), or a picture for Markdown',
    verbs: ['export'],
    later: ['workflow'],
  },
  {
    name: 'format',
    kind: 'choice',
    value: 'markdown|junit|json|annotations|mermaid',
    choices: ['markdown', 'junit', 'json', 'annotations', 'mermaid'],
    help: 'for people (default), for test reporters, for programs, or one part of it',
    verbs: ['report'],
  },
  {
    name: 'output',
    kind: 'text',
    value: 'FILE',
    help: 'where it is written, over a file that is there; "-" is standard output (default)',
    verbs: ['export', 'report'],
  },
  {
    name: 'max-size',
    kind: 'size',
    value: 'SIZE',
    help: 'of markdown: what matters least becomes shorter until it fits (default 1MiB)',
    verbs: ['report'],
  },
  {
    name: 'problem-matchers',
    kind: 'texts',
    value: 'FILE',
    help: "more problem matchers for annotations, in GitHub's JSON; may be repeated",
    verbs: ['report'],
  },
  {
    name: 'unset',
    kind: 'names',
    value: 'NAME',
    help: 'forget this setting; may be repeated; "all" forgets every one, and mends a file that cannot be read',
    verbs: ['config'],
  },
  {
    name: 'force',
    kind: 'switch',
    help: 'write over files that are there',
    verbs: ['init'],
  },
  { name: 'help', kind: 'switch', help: 'show the options and an example', verbs: ALL },
] as const satisfies readonly Option[];
