import { describe, expect, test } from '@jest/globals';
import { keysAllowedAt } from '../../src/input/file-schema.js';
import type { Option, VerbName } from '../../src/input/option.js';
import { findOption, OPTIONS, optionsOf } from '../../src/input/options.js';

const all: readonly Option[] = OPTIONS;
const ofRun = optionsOf('run');

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

  test('gives every option of a run a variable of its own', () => {
    const content = [
      'f',
      'task',
      'tasks',
      'dependency-graph',
      'ab-test',
      'component-parallel',
      'compare',
      'help',
    ];
    const variables = ofRun
      .filter(({ name }) => !content.includes(name))
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
