/** `batchtool memory`, and what runs of one namespace leave for each other. */
import { describe, expect, it } from '@jest/globals';
import { Workshop } from '../guide/stand-ins.js';
import { useBench, waitFor } from './harness.js';

const bench = useBench();

describe('memory', () => {
  it('keeps what a person writes, until it is taken away', async () => {
    const here = bench();
    expect((await here.run(['memory', 'list'])).stdout).toMatch(/^no notes yet/);
    const shop = ['--namespace', 'shop'];
    expect((await here.run(['memory', 'set', 'choice', 'Use SQLite', ...shop])).code).toBe(0);
    expect((await here.run(['memory', 'get', 'choice', ...shop])).stdout).toBe('Use SQLite\n');
    const { namespaces } = JSON.parse((await here.run(['memory', 'list', '--json'])).stdout);
    expect(namespaces).toEqual([
      {
        namespace: 'shop',
        notes: [expect.objectContaining({ key: 'choice', text: 'Use SQLite', run: null })],
      },
    ]);
    expect((await here.run(['memory', 'set', 'choice', '', ...shop])).code).toBe(0);
    expect(await here.run(['memory', 'get', 'choice', ...shop])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has no note "choice"'),
    });
  });

  it.each([
    [[], 'expected list, get KEY or set KEY TEXT'],
    [['lst'], 'did you mean "batchtool memory list"?'],
    [['set', 'a'], 'expected KEY and TEXT, found "a"\n  hint: the forms are list'],
    [['set', 'a', 'two', 'words'], 'a text of several words is put in quotes'],
    [['get', '../x', '--namespace', 'n'], 'may hold only letters'],
    [['get', 'x'], 'which namespace?'],
    [['set', 'k', 'v', '--namespace', '../x'], 'namespace "../x" may hold only letters'],
    [['list', '--namespace', '..'], 'namespace ".." may hold only letters'],
  ])('%j is refused', async (words, told) => {
    const { code, stderr } = await bench().run(['memory', ...words]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(told)]);
  });
});

describe('runs of one namespace', () => {
  it('find the results of agents of earlier ones, and notes, but not with --no-context', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    shop.act('echo "found by $BATCHTOOL_TASK_ID"');
    const research = [
      'orchestrate',
      '--research',
      'Look at it',
      '--list',
      'echo no agent',
      '--namespace',
      'n',
    ];
    expect((await shop.run(research)).code).toBe(0);
    await shop.run(['memory', 'set', 'choice', 'SQLite', '--namespace', 'n']);
    const look = 'cd "$BATCHTOOL_CONTEXT"/notes; echo *; cat *';
    const later = await shop.run(['run', look, '--namespace', 'n']);
    expect(later.stdout).toBe('[1] choice.md research.md\n[1] SQLitefound by research\n');
    const without = await shop.run([
      'run',
      'test -e "$BATCHTOOL_CONTEXT"/notes && echo there',
      '--namespace',
      'n',
      '--no-context',
    ]);
    expect(without).toMatchObject({ code: 1, stdout: '' });
  });

  it('leave notes beside each other where tasks have no names of their own', async () => {
    const shop = new Workshop(bench(), { runners: ['flowx'], npx: false });
    shop.act('echo "found in $BATCHTOOL_RUN_ID"');
    for (const text of ['research one', 'research two'])
      expect((await shop.run(['run', `prompt: ${text}`, '--namespace', 'n'])).code).toBe(0);
    const { stdout } = await shop.run(['memory', 'list', '--namespace', 'n', '--json']);
    expect(new Set(stdout.match(/found in [\w-]+/g)).size).toBe(2);
  });

  it('are told of each other while both live', async () => {
    const here = bench();
    const { ended } = here.start(['run', '--namespace', 'n', `touch began; ${waitFor('go')}`]);
    await here.appears('began');
    const [live] = here.runs();
    const second = await here.run(['run', '--namespace', 'n', 'true']);
    expect(second.stderr).toContain(`run ${live} is going on in namespace "n", too`);
    expect((await here.run(['run', '--namespace', 'm', 'true'])).stderr).not.toContain('too');
    here.write('go', '');
    expect((await ended).code).toBe(0);
  });
});
