/**
 * Secrets that would get into the stored plan. Their values are masked in output, but a plan holds texts, names and
 * variables as they are: so a plan that holds a secret is refused, with the way to hand it over instead.
 */
import type { Plan, Task } from '../core/plan.js';
import { type Problem, problem } from '../core/problem.js';
import { SHORTEST_SECRET } from '../core/secret.js';
import { isSecretName } from './variables.js';

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
  for (const name of plan.secrets) {
    const value = secretValue(name) ?? '';
    if (value.length < SHORTEST_SECRET || (!isSecretName(name) && isPlain(value))) continue;
    for (const [place, part] of placesOf(plan, value))
      problems.push(
        problem(`${place} holds the value of ${name}, and would be stored and shown`, WAYS_OUT[part](name)),
      );
  }
  return problems;
}

/** Words, versions, addresses and paths such as `production` and `eu-west-1`: they stand in many texts and tell nothing. */
function isPlain(value: string): boolean {
  return value.length < SHORTEST_ODD || value.split(/[-_./:]/).every((part) => PLAIN_WORD.test(part));
}

const SHORTEST_ODD = 8;
const PLAIN_WORD = /^(?:[A-Z]?[a-z]{0,15}|[A-Z]{2,16})\d{0,4}$/;

/** Variables that are secret by their names, and what of them would be known again where it is seen. */
export function secretsAmong(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value = '']) =>
      isSecretName(name) && !isPlain(value) ? [[name, value]] : [],
    ),
  );
}

/** What a text is to be read by: only a shell fills a variable in. */
type Part = 'command' | 'prompt' | 'setting';

const WAYS_OUT: Readonly<Record<Part, (name: string) => string>> = {
  command: (name) => `write $${name} in the command instead: the shell fills it in`,
  prompt: (name) =>
    `tell the agent to use the variable ${name} instead: it has it, and no shell reads a prompt`,
  setting: () => 'take it out there: nothing fills a variable in',
};

/** A text that an input hides may stand nowhere in a plan either: what is cut for display is not found by a mask. */
export function hiddenInPlan(
  plan: Plan,
  texts: readonly string[],
  input: 'mask' | 'github-token',
): Problem[] {
  const places = new Map(
    texts.filter((text) => text.length >= SHORTEST_SECRET).flatMap((text) => [...placesOf(plan, text)]),
  );
  return [...places].map(([place, part]) =>
    problem(
      `input ${input}: ${place} holds a text that is to be masked, and would be stored and shown`,
      part === 'setting'
        ? WAYS_OUT.setting('')
        : `hand it over in a variable NAME of the step that pass-env names, and ${WAYS_OUT[part]('NAME')}`,
    ),
  );
}

/** Where a plan holds this text: each place once. */
function placesOf(
  { name, tags, env, tasks, agents = {}, modes = {} }: Plan,
  value: string,
): ReadonlyMap<string, Part> {
  const places = new Map<string, Part>();
  const look = (place: string, texts: readonly string[], part: Part = 'setting'): void => {
    if (texts.some((text) => text.includes(value)) && !places.has(place)) places.set(place, part);
  };
  for (const [key, said] of [...under('agents', agents), ...under('modes', modes)])
    look(key, Object.values<string | readonly string[]>({ ...said }).flat());
  look('the name of the run', [name]);
  look('a tag', tags);
  for (const [variable, content] of Object.entries(env)) look(variable, [content]);
  for (const task of tasks) {
    if (task.work.kind !== 'integrate') look(`task ${task.id}`, [task.work.text], task.work.kind);
    look(`task ${task.id}`, [task.setup ?? '', task.expect?.check ?? ''], 'command');
    look(`task ${task.id}`, wordsOf(task));
    for (const [variable, content] of Object.entries(task.env))
      look(`${variable} of task ${task.id}`, [content]);
  }
  return places;
}

function under<T>(name: string, map: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(map).map(([key, said]) => [`${name}.${key}`, said]);
}

/** All but what a shell or an agent gets to read. */
function wordsOf({ work, label, tags, cwd, namespace = '', expect = {} }: Task): string[] {
  const expected = Object.values(expect)
    .flat()
    .filter((said) => typeof said === 'string');
  const words = [label, ...tags, ...(cwd === undefined ? [] : [cwd]), namespace, ...expected];
  if (work.kind === 'integrate') return words;
  if (work.kind === 'command') return [...words, ...(work.shell ?? [])];
  return [...words, work.model ?? '', work.permission ?? '', ...(work.args ?? []), ...(work.command ?? [])];
}
