import { describe, expect, it } from '@jest/globals';
import type { Work } from '../../src/core/plan.js';
import { secretsInPlan } from '../../src/input/secrets.js';
import { plan, task } from '../fakes/plan.js';

const VALUE = 'hunter2hunter2';
const none = (): undefined => undefined;
const known = (name: string): string | undefined => (name === 'A_KEY' ? VALUE : undefined);
const messages = (problems: readonly { message: string }[]): string[] =>
  problems.map(({ message }) => message);

describe('secrets in a plan', () => {
  it('are refused as variables of the plan or of a task', () => {
    const found = secretsInPlan(plan([task('a', { env: { B_TOKEN: 'y' } })], { env: { A_KEY: 'x' } }), none);
    expect(messages(found)).toEqual([
      'env: A_KEY is named like a secret, and the values of a plan are stored',
      'env: B_TOKEN is named like a secret, and the values of a plan are stored',
    ]);
  });

  it('may be set to nothing', () => {
    expect(secretsInPlan(plan([task('a')], { env: { A_KEY: '' } }), none)).toEqual([]);
  });

  it.each([
    ['the name of the run', plan([task('a')], { name: `x${VALUE}` })],
    ['a tag', plan([task('a')], { tags: [VALUE] })],
    ['URL', plan([task('a')], { env: { URL: `http://u:${VALUE}@h` } })],
    ['task a', plan([task('a', { work: { kind: 'command', text: `echo ${VALUE}` } })])],
    ['task a', plan([task('a', { work: { kind: 'command', text: 'x', shell: [VALUE, '-c'] } })])],
    ['task a', plan([task('a', { setup: `login ${VALUE}` })])],
    ['task a', plan([task('a', { expect: { check: `grep ${VALUE} log` } })])],
    ['task a', plan([task('a', { expect: { notOutput: [VALUE] } })])],
    ['URL of task a', plan([task('a', { env: { URL: VALUE } })])],
  ])('are found in %s', (place, holding) => {
    const found = secretsInPlan({ ...holding, secrets: ['A_KEY'] }, known);
    expect(messages(found)).toEqual([`${place} holds the value of A_KEY, and would be stored and shown`]);
  });

  it('never stand in the message', () => {
    const holding = { ...plan([task('a')], { name: VALUE }), secrets: ['A_KEY'] };
    expect(JSON.stringify(secretsInPlan(holding, known))).not.toContain(VALUE);
  });

  it.each([
    ['sk_live_AbCd_EfGh_1234567890'],
    ['postgres://batch:pw@db.example.com/main'],
    ['AbCdEfGhIjKlMnOp'],
    ['correct horse battery staple'],
    ['4111111111111111'],
  ])('are found whatever their variable is called: %s', (value) => {
    const holding = { ...plan([task('a')], { name: `x${value}` }), secrets: ['CREDENTIALS'] };
    expect(messages(secretsInPlan(holding, () => value))).toEqual([
      'the name of the run holds the value of CREDENTIALS, and would be stored and shown',
    ]);
  });

  it.each([
    ['true'],
    ['hunter2'],
    ['production'],
    ['DEBUG_LEVEL'],
    ['eu-west-1'],
    ['v20.11.0'],
    ['/home/runner/work'],
    ['https://api.example.com:8443/v1'],
  ])('are not taken for one where the value is plain and the name says nothing: %s', (value) => {
    const holding = { ...plan([task('a')], { name: value }), secrets: ['STAGE'] };
    expect(secretsInPlan(holding, () => value)).toEqual([]);
    expect(secretsInPlan({ ...holding, secrets: ['STAGE_KEY'] }, () => value)).toHaveLength(1);
  });

  it('are not looked for where they are too short to be masked', () => {
    const holding = { ...plan([task('a')], { name: 'hunt' }), secrets: ['B_KEY'] };
    expect(secretsInPlan(holding, () => 'hun')).toEqual([]);
  });

  it.each<[string, Work, string]>([
    [
      'a command',
      { kind: 'command', text: VALUE },
      'write $A_KEY in the command instead: the shell fills it in',
    ],
    [
      'a prompt',
      { kind: 'prompt', text: VALUE, mode: 'code' },
      'tell the agent to use the variable A_KEY instead: it has it, and no shell reads a prompt',
    ],
    [
      'the model of a prompt',
      { kind: 'prompt', text: 'x', mode: 'code', model: VALUE },
      'take it out there: nothing fills a variable in',
    ],
  ])('in %s come with what to do about it', (_, work, hint) => {
    const holding = { ...plan([task('a', { work })]), secrets: ['A_KEY'] };
    expect(secretsInPlan(holding, known).map((found) => found.hint)).toEqual([hint]);
  });
});
