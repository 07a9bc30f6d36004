import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { groupExists, send, taskkillArguments } from '../../src/executors/signals.js';
import { until } from './processes.js';

const onPosix = process.platform === 'win32' ? describe.skip : describe;

/** A number beyond what systems give to processes. */
const NOBODY = 2 ** 22 + 1;

onPosix('signals', () => {
  test('reach a whole group by its negative number, which is gone afterwards', async () => {
    const child = spawn('sh', ['-c', 'sleep 60 & wait'], { detached: true, stdio: 'ignore' });
    const pid = child.pid as number;
    expect(groupExists(pid)).toBe(true);
    send(-pid, 'SIGKILL');
    await once(child, 'exit');
    // The other member is collected by the system in its own time.
    await until('the group is gone', () => !groupExists(pid));
  });

  test('to what is gone do nothing', () => {
    expect(() => send(NOBODY, 'SIGTERM')).not.toThrow();
    expect(groupExists(NOBODY)).toBe(false);
  });
});

test('on Windows the whole tree is ended by force', () => {
  expect(taskkillArguments(-4711)).toEqual(['/pid', '4711', '/t', '/f']);
});
