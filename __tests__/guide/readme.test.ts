/** Every command of README.md, run in one folder with stand-ins for runners and programs, in the order of the page. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { useBench } from '../cli/harness.js';
import { blocksOf, commandsOf } from './blocks.js';
import { programPath, Workshop } from './stand-ins.js';

const bench = useBench();
const ROOT = join(import.meta.dirname, '../..');
const README = join(ROOT, 'README.md');
const PAGES = [
  'README.md',
  'docs/grammar.md',
  'docs/guarantees.md',
  'docs/isolation.md',
  'docs/prompts.md',
  'docs/scheduling.md',
];

/** The folder of a reader who has cloned this repository, with programs that do nothing but note that they ran. */
function clone(): Workshop {
  const shop = new Workshop(bench());
  for (const name of ['npm', 'node', 'make'])
    shop.replace(name, `#!/bin/sh\necho "${name} $*" >> "$HOME/ran"\n`);
  cpSync(join(ROOT, 'examples'), shop.here.path('examples'), { recursive: true });
  mkdirSync(shop.here.path('schema'));
  shop.replace('git', `#!/bin/sh\nexec ${programPath('git')} "$@"\n`);
  const git = (...args: string[]) => execFileSync(programPath('git'), args, { cwd: shop.here.dir });
  git('init', '--quiet');
  git(
    '-c',
    'user.name=reader',
    '-c',
    'user.email=reader@localhost',
    'commit',
    '--quiet',
    '--allow-empty',
    '--message=cloned',
  );
  return shop;
}

/** Blocks that a reader pastes into a shell. */
function shellBlocks(page: string): string[] {
  return blocksOf(join(ROOT, page))
    .filter(({ language }) => language === 'sh' || language === 'bash')
    .flatMap((block) => (block.text.includes('while true') ? [block.text] : commandsOf(block)));
}

/** Commands in code spans, with what a table has escaped. */
function inlineCommands(page: string): string[] {
  const text = readFileSync(join(ROOT, page), 'utf8').replace(/```[\s\S]*?```/g, '');
  return [...text.matchAll(/`(batchtool [^`]+)`/g)].map((match) => (match[1] ?? '').replaceAll('\\|', '|'));
}

const isForm = (command: string): boolean => /\b[A-Z]{2,}\b|…/.test(command);

describe('a command of the README', () => {
  it.each(shellBlocks('README.md').filter((text) => text.includes('batchtool') && !text.includes('while')))(
    '%s',
    async (command) => {
      const shop = clone();
      const { code, stderr } = await shop.shell(command).ended;
      expect([code, stderr]).toEqual([0, expect.any(String)]);
      const { run, tasks } = await shop.here.status();
      expect([run.status, tasks.map(({ status }) => status)]).toEqual([
        'succeeded',
        tasks.map(() => 'succeeded'),
      ]);
    },
  );

  it('in the loop goes round, and ends on Ctrl-C', async () => {
    const shop = clone();
    shop.replace('sleep', `#!/bin/sh\ntouch "$HOME/slept"\nexec ${programPath('sleep')} "$@"\n`);
    const loop = shellBlocks('README.md').filter((text) => text.includes('while true'));
    expect(loop.length).toBe(1);
    const { interrupt, ended } = shop.shell(loop[0] ?? '');
    await shop.here.appears('slept');
    interrupt();
    expect((await ended).signal).toBe('SIGINT');
    expect(shop.calls().map(({ task }) => task)).toEqual(['monitor', 'optimize']);
  });

  it.each(shellBlocks('README.md').filter((text) => text.startsWith('node dist/cli')))(
    '"%s" works from the clone itself',
    async (command) => {
      const shop = clone();
      symlinkSync(join(ROOT, 'dist'), shop.here.path('dist'));
      const real = command.replace(/^node /, `"${process.execPath}" `);
      const { code, stderr } = await shop.shell(real).ended;
      expect([code, stderr]).toEqual([0, expect.any(String)]);
    },
  );

  it('in the text or a table works, one after the other', async () => {
    const shop = clone();
    const failing = "batchtool run --name full-app-development --tag nightly 'sh: false' 'npm test'";
    await shop.shell(failing).ended;
    for (const command of new Set(inlineCommands('README.md').filter((command) => !isForm(command)))) {
      const { code, stdout, stderr } = await shop.shell(command).ended;
      // What is not live cannot be cancelled, and a run that fails again exits 1.
      const expected = /cancel|--rerun/.test(command) ? [0, 2] : command.includes('resume') ? [0, 1] : [0];
      expect([command, stdout + stderr, expected.includes(code ?? -1)]).toEqual([
        command,
        expect.any(String),
        true,
      ]);
    }
  });
});

describe('the pages', () => {
  it('name only verbs and options that exist', async () => {
    const shop = clone();
    const help = new Map<string, string>();
    for (const page of PAGES)
      for (const command of inlineCommands(page)) {
        const [, verb = ''] = command.split(' ');
        if (verb === 'VERB') continue;
        if (!help.has(verb)) help.set(verb, (await shop.run([verb, '--help'])).stdout);
        expect([command, help.get(verb)]).toEqual([command, expect.stringContaining(`batchtool ${verb}`)]);
      }
  });

  it('list the options that exist, and no others', async () => {
    const { stdout } = await clone().run(['orchestrate', '--help']);
    const known = [...stdout.matchAll(/^ {2}(-[^ ,]+(?:, -[^ ,]+)*)/gm)].flatMap((line) =>
      (line[1] ?? '').split(', '),
    );
    const text = readFileSync(README, 'utf8');
    const table = text.split('## Options')[1]?.split('\n## ')[0] ?? '';
    const named = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap((row) =>
      [...(row[1] ?? '').matchAll(/`(--?[a-z-]+)/g)].map((match) => match[1] ?? ''),
    );
    expect(named.length).toBeGreaterThan(25);
    expect(named.filter((option) => !known.includes(option))).toEqual([]);
    const pages = text + readFileSync(join(ROOT, 'docs/grammar.md'), 'utf8');
    expect(known.filter((option) => option !== '--help' && !pages.includes(option))).toEqual([]);
  });

  it('have links that lead somewhere', () => {
    for (const page of PAGES) {
      const text = readFileSync(join(ROOT, page), 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g))
        if (!target.startsWith('http'))
          expect([page, target, existsSync(join(ROOT, page, '..', target))]).toEqual([page, target, true]);
    }
  });

  it('keep the README short enough to be read', () => {
    expect(readFileSync(README, 'utf8').split('\n').length).toBeLessThan(360);
  });
});
