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
    'cat > NOTES <<EOF\nclaude -p is how to call it\nEOF',
    "cat > NOTES <<-'END OF IT'\n\tit's $(claude -p x)\n\tEND OF IT\nmake",
    'cat <<A <<"B" > NOTES\nclaude -p x\nA\nclaude -p y\nB\n',
    'cat > NOTES <<EOF\nas of $(date)\nclaude -p is how to call it by `hand`\nclaude -p\nEOF',
    "make # do not; claude -p 'x'",
    '# claude -p x',
    "sh -c '# claude -p x\nmake'",
  ])('or only stands where a shell reads no command: %j', (text) => expect(callIn(text)).toBeUndefined());

  test.each([
    'cat > NOTES <<EOF\nx\nEOF\nclaude -p y',
    'cat <<EOF | claude -p "do it"\nx\nEOF',
    'cat <<EOF\n$(claude -p "(x)")\nEOF',
    'cat <<EOF\n`claude -p x`\nEOF',
    'bash -s <<EOF\nclaude -p x\nEOF',
    'cat <<EOF | sh\nclaude -p x\nEOF',
    'echo $((1 << 3))\nclaude -p x',
    'cat <<< EOF\nclaude -p x\nEOF',
    'make # x\nclaude -p x',
    'echo a#b; claude -p x',
    'echo "# x"; claude -p x',
    'echo $#; claude -p x',
  ])('but stands where it does: %j', (text) => expect(callIn(text)).toBe('claude'));

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
