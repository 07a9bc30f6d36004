/** --pass-env and secret --env: a clean environment for tasks, and values that are written nowhere. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Bench, type Ended, useBench, waitFor } from './harness.js';

const bench = useBench();

const VALUE = 'hunter2-Sw0rdfish';

/** Every file below the state folder that holds the text. */
function filesWith(here: Bench, text: string): string[] {
  const root = here.path('.batchtool');
  const found = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => join(root, name))
    .filter((path) => statSync(path).isFile() && readFileSync(path, 'utf8').includes(text));
  return found;
}

function expectHidden(here: Bench, ended: Ended): void {
  expect(filesWith(here, VALUE)).toEqual([]);
  expect(ended.stdout + ended.stderr).not.toContain(VALUE);
}

describe('--pass-env', () => {
  it('gives tasks PATH, HOME, LANG, TMPDIR, BATCHTOOL_* and the named ones, and nothing else', async () => {
    const here = bench();
    const env = { LANG: 'C.UTF-8', NAMED: 'yes yes', OTHER: 'no no', BATCHTOOL_X: 'x' };
    const { code } = await here.run(['run', '--pass-env', 'NAMED', 'env > seen'], { env });
    expect(code).toBe(0);
    const names = here
      .read('seen')
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0] ?? '');
    // What the shell itself sets is none of ours.
    const rest = names.filter(
      (name) => !name.startsWith('BATCHTOOL_') && !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name),
    );
    expect(rest.sort()).toEqual(['HOME', 'LANG', 'NAMED', 'PATH', 'TMPDIR']);
    expect(here.read('seen')).toContain('NAMED=yes yes\n');
    expect(here.read('seen')).toContain('BATCHTOOL_X=x\n');
  });

  it('masks the value in the log, on the screen and in the closing lines, and stores it nowhere', async () => {
    const here = bench();
    const ended = await here.run(
      ['run', '--pass-env', 'PLAIN', 'echo "<$PLAIN>"; echo "<$PLAIN>" >&2; exit 1'],
      {
        env: { PLAIN: VALUE },
      },
    );
    expect(ended.code).toBe(1);
    expectHidden(here, ended);
    expect(ended.stdout).toBe('[1] <***>\n[1] <***>\n');
    expect(ended.stderr).toContain('│ <***>');
    expect((await here.run(['logs', '--task', '1'])).stdout).toBe('<***>\n<***>\n');
  });

  it('masks it in outputs and in what later tasks find as context', async () => {
    const here = bench();
    here.write('plan.json', {
      'pass-env': 'PLAIN',
      tasks: {
        a: { run: 'echo "key=$PLAIN" >> "$BATCHTOOL_OUTPUT"; echo "said $PLAIN"' },
        b: { run: 'cat "$BATCHTOOL_CONTEXT/a.md"', needs: ['a'] },
      },
    });
    const ended = await here.run(['run', '-f', 'plan.json'], { env: { PLAIN: VALUE } });
    expect(ended.code).toBe(0);
    expect(ended.stdout).toBe('[a] said ***\n[b] said ***\n');
    expectHidden(here, ended);
  });

  it('masks it in the reason that an agent gives for its failure, in every report', async () => {
    const here = bench();
    const last = {
      type: 'result',
      subtype: 'success',
      is_error: true,
      result: `401 invalid x-api-key ${VALUE}`,
    };
    mkdirSync(here.path('bin'));
    here.write('bin/claude', `#!/bin/sh\ncat > /dev/null\necho '${JSON.stringify(last)}'\n`);
    chmodSync(here.path('bin/claude'), 0o755);
    const env = { PLAIN: VALUE, PATH: `${here.path('bin')}:${process.env.PATH}` };
    const ended = await here.run(['run', '--pass-env', 'PLAIN', '--agent', 'claude', 'code: x'], { env });
    expect(ended.code).toBe(1);
    expect(ended.stderr).toContain('401 invalid x-api-key ***');
    expectHidden(here, ended);
    for (const format of ['markdown', 'json', 'junit']) {
      const report = (await here.run(['report', '--format', format])).stdout;
      expect(report).toContain('401 invalid x-api-key');
      expect(report).not.toMatch(/Sw0rdfish/);
    }
  });

  it('masks it in what --json, --debug, --dry-run, status, stats and list print', async () => {
    const here = bench();
    const env = { PLAIN: VALUE };
    const args = ['--pass-env', 'PLAIN', 'echo "$PLAIN" | tee -a "$BATCHTOOL_SUMMARY"; exit 1'];
    const printed = [
      await here.run(['run', '--json', '--debug', ...args], { env }),
      await here.run(['run', '--dry-run', '--json', ...args], { env }),
      await here.run(['status', '--json'], { env }),
      await here.run(['stats', '--json'], { env }),
      await here.run(['list', '--json'], { env }),
      await here.run(['logs', '--json'], { env }),
    ];
    for (const ended of printed) expect(ended.stdout + ended.stderr).not.toContain(VALUE);
    expect(filesWith(here, VALUE)).toEqual([]);
  });

  it('refuses a variable that is not set before anything starts', async () => {
    const here = bench();
    const { code, stderr } = await here.run(['run', '--pass-env', 'MISSING', 'touch ran']);
    expect(code).toBe(2);
    expect(stderr).toContain('MISSING');
    expect([here.has('ran'), here.has('.batchtool')]).toEqual([false, false]);
  });

  it('takes several names, with commas too and from BATCHTOOL_PASS_ENV', async () => {
    const here = bench();
    const env = { A1: 'value a', B1: 'value b', C1: 'value c' };
    await here.run(['run', '--pass-env', 'A1,B1', '--pass-env', 'C1', 'env > flag'], { env });
    await here.run(['run', 'env > variable'], { env: { ...env, BATCHTOOL_PASS_ENV: 'A1,C1' } });
    const seen = (file: string): string[] =>
      here
        .read(file)
        .split('\n')
        .filter((line) => /^[ABC]1=/.test(line))
        .sort();
    expect(seen('flag')).toEqual(['A1=value a', 'B1=value b', 'C1=value c']);
    expect(seen('variable')).toEqual(['A1=value a', 'C1=value c']);
  });
});

describe('--env with a secret name', () => {
  it.each(['API_KEY', 'API_TOKEN', 'API_SECRET', 'DB_PASSWORD'])(
    '%s reaches the task and is stored nowhere',
    async (name) => {
      const here = bench();
      const ended = await here.run([
        'run',
        '--env',
        `${name}=${VALUE}`,
        `echo "$${name}"; test "$${name}" = ${VALUE.slice(0, 7)}-Sw0rd"fish"`,
      ]);
      expect([ended.code, ended.stdout]).toEqual([0, '[1] ***\n']);
      expectHidden(here, ended);
    },
  );

  it('leaves the rest of the environment as it is', async () => {
    const here = bench();
    await here.run(['run', '--env', `API_KEY=${VALUE}`, 'echo "$OTHER" > seen'], { env: { OTHER: 'here' } });
    expect(here.read('seen')).toBe('here\n');
  });

  it('a plain name is stored and shown', async () => {
    const here = bench();
    const { stdout } = await here.run(['run', '--env', `WORD=${VALUE}`, 'echo "$WORD"']);
    expect(stdout).toBe(`[1] ${VALUE}\n`);
  });

  it('is handed to a run that goes on in the background', async () => {
    const here = bench();
    const task = `${waitFor('go')}; test "$API_KEY" = hunter2-Sw0rd"fish" && touch right; echo "$API_KEY"`;
    const ended = await here.run(['run', '--detach', '--env', `API_KEY=${VALUE}`, task]);
    expect(ended.code).toBe(0);
    here.write('go', '');
    expect((await here.run(['logs', '--follow', '--task', '1'])).stdout).toBe('***\n');
    expect(here.has('right')).toBe(true);
    expectHidden(here, ended);
  });
});

describe('resume of a run with secrets', () => {
  it.each([
    ['--pass-env', ['--pass-env', 'PLAIN'], 'PLAIN', { PLAIN: VALUE }],
    ['--env', ['--env', `API_KEY=${VALUE}`], 'API_KEY', {}],
  ])('reads the value of %s again, and without it ends with 2', async (_, flags, name, env) => {
    const here = bench();
    const task = `[ -e good ] && echo "value $${name}"`;
    expect((await here.run(['run', ...flags, task], { env })).code).toBe(1);
    here.write('good', '');
    const refused = await here.run(['resume']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`the run needs ${name}, which is not set`);
    expect((await here.status()).run.status).toBe('failed');
    const resumed = await here.run(['resume'], { env: { [name]: VALUE } });
    expect([resumed.code, resumed.stdout]).toEqual([0, '[1] value ***\n']);
    expectHidden(here, resumed);
  });
});

describe('the state folder', () => {
  const umask = process.umask();
  afterEach(() => void process.umask(umask));

  it('can be read by nobody else, whatever the umask: 0700 for folders, 0600 for files', async () => {
    const here = bench();
    here.write('plan.json', {
      tasks: {
        a: {
          run: 'echo "k=v" >> "$BATCHTOOL_OUTPUT"; echo summary >> "$BATCHTOOL_SUMMARY"; echo out; exit 1',
          retry: { max: 1, delay: '0' },
          'continue-on-error': true,
        },
        b: { run: 'true', needs: ['a'] },
      },
    });
    process.umask(0);
    await here.run(['run', '-f', 'plan.json', '--env', 'A_KEY=hidden value']);
    await here.run(['run', 'exit 1']);
    await here.run(['resume']);
    await here.run(['run', '--detach', `touch began; ${waitFor('never')}`]);
    await here.appears('began');
    await here.run(['cancel']);
    const root = here.path('.batchtool');
    const names = ['', ...readdirSync(root, { recursive: true, encoding: 'utf8' })];
    const open = names.flatMap((name) => {
      const { mode } = statSync(join(root, name));
      return (mode & 0o077) === 0 ? [] : [`${name} ${(mode & 0o777).toString(8)}`];
    });
    expect(open).toEqual([]);
    for (const name of [
      'events.jsonl',
      'plan.json',
      'detached.log',
      '.summary.md',
      '.output',
      '.log',
      'context.json',
    ])
      expect(names.filter((path) => path.endsWith(name))).not.toEqual([]);
  });

  it('is closed again if it was open, and ignored by git', async () => {
    const here = bench();
    await here.run(['run', 'true']);
    chmodSync(here.path('.batchtool'), 0o755);
    await here.run(['run', 'true']);
    expect(statSync(here.path('.batchtool')).mode & 0o777).toBe(0o700);
    expect(here.read('.batchtool', '.gitignore')).toMatch(/^\*$/m);
  });
});
