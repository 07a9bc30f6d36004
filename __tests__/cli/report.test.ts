/** `report`: one run for others to read. Everything here is written by real tasks and read back from real files. */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'test-results-parser';
import { elementsIn, names, pageOf, textIn } from '../reports/page.js';
import { type Bench, useBench } from './harness.js';

const bench = useBench();

const PLAN = {
  name: 'checks',
  stages: ['build', 'test'],
  tasks: {
    compile: {
      run: 'printf "# Built\\n\\n</details><script>x</script>" >> "$BATCHTOOL_SUMMARY"',
      stage: 'build',
    },
    types: { run: "echo 'src/a.ts(3,5): error TS2322: No.'; exit 2", stage: 'test' },
    lint: {
      run: `printf '\\033[31m\`\`\`\\n</details><script>alert(1)</script>\\n::error::x\\nbad \\377\\n'; exit 1`,
      stage: 'test',
    },
  },
};

async function ran(plan: unknown = PLAN): Promise<Bench> {
  const here = bench();
  here.write('plan.json', plan);
  await here.run(['run', '-f', 'plan.json']);
  return here;
}

async function report(here: Bench, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await here.run(['report', ...args]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

describe('report', () => {
  it('is Markdown that shows all that tasks wrote and lets none of it out of its place', async () => {
    const page = pageOf(await report(await ran()));
    const all = page.flatMap((element) => [element, ...elementsIn(element)]);
    expect(names(all)).not.toContain('script');
    expect(textIn(page[0] as never)).toMatch(/^❌ checks failed: 2 of 3 tasks failed, 1 succeeded in /);
    const blocks = page.filter(({ tagName }) => tagName === 'pre').map(textIn);
    expect(blocks).toContain('```\n</details><script>alert(1)</script>\n::error::x\nbad \ufffd\n');
    expect(blocks).toContain(
      "npx batchtool run 'sh: echo '\\''src/a.ts(3,5): error TS2322: No.'\\''; exit 2'\n",
    );
    expect(
      textIn(page.at(-1) as never)
        .replaceAll('\u200b', '')
        .trim(),
    ).toBe('Built\n</details><script>x</script>');
  });

  it('gives a command that fails the same way', async () => {
    const here = await ran({
      tasks: { odd: { run: 'x="it\'s"\n[ "$x $V" = \'no\' ]', env: { V: "a 'b' $c" } } },
    });
    const [, command = ''] = /```sh\n([\s\S]*?)\n```/.exec(await report(here)) ?? [];
    const args = await here.run(
      ['run', '--parallel', `printf '%s\\0' ${command.replace(/^npx batchtool /, '')}`],
      {},
    );
    expect(args.stdout.replaceAll('[1] ', '').split('\0').slice(0, -1)).toEqual([
      'run',
      '--env',
      "V=a 'b' $c",
      'sh: x="it\'s"\n[ "$x $V" = \'no\' ]',
    ]);
  });

  it('--format junit is read by a reader of test results', async () => {
    const here = await ran();
    here.write('results.xml', await report(here, '--format', 'junit'));
    const { suites, ...result } = parse({ type: 'junit', files: [here.path('results.xml')] });
    expect(result).toMatchObject({ name: 'checks', passed: 1, failed: 2, errors: 0, status: 'FAIL' });
    expect(suites.map(({ name, status }) => [name, status])).toEqual([
      ['build', 'PASS'],
      ['test', 'FAIL'],
    ]);
    expect(suites[1]?.cases.map(({ name, failure, stack_trace }) => [name, failure, stack_trace])).toEqual([
      ['types', 'exited with code 2', 'exited with code 2\nsrc/a.ts(3,5): error TS2322: No.'],
      [
        'lint',
        'exited with code 1',
        expect.stringContaining('</details><script>alert(1)</script>\n::error::x'),
      ],
    ]);
  });

  it('--format annotations finds messages with file and line in logs', async () => {
    const { annotations } = JSON.parse(await report(await ran(), '--format', 'annotations'));
    const whole = { level: 'error', file: null, line: null, column: null };
    expect(annotations).toEqual([
      { ...whole, title: 'types failed', message: 'exited with code 2', task: 'types' },
      { ...whole, title: 'lint failed', message: 'exited with code 1', task: 'lint' },
      {
        level: 'error',
        title: 'tsc TS2322',
        message: 'No.',
        task: 'types',
        file: 'src/a.ts',
        line: 3,
        column: 5,
      },
    ]);
  });

  it('--format json tells reasons, figures, last lines and commands', async () => {
    const { run, tasks, criticalPath } = JSON.parse(await report(await ran(), '--format', 'json'));
    expect(run).toMatchObject({ name: 'checks', status: 'failed', costUsd: null });
    expect(
      tasks.map(({ id, reason, lastLines }: Record<string, unknown>) => [id, reason, lastLines]),
    ).toEqual([
      ['compile', null, null],
      ['types', 'exited with code 2', ['src/a.ts(3,5): error TS2322: No.']],
      [
        'lint',
        'exited with code 1',
        ['```', '</details><script>alert(1)</script>', '::error::x', 'bad \ufffd'],
      ],
    ]);
    expect(tasks[1].command).toMatch(/^npx batchtool run 'sh: echo /);
    expect(criticalPath.length).toBeGreaterThan(0);
  });

  it('--format mermaid draws the graph in the colours of how tasks ended', async () => {
    const text = await report(await ran(), '--format', 'mermaid');
    expect(text).toMatch(/^flowchart TD\n/);
    expect(text).toContain('  class t1,t2 failed\n');
  });

  it('is written to a file, in a folder that is made for it', async () => {
    const here = await ran();
    const { code, stdout, stderr } = await here.run([
      'report',
      'checks',
      '--format',
      'junit',
      '--output',
      'out/r.xml',
    ]);
    expect([code, stdout, stderr]).toEqual([0, '', 'wrote out/r.xml, made the folder out\n']);
    expect(here.read('out', 'r.xml')).toMatch(/^<\?xml /);
  });

  it('has no more bytes than it may', async () => {
    const here = await ran({
      tasks: { a: { run: 'yes "long line <b>" | head -c 5000000 | tee "$BATCHTOOL_SUMMARY"; exit 1' } },
    });
    expect(Buffer.byteLength(await report(here, '--max-size', '2kB'))).toBeLessThanOrEqual(2000);
    expect(Buffer.byteLength(await report(here))).toBeLessThanOrEqual(1_048_576);
  });

  it('of a run whose process was killed says what was running then, and counts no time since', async () => {
    const here = bench();
    const { child, ended } = here.start(['run', '--parallel', 'touch began; sleep 60', 'true']);
    await here.appears('began');
    child.kill('SIGKILL');
    await ended;
    const text = await report(here);
    expect(text).toMatch(/^## ⚠️ parallel was interrupted: /);
    expect(text).toMatch(/\| ⚠️ \| 1 <code>.*<\/code> \|.* was running when batchtool ended \|/);
    expect(await report(here)).toBe(text);
  });

  it('is made though a log cannot be read, and says so in its place', async () => {
    const here = await ran({ tasks: { a: { run: 'exit 1' } } });
    const log = here.path('.batchtool', 'runs', here.runs()[0] ?? '', 'tasks', 'a.1.log');
    rmSync(log);
    mkdirSync(log);
    expect(await report(here)).toMatch(/```text\n\(.*cannot read the log.*\)\n```/);
  });

  it('reads no file that a task put in the place of its report', async () => {
    const here = await ran({ tasks: { a: { run: 'true' } } });
    here.write('secret', 'a secret of the machine');
    symlinkSync(
      here.path('secret'),
      here.path('.batchtool', 'runs', here.runs()[0] ?? '', 'tasks', 'a.1.summary.md'),
    );
    expect(await report(here)).not.toContain('secret');
  });

  it('takes matchers of the project, and leaves out those that would never end', async () => {
    const here = await ran({ tasks: { a: { run: `echo 'ODD a.x:3 no'; echo ${'a'.repeat(60)}!; exit 1` } } });
    const matcher = (regexp: string) => ({
      problemMatcher: [{ owner: 'mine', pattern: [{ regexp, file: 1, line: 2, message: 3 }] }],
    });
    here.write('good.json', matcher('^ODD (.+):(\\d+) (.+)$'));
    here.write('bad.json', matcher('^((a+)+)(b)$'));
    const { annotations } = JSON.parse(
      await report(here, '--format', 'annotations', '--problem-matchers', 'good.json'),
    );
    expect(annotations[1]).toMatchObject({ title: 'mine', file: 'a.x', line: 3, message: 'no' });
    const slow = await here.run(['report', '--format', 'annotations', '--problem-matchers', 'bad.json']);
    expect(slow.code).toBe(0);
    expect(slow.stderr).toMatch(/take too long on these logs and are left out\n {2}hint: /);
    expect(JSON.parse(slow.stdout).annotations).toHaveLength(1);
  }, 30_000);

  describe('with a baseline', () => {
    async function twice(): Promise<Bench> {
      const here = await ran({ name: 'checks', tasks: { a: { run: 'exit 1' }, b: { run: 'true' } } });
      here.write('plan.json', { name: 'checks', tasks: { a: { run: 'true' }, c: { run: 'true' } } });
      await here.run(['run', '-f', 'plan.json']);
      return here;
    }

    it('says what is different from the run before of that name, or from any by its id', async () => {
      const here = await twice();
      const [first = '', second = ''] = here.runs();
      const text = await report(here, '--baseline', 'checks');
      expect(text).toContain(
        `### Compared with run <code>${first}</code>\n\n- ✅ newly passing: <code>a</code>\n` +
          '- ➕ new: <code>c</code>\n- ➖ no longer there: <code>b</code>\n',
      );
      expect(await report(here, '--baseline', first)).toBe(text);
      expect(await report(here, first, '--baseline', second)).toContain('newly failing**: <code>a</code>');
    });

    it.each([
      ['nothing', 'nobody', /there is no earlier run and no file "nobody"/],
      ['a file of something else', 'plan.json', /"plan\.json" does not hold the figures of a run/],
      ['a folder', '.batchtool', /cannot read "\.batchtool"/],
    ])('refuses %s', async (_, baseline, message) => {
      const { code, stdout, stderr } = await (await twice()).run(['report', '--baseline', baseline]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(message);
    });

    it('refuses a run that was cancelled', async () => {
      const here = bench();
      const { child, ended } = here.start(['run', '--name', 'long', 'touch began; sleep 60']);
      await here.appears('began');
      child.kill('SIGINT');
      await ended;
      await here.run(['run', 'true']);
      const { code, stderr } = await here.run(['report', '--baseline', 'long']);
      expect([code, stderr]).toEqual([2, expect.stringMatching(/is no measure: it was cancelled/)]);
    });
  });

  it.each([
    [['--format', 'pdf'], /--format/],
    [['--problem-matchers', 'none.json'], /--problem-matchers: cannot read "none\.json"/],
    [['nobody'], /there is no run "nobody"/],
    [['--output', '.'], /"\." is a folder/],
  ])('refuses %j in words', async (args, message) => {
    const here = await ran({ tasks: { a: { run: 'true' } } });
    const { code, stdout, stderr } = await here.run(['report', ...args]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });

  it('of nothing says that there is no run yet, and writes nothing', async () => {
    const here = bench();
    const { code, stdout, stderr } = await here.run(['report', '--output', 'r.md']);
    expect([code, stdout, stderr]).toEqual([
      0,
      '',
      "batchtool: no run yet; start one: batchtool run 'echo hello'\n",
    ]);
    expect(here.has('r.md')).toBe(false);
  });
});
