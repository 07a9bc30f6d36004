/** Logs and reports as an artifact, with a service that takes them. */
import { describe, expect, it } from '@jest/globals';
import { type Artifact, readZip, useServices } from './services.js';
import { noticesOf, processesWith, seen, until, useStep } from './step.js';

const step = useStep();
const services = useServices();

const only = <T>(things: readonly T[]): T => {
  expect(things).toHaveLength(1);
  return things[0] as T;
};
const filesOf = ({ bytes }: Artifact): Map<string, string> => readZip(bytes);
const logsIn = (artifact: Artifact): string[] =>
  [...filesOf(artifact).keys()].filter((name) => name.startsWith('tasks/'));
const daysOf = ({ expiresAt }: Artifact): number =>
  Math.round((Date.parse(expiresAt) - Date.now()) / 86_400_000);
/** Without the cache, of which other tests tell. */
const BROKEN = {
  plan: 'name: checks\ntasks: {a: {run: echo good}, b: {run: echo bad; exit 3}}',
  cache: 'false',
};

describe('the artifact', () => {
  it('holds after a failure the logs and the reports, for two weeks', async () => {
    const service = await services();
    const end = await step().run(BROKEN, service.env);
    const artifact = only(service.artifacts);
    expect(artifact.name).toBe(`batchtool-checks-${end.outputs['run-id']}`);
    expect(seen(end)).toContain(`logs and reports are in the artifact ${artifact.name}`);
    expect(daysOf(artifact)).toBe(14);
    const files = filesOf(artifact);
    expect([...files.keys()].sort()).toEqual([
      ...['report/figures.json', 'report/junit.xml', 'report/report.json', 'report/summary.md'],
      ...['tasks/a.1.log', 'tasks/b.1.log'],
    ]);
    expect([files.get('tasks/a.1.log'), files.get('tasks/b.1.log')]).toEqual(['good\n', 'bad\n']);
    expect(files.get('report/summary.md')).toBe(end.summary);
    expect(files.get('report/junit.xml')).toContain('<failure message="exited with code 3"');
    expect(JSON.parse(files.get('report/report.json') ?? '').tasks[1].attempts[0].log).toBe('tasks/b.1.log');
  });

  it.each([
    [{ artifact: 'never' }, 'exit 1', 0],
    [{}, 'true', 0],
    [{ artifact: 'failure' }, 'true', 0],
    [{ artifact: 'always' }, 'true', 1],
    [{ artifact: 'always' }, 'exit 1', 1],
  ])('is there when it is wanted: %j after %s', async (inputs, run, count) => {
    const service = await services();
    await step().run({ run, cache: 'false', ...inputs }, service.env);
    expect(service.artifacts).toHaveLength(count);
  });

  it('has figures that a report on another machine can be compared with', async () => {
    const service = await services();
    await step().run(BROKEN, service.env);
    const { here } = step();
    here.write('figures.json', filesOf(only(service.artifacts)).get('report/figures.json'));
    here.write('batchtool.yml', 'tasks: {a: {run: echo good}, b: {run: echo good}}');
    await here.run(['run']);
    const { stdout } = await here.run(['report', '--baseline', 'figures.json']);
    expect(stdout).toContain('newly passing: <code>b</code>');
  });

  it('holds nothing that must not be seen, in whatever form a task prints it', async () => {
    const service = await services();
    const secret = 'pa$$ wörd/+?"<&>';
    const plan = `
tasks:
  a:
    run: |
      printf '%s\\n' "$TOKEN" "$(printf %s "$TOKEN" | base64)"
      echo "said $TOKEN" > "$BATCHTOOL_SUMMARY"
      echo "k=$TOKEN" > "$BATCHTOOL_OUTPUT"
      node -p 'encodeURIComponent(process.env.TOKEN)'
      cat masked
      exit 1
`;
    const inputs = { plan, 'pass-env': 'TOKEN', mask: 'word in the mask', cache: 'false' };
    const { here, run } = step();
    here.write('masked', 'a word in the mask\n');
    await run(inputs, { ...service.env, TOKEN: secret });
    const files = filesOf(only(service.artifacts));
    const all = [...files.values()].join('\n');
    expect(files.get('tasks/a.1.log')).toContain('***');
    const forms = [
      secret,
      Buffer.from(secret).toString('base64'),
      encodeURIComponent(secret),
      'word in the mask',
    ];
    expect(forms.filter((form) => all.includes(form))).toEqual([]);
  });

  it('follows no link that a task has put in the place of its log', async () => {
    const service = await services();
    const swap = 'ln -sf /etc/hostname $(echo .batchtool/runs/*/tasks/a.1.log); exit 1';
    const plan = `tasks: {a: {run: echo good}, b: {run: "${swap}", needs: a}}`;
    await step().run({ plan, cache: 'false' }, service.env);
    expect(logsIn(only(service.artifacts))).toEqual(['tasks/b.1.log']);
  });

  it('leaves out a log that is too large, and says so', async () => {
    const service = await services();
    const grow = 'truncate -s 201M .batchtool/runs/*/tasks/a.1.log; exit 1';
    const plan = `tasks: {a: {run: echo good}, b: {run: "${grow}", needs: a}}`;
    const end = await step().run({ plan, cache: 'false' }, service.env);
    const artifact = only(service.artifacts);
    expect([...filesOf(artifact).keys()].filter((name) => name.startsWith('tasks/'))).toEqual([
      'tasks/b.1.log',
    ]);
    expect(noticesOf(end)).toEqual([`the artifact ${artifact.name} has no room for 1 file`]);
  });

  it('is kept for a shorter time where the repository says so', async () => {
    const service = await services();
    const end = await step().run(BROKEN, { ...service.env, GITHUB_RETENTION_DAYS: '7' });
    expect(daysOf(only(service.artifacts))).toBe(7);
    expect(noticesOf(end)).toEqual([]);
  });

  it('keeps no job that is cancelled meanwhile', async () => {
    const service = await services();
    service.trouble.set('CreateArtifact', 'hang');
    const { here, start } = step();
    const { kill, ended } = start(BROKEN, { ...service.env });
    await until('the upload', () => service.calls.includes('CreateArtifact'));
    kill('SIGINT');
    const end = await ended;
    expect([end.signal, end.outputs.status]).toEqual(['SIGINT', 'failed']);
    await until('the end of the child process', () => processesWith(here.dir).length === 0);
  });

  it('is only missed when the service is broken', async () => {
    const service = await services();
    service.trouble.set('CreateArtifact', { status: 403, message: 'no more room' });
    const end = await step().run({ ...BROKEN, plan: 'tasks: {a: {run: exit 3}}' }, service.env);
    expect([end.code, end.outputs.failed]).toEqual([1, '1']);
    expect(noticesOf(end)).toEqual([expect.stringMatching(/not kept as an artifact: .*no more room/)]);
    const warned = end.log.commands.filter(({ name }) => /warning|error/.test(name));
    expect(warned.map(({ properties }) => properties.title)).toEqual(['a failed']);
  });

  it('is only missed when nobody is there', async () => {
    const service = await services();
    const { run } = step();
    const { env } = service;
    await service.stop();
    const end = await run({ run: 'true', artifact: 'always', cache: 'false' }, env);
    expect([end.code, noticesOf(end)]).toEqual([0, [expect.stringContaining('ECONNREFUSED')]]);
  });
});
