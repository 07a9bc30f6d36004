/** What a runner says to a step before it starts. */

/** The inputs by name, in small letters, as the runner hands them over. */
export function givenInputs(env: NodeJS.ProcessEnv): Map<string, string> {
  return new Map(
    Object.entries(env).flatMap(([name, value]) =>
      name.startsWith('INPUT_') && value !== undefined
        ? [[name.slice('INPUT_'.length).toLowerCase(), value] as const]
        : [],
    ),
  );
}
