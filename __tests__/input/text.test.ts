import { describe, expect, test } from '@jest/globals';
import { problemText } from '../../src/core/problem.js';
import { classify, type Position } from '../../src/input/text.js';
import { isOneLetterAway } from '../../src/input/typo.js';
import { BUILTINS, EVERYDAY, TOOLS } from '../../src/input/vocabulary.js';
import { RUNNERS } from '../../src/sparc/runners.js';
import { machine } from './typed.js';

const here = machine({ resolves: (word) => ['install', './tool', 'mytool', 'docs'].includes(word) });

/** `command`, `prompt`, `prompt MODE` or `refused: why`. */
function verdict(text: string, position: Position): string {
  const what = classify(text, position, here);
  if (what.kind === 'refused') return `refused: ${problemText(what.problem)}`;
  if (what.kind === 'prompt') return what.mode === undefined ? 'prompt' : `prompt ${what.mode}`;
  return 'command';
}

const textOf = (text: string): string => {
  const what = classify(text, 'command', here);
  return what.kind === 'refused' ? '' : what.text;
};

/** Text, verdict in command position, verdict in step position. */
type Row = [string, string, string];

describe('rule 1: a prefix says what the rest is', () => {
  test.each<Row>([
    ['sh: install all the packages', 'command', 'command'],
    ['sh:foo; bar', 'command', 'command'],
    ['  sh: x', 'command', 'command'],
    ['prompt: npm test', 'prompt', 'prompt'],
    ['code: write it', 'prompt code', 'prompt code'],
    ['security-review: look', 'prompt security-review', 'prompt security-review'],
    ['optimizer: make it fast', 'prompt refinement-optimization-mode', 'prompt refinement-optimization-mode'],
    ['monitoring: watch', 'prompt post-deployment-monitoring-mode', 'prompt post-deployment-monitoring-mode'],
    ['tester: npm test', 'prompt tdd', 'prompt tdd'],
  ])('%j', (text, command, step) => {
    expect([verdict(text, 'command'), verdict(text, 'step')]).toEqual([command, step]);
  });

  test('is taken off, and the rest stays as it is', () => {
    expect(textOf('sh:  echo "a  b" \n')).toBe('echo "a  b" \n');
    expect(textOf('prompt: do  it; $(now)')).toBe('do  it; $(now)');
  });

  test('with nothing after it is refused', () => {
    expect(verdict('sh:  ', 'command')).toMatch(/^refused: nothing follows "sh:"/);
  });

  test('is no prefix when it is no word of ours', () => {
    expect(verdict('feature: user profile', 'step')).toBe('prompt');
    expect(verdict('http://x/y', 'command')).toBe('command');
    expect(verdict('SH: x', 'step')).toBe('prompt');
  });
});

describe('rule 2: SPARC commands', () => {
  test.each([
    [`flowx sparc run code 'user authentication' --non-interactive`, 'flowx'],
    [`flowx sparc run code 'fix all the things and more'`, 'flowx'],
    [`./claude-flow sparc run usecase-developer 'feature: beta'`, './claude-flow'],
    [`npx claude-flow@alpha sparc run ask 'task' --namespace x`, 'claude-flow'],
    [`npx -y ruflo sparc tdd "task"`, 'ruflo'],
    [`sparc run code 'task beta'`, 'sparc'],
    [`sparc code task`, 'sparc'],
  ])('%j', (text, runner) => {
    expect(classify(text, 'step', here)).toEqual({ kind: 'command', text, runner });
  });

  test.each([
    'flowx sparc modes',
    'flowx status',
    'sparc run code',
    `flowx sparc run code --flag`,
    `npx tsc -p .`,
  ])('%j is none, but still a command', (text) => {
    expect(classify(text, 'step', here)).toEqual({ kind: 'command', text });
  });
});

describe('rule 3: what begins with a command and does not read as prose is one', () => {
  test.each([
    'npm test',
    'pytest',
    'mytool x y',
    './tool --all',
    '"./tool" x',
    'A=1 whatever else',
    'A="x y" make',
    'cd x && ls',
    'true;false',
    'make>out',
    '( cd x; ls )',
    '{ ls; }',
    '[ -f x ]',
    '[[ -f x ]]',
    'if true; then ls; fi',
    'for a in 1 2; do for b in 3; do echo $a; done; done',
    'while true; do sleep 1; done',
    'case x in x) ls;; esac',
    'echo all of the things for them',
    'printf "%s" all of the',
    'make all',
    'install --all the things',
    'git commit -m "fix the login and more"',
    `node 'the file and all of it'`,
    'npm ci\nnpm test',
    '\n  npm test',
    'test -f the file',
    'flowx',
  ])('%j', (text) => {
    expect([verdict(text, 'command'), verdict(text, 'step')]).toEqual(['command', 'command']);
  });
});

describe('a runner that is misspelt behind npx would be downloaded, so it is refused', () => {
  test.each([
    ['npx flwox sparc run code x', 'flwox', 'flowx'],
    ['npx claud-flow@alpha swarm x', 'claud-flow', 'claude-flow'],
    ['npx -y --package=rufflo x', 'rufflo', 'ruflo'],
    ['cd app && A=1 npx flow sparc run code x', 'flow', 'flowx'],
  ])('%j', (text, name, runner) => {
    for (const position of ['command', 'step'] as const)
      expect(verdict(text, position)).toMatch(
        new RegExp(
          `^refused: .* asks npx for "${name}", which it would download.*did you mean ${runner}\\?`,
          's',
        ),
      );
  });

  test.each(['npx flow check', 'npx eslint .', 'sh: npx flwox x', 'npx flowx sparc run code x'])(
    '%j is not',
    (text) => {
      expect(verdict(text, 'command')).toBe('command');
    },
  );

  test('nor is an everyday word before "sparc" taken for prose', () => {
    expect(verdict('flow sparc run code x', 'step')).toMatch(/^refused: .*did you mean flowx/s);
  });
});

describe('rule 4: what begins with a command but reads as prose is asked back', () => {
  test.each([
    'install all the packages',
    'install the packages',
    'test the login and fix it',
    'make all of them',
    'find bugs in our code, please',
    "test the user's login and don't stop",
    'docs for the API',
    'if the tests fail then fix them or fi',
  ])('%j', (text) => {
    const here = machine({ resolves: (word) => ['install', 'find', 'docs'].includes(word) });
    for (const position of ['command', 'step'] as const) {
      const what = classify(text, position, here);
      expect(what).toMatchObject({ kind: 'refused' });
      if (what.kind !== 'refused') return;
      expect(what.problem.message).toMatch(/reads as prose but begins with a command/);
      expect(what.problem.hint).toMatch(/"sh: .*"prompt: /);
    }
  });
});

describe('what asks a shell only for something that does nothing by itself is asked back', () => {
  test.each([
    ['test login', 'test'],
    ['test', 'test'],
    ['[ login ]', '['],
    ['set up CI', 'set'],
    ['export types', 'export'],
    ['type definitions', 'type'],
    ['read codebase', 'read'],
    ['unset x', 'unset'],
    ['wait', 'wait'],
  ])('%j', (text, builtin) => {
    for (const position of ['command', 'step'] as const) {
      const told = verdict(text, position);
      expect(told).toContain(`asks a shell for nothing but "${builtin}", which does nothing by itself`);
      expect(told).toMatch(/^refused: .*"sh: .*"prompt: /s);
    }
  });

  test.each([
    'test -f x',
    'test "$A"',
    'test a = b',
    'test ! x',
    '[ "$ROUND" = 2 ]',
    'test login && npm test',
    'export A=1; npm test',
    'set -e\nnpm test',
    'read line < file',
    'sh: test login',
    'cd app',
    'exit 3',
    'true',
  ])('%j is not', (text) => {
    for (const position of ['command', 'step'] as const) expect(verdict(text, position)).toBe('command');
  });
});

test('both ways to say it can be copied, whatever the text holds', () => {
  expect(verdict('install the "new" packages', 'step')).toContain(
    `'sh: install the "new" packages' runs it as a command, 'prompt: install the "new" packages' would`,
  );
});

describe('rule 5: a first word one letter off is asked back with the right word', () => {
  test.each([
    ['npmm install', 'npm'],
    ['flwox sparc run code x', 'flowx'],
    ['gti status', 'git'],
    ['pytset', 'pytest'],
    ['dokcer build .', 'docker'],
    ['carggo test', 'cargo'],
    ['claude-flw sparc run code x', 'claude-flow'],
  ])('%j → %s', (text, meant) => {
    for (const position of ['command', 'step'] as const)
      expect(verdict(text, position)).toMatch(new RegExp(`^refused: .*\\n  hint: did you mean ${meant}\\?`));
  });

  test.each([
    ['task1', 'command', 'prompt'],
    ['Test', 'command', 'prompt'],
    ['NPM', 'command', 'prompt'],
    ['python5', 'command', 'prompt'],
    ['code the module', 'command', 'prompt'],
    ['run it', 'command', 'prompt'],
    ['add authentication', 'command', 'prompt'],
    ['best', 'command', 'prompt'],
  ])('%j is no typo', (text, command, step) => {
    expect([verdict(text, 'command'), verdict(text, 'step')]).toEqual([command, step]);
  });
});

describe('rule 6: signs of a shell without a command', () => {
  test.each([
    'foo; bar',
    'foo & bar',
    'foo | bar',
    'foo > bar',
    'foo < bar',
    'foo `id`',
    'foo $(id)',
    'foo "$(id)"',
    "don't do x; remove y",
    'Research A & B',
    '(cd x; ls)',
  ])('%j is asked back as a command and is a prompt as a step', (text) => {
    expect(verdict(text, 'command')).toMatch(/^refused: .*holds signs of a shell/);
    expect(verdict(text, 'step')).toBe('prompt');
  });

  test.each([`foo 'a; b'`, `foo "a | b"`, String.raw`foo \; bar`, `foo '$(id)'`, 'foo $HOME'])(
    '%j holds none',
    (text) => {
      expect([verdict(text, 'command'), verdict(text, 'step')]).toEqual(['command', 'prompt']);
    },
  );
});

describe('rule 7: an option without a command', () => {
  test.each(['frobnicate --all', 'frobnicate -x', 'frobnicate x --a=b'])('%j', (text) => {
    expect(verdict(text, 'command')).toBe('command');
    expect(verdict(text, 'step')).toMatch(/^refused: .*has an option but begins with no command/);
  });

  test.each(['Compare - in short - both', 'Use "--all" well', 'a -- b'])('%j has none', (text) => {
    expect(verdict(text, 'step')).toBe('prompt');
  });
});

describe('rule 8: anything else', () => {
  test.each([
    'Research and gather requirements',
    'Design based on research',
    'Implement the design',
    'Test the implementation',
    'Optimize based on test results',
    'research requirements',
    'design architecture',
    'implement solution',
    'basic feature',
    'add real-time updates',
    'evaluate tech options',
    'architect solution',
    'build feature',
    'validate with TDD',
    'performance tune',
    '研究する',
    'task1',
  ])('%j is a command as a text of run, and a prompt as a step', (text) => {
    expect([verdict(text, 'command'), verdict(text, 'step')]).toEqual(['command', 'prompt']);
  });
});

describe('any text', () => {
  test.each(['', ' ', '\n\t'])('that is empty (%j) is refused', (text) => {
    expect(verdict(text, 'command')).toMatch(/^refused: a text is empty/);
  });

  test.each(['...', ' … '])('that only stands for one (%j) is refused', (text) => {
    for (const position of ['command', 'step'] as const)
      expect(verdict(text, position)).toMatch(/^refused: .* stands for a text that was left out/);
  });

  test('with a NUL is refused', () => {
    expect(verdict('echo a\0b', 'step')).toMatch(/^refused: .*NUL/);
  });

  test('of 200 kB, with newlines, quotes, emoji and signs, is kept unchanged', () => {
    const text = `echo "${"$(x) `y` 'z' 🙂\n".repeat(13_000)}"`;
    expect(text.length).toBeGreaterThan(200_000);
    expect(textOf(text)).toBe(text);
  });

  test('is cut in messages', () => {
    expect(verdict(`foo; ${'x'.repeat(5000)}`, 'command').length).toBeLessThan(400);
  });

  test('is never looked up under a name that no file can have', () => {
    const asked: string[] = [];
    const curious = machine({ resolves: (word) => asked.push(word) > 0 });
    classify(`a/${'x'.repeat(300)} y`, 'command', curious);
    classify('y'.repeat(5000), 'command', curious);
    expect(asked).toEqual([]);
  });
});

describe('the vocabulary', () => {
  test('excuses only words that would be taken for a typo', () => {
    const known = [...TOOLS, ...RUNNERS];
    const idle = [...EVERYDAY].filter((word) => !known.some((tool) => isOneLetterAway(word, tool)));
    expect(idle).toEqual([]);
  });

  test('excuses no word that is a command itself', () => {
    expect([...EVERYDAY].filter((word) => TOOLS.has(word) || BUILTINS.has(word))).toEqual([]);
  });
});

describe('one letter away', () => {
  test.each([
    ['npmm', 'npm', true],
    ['nm', 'npm', true],
    ['mpn', 'npm', false],
    ['nmp', 'npm', true],
    ['nqm', 'npm', true],
    ['npm', 'npm', false],
    ['Npm', 'npm', false],
    ['NPM', 'npm', false],
    ['npm1', 'npm', false],
    ['n1m', 'npm', false],
    ['np-m', 'npm', false],
    ['xx', 'nx', false],
  ])('%s from %s: %s', (word, known, near) => {
    expect(isOneLetterAway(word, known)).toBe(near);
  });
});
