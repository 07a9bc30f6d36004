/** After a crash, a loss of power, a damaged file: what is there is read, what is not done is done, and nobody guesses. */
import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Bench, commandsWith, processesWith, until, useBench } from './harness.js';
import { expectNothingRunning, says } from './refusal.js';

const bench = useBench();

/** On standard error, of runs whose tasks print nothing. */
const saidOf = (verb: string): string => (verb === 'logs' ? 'no output\n' : '');
const onPosix = process.platform === 'win32' ? describe.skip : describe;
/** Where processes can be looked into. */
const onLinux = process.platform === 'linux' ? describe : describe.skip;

/** `a` succeeds, `b` waits for the file `go` with a stray beside it, `c` comes after; each notes that it ran. */
const PLAN = {
  name: 'crashed',
  tasks: {
    a: { run: 'echo a >> ran; echo a' },
    b: {
      run: 'echo b >> ran; if [ ! -e go ]; then setsid sleep 300 & touch started; sleep 300; fi',
      needs: 'a',
    },
    c: { run: 'echo c >> ran', needs: 'b' },
  },
};

/** A bench with a run whose `b` runs. */
async function running() {
  const here = bench();
  here.write('plan.json', PLAN);
  const { child, ended } = here.start(['run', '-f', 'plan.json', '--output', 'quiet']);
  await here.appears('started');
  const [id = ''] = here.runs();
  const journal = here.path('.batchtool', 'runs', id, 'events.jsonl');
  await until('b is recorded', () => /"attempt.spawned","task":"b"/.test(readFileSync(journal, 'utf8')));
  return { here, child, ended, id, journal };
}

/** The same after its owner was killed. */
async function crashed() {
  const { here, child, ended, id, journal } = await running();
  child.kill('SIGKILL');
  await ended;
  return { here, id, journal };
}

const statesOf = async (here: Bench): Promise<string[]> =>
  (await here.status()).tasks.map(({ id, status }) => `${id} ${status}`);

const DONE = ['a succeeded', 'b succeeded', 'c succeeded'];

/** Lets `b` end, resumes, and expects that `a` was not done again. */
async function expectResumed(here: Bench): Promise<void> {
  here.write('go', '');
  const { code, stderr } = await here.run(['resume', '--output', 'quiet']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('3 tasks succeeded') });
  expect(await statesOf(here)).toEqual(DONE);
  expect(here.read('ran')).toBe('a\nb\nb\nc\n');
  expectNothingRunning(here);
}

onLinux('after kill -9', () => {
  it('cancel ends what was left, and the run; what is done stays done', async () => {
    const { here, id } = await crashed();
    const { code, stdout } = await here.run(['cancel']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `run ${id}: cancelled\n` });
    expectNothingRunning(here);
    expect((await here.status()).run.status).toBe('cancelled');
    expect(await statesOf(here)).toEqual(['a succeeded', 'b cancelled', 'c cancelled']);
    const again = await here.run(['cancel']);
    expect({ code: again.code, stdout: again.stdout }).toEqual({ code: 0, stdout: 'no run is going on\n' });
    await expectResumed(here);
  });

  it.each(['resume', 'cancel'])(
    'of the owner and of its watchdog: what both have left is ended by %s',
    async (verb) => {
      const { here, child, id } = await running();
      // Stopped first, so that it cannot start another watchdog.
      child.kill('SIGSTOP');
      const watchdogs = commandsWith(`BATCHTOOL_MARK_${id.replaceAll('-', '_')}_`);
      expect(watchdogs).toHaveLength(1);
      for (const pid of watchdogs) process.kill(pid, 'SIGKILL');
      child.kill('SIGKILL');
      await until('both are gone', () => !processesWith(here.dir).includes(child.pid ?? 0));
      expect(processesWith(here.dir).length).toBeGreaterThanOrEqual(2);
      expect((await here.status()).run.status).toBe('interrupted');
      if (verb === 'resume') return expectResumed(here);
      const { code, stderr } = await here.run(['cancel']);
      expect({ code, stderr }).toEqual({
        code: 0,
        stderr: expect.stringMatching(/^batchtool: ended \d+ processes/),
      });
      expectNothingRunning(here);
    },
  );

  it('several resumes at the same moment: one takes the run, the others are refused and start nothing', async () => {
    const { here, id } = await crashed();
    const resumes = Array.from({ length: 4 }, () => here.start(['resume', '--output', 'quiet']));
    let refused = 0;
    for (const { ended } of resumes) void ended.then(() => refused++);
    await until('all but one are refused', () => refused === resumes.length - 1);
    await until('the one has begun', () => here.read('ran') === 'a\nb\nb\n');
    const one = resumes.find(({ child }) => child.exitCode === null);
    await here.run(['cancel', '--now']);
    const message = `batchtool: run ${id} is live: process ${one?.child.pid} on `;
    for (const resume of resumes) {
      const { code, stdout, stderr } = await resume.ended;
      const said = stderr.startsWith(message) && stderr.includes(`\`batchtool cancel ${id}\` stops it\n`);
      expect({ code, stdout, said }).toEqual(
        resume === one ? { code: 1, stdout: '', said: false } : { code: 2, stdout: '', said: true },
      );
    }
    expect(here.read('ran')).toBe('a\nb\nb\n');
    expectNothingRunning(here);
  });

  it('a number that another process has by now is not taken for the owner', async () => {
    const { here, id, journal } = await crashed();
    const folder = here.path('.batchtool', 'runs', id);
    const [claim = ''] = readdirSync(folder).filter((name) => name.startsWith('owner-'));
    const { pid } = JSON.parse(readFileSync(`${folder}/${claim}`, 'utf8')) as { pid: number };
    for (const path of [journal, `${folder}/${claim}`])
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll(`"pid":${pid},`, `"pid":${process.pid},`));
    expect((await here.status()).run.status).toBe('interrupted');
    await expectResumed(here);
  });
});

onPosix('a journal whose end is', () => {
  it.each([
    ['torn in the middle of a line', (path: string) => truncateSync(path, sizeWithout(path, 30))],
    ['torn before the end of a line', (path: string) => truncateSync(path, sizeWithout(path, 1))],
    [
      'zeros, after a loss of power',
      (path: string) =>
        writeFileSync(path, Buffer.concat([readFileSync(path).subarray(0, -30), Buffer.alloc(4096)])),
    ],
  ])('%s: the run is read as far as it goes, and goes on', async (_what, damage) => {
    const { here, id, journal } = await crashed();
    damage(journal);
    expect((await here.status()).run).toMatchObject({ id, status: 'interrupted' });
    expect(await statesOf(here)).toEqual(['a succeeded', 'b running', 'c waiting']);
    await expectResumed(here);
    for (const line of readFileSync(journal, 'utf8').trimEnd().split('\n'))
      expect(() => JSON.parse(line)).not.toThrow();
  });

  it.each([
    ['empty', 0],
    ['torn in the header', 20],
    ['torn in the first event', 80],
  ])('%s: the run is known by its folder, and begins', async (_what, bytes) => {
    const here = bench();
    await here.run(['run', '--name', 'early', 'echo ran >> ran']);
    const [id = ''] = here.runs();
    const journal = here.path('.batchtool', 'runs', id, 'events.jsonl');
    truncateSync(journal, bytes);
    const { run } = await here.status();
    expect(run).toMatchObject({ id, name: 'early', status: 'interrupted' });
    expect((await here.run(['status'])).stdout).toContain(`go on with it: batchtool resume ${id}\n`);
    expect((await here.run(['list'])).stdout).toMatch(new RegExp(`${id} .*interrupted .*just now`));
    expect((await here.run(['clean'])).stdout).toBe('nothing to delete\n');
    expect((await here.run(['resume', id])).code).toBe(0);
    expect(here.read('ran')).toBe('ran\nran\n');
    expect((await here.status()).run).toMatchObject({ id, status: 'succeeded' });
  });
});

onLinux('a journal that is damaged in the middle', () => {
  it.each(['status', 'logs', 'stats', 'resume'])(
    '%s: exit 4, with the place and what to do',
    async (verb) => {
      const { here, journal } = await crashed();
      damageLine(journal, 3);
      const before = readFileSync(journal);
      const { code, stdout, stderr } = await here.run([verb]);
      expect({ code, stdout, stderr }).toEqual({
        code: 4,
        stdout: '',
        stderr: says(
          `${journal}:3: a line in the middle of the journal is damaged`,
          'the run cannot be resumed; start it anew',
        ),
      });
      expect(readFileSync(journal)).toEqual(before);
      await until('nothing is left of the owner', () => processesWith(here.dir).length === 0);
    },
  );

  it('does not hide the others: list, logs --follow, cancel, clean, run', async () => {
    const here = bench();
    const { ended } = here.start(['run', '--name', 'other', 'echo hello; touch started; sleep 300']);
    await here.appears('started');
    await here.run(['run', '--name', 'damaged', 'true']);
    const [other, damaged = ''] = here.runs();
    const journal = here.path('.batchtool', 'runs', damaged, 'events.jsonl');
    damageLine(journal, 2);
    const list = await here.run(['list']);
    expect({ code: list.code, runs: list.stdout.match(/other|damaged/g) }).toEqual({
      code: 0,
      runs: ['other'],
    });
    expect(list.stderr).toContain(`${journal}:2: a line in the middle of the journal is damaged`);
    const follow = here.start(['logs', '--follow']);
    await until('it follows', () => follow.printed().includes('[1] hello\n'));
    expect((await here.run(['cancel'])).stdout).toBe(`run ${other}: cancelled\n`);
    expect((await ended).code).toBe(1);
    expect((await follow.ended).code).toBe(0);
    const clean = await here.run(['clean', '--keep', '0']);
    expect(clean.stdout).toMatch(/^\S+ {2}other {2}cancelled .*\ndeleted 1 run, /);
    expect(clean.stderr).toContain(`\`rm -r ${here.path('.batchtool', 'runs', damaged)}\``);
    expect((await here.run(['run', 'true'])).code).toBe(0);
  });
});

onPosix('a run folder that was only half made', () => {
  it.each<[string, Record<string, string>]>([
    ['empty', {}],
    ['without a plan', { 'meta.json': '{"name":"half","tags":[]}' }],
    ['with a part of a plan under its first name', { 'plan.json.000abc-00000000.tmp': '{"version":1,"na' }],
  ])('%s: it is no run, and disturbs nobody', async (_what, files) => {
    const here = bench();
    await here.run(['run', '--name', 'whole', 'exit 1']);
    const half = here.path('.batchtool', 'runs', '20991231-235959-zzzz');
    mkdirSync(half);
    for (const [name, content] of Object.entries(files)) writeFileSync(`${half}/${name}`, content);
    expect((await here.status()).run.name).toBe('whole');
    for (const verb of ['status', 'logs', 'stats', 'list', 'cancel', 'clean'])
      expect([verb, await here.run([verb])]).toEqual([
        verb,
        expect.objectContaining({ code: 0, stderr: saidOf(verb) }),
      ]);
    for (const named of ['20991231-235959-zzzz', 'half']) {
      const { code, stderr } = await here.run(['resume', named]);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: says(`there is no run "${named}"`, '`batchtool list` shows all runs'),
      });
    }
    expect((await here.run(['resume'])).code).toBe(1);
    expect((await here.run(['run', 'true'])).code).toBe(0);
  });

  it('with a plan that is damaged: exit 4, and other runs go on', async () => {
    const here = bench();
    await here.run(['run', '--name', 'whole', 'echo whole']);
    const half = here.path('.batchtool', 'runs', '20991231-235959-zzzz');
    mkdirSync(half);
    writeFileSync(`${half}/plan.json`, '{"version":1,"na');
    const { code, stderr } = await here.run(['status']);
    expect({ code, stderr }).toEqual({
      code: 4,
      stderr: says(`the stored plan ${half}/plan.json is damaged: it is no JSON`, 'start the run anew'),
    });
    expect((await here.run(['status', 'whole'])).code).toBe(0);
    expect((await here.run(['run', 'true'])).code).toBe(0);
  });

  it.each(['status', 'stats', 'resume', 'logs'])(
    'with a plan that was changed after it began, %s: exit 4, and nothing is run',
    async (verb) => {
      const here = bench();
      await here.run(['run', 'echo ran >> ran; exit 1']);
      const [id = ''] = here.runs();
      const path = here.path('.batchtool', 'runs', id, 'plan.json');
      writeFileSync(path, readFileSync(path, 'utf8').replace('"id":"1"', '"id":"2"'));
      const { code, stderr } = await here.run([verb]);
      expect({ code, stderr }).toEqual({
        code: 4,
        stderr: says(
          `the stored plan ${path} is damaged: it was changed after the run began`,
          'start the run anew',
        ),
      });
      expect(here.read('ran')).toBe('ran\n');
    },
  );
});

onPosix('a clock that went back by a day while nobody ran', () => {
  it('holds up nothing: not a retry that was to come, not the resume, not who looks', async () => {
    const here = bench();
    const tasks = ['[ -e go ] || exit 1', 'touch started; [ -e go ] || sleep 300'];
    const args = ['run', '--max-retries', '3', '--retry-delay', '1h', '--output', 'quiet', ...tasks];
    const { child, ended } = here.start(args);
    const journal = (): string => here.path('.batchtool', 'runs', here.runs()[0] ?? '', 'events.jsonl');
    await here.appears('started');
    await until('a retry is to come', () => readFileSync(journal(), 'utf8').includes('"task.retrying"'));
    child.kill('SIGKILL');
    await ended;
    writeFileSync(journal(), aDayLater(readFileSync(journal(), 'utf8')));

    for (const verb of ['status', 'stats', 'list', 'logs']) {
      const { code, stdout, stderr } = await here.run([verb]);
      expect({ verb, code, stderr }).toEqual({ verb, code: 0, stderr: saidOf(verb) });
      expect(stdout).not.toMatch(/-\d+(\.\d+)? ?m?s\b|NaN|Invalid/);
    }
    here.write('go', '');
    const { code, stderr } = await here.run(['resume', '--output', 'quiet']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('2 tasks succeeded') });
  });
});

function sizeWithout(path: string, bytes: number): number {
  return readFileSync(path).length - bytes;
}

function damageLine(path: string, line: number): void {
  const lines = readFileSync(path, 'utf8').split('\n');
  lines[line - 1] = '{"at":17,"ty';
  writeFileSync(path, lines.join('\n'));
}

/** The same journal as a clock would have written it that was a day ahead. */
function aDayLater(journal: string): string {
  return journal.replace(
    /("at"|"notBefore"):(\d+)/g,
    (_all, key: string, at: string) => `${key}:${Number(at) + 86_400_000}`,
  );
}
