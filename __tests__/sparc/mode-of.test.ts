import { describe, expect, test } from '@jest/globals';
import { modeOfPrompt } from '../../src/sparc/mode-of.js';
import { MODES, modeNamed } from '../../src/sparc/modes.js';

const TUNE = 'refinement-optimization-mode';
const OBSERVE = 'post-deployment-monitoring-mode';

describe('the mode of a prompt', () => {
  test.each([
    ['Research and gather requirements', 'ask'],
    ['gathering facts', 'ask'],
    ['Analyze the market', 'ask'],
    ['analysis of the market', 'ask'],
    ['evaluation', 'ask'],
    ['Design based on research', 'architect'],
    ['The architecture', 'architect'],
    ['Implement the design', 'code'],
    ['Creating it', 'code'],
    ['writes a parser', 'code'],
    ['FIXES', 'code'],
    ['Test the implementation', 'tdd'],
    ['validation of input', 'tdd'],
    ['Optimize based on test results', TUNE],
    ['optimisation', TUNE],
    ['an optimizer', TUNE],
    ['performance first', TUNE],
    ['Reviewed by us', 'security-review'],
    ['auditors', 'security-review'],
    ['security', 'security-review'],
    ['documentation', 'docs-writer'],
    ['Integrate all parts', 'integration'],
    ['deployment to staging', 'devops'],
    ['debugging', 'debug'],
    ['identified bottlenecks', 'debug'],
    ['identification', 'debug'],
    ['monitoring', OBSERVE],
  ])('of %j is %s', (text, mode) => {
    expect(modeOfPrompt(undefined, text)).toBe(mode);
  });

  test.each(['basic feature', '', '42', 'ÜBER', 'perform magic', 'addressing', 'a fixture', 'latest'])(
    'is code where no word has a meaning: %j',
    (text) => {
      expect(modeOfPrompt(undefined, text)).toBe('code');
    },
  );

  test.each([
    ['research', 'fix it', 'ask'],
    ['test-all', 'write it', 'tdd'],
    ['security_audit', 'deploy', 'security-review'],
  ])('is decided by the step name %j before the text', (name, text, mode) => {
    expect(modeOfPrompt(name, text)).toBe(mode);
  });

  test.each(['phase1', 'stage2', 'idea-3', 'enhance-1', '7'])(
    'is not decided by the step name %j',
    (name) => {
      expect(modeOfPrompt(name, 'test it')).toBe('tdd');
    },
  );

  test('is decided by the first of several words', () => {
    expect(modeOfPrompt('phase2', 'document, test and deploy')).toBe('docs-writer');
  });
});

describe('the modes', () => {
  test('are seventeen, each with a purpose', () => {
    expect(MODES).toHaveLength(17);
    expect(MODES.filter(({ purpose }) => purpose === '')).toEqual([]);
  });

  test.each([
    ['tdd', 'tdd'],
    ['optimization', TUNE],
    ['optimizer', TUNE],
    ['monitoring', OBSERVE],
    ['researcher', 'ask'],
    ['analyzer', 'ask'],
    ['coder', 'code'],
    ['tester', 'tdd'],
    ['reviewer', 'security-review'],
    ['integrator', 'integration'],
    ['nestjs-coder', undefined],
    ['constructor', undefined],
    ['Code', undefined],
  ])('%s is known as %s', (word, slug) => {
    expect(modeNamed(word)).toBe(slug);
  });
});
