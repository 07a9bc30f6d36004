import { describe, expect, test } from '@jest/globals';
import { readPlanFile } from '../../src/input/file.js';
import { keysAllowedAt } from '../../src/input/file-schema.js';
import type { Option, OptionKind, VerbName } from '../../src/input/option.js';
import { findOption, OPTIONS, type OptionName, optionsOf } from '../../src/input/options.js';
import type { TaskFile } from '../../src/input/plan-file.js';
import { readValue } from '../../src/input/value.js';
import { right } from './typed.js';

const all: readonly Option[] = OPTIONS;
const ofRun = [...new Set((['run', 'orchestrate'] as const).flatMap((verb) => optionsOf(verb)))];

/** What is to be run, and no setting. */
const CONTENT = ['f', 'task', 'tasks', 'dependency-graph', 'help'];
/** Settings with no place in a plan file, and why. */
const OF_A_CALL = {
  'dry-run': 'says what is done with the plan this time: a plan that says it would never run',
  detach: 'says who waits for the end of this run',
  json: 'says who reads what this call prints, also where no plan could be read',
  'state-dir': 'is where other verbs look for the run, and they read no plan file',
};

/** A value that is not the default, as it is typed. */
function sampleOf({ kind, choices = [] }: Option): string[] {
  const samples: Readonly<Record<OptionKind, string[]>> = {
    switch: ['true'],
    text: ['bash'],
    count: ['7'],
    priority: ['high'],
    size: ['5MB'],
    duration: ['3s'],
    cost: ['3USD'],
    tokens: ['5k'],
    choice: [choices[choices.length - 1] ?? ''],
    texts: ['one', 'two'],
    names: ['ONE', 'TWO'],
    pairs: ['A=1'],
  };
  return samples[kind];
}

/** In flow style, on one line. */
function inYaml([key = '', ...rest]: readonly string[], values: readonly string[]): string {
  if (rest.length > 0) return `${key}: {${inYaml(rest, values)}}`;
  const [first = ''] = values;
  if (key === 'env') return `${key}: {${first.replace('=', ': ')}}`;
  return `${key}: ${values.length > 1 ? `[${values.join(', ')}]` : first}`;
}

describe('the table of options', () => {
  test('names each option once for a verb', () => {
    for (const verb of new Set(all.flatMap(({ verbs }) => verbs))) {
      const names = optionsOf(verb).flatMap(({ name, aliases }) => [name, ...(aliases ?? [])]);
      expect(names).toEqual([...new Set(names)]);
    }
  });

  test('gives a sentence of help and, but for switches, a word for the value', () => {
    for (const { name, kind, help, value } of all) {
      expect([name, help.length > 10]).toEqual([name, true]);
      expect([name, value === undefined]).toEqual([name, kind === 'switch']);
    }
  });

  test('gives every setting of a run a variable of its own', () => {
    const variables = ofRun
      .filter(({ name }) => !CONTENT.includes(name))
      .map(({ name, variable }) => {
        const expected =
          name === 'output'
            ? 'BATCHTOOL_OUTPUT_STYLE'
            : `BATCHTOOL_${name.toUpperCase().replaceAll('-', '_')}`;
        expect(variable).toBe(expected);
        return variable;
      });
    expect(new Set(variables).size).toBe(variables.length);
  });

  test('gives every setting of a run a key of plan files', () => {
    const missing = ofRun.filter(
      ({ name, fileKey }) =>
        fileKey === undefined && !CONTENT.includes(name) && !Object.hasOwn(OF_A_CALL, name),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
    expect(
      ofRun.filter(({ name, fileKey }) => fileKey !== undefined && Object.hasOwn(OF_A_CALL, name)),
    ).toEqual([]);
  });

  test('names no variable that a task gets from its run, but for the namespace, which is handed down', () => {
    const given = ['RUN_ID', 'TASK_ID', 'ATTEMPT', 'ROUND', 'CONTEXT', 'OUTPUT', 'SUMMARY'].map(
      (word) => `BATCHTOOL_${word}`,
    );
    expect(all.filter(({ variable }) => variable !== undefined && given.includes(variable))).toEqual([]);
  });

  test('names keys of plan files that there are', () => {
    for (const { name, fileKey } of all) {
      if (fileKey === undefined) continue;
      const path = fileKey.split('.');
      const last = path.pop();
      expect([name, keysAllowedAt(path)?.includes(last ?? '')]).toEqual([name, true]);
    }
  });

  test.each(
    all.flatMap((option) => (option.fileKey === undefined ? [] : [{ ...option, key: option.fileKey }])),
  )('takes the value of --$name from the key $key', (option) => {
    const file = `tasks: {a: {run: x}}\n${inYaml(option.key.split('.'), sampleOf(option))}\n`;
    const { settings } = right(readPlanFile('plan.yml', file)) as TaskFile;
    const setting = settings[option.name as OptionName];
    expect(setting?.value).toEqual(right(readValue(option, sampleOf(option), 'sample')));
    expect(setting?.place.line).toBe(2);
  });

  test('has choices for what is a choice, and says which come later', () => {
    for (const { kind, choices, later } of all) {
      expect(choices !== undefined).toBe(kind === 'choice');
      if (Array.isArray(later)) expect(choices).toEqual(expect.arrayContaining(later));
    }
  });

  test.each<[VerbName, string, string]>([
    ['run', 'max-parallel', 'max-concurrent'],
    ['logs', 'filter', 'filter'],
  ])('%s knows --%s', (verb, name, found) => {
    expect(findOption(verb, name)?.name).toBe(found);
  });
});
