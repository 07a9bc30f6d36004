/** A bench with stand-ins for SPARC runners on PATH: small programs that note how they were called. */
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, Ended, Options } from './harness.js';

const STAND_IN = join(import.meta.dirname, 'stand-in-runner.sh');

export class Runners {
  constructor(
    readonly bench: Bench,
    ...names: string[]
  ) {
    mkdirSync(bench.path('bin'));
    mkdirSync(bench.path('notes'));
    for (const name of names) this.install(name);
  }

  install(name: string): void {
    symlinkSync(STAND_IN, this.bench.path('bin', name));
  }

  remove(name: string): void {
    rmSync(this.bench.path('bin', name));
  }

  /** What the stand-ins do after they have noted how they were called: lines for a shell. */
  act(lines: string): void {
    writeFileSync(this.bench.path('notes', 'act'), lines);
  }

  run(args: readonly string[], options: Options = {}): Promise<Ended> {
    return this.bench.run(args, { ...options, env: { ...this.env(), ...options.env } });
  }

  env(): Record<string, string> {
    return {
      PATH: `${this.bench.path('bin')}:${process.env.PATH}`,
      STAND_IN_NOTES: this.bench.path('notes'),
    };
  }

  /** The arguments that the runner got for an attempt. */
  args(task: string, attempt = 1): string[] {
    return this.bench.read('notes', `${task}.${attempt}.args`).split('\0').slice(0, -1);
  }

  /** The variables that it got. */
  variables(task: string, attempt = 1): Record<string, string> {
    const lines = this.bench.read('notes', `${task}.${attempt}.env`).split('\n');
    return Object.fromEntries(lines.map((line) => /^(\w+)=(.*)$/.exec(line)?.slice(1) ?? []));
  }

  /** The files that it found as context, by name. */
  context(task: string, attempt = 1): Record<string, string> {
    const folder = this.bench.path('notes', `${task}.${attempt}.context`);
    return Object.fromEntries(
      readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
  }
}
