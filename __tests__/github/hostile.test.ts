/** Tasks that try to give orders to the runner, to reach later steps, or to show what is hidden. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { errorsOf, FILES, JOB_TOKEN, type Step, type StepEnded, seen, useStep } from './step.js';

const step = useStep();

const ORDERS = [
  ...[
    '::error::x',
    '  ::warning file=a::x',
    '::add-mask::the',
    '::stop-commands::mine',
    '::mine::',
    '::endgroup::',
  ],
  ...[
    '::set-env name=A::b',
    '::add-path::/evil',
    '::set-output name=status::succeeded',
    '::group::x',
    '::add-matcher::x',
  ],
  ...[
    '##[error]x',
    'before ##[add-mask]the after',
    '##[stop-commands]mine',
    '##[mine]',
    '##[endgroup]',
    '##[group]x',
    '[endgroup]',
    'before [group]x',
    '##[GROUP]x',
  ],
  ...[
    '\r::error::after a carriage return',
    '\u001b[2J\u001b]0;title\u0007\u001b[31m::error::in colour',
    '\ufeff::error::x',
  ],
];

function names({ log }: StepEnded): string[] {
  return [...new Set(log.commands.map(({ name }) => name))].sort();
}

describe('a task that prints workflow commands', () => {
  const print = `for (const s of [process.stdout, process.stderr]) s.write(require('fs').readFileSync('orders'));`;

  it.each([
    ['succeeds', 0, []],
    ['fails', 1, ['error']],
  ])('is not obeyed when it %s, and folds nothing', async (_, code, obeyed) => {
    const { here, run } = step();
    here.write('orders', `${ORDERS.join('\n')}\n::error::without an end`);
    here.write('go.js', `${print} process.exitCode = ${code};`);
    const end = await run({ run: 'node go.js' });
    expect(end.code).toBe(code);
    expect(names(end)).toEqual(obeyed);
    expect(end.log.isStopped).toBe(false);
    expect(errorsOf(end)).toHaveLength(code);
    expect(seen(end).filter((line) => line === '::add-path::/evil')).toHaveLength(2);
    expect(seen(end)).toContain('::error::without an end');
    expect(end.log.groups).toEqual(code === 0 ? [expect.stringContaining('1 (node go.js) succeeded')] : []);
    const printed = end.log.lines.filter(({ text }) => text === 'before [\\group]x');
    expect(printed.map(({ group }) => group !== undefined)).toEqual([code === 0, code === 0]);
    expect(end.outputs.status).toBe(code === 0 ? 'succeeded' : 'failed');
  });

  it('is not obeyed by way of its own words', async () => {
    const run = ORDERS.filter((order) => !order.includes('\r') && !order.includes('\u0007')).map(
      (order) => `echo out; : '${order}'`,
    );
    const failing = run.map((text) => `${text}; exit 1`);
    const end = await step().run({
      run: [...run, ...failing].join('\n'),
      'on-error': 'continue',
      annotations: 'false',
    });
    expect(end.outputs).toMatchObject({ succeeded: String(run.length), failed: String(run.length) });
    expect(names(end)).toEqual([]);
    expect(end.log.groups).toHaveLength(run.length);
    expect(end.log.isStopped).toBe(false);
  });

  it('is obeyed when the workflow trusts it, its name is not', async () => {
    const run = "echo '::notice::from a task'; : '##[error]x'\necho '##[group]mine'; echo in; false";
    const end = await step().run({ run, 'workflow-commands': 'allow', annotations: 'false' });
    expect(end.log.commands.filter(({ name }) => !name.includes('group'))).toEqual([
      { name: 'notice', properties: {}, data: 'from a task' },
    ]);
    expect(end.log.groups).toContain('mine');
  });
});

describe('output of any kind', () => {
  it('comes whole: a line of 5 MB, bytes that are no text, a last line without an end', async () => {
    const { here, run } = step();
    const code = `process.stdout.write('a'.repeat(5e6) + '\\n'); process.stdout.write(Buffer.from([0xff, 0xfe, 0xc3, 10, 0xe2, 0x82]))`;
    here.write('go.js', code);
    const end = await run({ run: 'node go.js\necho next' });
    expect(end.code).toBe(0);
    expect(seen(end).some((line) => line.length === 5_000_000)).toBe(true);
    expect(seen(end)).toContain('next');
    expect(names(end)).toEqual([]);
  });
});

describe('the log', () => {
  it('says each failure once, in its place, and what was skipped in one line for each cause', async () => {
    const plan = `
stages: [one, two]
tasks:
  slow: {stage: one, run: "until [ -e bad-ran ]; do sleep 0.02; done"}
  bad: {stage: one, run: "echo why; touch bad-ran; exit 3"}
  later: {stage: two, run: "true", matrix: {n: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}}
`;
    const end = await step().run({ plan, annotations: 'false' });
    const shown = seen(end).map((line) => line.replace(/ in [\d.]+ m?s$|after [\d.]+ m?s/, '…'));
    expect(shown).toEqual([
      '::stop-commands::***',
      expect.stringMatching(/^▶ input plan: 14 tasks, at most \d+ at a time \(run \S+\)$/),
      expect.stringMatching(/^ {2}commands: slow, bad, later-n1, .* more$/),
      '✔ slow succeeded…',
      '✖ bad failed: exited with code 3 (…)',
      'why',
      '::***::',
      '✖ failed: 1 of 14 tasks failed, 12 skipped, 1 succeeded…',
      '↓ skipped because bad failed: later-n1, later-n2, later-n3, later-n4, later-n5, later-n6, later-n7, later-n8 and 4 more',
      '',
    ]);
  });

  it('says once that a task failed which printed nothing', async () => {
    const end = await step().run({ run: 'exit 3' });
    expect(seen(end).filter((line) => line.startsWith('✖ 1 (exit 3) failed'))).toHaveLength(1);
  });

  it('stops the runner once, however many tasks there are', async () => {
    const run = Array.from({ length: 40 }, (_, place) => `echo '##[error]${place}'; exit ${place % 2}`);
    const end = await step().run({ run: run.join('\n'), 'on-error': 'continue' });
    expect([end.log.stops, end.log.groups.length, end.outputs.failed]).toEqual([1, 20, '20']);
  });

  it('folds what went well, shows what failed, and keeps the order of the plan', async () => {
    const plan =
      'tasks:\n  slow: {run: "until [ -e go ]; do sleep 0.02; done; echo one"}\n  bad: {run: "echo two; exit 1"}\n  fast: {run: "echo three; touch go"}\n';
    const end = await step().run({ plan });
    const at = (text: string) => end.log.lines.findIndex((line) => line.text === text);
    expect(at('one')).toBeLessThan(at('two'));
    expect(at('two')).toBeLessThan(at('three'));
    expect(end.log.groups).toEqual([expect.stringContaining('slow'), expect.stringContaining('fast')]);
    expect(end.log.lines[at('one')]?.group).toContain('slow');
    expect(end.log.lines[at('two')]?.group).toBeUndefined();
    expect(end.stderr).toBe('');
  });
});

describe('the environment of a task', () => {
  const OWN = {
    GITHUB_TOKEN: 'token-of-the-job',
    ACTIONS_RUNTIME_TOKEN: 'token-of-the-runtime',
    ACTIONS_ID_TOKEN_REQUEST_URL: 'https://127.0.0.1/',
    STATE_x: 'state',
    OTHER: 'other',
  };
  const tries = FILES.map((name) => `[ -n "$${name}" ] && echo EVIL=1 >> "$${name}"`).join('; ');

  it('lacks what would let it write into later steps or act as the job', async () => {
    const { here, run } = step();
    const end = await run({ run: `${tries}; env > seen`, namespace: 'mine' }, OWN);
    expect(end.code).toBe(0);
    const given = here
      .read('seen')
      .split('\n')
      .map((line) => line.split('=')[0] as string);
    expect(given.filter((name) => /^(INPUT_|ACTIONS_|STATE_)/.test(name))).toEqual([]);
    expect(
      given.filter((name) => name === 'GITHUB_TOKEN' || (FILES as readonly string[]).includes(name)),
    ).toEqual([]);
    expect(given).toEqual(expect.arrayContaining(['PATH', 'OTHER', 'GITHUB_ACTIONS', 'GITHUB_WORKSPACE']));
    expect(end.written).toEqual([]);
    expect(end.summary).not.toMatch(/^EVIL/m);
    expect(end.outputs.EVIL).toBeUndefined();
  });

  it('lacks it also for a batchtool that runs in a task', async () => {
    const end = await step().run({ run: `batchtool run 'echo "<$INPUT_RUN>"'` }, OWN);
    expect(seen(end)).toContain('<>');
  });

  it('has what pass-env names, and a plan file cannot name it', async () => {
    const { here, run } = step();
    const end = await run({ run: 'env > seen', 'pass-env': 'GITHUB_TOKEN' }, OWN);
    expect(end.code).toBe(0);
    expect(here.read('seen')).toContain('GITHUB_TOKEN=token-of-the-job\n');
    expect(here.read('seen')).not.toContain('OTHER=');
    const sneaky = await run({ plan: 'pass-env: [GITHUB_TOKEN]\ntasks: {a: {run: env}}' }, OWN);
    expect(sneaky.code).toBe(1);
    expect(errorsOf(sneaky)[0]?.data).toContain('GITHUB_TOKEN');
  });
});

const SECRET = 'p@ss w0rd/with+"signs"?';

/** Every file of the run that holds the text. */
function filesWith({ here }: Step, text: string): string[] {
  return readdirSync(here.path('.batchtool'), { recursive: true, encoding: 'utf8' })
    .map((name) => join(here.path('.batchtool'), name))
    .filter((path) => statSync(path).isFile() && readFileSync(path, 'utf8').includes(text));
}

describe('a secret', () => {
  const forms = {
    plain: SECRET,
    base64: Buffer.from(SECRET).toString('base64').slice(0, -4),
    'base64 within a text': Buffer.from(`user:${SECRET}`).toString('base64').slice(8, -4),
    base64url: Buffer.from(SECRET).toString('base64url').slice(0, -4),
    'URL-encoded': encodeURIComponent(SECRET),
    JSON: JSON.stringify(SECRET).slice(1, -1),
  };
  const code = `
    const s = process.env.PLAIN ?? require('fs').readFileSync('secret', 'utf8');
    const texts = [s, Buffer.from(s).toString('base64'), Buffer.from('user:' + s).toString('base64'),
      Buffer.from(s).toString('base64url'), encodeURIComponent(s), JSON.stringify(s)];
    for (const text of texts) console.log('<' + text + '>');
    process.stdout.write(s.slice(0, 5)); setTimeout(() => console.log(s.slice(5)), 50);
    require('fs').appendFileSync(process.env.BATCHTOOL_OUTPUT, 'said=' + s + '\\n');
    process.exitCode = 1;`;

  it.each(['pass-env', 'mask'])(
    'of %s is seen in no form in the log, the files of the run, outputs or summary',
    async (how) => {
      const here = step();
      here.here.write('go.js', code);
      here.here.write('secret', SECRET);
      const end = await here.run(
        how === 'mask' ? { run: 'node go.js', mask: SECRET } : { run: 'node go.js', 'pass-env': 'PLAIN' },
        how === 'mask' ? {} : { PLAIN: SECRET },
      );
      expect(end.code).toBe(1);
      expect(end.log.commands[0]).toEqual({ name: 'add-mask', properties: {}, data: SECRET });
      const shown = end.stdout.split('\n').filter((line) => !line.startsWith('::add-mask::'));
      expect(shown.filter((line) => line.includes('***')).length).toBeGreaterThanOrEqual(7);
      for (const text of Object.values(forms)) {
        expect(shown.filter((line) => line.includes(text))).toEqual([]);
        expect(filesWith(here, text)).toEqual([]);
        expect(JSON.stringify(end.outputs)).not.toContain(JSON.stringify(text).slice(1, -1));
        expect(end.summary).not.toContain(text);
      }
    },
  );

  it('may not stand in the words of a task', async () => {
    const { here, run } = step();
    const end = await run({ run: 'echo hunter2-hunter2', mask: 'hunter2-hunter2' });
    expect(end.code).toBe(1);
    expect(errorsOf(end)).toMatchObject([{ data: expect.stringMatching(/^input mask: task 1 holds/) }]);
    expect(here.has('.batchtool')).toBe(false);
  });

  it('may not be the token of the job, which plans would keep', async () => {
    const end = await step().run({ run: `curl -H "Authorization: Bearer ${JOB_TOKEN}" localhost` });
    expect(errorsOf(end)).toMatchObject([
      { data: expect.stringMatching(/^input github-token: task 1 holds/) },
    ]);
  });

  it('is not seen in what a task writes for the summary', async () => {
    const text = 'echo "**<$PLAIN>**" >> "$BATCHTOOL_SUMMARY"; echo "<$PLAIN>"; exit 1';
    const end = await step().run({ run: text, 'pass-env': 'PLAIN' }, { PLAIN: 'a<b>@c#1' });
    expect(end.summary).toContain('***');
    expect(end.summary).not.toMatch(/a(<|&lt;|&#60;)\S*b/);
  });

  it('that is too short to be masked is said to be', async () => {
    const end = await step().run({ run: 'true', mask: 'ab' });
    expect(end.log.commands[0]).toMatchObject({
      name: 'warning',
      data: expect.stringContaining('not masked'),
    });
  });
});
