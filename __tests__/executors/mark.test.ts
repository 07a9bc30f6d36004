import { describe, expect, test } from '@jest/globals';
import { markIn, markPrefix, ownerMarkPrefix } from '../../src/executors/mark.js';

describe('marks', () => {
  test('a name that a shell would drop from the environment is made one that it keeps', () => {
    expect(markPrefix('20261122-2325.ab')).toBe('BATCHTOOL_MARK_20261122_2325_ab_');
  });

  test('those that one owner gives out are marks of the run, and no other owner gives them out', () => {
    expect(ownerMarkPrefix('r', 17)).toBe('BATCHTOOL_MARK_r_17_');
    expect(ownerMarkPrefix('r', 17).startsWith(ownerMarkPrefix('r', 1))).toBe(false);
  });

  test.each([
    ['at the start', 'BATCHTOOL_MARK_r_1_7=1\0A=1\0', '1_7'],
    ['further on', 'A=1\0BATCHTOOL_MARK_r_2=1\0', '2'],
    ['of another run beside it', 'BATCHTOOL_MARK_outer_1=1\0BATCHTOOL_MARK_r_3=1\0', '3'],
    ['of another run only', 'BATCHTOOL_MARK_outer_1=1\0', undefined],
    ['in a value', 'A=BATCHTOOL_MARK_r_1=1\0', undefined],
    ['cut off', 'BATCHTOOL_MARK_r_1', undefined],
    ['in no environment', '', undefined],
  ])('a mark %s', (_, environ, expected) => {
    expect(markIn(Buffer.from(environ), 'BATCHTOOL_MARK_r_')).toBe(expected);
  });
});
