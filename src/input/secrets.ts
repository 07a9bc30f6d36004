/**
 * Secrets that would get into the stored plan. Their values are masked in output, but a plan holds texts, names and
 * variables as they are: so a plan that holds a secret is refused, with the way to hand it over instead.
 */
import type { Plan, Task } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import { isSecretName } from './variables.js';

/** A shorter value stands in too many words by chance, and is not masked either. */
export const SHORTEST_SECRET = 4;

/** `secretValue` gives the values of secrets that are known now. */
export function secretsInPlan(plan: Plan, secretValue: (name: string) => string | undefined): Problem[] {
  return [...writtenDown(plan), ...repeated(plan, secretValue)];
}

/** Variables of the plan file whose names say that they are secret. */
function writtenDown({ env, tasks }: Plan): Problem[] {
  const told = new Set<string>();
  for (const variables of [env, ...tasks.map((task) => task.env)])
    for (const [name, value] of Object.entries(variables))
      if (value !== '' && isSecretName(name)) told.add(name);
  return [...told].map((name) =>
    problem(
      `env: ${name} is named like a secret, and the values of a plan are stored`,
      `take it out of the plan and give it with --env ${name}=…, which is never stored; or name it differently`,
    ),
  );
}

function repeated(plan: Plan, secretValue: (name: string) => string | undefined): Problem[] {
  const problems: Problem[] = [];
  for (const name of plan.secrets.filter(isSecretName)) {
    const value = secretValue(name) ?? '';
    if (value.length < SHORTEST_SECRET) continue;
    for (const place of placesOf(plan, value))
      problems.push(
        problem(
          `${place} holds the value of ${name}, and would be stored and shown`,
          `write $${name} in the command instead: the shell fills it in`,
        ),
      );
  }
  return problems;
}

/** A text that an input hides may stand nowhere in a plan either: what is cut for display is not found by a mask. */
export function hiddenInPlan(
  plan: Plan,
  texts: readonly string[],
  input: 'mask' | 'github-token',
): Problem[] {
  const places = new Set(
    Object.values(texts)
      .filter((text) => text.length >= SHORTEST_SECRET)
      .flatMap((text) => placesOf(plan, text)),
  );
  return [...places].map((place) =>
    problem(
      `input ${input}: ${place} holds a text that is to be masked, and would be stored and shown`,
      'hand it over in a variable of the step that pass-env names, and write $NAME in the command',
    ),
  );
}

/** Where a plan holds this text: each place once. */
function placesOf({ name, tags, env, tasks, agents = {}, modes = {} }: Plan, value: string): string[] {
  const places = new Set<string>();
  for (const [key, said] of [...under('agents', agents), ...under('modes', modes)])
    if (
      Object.values<string | readonly string[]>({ ...said })
        .flat()
        .some((word) => word.includes(value))
    )
      places.add(key);
  if (name.includes(value)) places.add('the name of the run');
  if (tags.some((tag) => tag.includes(value))) places.add('a tag');
  for (const [variable, content] of Object.entries(env)) if (content.includes(value)) places.add(variable);
  for (const task of tasks) {
    if (wordsOf(task).some((word) => word.includes(value))) places.add(`task ${task.id}`);
    for (const [variable, content] of Object.entries(task.env))
      if (content.includes(value)) places.add(`${variable} of task ${task.id}`);
  }
  return [...places];
}

function under<T>(name: string, map: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(map).map(([key, said]) => [`${name}.${key}`, said]);
}

function wordsOf({ work, label, tags, cwd }: Task): string[] {
  const words = [label, ...tags, ...(cwd === undefined ? [] : [cwd])];
  if (work.kind === 'integrate') return words;
  if (work.kind === 'command') return [...words, work.text, ...(work.shell ?? [])];
  return [
    ...words,
    work.text,
    work.model ?? '',
    work.permission ?? '',
    ...(work.args ?? []),
    ...(work.command ?? []),
  ];
}
