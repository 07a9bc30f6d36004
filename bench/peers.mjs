/** The programs to compare with. They are no dependencies of the project: the bench fetches them when it needs them. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** The newest line that runs on every Node that this project supports. */
const CONCURRENTLY = 'concurrently@9.2.4';

const quietly = { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' };

/** A peer is `{name, version, argv}`; one that cannot be had is `{name, missing: why}` and its row is not measured. */
function obtain(name, steps) {
  try {
    return { name, ...steps() };
  } catch (error) {
    return {
      name,
      missing: String(error.stderr || error.message)
        .trim()
        .split('\n')[0],
    };
  }
}

export function concurrently(scratch) {
  return obtain('concurrently', () => {
    const folder = join(scratch, 'concurrently');
    mkdirSync(folder, { recursive: true });
    execFileSync(
      'npm',
      ['install', '--silent', '--no-audit', '--no-fund', '--prefix', folder, CONCURRENTLY],
      quietly,
    );
    const program = join(folder, 'node_modules/concurrently/dist/bin/concurrently.js');
    const version = execFileSync(process.execPath, [program, '--version'], quietly).trim();
    return { version, argv: [process.execPath, program] };
  });
}

export function gnuParallel() {
  return obtain('GNU parallel', () => {
    if (!isGnuParallel()) {
      execFileSync('apt-get', ['update', '-qq'], quietly);
      execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'parallel'], quietly);
    }
    const version = execFileSync('parallel', ['--version'], quietly)
      .split('\n')[0]
      .replace('GNU parallel ', '');
    return { version, argv: ['parallel', '--will-cite'] };
  });
}

/** `moreutils` has another program of that name. */
function isGnuParallel() {
  try {
    return execFileSync('parallel', ['--version'], quietly).startsWith('GNU parallel');
  } catch {
    return false;
  }
}
