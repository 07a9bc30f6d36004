import { describe, expect, test } from '@jest/globals';
import { isUnsupported, runnerFault } from '../../src/sparc/fault.js';

describe('what a runner says when it failed', () => {
  test.each([
    'Subcommand "run" not found for command "sparc"',
    '[ERROR] Unknown command: sparc',
    'Mode not found',
    '❌ Mode not found: nestjs-coder',
    '❌ SPARC configuration file not found',
    '❌ SPARC configuration file (.roomodes) not found',
    '❌ Usage: sparc run <mode-slug> <task-description>',
    '❌ Error: claude command not found in PATH',
    '❌ SPARC instance sparc-code-1 exited with code 3',
    'exited with code 3',
    'claude exited with code 1',
    '❌ SPARC mode failed: claude exited with code 3',
    '❌ Failed to execute Claude: spawn claude ENOENT',
    'sh: 1: flowx: not found',
    'bash: line 1: claude-flow: command not found',
  ])('is found: %s', (line) => {
    expect(runnerFault(`Mode: code\n\n${line}\n`)).toBe(line);
  });

  test('is found before a long list, where a program has marked it', () => {
    const list = Array.from({ length: 200 }, (_, index) => `  mode-${index}`).join('\n');
    expect(runnerFault(`❌ Mode not found: x\n${list}`)).toBe('❌ Mode not found: x');
    expect(
      runnerFault(`❌ Mode not found: x\n✅ SPARC instance a completed successfully\n${list}`),
    ).toBeUndefined();
  });

  test('says whether it would say so again', () => {
    expect(isUnsupported('[ERROR] Unknown command: sparc')).toBe(true);
    expect(isUnsupported('Subcommand "run" not found for command "sparc"')).toBe(true);
    expect(isUnsupported('❌ Mode not found: x')).toBe(false);
  });

  test('is found in colour, with other line ends, and before what it lists afterwards', () => {
    const list = Array.from({ length: 30 }, (_, index) => `  mode-${index}`).join('\n');
    expect(runnerFault(`start\r\n\u001b[31m❌ Mode not found: x\u001b[0m\r\nAvailable modes:\n${list}`)).toBe(
      '❌ Mode not found: x',
    );
  });
});

describe('what only sounds like it', () => {
  test.each([
    'I saw "Mode not found" in the log and fixed it.',
    'The process exited with code 3 because of a typo.',
    'exited with code 0',
    '❌ jest exited with code 1',
    '{"type":"assistant","text":"❌ Mode not found: x"}',
    'expect(stdout).toContain(\'Subcommand "run" not found for command "sparc"\')',
    'Unknown command: build',
    'sh: 1: pytest: not found',
    '- Failed to execute Claude',
    '> ✅ SPARC instance sparc-code-1 completed successfully',
  ])('is no failure: %s', (line) => {
    expect(runnerFault(`${line}\n`)).toBeUndefined();
  });

  test('is no failure far from the end', () => {
    const talk = 'more\n'.repeat(80);
    expect(runnerFault(`Mode not found\n${talk}`)).toBeUndefined();
  });

  test.each([
    'Error: exited with code 1',
    '[ERROR] Process exited with code 2',
    '❌ Error: claude command not found in PATH',
    '❌ Failed to execute Claude: spawn claude ENOENT',
  ])('is no failure far from the end, even with a mark, where no list follows it: %s', (line) => {
    expect(runnerFault(`${line}\n${'good\n'.repeat(80)}`)).toBeUndefined();
  });

  test('is no failure when the runner says in the end that all went well', () => {
    expect(
      runnerFault('❌ Mode not found: x\n✅ SPARC instance sparc-code-1 completed successfully\n'),
    ).toBeUndefined();
  });

  test('is no failure where nothing was said', () => {
    expect(runnerFault('')).toBeUndefined();
  });
});
