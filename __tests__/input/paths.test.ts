import { describe, expect, test } from '@jest/globals';
import { baseName, couldExist, resolvePath } from '../../src/input/paths.js';

describe('a path', () => {
  test.each([
    ['/home/me', '.', '/home/me'],
    ['/home/me', 'sub/a', '/home/me/sub/a'],
    ['/home/me', './sub//a/', '/home/me/sub/a'],
    ['/home/me/a', '../b', '/home/me/b'],
    ['/home/me', '../../..', '/'],
    ['/', 'a', '/a'],
    ['/', '.', '/'],
    ['/home/me', '/etc', '/etc'],
    ['/home/me', 'a\\b', '/home/me/a\\b'],
    ['C:\\work', 'sub/a', 'C:\\work\\sub\\a'],
    ['C:\\work', '..', 'C:\\'],
    ['C:\\work', 'D:\\x', 'D:\\x'],
  ])('from %s, %s is %s', (folder, path, resolved) => {
    expect(resolvePath(folder, path)).toBe(resolved);
  });

  test.each([
    ['batchtool.yml', 'batchtool'],
    ['a/b/nightly.plan.json', 'nightly.plan'],
    ['C:\\x\\y.yml', 'y'],
    ['.hidden', '.hidden'],
    ['plain', 'plain'],
    ['<stdin>', 'stdin'],
    ['a/', 'plan'],
  ])('%s gives the name %s', (path, name) => {
    expect(baseName(path)).toBe(name);
  });

  test.each([
    ['a/b', true],
    ['x'.repeat(255), true],
    ['x'.repeat(256), false],
    ['ж'.repeat(128), false],
    ['ж'.repeat(127), true],
    ['a/'.repeat(3000), false],
    ['a\0b', false],
    ['', false],
  ])('%j could exist: %s', (path, could) => {
    expect(couldExist(path)).toBe(could);
  });
});
