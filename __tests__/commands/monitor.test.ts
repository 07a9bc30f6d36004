/** `monitor` on a terminal: what a person sees of runs of other processes. */
import { describe, expect, it } from '@jest/globals';
import { monitorVerb } from '../../src/commands/monitor.js';
import type { Ending, Surroundings } from '../../src/commands/surroundings.js';
import { type Bench, until, useBench, waitFor } from '../cli/harness.js';
import { FakeTerminal } from '../terminal/fake-terminal.js';

const bench = useBench();

function watch(here: Bench, terminal: FakeTerminal, ...words: string[]): Promise<Ending> {
  const around = { cwd: here.dir, env: {}, stdout: terminal, stderr: terminal } as unknown as Surroundings;
  return monitorVerb.run(['--refresh', '100ms', ...words], around);
}

async function live(here: Bench, name: string): Promise<void> {
  here.start(['run', '--name', name, `touch ${name}; ${waitFor(`go-${name}`)}`, 'exit 3']);
  await here.appears(name);
}

const shows = (terminal: FakeTerminal, text: string | RegExp): Promise<void> =>
  until(`the screen shows ${text}`, () => terminal.shown.join('\n').match(text) !== null);

describe('monitor on a terminal', () => {
  it('draws the table over and over, takes in a run that begins, and leaves the last picture', async () => {
    const here = bench();
    const terminal = new FakeTerminal(80);
    await live(here, 'blue');
    const ended = watch(here, terminal);
    await shows(terminal, /^blue running for /);
    expect(terminal.isCursorShown).toBe(false);
    await live(here, 'red');
    await shows(terminal, /^red running for /);
    here.write('go-blue', '');
    await shows(terminal, /^blue failed in /m);
    here.write('go-red', '');
    expect(await ended).toBe(0);
    expect(terminal.isCursorShown).toBe(true);
    expect(terminal.shown.filter((line) => / (running|failed) (for|in) /.test(line))).toEqual([
      expect.stringMatching(/^red failed in /),
      expect.stringMatching(/^blue failed in /),
    ]);
  });

  it('fits into a screen of any size, also when that changes', async () => {
    const here = bench();
    const terminal = new FakeTerminal(300);
    terminal.rows = 12;
    await live(here, 'blue');
    const ended = watch(here, terminal, 'blue', '--dashboard');
    await shows(terminal, /^2 +exit 3 +failed .*exited with code 3$/m);
    terminal.narrow(40);
    terminal.rows = 7;
    await shows(terminal, /^blue running for .*…$/m);
    expect(terminal.shown.filter((line) => line.length > 39)).toEqual([]);
    here.write('go-blue', '');
    expect(await ended).toBe(0);
    expect(terminal.shown.length).toBeLessThanOrEqual(7);
  });

  it('ends by the signal that told it to, with the cursor back', async () => {
    const here = bench();
    const terminal = new FakeTerminal(80);
    await live(here, 'blue');
    const ended = watch(here, terminal);
    await shows(terminal, /^blue running for /);
    process.emit('SIGTERM');
    expect(await ended).toEqual({ signal: 'SIGTERM' });
    expect(terminal.isCursorShown).toBe(true);
    here.write('go-blue', '');
  });

  it('shows a run that is over once', async () => {
    const here = bench();
    const terminal = new FakeTerminal(80);
    await here.run(['run', '--name', 'old', 'true']);
    expect(await watch(here, terminal, 'old')).toBe(0);
    expect(terminal.shown[0]).toMatch(/^old succeeded in /);
  });
});
