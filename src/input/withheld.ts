/** What a runner tells a step and no task may have: with it, a task could write into later steps or act as the job. */

const FAMILIES = ['INPUT_', 'ACTIONS_', 'STATE_'];
const NAMES = new Set([
  'GITHUB_TOKEN',
  'GITHUB_ENV',
  'GITHUB_PATH',
  'GITHUB_STATE',
  'GITHUB_OUTPUT',
  'GITHUB_STEP_SUMMARY',
]);

type Variables = Readonly<Record<string, string | undefined>>;

/** The environment without all that, but for the names that the workflow passes on. */
export function withoutRunnersOwn(
  env: Variables,
  passed: readonly string[],
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => passed.includes(name) || !isWithheld(name.toUpperCase())),
  );
}

function isWithheld(name: string): boolean {
  return NAMES.has(name) || FAMILIES.some((family) => name.startsWith(family));
}
