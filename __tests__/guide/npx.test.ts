/** The real npx: batchtool promises that it never downloads a runner, for anyone may register those names. */

import { realpathSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../cli/harness.js';
import { programPath, Workshop } from './stand-ins.js';

const bench = useBench();
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A registry on this machine that offers a newer claude-flow, and what it was asked for. */
async function registry(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ url = '' }, response) => {
    asked.push(url);
    response.setHeader('content-type', 'application/json');
    if (url !== '/claude-flow') response.writeHead(404).end('{}');
    else response.end(JSON.stringify(offer((server.address() as AddressInfo).port)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function offer(port: number): unknown {
  const dist = { tarball: `http://127.0.0.1:${port}/package.tgz`, shasum: '0'.repeat(40) };
  const version = { name: 'claude-flow', version: '9.9.9', bin: { 'claude-flow': 'x.js' }, dist };
  return {
    name: 'claude-flow',
    'dist-tags': { latest: '9.9.9', alpha: '9.9.9' },
    versions: { '9.9.9': version },
  };
}

/** Stand-ins, but npx itself and the node that it needs. */
function withRealNpx(): Workshop {
  const shop = new Workshop(bench());
  shop.replace('npx', `#!/bin/sh\nexec "${process.execPath}" "${realpathSync(programPath('npx'))}" "$@"\n`);
  symlinkSync(process.execPath, shop.here.path('bin', 'node'));
  return shop;
}

describe('the real npx', () => {
  it('runs a runner that the project has installed, and asks nobody', async () => {
    const { url, asked } = await registry();
    const shop = withRealNpx();
    const text = "npx claude-flow sparc run code 'task beta' --non-interactive";
    const { code } = await shop.run(['run', text], { env: quick(url) });
    expect([code, shop.call('1').argv]).toEqual([
      0,
      ['sparc', 'run', 'code', 'task beta', '--non-interactive'],
    ]);
    expect(asked).toEqual([]);
  });

  it('downloads nothing when the tag asks for a newer one', async () => {
    const { url, asked } = await registry();
    const shop = withRealNpx();
    const text = "npx claude-flow@alpha sparc run code 'task beta' --non-interactive";
    const { code, stderr } = await shop.run(['run', text], { env: quick(url) });
    expect([code, stderr]).toEqual([1, expect.stringContaining('npx canceled due to missing packages')]);
    expect(asked.filter((path) => path.endsWith('.tgz'))).toEqual([]);
    expect(shop.calls()).toEqual([]);
  });
});

function quick(url: string): Record<string, string> {
  return { npm_config_registry: url, npm_config_fetch_retries: '0', npm_config_update_notifier: 'false' };
}
