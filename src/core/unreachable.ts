/** Closes a switch over a union: a variant that nobody handles is a compile error, and a bug when it runs. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
