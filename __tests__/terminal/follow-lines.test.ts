import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineMerger } from '../../src/terminal/follow-lines.js';
import { FakeLogs } from './fakes.js';

/** Everything that the merger has to give now. */
function all(merger: LineMerger): Buffer {
  const found: Buffer[] = [];
  for (let bytes = merger.next(); bytes !== undefined; bytes = merger.next()) found.push(Buffer.from(bytes));
  return Buffer.concat(found);
}

function follow(filter?: RegExp) {
  const logs = new FakeLogs();
  const merger = new LineMerger(filter);
  const add = (task: string) => merger.add(`[${task}] `, logs.open({ task, attempt: 1 }));
  return { logs, merger, add, text: () => all(merger).toString('utf8') };
}

describe('merged lines', () => {
  it('each begin with the name of their task, in the order in which they came', () => {
    const { logs, add, text } = follow();
    add('a');
    add('b');
    logs.write('a', 'one\ntwo\n');
    expect(text()).toBe('[a] one\n[a] two\n');
    logs.write('b', 'three\n');
    logs.write('a', 'four\n');
    expect(text().split('\n').sort()).toEqual(['', '[a] four', '[b] three']);
  });

  it('are whole: a begun line waits for its end', () => {
    const { logs, add, text } = follow();
    add('a');
    add('b');
    logs.write('a', 'be');
    logs.write('b', 'other\n');
    expect(text()).toBe('[b] other\n');
    logs.write('a', 'gun\nne');
    expect(text()).toBe('[a] begun\n');
  });

  it('end with the last line of a log although it has no end', () => {
    const { logs, merger, add, text } = follow();
    const feed = add('a');
    logs.write('a', 'one\nlast');
    feed.end();
    expect(text()).toBe('[a] one\n[a] last\n');
    expect([feed.drained, merger.open, logs.closed]).toEqual([true, 0, ['a:1']]);
  });

  it('go on with a log that was added later', () => {
    const { logs, add, text } = follow();
    add('a').end();
    expect(text()).toBe('');
    add('b');
    logs.write('b', 'new\n');
    expect(text()).toBe('[b] new\n');
  });

  it('have no name when none is given', () => {
    const { logs, merger } = follow();
    merger.add('', logs.open({ task: 'a', attempt: 1 }));
    logs.write('a', 'one\n\ntwo\n');
    expect(all(merger).toString()).toBe('one\n\ntwo\n');
  });

  it('take turns, so that a flood does not hide the others', () => {
    const { logs, merger, add } = follow();
    add('flood');
    add('calm');
    logs.write('flood', 'x\n'.repeat(200_000));
    logs.write('calm', 'hello\n');
    merger.next();
    expect(Buffer.from(merger.next() ?? '').toString()).toBe('[calm] hello\n');
  });

  it('say in the place of a log that it cannot be read', () => {
    const { merger } = follow();
    const broken = {
      read: () => {
        throw new Error('gone');
      },
      close: () => undefined,
    };
    merger.add('[a] ', broken).end();
    expect(all(merger).toString()).toBe('[a] (the log cannot be read: gone)\n');
  });
});

describe('a line that is too long to be held', () => {
  const long = 'y'.repeat(300_000);

  it('is passed on in pieces and stays one line', () => {
    const { logs, add, text } = follow();
    const feed = add('a');
    logs.write('a', long);
    const begun = text();
    expect(begun.length).toBeGreaterThan(200_000);
    logs.write('a', 'z\nnext\n');
    feed.end();
    expect(begun + text()).toBe(`[a] ${long}z\n[a] next\n`);
  });

  it('is ended when the log ends', () => {
    const { logs, add, text } = follow();
    const feed = add('a');
    logs.write('a', 'y'.repeat(65_536));
    feed.end();
    expect(text()).toBe(`[a] ${'y'.repeat(65_536)}\n`);
  });

  it('is broken when another task speaks, and goes on with its name', () => {
    const { logs, add, text } = follow();
    add('a');
    add('b');
    logs.write('a', 'y'.repeat(65_536));
    text();
    logs.write('b', 'hello\n');
    expect(text()).toBe('\n[b] hello\n');
    logs.write('a', 'end\n');
    expect(text()).toBe('[a] end\n');
  });

  it.each(['', 'x', 'xx'])('is never cut within a character (after %j)', (before) => {
    const { logs, merger, add } = follow();
    add('a');
    logs.write('a', `${before}${'漢'.repeat(40_000)}`);
    for (let bytes = merger.next(); bytes !== undefined; bytes = merger.next())
      expect(Buffer.from(bytes).toString('utf8')).not.toContain('\ufffd');
  });
});

describe('any bytes', () => {
  const logBytes = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(
        Buffer.from('\n'),
        Buffer.alloc(70_000, 120),
        Buffer.from('漢\n'),
        Buffer.from('a line\n'.repeat(12_000)),
      ),
    ),
    { maxLength: 12 },
  );

  it('of several logs that flood come out as lines that are whole, each log in its order', () => {
    const someLines = fc.record({
      task: fc.nat({ max: 2 }),
      text: fc.string({ maxLength: 100 }).map((text) => text.replaceAll(/[\n#]/g, '')),
      times: fc.constantFrom(1, 2, 5000),
    });
    fc.assert(
      fc.property(fc.array(fc.array(someLines, { maxLength: 6 }), { maxLength: 6 }), (rounds) => {
        const { logs, merger, add } = follow();
        const feeds = ['0', '1', '2'].map(add);
        const got: Buffer[] = [];
        const written = ['', '', ''];
        for (const round of rounds) {
          for (const { task, text, times } of round) {
            const lines = `${text}\n`.repeat(times);
            written[task] += lines;
            logs.write(String(task), lines);
          }
          got.push(all(merger));
        }
        for (const feed of feeds) feed.end();
        got.push(all(merger));
        const shown = Buffer.concat(got)
          .toString('utf8')
          .split(/(?<=\n)/);
        written.forEach((text, task) => {
          const prefix = `[${task}] `;
          const mine = shown
            .filter((line) => line.startsWith(prefix))
            .map((line) => line.slice(prefix.length));
          expect(mine.join('') === text).toBe(true);
        });
        expect(shown.filter((line) => !/^(\[[012]\] |$)/.test(line))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it('come out as they went in, names and one last line end apart', () => {
    fc.assert(
      fc.property(logBytes, (chunks) => {
        const { logs, merger } = follow();
        const feed = merger.add('\u0000NAME\u0000', logs.open({ task: 'a', attempt: 1 }));
        const parts: Buffer[] = [];
        for (const chunk of chunks) {
          logs.write('a', chunk);
          parts.push(all(merger));
        }
        feed.end();
        parts.push(all(merger));
        const sent = Buffer.concat(chunks).toString('latin1');
        const whole = sent === '' || sent.endsWith('\n') ? sent : `${sent}\n`;
        const got = Buffer.concat(parts).toString('latin1');
        expect(got.replaceAll('\u0000NAME\u0000', '')).toBe(whole);
        expect(got.split('\u0000NAME\u0000').length - 1).toBe(whole.split('\n').length - 1);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a filter', () => {
  it('lets matching lines through, whatever the case', () => {
    const { logs, add, text } = follow(/error|warning/);
    add('a').end();
    logs.write('a', 'fine\nERROR one\nall good\na Warning\nerror');
    expect(text()).toBe('[a] ERROR one\n[a] a Warning\n[a] error\n');
  });

  it('looks at each line afresh even if the expression is global', () => {
    const { logs, add, text } = follow(/error/g);
    add('a');
    logs.write('a', 'error\nerror\nerror\n');
    expect(text()).toBe('[a] error\n'.repeat(3));
  });

  it('sees words through colours, and passes the colours on', () => {
    const { logs, add, text } = follow(/error/);
    add('a');
    logs.write('a', '\u001b[31mer\u001b[1mror\u001b[0m\n');
    expect(text()).toBe('[a] \u001b[31mer\u001b[1mror\u001b[0m\n');
  });

  it('anchors at the ends of a line, also one with a carriage return', () => {
    const { logs, add, text } = follow(/^end$/);
    add('a');
    logs.write('a', 'the end\r\nend\r\n');
    expect(text()).toBe('[a] end\r\n');
  });

  it('passes a long line on from the piece that matches', () => {
    const { logs, add, text } = follow(/needle/);
    add('a');
    logs.write('a', 'x'.repeat(70_000));
    expect(text()).toBe('');
    const found = `needle${'y'.repeat(70_000)}rest\n`;
    logs.write('a', `${found}other\n`);
    const passed = text();
    expect(passed.startsWith('[a] ')).toBe(true);
    expect(passed.endsWith(found)).toBe(true);
  });

  it('looks at the line after a long one afresh', () => {
    const { logs, add, text } = follow(/needle/);
    add('a');
    logs.write('a', `needle${'x'.repeat(70_000)}\n`);
    text();
    logs.write('a', 'not th');
    text();
    logs.write('a', 'is one\n');
    expect(text()).toBe('');
  });

  it('keeps the right lines of two logs apart', () => {
    const { logs, add, text } = follow(/a/);
    add('one');
    add('two');
    logs.write('one', 'a');
    logs.write('two', 'b\na\n');
    expect(text()).toBe('[two] a\n');
    logs.write('one', '\nb\n');
    expect(text()).toBe('[one] a\n');
  });
});
