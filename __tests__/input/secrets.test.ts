import { describe, expect, it } from '@jest/globals';
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
    ['URL of task a', plan([task('a', { env: { URL: VALUE } })])],
  ])('are found in %s', (place, holding) => {
    const found = secretsInPlan({ ...holding, secrets: ['A_KEY'] }, known);
    expect(messages(found)).toEqual([`${place} holds the value of A_KEY, and would be stored and shown`]);
  });

  it('never stand in the message', () => {
    const holding = { ...plan([task('a')], { name: VALUE }), secrets: ['A_KEY'] };
    expect(JSON.stringify(secretsInPlan(holding, known))).not.toContain(VALUE);
  });

  it('are not looked for where a passed variable is no secret by its name, or too short', () => {
    const holding = { ...plan([task('a')], { name: VALUE }), secrets: ['USER', 'B_KEY'] };
    expect(secretsInPlan(holding, (name) => (name === 'USER' ? VALUE : 'hun'))).toEqual([]);
  });
});
