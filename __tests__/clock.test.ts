import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../src/clock.js';

afterEach(() => {
  jest.restoreAllMocks();
});

describe('the clock of a run', () => {
  it('is the wall clock', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
  });

  it('does not go back when the wall clock does', () => {
    const before = systemClock.now();
    jest.spyOn(Date, 'now').mockReturnValue(before - 86_400_000);
    expect(Date.now()).toBeLessThan(before);
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
  });

  it('goes on with the time that really goes by', async () => {
    const before = systemClock.now();
    await new Promise<void>((resolve) => systemClock.after(30, resolve));
    const gone = systemClock.now() - before;
    expect(gone).toBeGreaterThanOrEqual(29);
    expect(gone).toBeLessThan(5000);
  });

  it('calls off what it was to wake for', async () => {
    let woken = false;
    systemClock.after(1, () => {
      woken = true;
    })();
    await new Promise<void>((resolve) => systemClock.after(20, resolve));
    expect(woken).toBe(false);
  });

  it('takes waits that are longer than a timer can hold', () => {
    jest.spyOn(process, 'emitWarning');
    systemClock.after(2 ** 40, () => undefined)();
    expect(process.emitWarning).not.toHaveBeenCalled();
  });
});
