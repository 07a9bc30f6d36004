import { describe, expect, test } from '@jest/globals';
import { callIn } from '../../src/input/calls.js';

describe('a command that starts a run of batchtool', () => {
  test.each([
    "batchtool run 'prompt: a'",
    "cd app && /opt/bin/batchtool --quiet orchestrate --all 'prompt: a'",
    "timeout 60 batchtool pipeline --stages 'a,b'",
    "sh -c 'batchtool resume'",
    "batchtool sparc run code 'a'",
  ])('is seen: %s', (text) => expect(callIn(text)).toBe('batchtool'));

  test.each([
    ['claude', 'cat spec.md | claude -p "do it" > out'],
    ['claude', "npx -y @anthropic-ai/claude-code@2 --print 'do it'"],
    ['claude', "timeout 60 /opt/bin/claude --model opus -p 'do it'"],
    ['claude', "batchtool run 'prompt: a'; claude -p 'what came of it?'"],
    ['claude', 'batchtool run a.yml && claude -p fix'],
    ['codex', "sh -c 'codex exec --json x'"],
    ['opencode', 'cd app && opencode run x'],
    ['gemini', "gemini -m flash --prompt='do it'"],
  ])('or calls %s itself: %s', (agent, text) => expect(callIn(text)).toBe(agent));

  test.each([
    ...['claude --version', 'claude mcp list', 'codex login', 'opencode models', 'gemini --help'],
    'git commit -m "claude -p"',
  ])('or only asks an agent for something else: %s', (text) => expect(callIn(text)).toBeUndefined());

  test.each([
    'batchtool logs --task run',
    "batchtool run --dry-run 'prompt: a'",
    'batchtool run --help',
    'batchtool pipeline -h',
    'batchtool stats run',
  ])('is not one that only looks: %s', (text) => expect(callIn(text)).toBeUndefined());

  test.each(['batchtool status', 'batchtool sparc modes', 'echo batchtool run', 'cat batchtool.yml', 'ls'])(
    'is not: %s',
    (text) => expect(callIn(text)).toBeUndefined(),
  );
});
