/** What is shown of a run while it goes on and when it is over, where no terminal is. */
import { describe, expect, it } from '@jest/globals';
import { type Bench, CLI, type Ended, until, useBench, waitFor } from './harness.js';

const bench = useBench();

/** Two tasks; the first ends when the second is certainly over and, if it is to be shown at once, was shown. */
async function secondFirst(here: Bench, style: string): Promise<Ended> {
  here.write('plan.json', {
    name: 'two',
    tasks: { slow: { run: `${waitFor('go')}; echo slow` }, quick: { run: 'echo quick; echo told >&2' } },
  });
  const { ended, printed } = here.start(['run', '-f', 'plan.json', '--output', style]);
  const isOver = (): boolean =>
    here.events().some(({ type, task }) => type === 'task.finished' && task === 'quick');
  await until('the second is over', () => here.journalIsThere() && isOver());
  if (style === 'stream') await until('it is shown', () => printed().includes('✔ quick succeeded'));
  here.write('go', '');
  return ended;
}

describe('--output stream', () => {
  it('shows lines as they come, each with its name, and notices on stderr', async () => {
    const here = bench();
    const { code, stdout, stderr } = await secondFirst(here, 'stream');
    expect([code, stdout]).toEqual([0, '[quick] quick\n[quick] told\n[slow] slow\n']);
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/ in [\d.]+ m?s$/, ''));
    expect(lines[0]).toMatch(/^▶ two: 2 tasks, at most \d+ at a time \(run .+\)$/);
    expect(lines.slice(1)).toEqual([
      '  commands: slow, quick',
      ...['▶ slow started', '▶ quick started', '✔ quick succeeded', '✔ slow succeeded'],
      '✔ succeeded: 2 tasks succeeded',
    ]);
  });

  it('is the default, and shows a line while its task still runs', async () => {
    const here = bench();
    const { ended, printed } = here.start(['run', `echo early; ${waitFor('seen')}; echo late`]);
    await until('the early line', () => printed().includes('[1] early\n'));
    here.write('seen', '');
    expect((await ended).stdout).toBe('[1] early\n[1] late\n');
  });

  it('never mixes two tasks in one line, and ends the last line of each', async () => {
    const here = bench();
    const text = (word: string): string =>
      `for i in 1 2 3 4 5 6 7 8 9; do printf '${word} '; printf '${word}\\n'; done; printf ${word}`;
    const { stdout } = await here.run(['run', text('aa'), text('bb'), text('cc')]);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(30);
    expect(lines.filter((line) => !/^\[([123])\] (aa|bb|cc)( \2)?$/.test(line))).toEqual([]);
  });

  it('passes all bytes on, those that are no text and those of a very long line too', async () => {
    const here = bench();
    here.write(
      'make.cjs',
      'process.stdout.write(Buffer.from([0xff, 0xfe, 10])); process.stdout.write("x".repeat(300000))',
    );
    const { stdout } = await here.run(['run', 'node make.cjs']);
    expect(stdout).toBe(`[1] \ufffd\ufffd\n[1] ${'x'.repeat(300_000)}\n`);
  });
});

describe('--output grouped', () => {
  it('shows the output of each task in one piece, in the declared order', async () => {
    const here = bench();
    const { code, stdout } = await secondFirst(here, 'grouped');
    expect(code).toBe(0);
    expect(stdout.replaceAll(/ in [\d.]+ m?s/g, '')).toBe(
      '✔ slow succeeded\nslow\n✔ quick succeeded\nquick\ntold\n',
    );
  });

  it('says why a task failed, and shows each attempt', async () => {
    const here = bench();
    const { code, stdout } = await here.run([
      ...['run', '--output', 'grouped', '--max-retries', '1', '--retry-delay', '0'],
      'echo "try $BATCHTOOL_ATTEMPT"; exit 3',
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^✖ 1 \(.*\) failed: exited with code 3 .*\n· attempt 1: exited with code 3\ntry 1\n· attempt 2: exited with code 3\ntry 2\n$/,
    );
  });
});

describe('--output quiet', () => {
  it('says nothing but the verdict when all goes well', async () => {
    const { stdout, stderr } = await bench().run(['run', '--output', 'quiet', 'echo hello']);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^✔ succeeded: 1 task succeeded in [^\n]*\n$/);
  });

  it('says at once what went wrong', async () => {
    const here = bench();
    const { ended, printed } = here.start(['run', '--output', 'quiet', 'exit 3', waitFor('go')]);
    await until('the failure', () => printed().includes('✖ 1 (exit 3) failed: exited with code 3'));
    here.write('go', '');
    expect((await ended).stdout).toBe('');
  });

  it('comes from BATCHTOOL_OUTPUT_STYLE and from the plan file as well', async () => {
    const here = bench();
    expect((await here.run(['run', 'echo hello'], { env: { BATCHTOOL_OUTPUT_STYLE: 'quiet' } })).stdout).toBe(
      '',
    );
    here.write('plan.json', { output: 'quiet', tasks: { a: { run: 'echo hello' } } });
    expect((await here.run(['run', '-f', 'plan.json'])).stdout).toBe('');
    expect((await here.run(['run', '-f', 'plan.json', '--output', 'stream'])).stdout).toBe('[a] hello\n');
  });
});

describe.each(['stream', 'grouped', 'quiet'])('failures under --output %s', (style) => {
  it('stand at the end with the last lines of their log and the command that shows all', async () => {
    const here = bench();
    const { code, stderr } = await here.run([
      ...['run', '--output', style, '--sequential', '--on-error', 'continue'],
      ...['for i in $(seq 30); do echo "line $i"; done; exit 4', 'echo fine', 'exit 5'],
    ]);
    expect(code).toBe(1);
    const closing = stderr.slice(stderr.indexOf('✖ failed: 2 of 3 tasks failed, 1 succeeded'));
    const [id] = here.runs();
    expect(closing).toMatch(/^✖ 1 \(.*\) failed: exited with code 4$/m);
    expect(closing).not.toContain('│ line 10\n');
    for (const line of ['│ line 11\n', '│ line 30\n', `  all of it: batchtool logs ${id} --task 1\n`])
      expect(closing).toContain(line);
    expect(closing).toContain(`✖ 3 (exit 5) failed: exited with code 5\n  no output\n`);
    expect(closing.trimEnd().endsWith(`go on with it: batchtool resume ${id}`)).toBe(true);
    const all = await here.run(['logs', id ?? '', '--task', '1']);
    expect(all.stdout.trimEnd().split('\n')).toHaveLength(30);
  });
});

describe('colours', () => {
  const ESC = '\u001b[';
  const coloured = async (env: Record<string, string>): Promise<[boolean, boolean]> => {
    const { stdout, stderr } = await bench().run(['run', 'echo hello'], { env });
    return [stdout.includes(ESC), stderr.includes(ESC)];
  };

  it.each([
    ['none without a terminal', {}, [false, false]],
    ['FORCE_COLOR brings them', { FORCE_COLOR: '1' }, [true, true]],
    ['FORCE_COLOR=0 does not', { FORCE_COLOR: '0' }, [false, false]],
    ['NO_COLOR is stronger', { FORCE_COLOR: '1', NO_COLOR: '1' }, [false, false]],
    ['an empty NO_COLOR is none', { FORCE_COLOR: '1', NO_COLOR: '' }, [true, true]],
    [
      'a CI service that draws them gets them in notices',
      { CI: 'true', GITHUB_ACTIONS: 'true' },
      [false, true],
    ],
    ['an unknown CI service gets none', { CI: 'true' }, [false, false]],
  ])('%s', async (_, env, expected) => {
    expect(await coloured(env)).toEqual(expected);
  });

  it('of a task are passed on, and reset before the next name', async () => {
    const { stdout } = await bench().run(['run', `printf '\\033[31mred\\n'`], { env: { FORCE_COLOR: '1' } });
    expect(stdout).toBe(`\u001b[0m\u001b[36m[1]\u001b[39m \u001b[31mred\n`);
  });

  it('stay out of what status prints for programs', async () => {
    const here = bench();
    await here.run(['run', 'true']);
    expect((await here.run(['status'])).stdout).not.toContain(ESC);
    expect((await here.run(['status'], { env: { FORCE_COLOR: '1' } })).stdout).toContain(ESC);
    expect((await here.run(['status', '--json'], { env: { FORCE_COLOR: '1' } })).stdout).not.toContain(ESC);
  });
});

describe('a reader that goes away', () => {
  it('does not end the run', async () => {
    const here = bench();
    here.write('plan.json', { tasks: { a: { run: 'seq 100000; touch done' } } });
    const { spawnSync } = await import('node:child_process');
    const text = `"${process.execPath}" "${CLI}" run -f plan.json | head -1`;
    const { stdout } = spawnSync('sh', ['-c', text], { cwd: here.dir, encoding: 'utf8' });
    expect(stdout).toBe('[a] 1\n');
    expect(here.has('done')).toBe(true);
    expect((await here.status()).run.status).toBe('succeeded');
  });
});

describe('--debug', () => {
  it('adds every event on stderr', async () => {
    const { stdout, stderr } = await bench().run(['run', '--debug', 'echo hello']);
    expect(stdout).toBe('[1] hello\n');
    const events = stderr.split('\n').filter((line) => line.startsWith('debug: '));
    expect(events.map((line) => JSON.parse(line.slice(7)).type)).toEqual([
      ...[
        'run.started',
        'attempt.started',
        'attempt.spawned',
        'attempt.exited',
        'task.finished',
        'run.finished',
      ],
    ]);
  });
});

describe('--verbose', () => {
  it('adds which process an attempt is, where its log lies, what it took, and who said the settings', async () => {
    const here = bench();
    const text = 'echo hello; echo "key=1" >> "$BATCHTOOL_OUTPUT"';
    const { stdout, stderr } = await here.run(['run', '--verbose', text], {
      env: { BATCHTOOL_TIMEOUT: '5m' },
    });
    expect(stdout).toBe('[1] hello\n');
    expect(stderr).toContain('settings: --timeout from BATCHTOOL_TIMEOUT\n');
    const { log } = (await here.status()).tasks[0]?.attempts[0] ?? { log: '' };
    expect(stderr).toMatch(new RegExp(`^ {2}· task 1 is process \\d+, its log ${log}$`, 'm'));
    expect(stderr).toMatch(/^ {2}· task 1 attempt 1 exited with code 0, .*6 B of output, hands over key$/m);
  });

  it('leaves stdout to the events under --json', async () => {
    const here = bench();
    const { stdout, stderr } = await here.run(['run', '--json', '--verbose', '--debug', 'echo hello']);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(here.events());
    expect(stderr).toMatch(/^ {2}· task 1 is process/m);
    expect(stderr).toMatch(/^debug: \{/m);
  });
});
