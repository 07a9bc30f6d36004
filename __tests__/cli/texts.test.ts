/** Texts reach the task as they were typed, whatever is in them. */
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { type Bench, useBench } from './harness.js';
import { expectNothingRunning } from './refusal.js';

const bench = useBench();
/** A shell that notes what it is handed: the program behind `--shell` gets the text as its last argument. */
const NOTING = 'node note.cjs';

function noting(): Bench {
  const here = bench();
  here.write('note.cjs', "require('fs').writeFileSync('seen.json', JSON.stringify(process.argv.slice(2)));");
  return here;
}

const ODD: readonly (readonly [string, string])[] = [
  ['newlines', 'first\nsecond\r\n\n  third\n'],
  ['tabs and blanks', 'one\t\ttwo   three \t '],
  ['quotes', `it's "quoted" \\"twice\\" and '"' \`so\``],
  ['a command substitution', '$(touch ran) `touch ran` $HOME $((1+1)) !! %PATH%'],
  ['emoji and other planes', '👩‍👩‍👧‍👦 🇪🇺 𝒳 é e\u0301 \u202eright to left\u202c \ufeff 測試'],
  ['control characters', 'bell\u0007 escape\u001b[31m backspace\b delete\u007f'],
  ['dashes', '--timeout 5 -- -x'],
  ['colons that are no suffix', 'GET /:id :depends :wait-for'],
  ['a lone backslash at the end', 'path\\'],
];

describe('a text with', () => {
  it.each(ODD)('%s, given as an argument', async (_what, text) => {
    const here = noting();
    const { code } = await here.run(['run', '--shell', NOTING, '--', `sh:${text}`]);
    expect(JSON.parse(here.read('seen.json'))).toEqual([text]);
    expect({ code, ran: here.has('ran') }).toEqual({ code: 0, ran: false });
  });

  it.each(ODD)('%s, in a plan file', async (_what, text) => {
    const here = noting();
    here.write('plan.json', { tasks: { a: { run: text, shell: NOTING } } });
    const { code } = await here.run(['run', '-f', 'plan.json']);
    expect(JSON.parse(here.read('seen.json'))).toEqual([text]);
    expect({ code, ran: here.has('ran') }).toEqual({ code: 0, ran: false });
  });

  it('all of it at once, through sh and into a log', async () => {
    const here = bench();
    const all = ODD.map(([, text]) => text).join('');
    const quoted = `'${all.replaceAll("'", `'\\''`)}'`;
    const { code } = await here.run(['run', '--output', 'quiet', `printf %s ${quoted} | tee seen`]);
    expect(code).toBe(0);
    expect(here.read('seen')).toBe(all);
    const [task] = (await here.status()).tasks;
    expect(here.read(task?.attempts[0]?.log.slice(here.dir.length) ?? '')).toBe(all);
  });

  it('a NUL is refused where it can be: no process can be given one', async () => {
    const here = bench();
    here.write('p.yml', 'tasks:\n  a: {run: "touch ran; echo \\0"}\n');
    const { code, stderr } = await here.run(['run', '-f', 'p.yml']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'batchtool: p.yml:2:12: task "a", run: the text holds a NUL character\n',
    });
    expect(here.has('ran')).toBe(false);
  });
});

describe('a text of 200 kB', () => {
  const filler = '# 👍 it\'s "long" $(touch ran)\n'.repeat(6400);
  /** With `$0`, which is a file here, the task compares what it got with what was meant. */
  const text = `${filler}cmp "$0" meant && echo same > seen`;

  it('runs, from a plan file', async () => {
    const here = bench();
    here.write('meant', text);
    here.write('plan.json', { tasks: { a: { run: text } } });
    expect(Buffer.byteLength(text)).toBeGreaterThan(200_000);
    const { code, stderr } = await here.run(['run', '-f', 'plan.json', '--output', 'quiet']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('1 task succeeded') });
    expect(here.read('seen')).toBe('same\n');
    expect(here.has('ran')).toBe(false);
  });

  it('runs, from standard input as YAML', async () => {
    const here = bench();
    here.write('meant', `${text}\n`);
    const block = text.replace(/^/gm, '      ');
    const { code } = await here.run(['run', '-f', '-'], { input: `tasks:\n  a:\n    run: |\n${block}\n` });
    expect(code).toBe(0);
    expect(here.read('seen')).toBe('same\n');
  });

  it('fails in words when its shell can take it neither as an argument nor as a file', async () => {
    const here = noting();
    writeFileSync(here.path('plan.json'), JSON.stringify({ tasks: { a: { run: text, shell: NOTING } } }));
    const { code, stderr } = await here.run(['run', '-f', 'plan.json', '--output', 'quiet']);
    expect(code).toBe(1);
    const size = Math.round(Buffer.byteLength(text) / 1000);
    const message = `the command is ${size} kB long, which is too long for an argument of ${NOTING}; put it into a file`;
    expect(stderr).toContain(`✖ a failed: could not be started: ${message}\n`);
    const [task] = (await here.status()).tasks;
    expect(task?.attempts.map(({ exit }) => exit)).toEqual([{ kind: 'spawn-error', message }]);
    expect(here.has('seen.json')).toBe(false);
    expectNothingRunning(here);
  });
});
