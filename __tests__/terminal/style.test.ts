import { describe, expect, it, test } from '@jest/globals';
import { type Environment, isInteractive, renderLines, style, styleFor } from '../../src/terminal/style.js';

const terminal = { isTTY: true };
const pipe = {};

test.each<[string, object, Environment, 'notices' | 'data', boolean]>([
  ['a terminal', terminal, {}, 'data', true],
  ['a pipe', pipe, {}, 'notices', false],
  ['a terminal with NO_COLOR', terminal, { NO_COLOR: '1' }, 'notices', false],
  ['a terminal with an empty NO_COLOR', terminal, { NO_COLOR: '' }, 'notices', true],
  ['a dumb terminal', terminal, { TERM: 'dumb' }, 'notices', false],
  ['a pipe with FORCE_COLOR', pipe, { FORCE_COLOR: '1' }, 'data', true],
  ['a terminal with FORCE_COLOR=0', terminal, { FORCE_COLOR: '0' }, 'notices', false],
  ['NO_COLOR against FORCE_COLOR', terminal, { NO_COLOR: '1', FORCE_COLOR: '1' }, 'notices', false],
  ['notices in a CI that draws colours', pipe, { CI: 'true', GITHUB_ACTIONS: 'true' }, 'notices', true],
  ['data in a CI that draws colours', pipe, { CI: 'true', GITHUB_ACTIONS: 'true' }, 'data', false],
  ['an unknown CI', pipe, { CI: 'true' }, 'notices', false],
])('%s has the colours that it should', (_what, screen, env, use, isColoured) => {
  expect(styleFor(screen, env, use).isColoured).toBe(isColoured);
});

test.each<[string, object, Environment, boolean]>([
  ['a terminal', terminal, {}, true],
  ['a pipe', pipe, {}, false],
  ['a terminal of a CI', terminal, { CI: 'true' }, false],
  ['a terminal with CI=false', terminal, { CI: 'false' }, true],
  ['a dumb terminal', terminal, { TERM: 'dumb' }, false],
])('%s is watched by a person or not', (_what, screen, env, watched) => {
  expect(isInteractive(screen, env)).toBe(watched);
});

describe('a style', () => {
  it('paints what tones mean, after making the text harmless', () => {
    const lines = [[{ text: '✖', tone: 'bad' as const }, { text: ' a\u001b[2Jb' }]];
    expect(renderLines(lines, style(true))).toBe('\u001b[31m✖\u001b[39m ab\n');
    expect(renderLines(lines, style(false))).toBe('✖ ab\n');
  });

  it('ends what a task left switched on before the next name', () => {
    expect(style(true).name('[a]', 0)).toBe('\u001b[0m\u001b[36m[a]\u001b[39m');
    expect(style(false).name('[a]', 0)).toBe('[a]');
  });
});
