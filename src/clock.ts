/** The wall clock at start plus the time that really went by: it never goes back while we run. */
import type { Clock } from './core/ports.js';

const startedAt = Date.now() - process.uptime() * 1000;

export const systemClock: Clock = {
  now: () => Math.round(startedAt + process.uptime() * 1000),
  after: (millis, callback) => {
    // Node's timers hold at most 2³¹ ms; the loop asks again when it wakes too early.
    const timer = setTimeout(callback, Math.min(millis, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};
