/** Steps from under which something is taken: what can still be told is told, and nothing is called what it is not. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ask } from '../../src/github/api.js';
import { errorsOf, seen, useStep } from './step.js';

const step = useStep();

describe('a step whose state folder is removed by a task', () => {
  it('fails, and says so in the log, the outputs and the summary', async () => {
    const end = await step().run({ run: 'rm -rf .batchtool; sleep 1\nsleep 1' });
    expect(end.code).toBe(1);
    expect(errorsOf(end)[0]).toMatchObject({
      properties: { title: 'batchtool: the run broke off' },
      data: expect.stringMatching(/^the journal .* was removed or replaced while the run went on$/),
    });
    // Whether the loss of the folder or of the journal is met first is a matter of time.
    const { status = '', report, results = '' } = end.outputs;
    expect(['interrupted', 'cancelled']).toContain(status);
    expect([report, JSON.parse(results).status]).toEqual(['', status]);
    expect(end.summary).toContain(status);
  });
});

describe('a step whose file for outputs is removed by a task', () => {
  it('is as green as its tasks, and warns', async () => {
    const end = await step().run({ run: 'rm "$HOME/GITHUB_OUTPUT"' });
    expect([end.code, end.stderr, end.outputs]).toEqual([0, '', {}]);
    const warnings = end.log.commands.filter(({ name }) => name === 'warning');
    expect(warnings.map(({ data }) => data).join()).toContain('later steps have no outputs of this one');
    expect(end.summary).toContain('succeeded');
  });
});

describe('a variable of the step that is named like a secret', () => {
  it('is masked wherever its value is seen, though nobody named it', async () => {
    const one = step();
    const NPM_TOKEN = 'npm_9sdf8Hs7dfJ2k';
    const end = await one.run(
      { run: 'echo "with $NPM_TOKEN"; exit 1', summary: 'true' },
      { NPM_TOKEN, APP_PASSWORD: 'postgres' },
    );
    const masks = end.log.commands.filter(({ name }) => name === 'add-mask').map(({ data }) => data);
    expect(masks).toContain(NPM_TOKEN);
    expect(masks).not.toContain('postgres');
    expect(seen(end)).toContain('with ***');
    const logs = one.here.path('.batchtool', 'runs', one.here.runs()[0] as string, 'tasks');
    const [log = ''] = readdirSync(logs).filter((name) => name.endsWith('.log'));
    expect(readFileSync(join(logs, log), 'utf8')).toBe('with ***\n');
    expect([end.summary.includes(NPM_TOKEN), end.outputs.results?.includes(NPM_TOKEN)]).toEqual([
      false,
      false,
    ]);
  });
});

describe('an address of the API that is none', () => {
  it('is a fault like others', async () => {
    const answer = await ask({ token: 't', url: 'not a url' }, () => Promise.reject(new Error('asked')));
    expect(answer).toEqual({
      kind: 'fault',
      fault: { kind: 'invalid', message: 'GITHUB_API_URL is no address: not a url' },
    });
  });
});
