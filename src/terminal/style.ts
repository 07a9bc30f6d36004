/** Colours, decided for each stream: NO_COLOR turns them off, FORCE_COLOR on, else a terminal has them. */
import type { Line, Tone } from '../core/shown.js';
import { visible } from './visible.js';

/** What is asked of a stream before anything is drawn on it. */
export interface Screen {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Style {
  readonly isColoured: boolean;
  paint(text: string, tone: Tone | undefined): string;
  /** A name before lines of output; neighbours in a plan differ in colour. */
  name(text: string, index: number): string;
}

/** CI services whose log viewers draw colours although the stream is no terminal. */
const COLOURFUL_CI = [
  'GITHUB_ACTIONS',
  'GITEA_ACTIONS',
  'GITLAB_CI',
  'BUILDKITE',
  'CIRCLECI',
  'TRAVIS',
  'APPVEYOR',
];

/**
 * `notices` are for people, so known CI services get them in colour. `data` is what programs read as well:
 * without a terminal it is plain unless FORCE_COLOR says otherwise.
 */
export function styleFor(screen: Screen, env: Environment, use: 'notices' | 'data'): Style {
  return style(hasColours(screen, env, use));
}

function hasColours(screen: Screen, env: Environment, use: 'notices' | 'data'): boolean {
  if (isSet(env.NO_COLOR)) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  if (screen.isTTY === true) return env.TERM !== 'dumb';
  return use === 'notices' && isSet(env.CI) && COLOURFUL_CI.some((name) => isSet(env[name]));
}

/** A person watches, so that lines may be drawn over: a terminal that can, and no CI service that only records. */
export function isInteractive(screen: Screen, env: Environment): boolean {
  return screen.isTTY === true && env.TERM !== 'dumb' && !isSet(env.CI);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

const RESET = '\u001b[0m';
/** What switches a look on, and what switches it off again (ECMA-48, SGR). */
type Look = readonly [on: number, off: number];
const TONES: Readonly<Record<Tone, Look>> = {
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
  busy: [36, 39],
  dim: [2, 22],
  strong: [1, 22],
};
/** Cyan, magenta, blue, yellow, green. */
const HUES: readonly Look[] = [36, 35, 34, 33, 32].map((colour) => [colour, 39]);

/** A style with colours or without. */
export function style(isColoured: boolean): Style {
  const inLook = (text: string, look: Look | undefined): string =>
    isColoured && look !== undefined ? `\u001b[${look[0]}m${text}\u001b[${look[1]}m` : text;
  return {
    isColoured,
    paint: (text, tone) => (tone === undefined || text === '' ? text : inLook(text, TONES[tone])),
    // What a task left switched on must not colour the next name.
    name: (text, index) => (isColoured ? RESET : '') + inLook(text, HUES[index % HUES.length]),
  };
}

/** A line as it is written: harmless, and in colour if the style has any. */
export function renderLine(line: Line, { paint }: Style): string {
  return line.map(({ text, tone }) => paint(visible(text), tone)).join('');
}

/** Lines with their ends. */
export function renderLines(lines: readonly Line[], look: Style): string {
  return lines.map((line) => `${renderLine(line, look)}\n`).join('');
}
