import { describe, expect, it } from '@jest/globals';
import type { Need } from '../../src/core/plan.js';
import { mermaid } from '../../src/reports/mermaid.js';
import { plan, task } from '../fakes/plan.js';

const onlyAfter = (id: string): Need => ({ task: id, kind: 'order' });

describe('a plan as a picture', () => {
  it('has a frame for each stage, a shape for each kind, a line for each need, and the way back', () => {
    const { text, simplified } = mermaid(
      plan(
        [
          task('build', { label: 'npm run build', stage: 'make' }),
          task('ask', { work: { kind: 'prompt', text: 'why', mode: 'ask' }, label: 'why', stage: 'make' }),
          task('merge', {
            work: { kind: 'integrate', members: ['build'] },
            needs: ['build', onlyAfter('build')],
          }),
          task('tell', { needs: [onlyAfter('ask')], when: 'always', mayFail: true }),
        ],
        {
          loops: [{ id: 'l', tasks: ['build', 'ask'], again: { kind: 'failed', tasks: ['ask'] }, max: 3 }],
        },
      ),
    );
    expect(simplified).toBeUndefined();
    expect(text.split('\n')).toEqual([
      'flowchart TD',
      '  subgraph s0["make"]',
      '    t0["build<br/>npm run build"]',
      '    t1(["ask (ask)<br/>why"])',
      '  end',
      '  t2{{"merge"}}',
      '  t3["tell<br/>if always, may fail"]',
      '  t0 --> t2',
      '  t1 -.-> t3',
      '  t1 ==>|"again if ask failed, at most 3 rounds"| t0',
      '',
    ]);
  });

  it('writes what could mean something to Mermaid or HTML as its number', () => {
    const { text } = mermaid(
      plan([task('a', { label: 'x "q" <b> & #1; %% `y` style:#2; ü 漢 \u001b\u202e' })]),
    );
    expect(text).toContain(
      't0["a<br/>x #34;q#34; #60;b#62; #38; #35;1#59; #37;#37; #96;y#96; style#58;#35;2#59; ü 漢 \ufffd\ufffd"]',
    );
  });

  it('leaves no name empty, for Mermaid takes that for a fault', () => {
    expect(mermaid(plan([task('a', { stage: '' })])).text).toContain('  subgraph s0[" "]\n');
  });

  it('colours tasks by how they ended', () => {
    const ends = { a: 'succeeded', b: 'failed', c: 'running', d: 'succeeded' } as const;
    const { text } = mermaid(
      plan(Object.keys(ends).map((id) => task(id))),
      (id) => ends[id as keyof typeof ends],
    );
    expect(text.match(/^ {2}class .*$/gm)).toEqual(['  class t0,t3 succeeded', '  class t1 failed']);
  });

  it('cuts long texts', () => {
    expect(mermaid(plan([task('a', { label: 'x'.repeat(100) })])).text).toContain(`${'x'.repeat(59)}…"]`);
  });
});

describe('a picture that GitHub would not draw', () => {
  const edgesIn = (text: string): number => text.match(/ (-->|-\.->|---|-\.-|==>)/g)?.length ?? 0;

  function expectDrawable(text: string): void {
    expect(text.length).toBeLessThanOrEqual(50_000);
    expect(edgesIn(text)).toBeLessThanOrEqual(500);
  }

  it('leads needs that many tasks share through one point', () => {
    const first = Array.from({ length: 40 }, (_, i) => task(`a${i}`));
    const then = Array.from({ length: 40 }, (_, i) =>
      task(`b${i}`, { needs: first.map(({ id }) => onlyAfter(id)) }),
    );
    const { text, simplified } = mermaid(plan([...first, ...then]));
    expect(simplified).toBe('needs that several tasks share meet in one point');
    expectDrawable(text);
    expect(edgesIn(text)).toBe(80);
    expect(text).toContain('note["needs that several');
  });

  it('leaves out texts', () => {
    const tasks = Array.from({ length: 450 }, (_, i) => task(`t${i}`, { label: '"'.repeat(60) }));
    const { text, simplified } = mermaid(plan(tasks));
    expect(simplified).toBe('texts are left out');
    expectDrawable(text);
  });

  it('shows as many of the first tasks as there is room for, and says so in the picture', () => {
    const tasks = Array.from({ length: 10_000 }, (_, i) =>
      task(`t${i}`, i === 0 ? {} : { needs: [`t${i - 1}`] }),
    );
    const { text, simplified } = mermaid(plan(tasks));
    expect(simplified).toMatch(/^only the first \d{3} of 10000 tasks are drawn/);
    expectDrawable(text);
    expect(edgesIn(text)).toBeGreaterThan(300);
    expect(text).toContain('note["only the first');
  });
});
