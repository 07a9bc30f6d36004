/** The order of merging, and every way in which two changes can be in each other's way. */
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { MergeMember } from '../../src/core/orders.js';
import { type Merged, mergeAll } from '../../src/workspace/merge.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { TestRepository } from './repositories.js';

let repository: TestRepository;
let workspace: Workspace;
let base: string;
let steps: string[];

const LINES = Array.from({ length: 20 }, (_, index) => `line ${index}\n`);
const TEXT = LINES.join('');
const withLine = (at: number, text: string): string => LINES.with(at, `${text}\n`).join('');

beforeEach(async () => {
  repository = new TestRepository('répo of us');
  base = repository.commit({
    'a ü.txt': TEXT,
    'b.txt': TEXT,
    'dir/c.txt': 'c\n',
    'd.bin': Buffer.from([0, 1]),
  });
  workspace = await repository.workspace();
  steps = [];
});

afterEach(() => repository.remove());

type Change = (top: string) => void;

const member = (task: string, change: Change, on = base): MergeMember => ({
  task,
  label: task,
  base: on,
  commit: repository.commitOn(on, change, `work of ${task}`),
});
const writes =
  (path: string, content: string | Buffer): Change =>
  (top) =>
    repository.write(path, content, top);

const merge = (members: readonly MergeMember[], on = base): Promise<Merged> =>
  mergeAll(workspace.git, on, members, ({ task }, step) => steps.push(`${task} ${step}`));

async function tipOf(members: readonly MergeMember[], on = base): Promise<string> {
  const merged = await merge(members, on);
  if (merged.kind !== 'merged') throw new Error(JSON.stringify(merged));
  return merged.tip;
}

describe('changes that are not in each other’s way', () => {
  test('are one commit each, in the order given, whoever ended first; the first is taken as it is', async () => {
    const members = [
      member('one', writes('a ü.txt', withLine(0, 'one'))),
      member('two', writes('a ü.txt', withLine(19, 'two'))),
      member('three', writes('new.txt', 'three')),
    ];
    const tip = await tipOf(members);
    expect(repository.git('log', '--format=%s', `${base}..${tip}`).split('\n')).toEqual([
      'work of three',
      'work of two',
      'work of one',
    ]);
    expect(repository.git('log', '--format=%H', `${base}..${tip}`).split('\n')[2]).toBe(members[0]?.commit);
    expect(`${repository.show(tip, 'a ü.txt')}\n`).toBe(LINES.with(0, 'one\n').with(19, 'two\n').join(''));
    expect(steps).toEqual(['one as it is', 'two merged', 'three merged']);
    expect(await tipOf(members)).toBe(tip);
  });

  test('keep author and time of the work', async () => {
    const [one, two] = [member('one', writes('x', '1')), member('two', writes('y', '2'))];
    const tip = await tipOf([one, two]);
    const format = '--format=%an <%ae> %ad %cd';
    expect(repository.git('log', '-1', format, tip)).toBe(repository.git('log', '-1', format, two.commit));
  });

  test('are nothing new where somebody did the same', async () => {
    const [one, two] = [member('one', writes('x', 'same')), member('two', writes('x', 'same'))];
    expect(await tipOf([one, two])).toBe(one.commit);
    expect(steps).toEqual(['one as it is', 'two nothing new']);
  });

  test('follow a file that another has renamed', async () => {
    const one = member('one', (top) => renameSync(join(top, 'a ü.txt'), join(top, 'moved.txt')));
    const two = member('two', writes('a ü.txt', withLine(3, 'two')));
    const tip = await tipOf([one, two]);
    expect(repository.show(tip, 'moved.txt')).toContain('two');
    expect(Object.keys(repository.files(tip))).not.toContain('a ü.txt');
  });

  test('are taken from where they began, not from where they would be on the branch of the user', async () => {
    const first = repository.commitOn(base, writes('b.txt', withLine(1, 'first')));
    const late = member('late', writes('b.txt', withLine(18, 'late')), first);
    const other = member('other', writes('x', 'x'));
    const tip = await tipOf([other, late]);
    expect(repository.show(tip, 'b.txt')).toContain('line 1\n');
    expect(repository.show(tip, 'b.txt')).toContain('late');
  });

  test('of several rounds of one task are one', async () => {
    const first = repository.commitOn(base, writes('b.txt', withLine(1, 'round 1')));
    const again = { ...member('loop', writes('b.txt', withLine(1, 'round 2')), first), base };
    const tip = await tipOf([member('other', writes('x', 'x')), again]);
    expect(repository.git('rev-list', '--count', `${base}..${tip}`)).toBe('2');
    expect(repository.show(tip, 'b.txt')).toContain('round 2');
  });

  test('touch neither the tree of the user nor his index', async () => {
    repository.write('b.txt', 'mine');
    await tipOf([member('one', writes('b.txt', 'one')), member('two', writes('y', '2'))]);
    expect(repository.git('status', '--porcelain')).toBe(' M b.txt');
    expect(repository.git('rev-parse', 'HEAD')).toBe(base);
  });
});

describe('a conflict', () => {
  const setMode = (top: string): void => chmodSync(join(top, 'b.txt'), 0o755);
  const linkTo =
    (target: string): Change =>
    (top) =>
      symlinkSync(target, join(top, 'new'));
  const moveTo =
    (path: string): Change =>
    (top) =>
      renameSync(join(top, 'b.txt'), join(top, path));
  const removes: Change = (top) => rmSync(join(top, 'b.txt'));
  const folder: Change = (top) => {
    rmSync(join(top, 'b.txt'));
    mkdirSync(join(top, 'b.txt'));
    repository.write('b.txt/x', 'x', top);
  };
  const folderTo =
    (path: string): Change =>
    (top) => {
      mkdirSync(dirname(join(top, path)), { recursive: true });
      renameSync(join(top, 'dir'), join(top, path));
    };
  const IN_BOTH = ['dir/x', 'e/f/x'];
  const submodule =
    (id: string): Change =>
    (top) => {
      mkdirSync(join(top, 'sub'));
      repository.gitIn(top, 'update-index', '--add', '--cacheinfo', `160000,${id.repeat(40)},sub`);
    };

  test.each<[string, Change, Change, string[]]>([
    ['of content', writes('a ü.txt', withLine(5, 'x')), writes('a ü.txt', withLine(5, 'y')), ['a ü.txt']],
    ['of one that deletes and one that changes', removes, writes('b.txt', withLine(5, 'y')), ['b.txt']],
    ['of one that changes and one that deletes', writes('b.txt', withLine(5, 'y')), removes, ['b.txt']],
    ['of two new names', moveTo('x.txt'), moveTo('y.txt'), ['b.txt', 'x.txt', 'y.txt']],
    ['of two new files', writes('new', 'x'), writes('new', 'y'), ['new']],
    ['of a new file and a new link', writes('new', 'x'), linkTo('b.txt'), ['new']],
    ['of two links', linkTo('b.txt'), linkTo('d.bin'), ['new']],
    [
      'of binary files',
      writes('d.bin', Buffer.from([0, 2])),
      writes('d.bin', Buffer.from([0, 3])),
      ['d.bin'],
    ],
    ['of a folder in the way of a file', folder, writes('b.txt', 'y'), ['b.txt']],
    ['of the mode of a file that the other deletes', setMode, removes, ['b.txt']],
    ['of a folder with another name and a new file in it', folderTo('e/f'), writes('dir/x', 'y'), IN_BOTH],
    ['of a new file in a folder and another name for it', writes('dir/x', 'y'), folderTo('e/f'), IN_BOTH],
    ['of submodules', submodule('1'), submodule('2'), ['sub']],
  ])('%s is told with its files, both tasks and what it met', async (_, first, second, files) => {
    const [before, one] = [member('before', writes('z', 'z')), member('one', first)];
    const merged = await merge([before, one, member('two', second), member('after', writes('q', 'q'))]);
    expect(merged).toMatchObject({ kind: 'conflict', files, task: 'two', against: ['one'] });
    const onto = merged.kind === 'conflict' ? merged.onto : '';
    expect(onto).toBe(await tipOf([before, one]));
  });

  test('of a mode with a content is none', async () => {
    const tip = await tipOf([member('one', setMode), member('two', writes('b.txt', withLine(5, 'y')))]);
    expect(repository.git('ls-tree', tip, 'b.txt')).toMatch(/^100755 /);
    expect(repository.show(tip, 'b.txt')).toContain('y');
  });

  test('in a renamed folder does not name who moved a single file elsewhere', async () => {
    const merged = await merge([
      member('single', (top) => {
        mkdirSync(join(top, 'dir2'));
        renameSync(join(top, 'b.txt'), join(top, 'dir2/b.txt'));
      }),
      member('folder', (top) => renameSync(join(top, 'dir'), join(top, 'new-dir'))),
      member('new', writes('dir/x', 'y')),
    ]);
    expect(merged).toMatchObject({ task: 'new', against: ['folder'] });
  });

  test('names all that changed the file before', async () => {
    const merged = await merge([
      member('one', writes('b.txt', withLine(0, 'x'))),
      member('two', writes('b.txt', withLine(19, 'x'))),
      member('three', writes('b.txt', withLine(0, 'y'))),
    ]);
    expect(merged).toMatchObject({ task: 'three', against: ['one', 'two'] });
  });
});
