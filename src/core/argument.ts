/** Linux takes 131,071 bytes in one argument, Windows 32,767 characters in all of them. */
export function mostArgumentBytes(platform: string): number {
  return platform === 'win32' ? 30_000 : 120_000;
}

/** Why a prompt cannot be handed to a SPARC runner, which takes it as an argument; undefined if it can. */
export function tooLongFor(runner: string, text: string, platform: string): string | undefined {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= mostArgumentBytes(platform)) return undefined;
  return `the prompt is ${Math.round(bytes / 1000)} kB long, which is too long for an argument of ${runner}`;
}
