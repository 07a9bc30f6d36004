/** Calls of services end in time, whatever they have met. */
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { callFolder, callService } from '../../src/github/service-call.js';
import type { ServiceRequest } from '../../src/github/service-request.js';
import { processesWith } from '../cli/harness.js';
import { type Part, type Services, type Trouble, useServices } from './services.js';
import { POST } from './step.js';

const services = useServices();
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function send(
  service: Services,
  request: ServiceRequest,
  mostMillis: number,
): Promise<string | undefined> {
  const env = { PATH: process.env.PATH, ...service.env };
  const folder = callFolder({ RUNNER_TEMP: tmpdir() });
  folders.push(folder);
  const reason = await callService(request, { folder, env: { ...env, HOME: folder }, mostMillis }, POST);
  expect(processesWith(folder)).toEqual([]);
  return reason;
}

const ARTIFACT: ServiceRequest = {
  kind: 'artifact',
  name: 'a',
  root: join(POST, '..'),
  files: [POST],
  days: 1,
};

describe('a call of a service', () => {
  it.each<[Part, Trouble]>([
    ['CreateArtifact', 'hang'],
    ['blob', 'hang'],
    ['FinalizeArtifact', 'hang'],
  ])('comes back in its time though the service hangs in %s', async (part, trouble) => {
    const service = await services();
    service.trouble.set(part, trouble);
    const from = Date.now();
    expect(await send(service, ARTIFACT, 2600)).toBe('no answer within 3 s');
    expect(Date.now() - from).toBeLessThan(4500);
  });

  it('tells what it met before it tried again', async () => {
    const service = await services();
    service.trouble.set('CreateArtifact', { status: 502, message: 'bad day' });
    expect(await send(service, ARTIFACT, 2600)).toBe('Failed request: (502) Bad Gateway: bad day');
  });

  it('has nothing to say when it went well', async () => {
    const service = await services();
    expect(await send(service, ARTIFACT, 20_000)).toBeUndefined();
    expect(service.artifacts.map(({ name }) => name)).toEqual(['a']);
  });

  it('says why it cannot do what it is sent for', async () => {
    const service = await services();
    const odd = { ...ARTIFACT, name: 'a/b' } as ServiceRequest;
    expect(await send(service, odd, 20_000)).toMatch(/artifact name is not valid/);
  });
});
