/** Prompts and SPARC commands as work: what an installed runner is handed, and what its words and absence mean. */
import { describe, expect, it } from '@jest/globals';
import { Workshop } from '../guide/stand-ins.js';
import { useBench } from './harness.js';
import { expectNothingDone } from './refusal.js';

const bench = useBench();
const SPARC = "flowx sparc run code 'user service' --non-interactive --namespace other";

/** What the real one prints when it is done; what it was told is kept in the file `told`. */
function claudeScript(): string {
  const report = { type: 'result', subtype: 'success', is_error: false, result: 'All done.', num_turns: 1 };
  return `#!/bin/sh\ncat > "$HOME/told"\necho "$BATCHTOOL_NAMESPACE" > "$HOME/namespace"\necho '${JSON.stringify(report)}'\n`;
}

describe('a prompt', () => {
  it('reaches the runner as one argument, every character as typed, through no shell', async () => {
    const text = `it's "quoted" $(touch ran) \`touch ran\` $HOME; x > y\n\n\ttwo\\ 👍 --flag -- *`;
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    const { code, stderr } = await shop.run(['run', `tdd: ${text}`]);
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(shop.call('1').argv).toEqual(['sparc', 'run', 'tdd', text, '--non-interactive']);
    expect(shop.here.has('ran')).toBe(false);
  });

  it('of a step has the mode of its words', async () => {
    const shop = new Workshop(bench(), { runners: ['claude-flow'], npx: false });
    const steps = ['--phase1', 'Research and gather requirements', '--testing', 'Write it down'];
    const { code } = await shop.run(['orchestrate', '--boomerang', ...steps]);
    expect(code).toBe(0);
    expect([shop.call('phase1').argv[2], shop.call('testing').argv[2]]).toEqual(['ask', 'tdd']);
  });

  it('of a plan file has the mode that it says', async () => {
    const shop = new Workshop(bench(), { runners: ['ruflo'], npx: false });
    shop.here.write('p.yml', 'tasks: {a: {prompt: do it, mode: monitoring}}');
    expect((await shop.run(['run', '-f', 'p.yml'])).code).toBe(0);
    expect(shop.call('a').argv.slice(2, 4)).toEqual(['post-deployment-monitoring-mode', 'do it']);
  });

  it('starts nothing where neither a runner nor an agent is installed', async () => {
    const { here, env } = new Workshop(bench(), { runners: [], npx: false });
    const { code, stderr } = await here.run(['run', 'touch ran', 'prompt: do it'], { env });
    expect(code).toBe(2);
    expect(stderr).toContain('task 2: "do it" is for a coding agent, and none is installed');
    expect(stderr).toContain(
      'claude: `npm install -g @anthropic-ai/claude-code`; its key is ANTHROPIC_API_KEY',
    );
    expect(here.has('ran')).toBe(false);
    expect(here.has('.batchtool')).toBe(false);
  });

  it('is shown by a dry run where no runner is installed, with what a run would lack', async () => {
    const { here, env } = new Workshop(bench(), { runners: [], npx: false });
    const steps = ['--phase1', 'Research it', '--phase2', "npx flowx sparc run code 'x'"];
    const dry = await here.run(['orchestrate', '--dry-run', ...steps], { env });
    expect(dry.code).toBe(0);
    expect(dry.stdout).toMatch(/^phase1 +phase1 +prompt \(ask\)/m);
    expect(dry.stderr).toContain(
      'batchtool: a run would be refused here: tasks phase1 and phase2 are for a coding agent, and none',
    );
    const json = await here.run(['orchestrate', '--dry-run', '--json', ...steps], { env });
    expect([json.code, JSON.parse(json.stdout).tasks.length]).toEqual([0, 2]);
    expectNothingDone(here);
  });

  it('that is too long for an argument is refused before anything runs', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    shop.here.write('p.json', {
      tasks: { a: { prompt: 'x'.repeat(150_000), needs: 'b' }, b: { run: 'touch ran' } },
    });
    const { code, stderr } = await shop.run(['run', '-f', 'p.json']);
    expect([code, shop.here.has('ran')]).toEqual([2, false]);
    expect(stderr).toContain(
      'task a: the prompt is 150 kB long, which is too long for an argument of flowx\n',
    );
  });

  it('is shown with mode and runner before anything starts', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    const tasks = ['--task', 'a:prompt: test it', '--task', `b:${SPARC}:depends=a`, '--task', 'c:true'];
    const dry = await shop.run(['run', '--dry-run', ...tasks]);
    expect(dry.stdout).toMatch(/^a +prompt \(tdd, flowx\)/m);
    expect(dry.stdout).toMatch(/^b +SPARC \(flowx\)/m);
    expect(dry.stdout.match(/only through the folder BATCHTOOL_CONTEXT/g)).toHaveLength(1);
    expect(shop.calls()).toEqual([]);
    const { stderr } = await shop.run(['run', ...tasks]);
    expect(stderr).toContain(
      '  command: c\n  SPARC command, by flowx as written: b\n  prompt, by flowx: a as tdd\n',
    );
  });

  it('of a stored plan keeps its runner: when that is gone, a resume says so, and works once it is back', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    shop.act('exit 1');
    expect((await shop.run(['run', 'prompt: do it'])).code).toBe(1);
    shop.remove('flowx');
    shop.install('ruflo');
    const gone = await shop.run(['resume']);
    expect(gone.code).toBe(1);
    expect(gone.stderr).toContain('could not be started: the program flowx is not on PATH');
    expect(gone.stderr).toContain('the runner was there when the plan was made');
    shop.act('exit 0');
    shop.install('flowx');
    expect((await shop.run(['resume'])).code).toBe(0);
  });
});

describe('a SPARC command', () => {
  it('whose runner is missing is refused before anything starts, where no agent is installed either', async () => {
    const { here, env } = new Workshop(bench(), { runners: [], npx: false });
    const { code, stderr } = await here.run(['run', 'touch ran', SPARC], { env });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('task 2: "user service" is for a coding agent, and none is installed'),
    ]);
    expect(stderr).toContain('or put a SPARC runner on PATH (not installed: flowx');
    expectNothingDone(here);
  });

  it('whose runner is missing goes to an agent', async () => {
    const shop = new Workshop(bench(), { runners: [], npx: false });
    shop.replace('claude', claudeScript());
    const { code, stderr } = await shop.run(['run', SPARC]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('prompt, by the built-in runner with claude'),
    ]);
    expect(shop.here.read('told')).toMatch(/^You are an engineer who writes clear.*\n\nuser service$/s);
    expect(shop.here.read('namespace')).toBe('other\n');
  });

  it('runs exactly as written', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    const { code } = await shop.run(['run', '--namespace', 'shared', SPARC]);
    expect(code).toBe(0);
    expect(shop.call('1').argv).toEqual([
      'sparc',
      'run',
      'code',
      'user service',
      '--non-interactive',
      '--namespace',
      'other',
    ]);
    expect(shop.call('1').env.BATCHTOOL_NAMESPACE).toBe('shared');
  });

  it('whose runner is missing and that must run as written says so before, and why it failed after', async () => {
    const here = bench();
    const { code, stderr } = await here.run(['run', '--runner', 'as-written', SPARC, 'true']);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'the SPARC runner flowx is not installed; as written, task 1 calls it all the same',
    );
    const reason =
      'exited with code 127 (not found: the SPARC runner flowx, or a program that it calls; install it, or name one that is installed)';
    expect(stderr).toContain(`failed: ${reason}`);
    expect((await here.run(['status'])).stdout).toContain(reason);
  });

  it('whose runner is missing fails also when its text goes on and ends well', async () => {
    const here = bench();
    expect((await here.run(['run', '--runner', 'as-written', `${SPARC}; true`])).code).toBe(1);
    const [task] = (await here.status()).tasks;
    expect(task?.attempts[0]?.exit).toMatchObject({
      kind: 'contract',
      reason: expect.stringContaining('flowx: not found'),
    });
  });

  it('with npx is refused where its runner is not installed', async () => {
    const here = bench();
    const { code, stderr } = await here.run([
      'run',
      '--runner',
      'as-written',
      "npx ruflo sparc run code 'x'",
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain('task 1: ruflo is not installed, and batchtool never lets npx download it');
    expectNothingDone(here);
  });
});

describe('a runner', () => {
  it.each([
    ['❌ Mode not found: nope'],
    ['❌ Error: claude command not found in PATH'],
    ['❌ SPARC instance sparc-code-17 exited with code 3'],
  ])('that exits 0 but says %j has failed, and is tried again', async (line) => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    shop.act(`echo begins; cat "$HOME/stand-in/line"`);
    shop.here.write('stand-in/line', `${line}\n`);
    const retry = ['--max-retries', '1', '--retry-delay', '1ms'];
    const { code, stderr } = await shop.run(['run', ...retry, SPARC, 'prompt: do it']);
    expect(code).toBe(1);
    const said = `flowx exited with code 0 but said ${JSON.stringify(line)}`;
    expect(stderr).toContain(said);
    const exit = { kind: 'contract', reason: said };
    const { tasks } = await shop.here.status();
    expect(tasks.map(({ attempts }) => attempts.map((attempt) => attempt.exit))).toEqual([
      [exit, exit],
      [exit, exit],
    ]);
  });

  it('that does not know such work has failed for good, and is not tried again', async () => {
    const shop = new Workshop(bench(), { runners: ['claude-flow'], npx: false });
    shop.act(`echo '[ERROR] Unknown command: sparc'; exit 1`);
    const { code, stderr } = await shop.run([
      'run',
      '--max-retries',
      '1',
      '--retry-delay',
      '1ms',
      'prompt: do it',
    ]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('--runner builtin')]);
    const { tasks } = await shop.here.status();
    expect(tasks.map(({ attempts }) => attempts.map(({ exit }) => exit?.failure))).toEqual([['unsupported']]);
  });

  it('that only talks about such words has succeeded', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    shop.act(`echo 'I fixed the "Mode not found" that exited with code 3.'`);
    expect((await shop.run(['run', SPARC, 'prompt: do it'])).code).toBe(0);
  });

  it('is needed for that: other programs may say what it likes', async () => {
    expect((await bench().run(['run', "echo '❌ Mode not found: x'"])).code).toBe(0);
  });
});

it('a text that is no command says how it becomes a prompt', async () => {
  const { code, stderr } = await bench().run(['run', 'Research and gather requirements']);
  expect(code).toBe(1);
  expect(stderr).toContain('exited with code 127 (command not found: Research)');
  expect(stderr).toContain('if the text is meant for an agent: "prompt: Research and gather requirements"');
});
