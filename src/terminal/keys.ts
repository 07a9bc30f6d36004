/** Single keys of a terminal, as they are pressed. */

/** What is used of `process.stdin`. */
export interface Keyboard {
  readonly isTTY?: boolean | undefined;
  setRawMode(isRaw: boolean): unknown;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  removeListener(event: 'data', listener: (chunk: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

const CTRL_C = 3;

/** While listening the terminal sends no signal for Ctrl-C, so it is told apart here. Gives what ends the listening. */
export function listenForKeys(
  keyboard: Keyboard,
  on: { readonly quit: () => void; readonly interrupt: () => void },
): () => void {
  if (keyboard.isTTY !== true) return () => undefined;
  const heard = (chunk: Buffer): void => {
    if (chunk.includes(CTRL_C)) on.interrupt();
    else if (chunk.includes('q') || chunk.includes('Q')) on.quit();
  };
  keyboard.setRawMode(true);
  keyboard.on('data', heard);
  keyboard.resume();
  return () => {
    keyboard.removeListener('data', heard);
    keyboard.pause();
    keyboard.setRawMode(false);
  };
}
