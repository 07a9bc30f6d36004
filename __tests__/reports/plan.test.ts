import { describe, expect, it } from '@jest/globals';
import { planDocument, planSheet } from '../../src/reports/plan.js';
import { plan, task } from '../fakes/plan.js';
import { rows, texts } from './story.js';

const graph = plan(
  [
    task('spec', {
      stage: 'think',
      work: { kind: 'prompt', text: 'Write it', mode: 'ask' },
      label: 'Write it',
    }),
    task('build', {
      stage: 'make',
      needs: ['spec'],
      limits: { timeoutMillis: 1_800_000, idleMillis: 60_000, memoryBytes: 2e9, outputBytes: 1e6 },
      retry: { max: 2, delayMillis: 1, maxDelayMillis: 1 },
      priority: 10,
    }),
    task('tidy', { needs: ['build'], when: 'always', mayFail: true }),
  ],
  {
    name: 'app',
    pattern: 'dag',
    env: { TOKEN: 'x' },
    loops: [{ id: 'l', tasks: ['spec', 'build'], again: { kind: 'failed', tasks: ['build'] }, max: 3 }],
  },
);

describe('a dry run', () => {
  it('shows kind, needs, stage and limits of every task', () => {
    const sheet = planSheet(graph);
    expect(sheet.table.columns.map((column) => column.title)).toEqual([
      'TASK',
      'STAGE',
      'KIND',
      'NEEDS',
      'LIMITS',
      'TAGS',
      'TEXT',
    ]);
    expect(rows(sheet)).toEqual([
      'spec|think|prompt (ask)||||Write it',
      'build|make|command|spec|timeout 30m, idle 1m, memory 2.0 GB, output 1.0 MB, 2 retries, priority 10||build',
      'tidy||command|build (if always)|may fail||tidy',
    ]);
  });

  it('says how much runs at a time, what repeats, and that nothing was started', () => {
    const sheet = planSheet(graph);
    expect(texts([...sheet.head, ...sheet.foot])).toEqual([
      'app (dag): 3 tasks, at most 4 at a time, on error: skip',
      '  commands: build, tidy',
      '  prompt: spec as ask',
      'repeated while build failed, at most 3 rounds: spec, build',
      'dry run: nothing was started',
    ]);
  });

  it('says which agent the built-in runner calls, and with which model', () => {
    const prompt = { kind: 'prompt' as const, text: 'x', mode: 'tdd' };
    const sheet = planSheet(
      plan([
        task('a', { work: { ...prompt, agent: 'claude', model: 'opus' } }),
        task('b', { work: { ...prompt, agent: 'claude' } }),
        task('c', { work: { ...prompt, runner: '/x/flowx' } }),
      ]),
    );
    expect(rows(sheet).map((row) => row.split('|')[1])).toEqual([
      'prompt (tdd, claude, opus)',
      'prompt (tdd, claude)',
      'prompt (tdd, flowx)',
    ]);
    expect(texts(sheet.head).slice(1)).toEqual([
      '  prompts, by the built-in runner with claude: a as tdd, b as tdd',
      '  prompt, by flowx: c as tdd',
    ]);
  });

  it('shows the labels of groups, and not once more as tags', () => {
    const group = { stage: 'phase1', group: 'Research Phase', tags: ['phase1', 'Research Phase'] };
    const sheet = planSheet(plan([task('phase1-1', group), task('phase1-2', group), task('phase2')]));
    expect(texts(sheet.head)).toContain('  Research Phase: phase1-1, phase1-2');
    expect(rows(sheet)[0]).toBe('phase1-1|phase1|command||||phase1-1');
  });

  it('says which runner takes which task, and once what it sees of earlier ones', () => {
    const sparc = plan([
      task('a', {
        work: { kind: 'prompt', text: 'x', mode: 'ask', runner: '/project/node_modules/.bin/ruflo' },
      }),
      task('b', { work: { kind: 'command', text: 'flowx sparc run code x', runner: 'flowx' }, needs: ['a'] }),
      task('c', { work: { kind: 'command', text: 'flowx sparc run code y', runner: 'flowx' }, needs: ['a'] }),
    ]);
    const { head, foot, table } = planSheet(sparc);
    expect(table.rows.map((row) => row[1]?.text)).toEqual([
      'prompt (ask, ruflo)',
      'SPARC (flowx)',
      'SPARC (flowx)',
    ]);
    expect(texts([...head.slice(1), ...foot])).toEqual([
      '  SPARC commands, by flowx as written: b, c',
      '  prompt, by ruflo: a as ask',
      'a SPARC runner sees earlier results only through the folder BATCHTOOL_CONTEXT',
      'dry run: nothing was started',
    ]);
    expect(planDocument(sparc).tasks[1]).toMatchObject({ kind: 'command', runner: 'flowx' });
  });

  it('leaves out the column of stages when there are none', () => {
    const titles = planSheet(plan([task('a')])).table.columns.map((column) => column.title);
    expect(titles).not.toContain('STAGE');
  });

  it('as a document has the words that users type and no values of variables', () => {
    const document = planDocument(graph);
    expect(document.tasks[1]).toMatchObject({
      id: 'build',
      kind: 'command',
      text: 'echo build',
      needs: ['spec'],
      stage: 'make',
      attempts: 3,
      limits: { timeoutMs: 1_800_000, idleMs: 60_000, memoryBytes: 2e9, outputBytes: 1e6 },
    });
    expect(document.tasks[0]).toMatchObject({ kind: 'prompt', mode: 'ask', text: 'Write it' });
    expect(JSON.stringify(document)).not.toContain('TOKEN');
  });
});
