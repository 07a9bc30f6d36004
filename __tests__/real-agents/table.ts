/** The real program of an agent against each answer of the stand-in model: the verdict that we give. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { member, USAGE } from '../stand-in-model/answer.js';
import type { Name } from './aimed.js';
import type { Desk, Ended } from './conversation.js';
import { PACKAGES } from './installed.js';
import { ATTEMPT_MILLIS } from './limits.js';
import { record } from './record.js';
import { FENCED_PROMPT, HUGE_ANSWER, SCENARIOS, verdictOf } from './scenarios.js';
import { useDesk } from './use-desk.js';

/** What an agent asks besides, for all that we tell it. Other hosts refuse it. */
const ASIDE: Readonly<Record<Name, RegExp>> = {
  claude: /^POST \/v1\/messages\/count_tokens$/,
  codex: /^$/,
  // A title for the conversation; a package for plugins that it would like to have.
  opencode: /^POST \/v1\/chat\/completions$|^CONNECT registry\.[\w.]+:443$/,
  gemini: /^$/,
};

/** Declares the tests of one agent. */
export function describeAgent(name: Name): void {
  describe(name, () => {
    const desk = useDesk(name);

    test(
      'is the version that is pinned',
      async () => expect(await desk().version()).toContain(PACKAGES[name][1]),
      ATTEMPT_MILLIS,
    );

    test.each(Object.entries(SCENARIOS))(
      '%s',
      async (title, scenario) => {
        const ended = await desk().play(scenario);
        record(name, title, desk().base, ended);
        expect(desk().model.faults).toEqual([]);
        expect(desk().model.others.filter((line) => !ASIDE[name].test(line))).toEqual([]);
        expect(desk().model.asked.length).toBeGreaterThan(0);
        expect({ verdict: ended.result.failure?.kind ?? 'ok', words: ended.result.failure?.message }).toEqual(
          {
            verdict: verdictOf(scenario, name),
            words: ended.result.ok ? undefined : expect.stringMatching(/./),
          },
        );
        MORE[title]?.(ended, desk());
      },
      ATTEMPT_MILLIS,
    );
  });
}

/** What else must be true. */
const MORE: Readonly<Record<string, (ended: Ended, desk: Desk) => void>> = {
  'a last word': ({ result, log, exit }, { name, model }) => {
    expect(exit).toEqual({ kind: 'code', code: 0 });
    expect(result.text).toBe('All is done.');
    expect(log).toContain('All is done.');
    expect(result.tokens).toEqual(USAGE);
    expect(result.session).toMatch(/./);
    expect(modelIn(model.asked[0]?.line ?? '', model.asked[0]?.body)).toContain(MODELS[name]);
  },
  'a file written': ({ result, log }, { work }) => {
    expect(readFileSync(join(work, 'a.txt'), 'utf8')).toBe('written to a.txt\n');
    expect(result.text).toBe('I wrote it.');
    expect(log).toMatch(/^> .*a\.txt/m);
    expect(result.tokens).toEqual(times(2));
  },
  'several turns': ({ result, log }, { work, name, model }) => {
    for (const file of ['a.txt', 'b.txt', 'c.txt']) expect(existsSync(join(work, file))).toBe(true);
    expect(log.match(/^> /gm)).toHaveLength(3);
    expect(model.asked.at(-1)?.results).toHaveLength(3);
    expect(result.tokens).toEqual(times(4));
    if (name === 'claude') expect(result).toMatchObject({ turns: 4, costUsd: expect.any(Number) });
  },
  'a prompt with fences': (_ended, { model }) => {
    expect(model.asked[0]?.prompt).toContain(FENCED_PROMPT);
  },
  'a huge answer': ({ result }) => expect(result.text.trim()).toBe(HUGE_ANSWER.trim()),
  'a denied permission': ({ result }) => {
    expect(existsSync('/batchtool-was-here.txt')).toBe(false);
    expect(result.deniedPermissions.join()).toContain('batchtool-was-here.txt');
  },
  'a cap on the cost': ({ result }, { name, model }) => {
    if (name !== 'claude') return;
    expect(result.costUsd).toBeGreaterThan(0.005);
    expect(model.asked.length).toBeLessThan(4);
  },
  'too many requests (429), retry after 30 s': ({ result, millis }, { name }) => {
    expect(millis).toBeLessThan(30_000);
    if (name === 'claude') expect(result.retryAfterMillis).toBeGreaterThanOrEqual(30_000);
  },
  'a stream that never ends': ({ result }, { name }) => {
    if (name === 'claude') expect(result.costUsd).toBeGreaterThan(0);
  },
};

const MODELS: Readonly<Record<Name, string>> = {
  claude: 'claude-sonnet-4-5',
  codex: 'stand-in',
  opencode: 'large',
  gemini: 'gemini-2.5-flash',
};

/** Gemini has it in the path. */
function modelIn(line: string, body: unknown): string {
  return String(member(body, 'model') ?? line);
}

function times(turns: number): unknown {
  return { input: turns * USAGE.input, cached: turns * USAGE.cached, output: turns * USAGE.output };
}
