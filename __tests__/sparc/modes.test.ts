/** The modes that there are: built-in ones with their texts, and what a project adds or puts in their place. */
import { describe, expect, test } from '@jest/globals';
import {
  aliasesOf,
  allModes,
  MODES,
  modeNamed,
  nearestModes,
  type OwnMode,
  roleOf,
  unknownMode,
} from '../../src/sparc/modes.js';

const own = (slug: string): OwnMode => ({ slug, name: slug, purpose: 'ours', role: `You are our ${slug}.` });

describe('a built-in mode', () => {
  test.each(MODES.map(({ slug }) => slug))('%s says who, how, and what to hand over', (slug) => {
    const role = roleOf(slug) ?? '';
    expect(role).toMatch(/^You /);
    expect(role).toMatch(/\n\nHow you work:\n(- .+\n){5}\nHand over at the end: .+[^.]\.$/);
    expect(role.length).toBeLessThan(1200);
  });

  test('is told what no other is', () => {
    expect(new Set(MODES.map(({ slug }) => roleOf(slug))).size).toBe(MODES.length);
  });

  test('has its aliases', () => {
    expect(aliasesOf('ask')).toEqual(['researcher', 'analyzer']);
    expect(aliasesOf('sparc')).toEqual([]);
  });
});

describe('modes of the project', () => {
  test('stand in the place of built-in ones of the same name, and after them', () => {
    const modes = allModes([own('nestjs-coder'), own('tdd')]);
    expect(modes).toHaveLength(18);
    expect(modes.map(({ slug }) => slug).slice(0, 4)).toEqual([
      'architect',
      'spec-pseudocode',
      'code',
      'tdd',
    ]);
    expect(modes[3]).toEqual(own('tdd'));
    expect(modes.at(-1)).toEqual(own('nestjs-coder'));
    expect(roleOf('tdd', [own('tdd')])).toBe('You are our tdd.');
    expect(roleOf('code', [own('tdd')])).toBe(roleOf('code'));
  });

  test('take a name that was an alias', () => {
    expect(modeNamed('tester', [own('tester')])).toBe('tester');
    expect(aliasesOf('tdd', [own('tester')])).toEqual([]);
    expect(modeNamed('nestjs-coder', [own('nestjs-coder')])).toBe('nestjs-coder');
  });
});

describe('a word that is no mode', () => {
  test.each([
    ['cdoe', ['code']],
    ['optimize', ['optimizer', 'optimization']],
    ['swarm-coordinator', ['swarm']],
    ['senior-architect', ['architect']],
    ['Integration', ['integration', 'integrator']],
    ['documentation', ['docs-writer']],
    ['x', []],
  ])('%s is near %j', (word, names) => {
    expect(nearestModes(word)).toEqual(names);
    expect(roleOf(word)).toBeUndefined();
  });

  test('may be meant for one of the project', () => {
    expect(nearestModes('nestjs-codr', [own('nestjs-coder')])[0]).toBe('nestjs-coder');
  });

  test.each(['constructor', '__proto__', 'toString'])('%s is none', (word) => {
    expect([modeNamed(word), roleOf(word), nearestModes(word)]).toEqual([undefined, undefined, []]);
  });

  test('is told with the nearest ones', () => {
    expect(unknownMode('optimize')).toEqual({
      message: 'unknown mode "optimize"',
      hint: 'did you mean optimizer or optimization? `batchtool sparc modes` lists all',
    });
    expect(unknownMode('x').hint).toContain('`batchtool sparc modes` lists the modes');
  });
});
