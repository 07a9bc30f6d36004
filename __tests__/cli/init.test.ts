/** `init`: a plan that runs as it is and a workflow that runs it, never over what is there. */
import { mkdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { useBench } from './harness.js';

const bench = useBench();
const WORKFLOW = ['.github', 'workflows', 'batchtool.yml'] as const;

describe('init', () => {
  it('writes a plan that is valid and runs as it is', async () => {
    const here = bench();
    const { code, stdout, stderr } = await here.run(['init']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^wrote batchtool\.yml\nwrote \.github\/workflows\/batchtool\.yml\n\nnext: batchtool run/,
    );
    expect((await here.run(['validate'])).stdout).toBe('ok: 4 tasks, 3 needs (batchtool.yml)\n');
    expect((await here.run(['run'])).code).toBe(0);
    expect((await here.status()).tasks.map(({ status }) => status)).toEqual(Array(4).fill('succeeded'));
  });

  it('writes a workflow with the action of this version, beside actions of this project', async () => {
    const here = bench();
    await here.run(['init']);
    const root = `${import.meta.dirname}/../..`;
    const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'));
    const ours = readFileSync(`${root}/.github/workflows/ci.yml`, 'utf8');
    const { jobs, permissions } = parse(here.read(...WORKFLOW));
    expect(permissions).toEqual({ contents: 'read' });
    const [checkout, batchtool, ...more] = jobs.batchtool.steps as { uses: string; with?: unknown }[];
    expect(ours).toContain(`uses: ${checkout?.uses} # v`);
    expect(batchtool).toEqual({
      name: 'Run the plan in batchtool.yml',
      uses: `org/batchtool-action@v${version}`,
    });
    expect(more).toEqual([]);
  });

  it.each([['batchtool.yml'], [WORKFLOW.join('/')]])('leaves %s as it is when it is there', async (name) => {
    const here = bench();
    mkdirSync(here.path('.github', 'workflows'), { recursive: true });
    here.write(name, 'mine');
    const { code, stdout, stderr } = await here.run(['init']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(
      `batchtool: ${name} is there already; nothing was written\n  hint: \`batchtool init --force\` writes over it\n`,
    );
    expect([here.read(name), here.has('batchtool.yml') && here.has(...WORKFLOW)]).toEqual(['mine', false]);
    expect((await here.run(['init', '--force'])).code).toBe(0);
    expect(here.read(name)).not.toBe('mine');
  });

  it('puts the workflow at the root of the repository, and lets it work where the plan is', async () => {
    const here = bench();
    mkdirSync(here.path('.git'));
    here.write('.git/HEAD', '');
    mkdirSync(here.path('deep', 'er'), { recursive: true });
    expect((await here.run(['init'], { cwd: here.path('deep', 'er') })).code).toBe(0);
    expect(here.has('deep', 'er', 'batchtool.yml')).toBe(true);
    const { steps } = parse(here.read(...WORKFLOW)).jobs.batchtool;
    expect(steps.at(-1).with).toEqual({ 'working-directory': 'deep/er' });
  });

  it('says what stands in the way of a folder', async () => {
    const here = bench();
    here.write('.github', 'a file');
    const { code, stderr } = await here.run(['init']);
    expect(code).toBe(2);
    expect(stderr).toContain('cannot write ".github/workflows/batchtool.yml"');
    expect(here.has('batchtool.yml')).toBe(false);
  });
});
