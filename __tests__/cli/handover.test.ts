/** What a task gets from its surroundings and from earlier tasks, and what it hands on. */
import { describe, expect, it } from '@jest/globals';
import { CLI, useBench } from './harness.js';

const bench = useBench();

describe('variables of a task', () => {
  it('say which run, task, attempt and round it is', async () => {
    const here = bench();
    const names = ['RUN_ID', 'TASK_ID', 'ATTEMPT', 'ROUND', 'NAMESPACE'].map((name) => `$BATCHTOOL_${name}`);
    const args = ['run', '--namespace', 'notes', `echo ${names.join(' ')} > seen`];
    expect((await here.run(args)).code).toBe(0);
    expect(here.read('seen')).toBe(`${here.runs()[0]} 1 1 1 notes\n`);
  });

  it('come from our own environment, then the plan, the task, and --env last', async () => {
    const here = bench();
    here.write('plan.json', {
      env: { B: 'plan', C: 'plan', D: 'plan' },
      tasks: { a: { run: 'echo $A $B $C $D > seen', env: { C: 'task' } } },
    });
    const env = { A: 'ours', B: 'ours', C: 'ours', D: 'ours' };
    await here.run(['run', '-f', 'plan.json', '--env', 'D=flag'], { env });
    expect(here.read('seen')).toBe('ours plan task flag\n');
  });

  it('may be given with --env several times, and hold blanks, quotes and "="', async () => {
    const here = bench();
    const args = ['run', '--env', 'A=1', '--env', `B=it's a "b" = b`, 'echo "$A|$B" > seen'];
    expect((await here.run(args)).code).toBe(0);
    expect(here.read('seen')).toBe(`1|it's a "b" = b\n`);
  });

  it.each(['NOVALUE', '=x', '1A=x', 'A B=x'])('are refused when written %s', async (pair) => {
    const here = bench();
    const { code, stderr } = await here.run(['run', '--env', pair, 'touch ran']);
    expect(code).toBe(2);
    expect(stderr).toContain('--env');
    expect(stderr).toContain('hint: ');
    expect(here.has('ran')).toBe(false);
  });
});

describe('outputs', () => {
  it('reach later tasks as variables, as they were written: plain and heredoc', async () => {
    const here = bench();
    const lines = ['version=1.2=x', 'notes<<END', 'one', ' two', 'END', 'empty='];
    here.write('lines', `${lines.join('\n')}\n`);
    here.write('plan.json', {
      tasks: {
        'read-me': { run: 'cat lines >> "$BATCHTOOL_OUTPUT"' },
        use: {
          run: 'printf "%s|%s|%s" "$BATCHTOOL_OUTPUT_READ_ME_VERSION" "$BATCHTOOL_OUTPUT_READ_ME_NOTES" "$(printenv BATCHTOOL_OUTPUT_READ_ME_EMPTY || echo unset)" > seen',
          needs: ['read-me'],
        },
      },
    });
    expect((await here.run(['run', '-f', 'plan.json'])).code).toBe(0);
    expect(here.read('seen')).toBe('1.2=x|one\n two|');
  });

  it('that are malformed fail the task with the line that is wrong', async () => {
    const here = bench();
    const { code, stderr } = await here.run(['run', 'echo no sign here >> "$BATCHTOOL_OUTPUT"']);
    expect(code).toBe(1);
    expect(stderr).toContain('line 1 of BATCHTOOL_OUTPUT is neither key=value nor key<<END: "no sign here"');
  });

  it('above 32 kB come only in context.json', async () => {
    const here = bench();
    here.write('plan.json', {
      tasks: {
        big: {
          run: '{ printf "text="; head -c 40000 /dev/zero | tr "\\0" x; echo; } >> "$BATCHTOOL_OUTPUT"',
        },
        use: {
          run: '(printenv BATCHTOOL_OUTPUT_BIG_TEXT || echo unset) > variable; cp "$BATCHTOOL_CONTEXT/context.json" seen',
          needs: ['big'],
        },
      },
    });
    expect((await here.run(['run', '-f', 'plan.json'])).code).toBe(0);
    expect(here.read('variable')).toBe('unset\n');
    expect(JSON.parse(here.read('seen'))[0].outputs.text).toHaveLength(40_000);
  });
});

describe('context', () => {
  it('holds the end of the output of each task that it needs, and what became of it', async () => {
    const here = bench();
    here.write('plan.json', {
      tasks: {
        fact: { run: 'echo 42' },
        other: { run: 'echo unseen' },
        broken: { run: 'echo why; exit 3', 'continue-on-error': true },
        use: { run: 'cp -rL "$BATCHTOOL_CONTEXT" seen', needs: ['fact', 'broken'] },
      },
    });
    expect((await here.run(['run', '-f', 'plan.json'])).code).toBe(0);
    expect(here.read('seen', 'fact.md')).toBe('42\n');
    expect(here.read('seen', 'broken.md')).toBe('why\n');
    expect(here.has('seen', 'other.md')).toBe(false);
    const known = JSON.parse(here.read('seen', 'context.json')) as { task: string; status: string }[];
    expect(known.map(({ task, status }) => `${task} ${status}`)).toEqual(['fact succeeded', 'broken failed']);
  });

  it('is an empty folder for a task that needs none', async () => {
    const here = bench();
    await here.run(['run', 'ls -A "$BATCHTOOL_CONTEXT" | wc -l > seen']);
    expect(here.read('seen').trim()).toBe('0');
  });
});

describe('batchtool inside a task', () => {
  const nested = (inner: string): string => `"${process.execPath}" "${CLI}" run ${inner}`;

  it('is a run of its own beside the outer one, with variables of its own', async () => {
    const here = bench();
    const { code } = await here.run([
      'run',
      nested(`'true' 'echo "$BATCHTOOL_TASK_ID $BATCHTOOL_RUN_ID" > seen'`),
    ]);
    expect(code).toBe(0);
    const [outer, inner] = here.runs();
    expect(here.read('seen')).toBe(`2 ${inner}\n`);
    expect((await here.status(outer ?? '')).tasks).toHaveLength(1);
  });

  it('is refused when it is the third', async () => {
    const here = bench();
    here.write('inner.sh', nested('"touch ran"'));
    here.write('middle.sh', nested('"sh inner.sh"'));
    const { code, stdout } = await here.run(['run', nested('"sh middle.sh"')]);
    expect(code).toBe(1);
    expect(here.has('ran')).toBe(false);
    expect(stdout).toContain('a run in a task of a run that is itself in a task of a run');
  });
});
