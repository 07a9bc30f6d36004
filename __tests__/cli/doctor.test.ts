/** `doctor`: what works on this machine, without starting anything but git. */
import { chmodSync, mkdirSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Bench, type Options, useBench } from './harness.js';

const bench = useBench();

interface Check {
  readonly name: string;
  readonly status: string;
  readonly found: string;
  readonly hint: string | null;
}

async function examined(
  here: Bench,
  options: Options = {},
  ...args: string[]
): Promise<{ code: number | null; ok: boolean; of: (name: string) => Check | undefined }> {
  const { code, stdout } = await here.run(['doctor', '--json', ...args], options);
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: Check[] };
  return { code, ok, of: (name) => checks.find((check) => check.name === name) };
}

describe('doctor', () => {
  it('finds that a run can work here, and makes nothing', async () => {
    const here = bench();
    const { code, stdout, stderr } = await here.run(['doctor']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(new RegExp(`^node +ok +${process.version.replaceAll('.', '\\.')} on`, 'm'));
    expect(stdout).toMatch(/^sh +ok +\//m);
    expect(stdout.trim().split('\n').at(-1)).toBe('a run can work here');
    expect(here.has('.batchtool')).toBe(false);
  });

  it('names runners and agents on PATH and in node_modules, and starts none', async () => {
    const here = bench();
    mkdirSync(here.path('bin'));
    mkdirSync(here.path('node_modules', '.bin'), { recursive: true });
    for (const name of ['bin/claude', 'bin/flowx', 'node_modules/.bin/ruflo']) {
      here.write(name, `#!/bin/sh\ntouch ${here.path('ran')}\n`);
      chmodSync(here.path(name), 0o755);
    }
    const { of } = await examined(here, { env: { PATH: `${here.path('bin')}:${process.env.PATH}` } });
    expect(of('agents')?.found).toContain(here.path('bin', 'claude'));
    expect(of('SPARC runners')?.found).toBe(`${here.path('bin', 'flowx')}, node_modules/.bin/ruflo`);
    expect(here.has('ran')).toBe(false);
  });

  it('says which essential thing is broken, with exit code 1', async () => {
    const here = bench();
    mkdirSync(here.path('bin'));
    const { code, ok, of } = await examined(here, { env: { PATH: here.path('bin') } });
    expect([code, ok]).toEqual([1, false]);
    expect(of('sh')).toMatchObject({ status: 'failed', hint: expect.stringContaining('PATH') });
    expect(of('git')).toMatchObject({ status: 'warning' });
    const { stdout } = await here.run(['doctor'], { env: { PATH: here.path('bin') } });
    expect(stdout).toContain('no run can work here: sh\n');
  });

  it('finds a state folder that is a file, or has no parent', async () => {
    const here = bench();
    here.write('file', '');
    for (const dir of ['file', 'file/state', 'none/state']) {
      const { code, of } = await examined(here, {}, '--state-dir', dir);
      expect([dir, code, of('state folder')?.status]).toEqual([dir, 1, 'failed']);
    }
  });

  it('finds what config.yml has wrong', async () => {
    const here = bench();
    await here.run(['config', '--grace', '1s']);
    expect((await examined(here)).of('config')).toMatchObject({ status: 'ok', found: 'grace' });
    here.write('.batchtool/config.yml', 'grace: 1s\nfoo: 1\n');
    const { code, of } = await examined(here);
    expect([code, of('config')?.found]).toEqual([
      1,
      '.batchtool/config.yml:2: "foo" is no setting that is kept',
    ]);
  });
});
