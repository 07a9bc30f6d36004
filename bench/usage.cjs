/**
 * Loaded into the measured process with `node --require`: when it exits, it writes down what it has used itself.
 * CPU is RUSAGE_SELF, so the tasks that it started do not count. Memory is the peak of resident memory of this
 * program (VmHWM); the kernel's `ru_maxrss` would also count what stood there before `exec`.
 */
const { readFileSync, writeFileSync } = require('node:fs');

const { BENCH_USAGE_DIR: folder } = process.env;

function peakBytes() {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}

if (folder !== undefined)
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime } = process.resourceUsage();
    const usage = { cpuMillis: (userCPUTime + systemCPUTime) / 1000, peakBytes: peakBytes() };
    writeFileSync(`${folder}/${process.pid}.json`, JSON.stringify(usage));
  });
