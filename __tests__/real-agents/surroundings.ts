/** What a real agent finds around it: few programs, and no network but the stand-in model. */
import { existsSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { programPath } from '../guide/stand-ins.js';
import { installed, type Program } from './installed.js';

/** What there is on the PATH beside Node and the agent. */
const TOOLS = ['sh', 'bash', 'env', 'cat', 'ls', 'git', 'ps', 'sleep', 'uname', 'which', 'perl'];

/** Puts the agent and what it needs into a folder that is to be its PATH. */
export function furnish(bin: string, agent: Program): void {
  for (const tool of TOOLS) if (!existsSync(join(bin, tool))) symlinkSync(programPath(tool), join(bin, tool));
  for (const program of ['node', agent] as const)
    symlinkSync(realpathSync(installed(program)), join(bin, program));
}

/** All that is not for loopback goes to the stand-in at `url`, which refuses it and keeps whom it was for. */
export function offline(url: string): Record<string, string> {
  const proxies = { HTTPS_PROXY: url, HTTP_PROXY: url, https_proxy: url, http_proxy: url };
  return { ...proxies, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' };
}
