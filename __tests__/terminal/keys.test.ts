import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { listenForKeys } from '../../src/terminal/keys.js';

class FakeKeyboard extends EventEmitter {
  readonly done: string[] = [];
  constructor(readonly isTTY: boolean) {
    super();
  }
  setRawMode(isRaw: boolean): void {
    this.done.push(`raw ${isRaw}`);
  }
  resume(): void {
    this.done.push('resume');
  }
  pause(): void {
    this.done.push('pause');
  }
}

function listening(isTTY: boolean): { keyboard: FakeKeyboard; heard: string[]; stop: () => void } {
  const keyboard = new FakeKeyboard(isTTY);
  const heard: string[] = [];
  const stop = listenForKeys(keyboard, {
    quit: () => heard.push('quit'),
    interrupt: () => heard.push('interrupt'),
  });
  return { keyboard, heard, stop };
}

describe('listening for keys', () => {
  it('hears q as leaving and Ctrl-C as what it is, and nothing else', () => {
    const { keyboard, heard } = listening(true);
    for (const key of ['x', '\r', '\u001b[A', 'q', '\u0003']) keyboard.emit('data', Buffer.from(key));
    expect(heard).toEqual(['quit', 'interrupt']);
  });

  it('gives the terminal back as it was', () => {
    const { keyboard, heard, stop } = listening(true);
    stop();
    keyboard.emit('data', Buffer.from('q'));
    expect([heard, keyboard.done]).toEqual([[], ['raw true', 'resume', 'pause', 'raw false']]);
  });

  it('leaves alone what is no terminal', () => {
    const { keyboard } = listening(false);
    expect([keyboard.done, keyboard.listenerCount('data')]).toEqual([[], 0]);
  });
});
