/** `--progress-tracking`: a file that always holds a whole status document. */
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type StatusDocument, until, useBench, waitFor } from './harness.js';

const bench = useBench();

describe('the file of --progress-tracking', () => {
  it('holds the status of the run as it ended, and nothing lies beside it', async () => {
    const here = bench();
    const { code } = await here.run(['run', '--progress-tracking', 'deep/er/now.json', 'true', 'false']);
    expect(code).toBe(1);
    expect(JSON.parse(here.read('deep/er/now.json'))).toEqual(await here.status());
    expect(readdirSync(here.path('deep/er'))).toEqual(['now.json']);
  });

  it('is current while the run goes on', async () => {
    const here = bench();
    const { ended } = here.start(['run', '--progress-tracking', 'p.json', waitFor('go'), 'true']);
    const now = (): StatusDocument => JSON.parse(here.read('p.json')) as StatusDocument;
    await here.appears('p.json');
    await until('the second task has ended', () => now().tasks[1]?.status === 'succeeded');
    expect(now()).toMatchObject({ run: { status: 'running' }, tasks: [{ status: 'running' }, {}] });
    here.write('go', '');
    await ended;
    expect(now().run.status).toBe('succeeded');
  });

  it.each([['made/'], ['there']])('is status.json in the folder %j', async (path) => {
    const here = bench();
    mkdirSync(here.path('there'));
    const { code } = await here.run(['run', 'true'], { env: { BATCHTOOL_PROGRESS_TRACKING: path } });
    expect(code).toBe(0);
    expect(JSON.parse(here.read(path, 'status.json')).run.status).toBe('succeeded');
  });

  it('may be named by the plan file', async () => {
    const here = bench();
    here.write('batchtool.yml', 'progress-tracking: p.json\ntasks: {a: {run: "true"}}');
    expect((await here.run(['run'])).code).toBe(0);
    expect(JSON.parse(here.read('p.json')).run.status).toBe('succeeded');
  });

  it('is kept by the process that a detached run goes to', async () => {
    const here = bench();
    const { code } = await here.run(['run', '--detach', '--progress-tracking', 'p.json', 'true']);
    expect(code).toBe(0);
    await until('the run has ended', () => here.has('p.json') && !/running/.test(here.read('p.json')));
  });

  it('is kept by a resume that is told of it', async () => {
    const here = bench();
    await here.run(['run', '[ -e go ]']);
    here.write('go', '');
    expect((await here.run(['resume', '--progress-tracking', 'p.json'])).code).toBe(0);
    expect(JSON.parse(here.read('p.json')).run.status).toBe('succeeded');
  });

  it('that cannot be written is a notice, said once, and no end of the run', async () => {
    const here = bench();
    here.write('file', 'mine');
    const { code, stderr } = await here.run([
      'run',
      '--progress-tracking',
      'file/p.json',
      'sleep 0.6',
      'true',
    ]);
    expect(code).toBe(0);
    expect(stderr.match(/--progress-tracking: cannot write \S+file\/p\.json: /g)).toHaveLength(1);
    expect(here.read('file')).toBe('mine');
  });

  it('is never put in the place of a device', async () => {
    const here = bench();
    symlinkSync('/dev/null', here.path('null'));
    const { code, stderr } = await here.run(['run', '--progress-tracking', 'null', 'true']);
    expect(code).toBe(0);
    expect(stderr).toContain('null: it is not a plain file');
  });

  it('is not written by a run inside one of its tasks', async () => {
    const here = bench();
    const env = { BATCHTOOL_PROGRESS_TRACKING: 'p.json' };
    const inner = 'test -z "$BATCHTOOL_PROGRESS_TRACKING" && echo none';
    expect((await here.run(['run', inner], { env })).stdout).toBe('[1] none\n');
  });
});
