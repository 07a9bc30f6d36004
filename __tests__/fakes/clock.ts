import type { Clock } from '../../src/core/ports.js';

/** A clock that stands still until the test moves it. */
export class FakeClock implements Clock {
  private time: number;
  private timers: { at: number; callback: () => void }[] = [];

  constructor(start = 1_000_000) {
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  after(millis: number, callback: () => void): () => void {
    const timer = { at: this.time + millis, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  /** Moves time on and calls back what has come due, oldest first. */
  async advance(millis: number): Promise<void> {
    const until = this.time + millis;
    for (;;) {
      const next = [...this.timers].sort((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > until) break;
      this.timers = this.timers.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      next.callback();
      await Promise.resolve();
    }
    this.time = until;
  }

  /** Time goes by while somebody is busy: nothing is called back. */
  pass(millis: number): void {
    this.time += millis;
  }

  get pending(): number {
    return this.timers.length;
  }
}
