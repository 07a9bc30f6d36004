import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { attemptBranch, branchesOf, resultBranch } from '../../src/core/branch.js';
import { idFault } from '../../src/core/graph.js';

describe('the branches of a run', () => {
  it('lie below a name that no other run has', () => {
    expect(resultBranch('r1')).toBe('batchtool/r1/result');
    expect(attemptBranch('r1', { task: 'api', attempt: 2 })).toBe('batchtool/r1/task/api.2');
    expect(resultBranch('r1').startsWith(branchesOf('r1'))).toBe(true);
  });

  it.each(['a..b', 'a...b', 'a.lock', 'größe', 'ID-1_x.y'])('have names that git takes: %s', (task) => {
    expect(idFault(task)).toBeUndefined();
    const name = attemptBranch('r1', { task, attempt: 1 });
    expect(execFileSync('git', ['check-ref-format', '--branch', name], { encoding: 'utf8' }).trim()).toBe(
      name,
    );
  });
});
