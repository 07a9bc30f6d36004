/** Options that say what is to be run, and what the run is called. */
import { type Option, PLANNING, type VerbName } from './option.js';

const FILES: readonly VerbName[] = ['run', 'orchestrate', 'pipeline', 'export', 'validate', 'config'];
const GRAPHS: readonly VerbName[] = ['run', 'orchestrate', 'export', 'validate'];
const BACK: readonly VerbName[] = ['orchestrate', 'export', 'validate'];

export const SOURCE_OPTIONS = [
  // What is to be run.
  {
    name: 'f',
    kind: 'text',
    value: 'FILE',
    help: 'run a plan file (YAML or JSON); "-" reads it from standard input',
    verbs: FILES,
  },
  {
    name: 'task',
    kind: 'texts',
    value: '"ID:TEXT[:depends=A,B]"',
    help: 'a task of --dependency-aware with its id and what it needs; may be repeated',
    verbs: ['run', 'export', 'validate'],
  },
  {
    name: 'dependency-graph',
    kind: 'text',
    value: 'JSON',
    help: 'what each task needs, as {"id":["needed id"]}; goes with --tasks',
    verbs: GRAPHS,
  },
  {
    name: 'tasks',
    kind: 'text',
    value: 'JSON',
    help: 'the texts of a graph, as {"id":"text"}',
    verbs: GRAPHS,
  },
  {
    name: 'loop-back-on',
    kind: 'text',
    value: "'W or W'",
    variable: 'BATCHTOOL_LOOP_BACK_ON',
    fileKey: 'loop-back-on',
    help: 'with --boomerang: go back to the first phase after a failure of this one (test_failure)',
    verbs: BACK,
  },
  {
    name: 'until',
    kind: 'text',
    value: "'sh: CMD'",
    variable: 'BATCHTOOL_UNTIL',
    fileKey: 'until',
    help: 'with --boomerang: go back to the first phase until this command exits with 0',
    verbs: BACK,
  },
  {
    name: 'max-iterations',
    kind: 'count',
    value: 'N',
    variable: 'BATCHTOOL_MAX_ITERATIONS',
    fileKey: 'max-iterations',
    help: 'with --boomerang: most rounds, the first one included (default 3)',
    verbs: BACK,
  },
  // What the run is called.
  {
    name: 'name',
    kind: 'text',
    value: 'NAME',
    variable: 'BATCHTOOL_NAME',
    fileKey: 'name',
    help: 'name of the run (default: the plan file, or the mode)',
    verbs: PLANNING,
  },
  {
    name: 'tag',
    kind: 'texts',
    value: 'TAG',
    variable: 'BATCHTOOL_TAG',
    fileKey: 'tags',
    help: 'a word to find runs by; may be repeated',
    verbs: [...PLANNING, 'list'],
  },
  {
    name: 'namespace',
    kind: 'text',
    value: 'NAME',
    variable: 'BATCHTOOL_NAMESPACE',
    fileKey: 'namespace',
    help: 'the namespace whose notes the tasks share',
    verbs: [...PLANNING, 'memory'],
  },
] as const satisfies readonly Option[];
