/** Monotonic milliseconds. (`performance.now()` would do, but loading it costs a millisecond at each start.) */
export const uptimeMillis = (): number => process.uptime() * 1000;
