/** An agent of the user's own, with a real program behind it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { customAgent } from '../../src/agents/custom.js';
import type { StandInModel } from '../stand-in-model/server.js';
import { Desk, type Ended } from './conversation.js';
import { ATTEMPT_MILLIS, INSTALL_MILLIS } from './limits.js';
import { modelFor } from './model.js';
import { SCENARIOS, type Scenario } from './scenarios.js';

describe('a custom agent that calls claude', () => {
  const TEXT = ['claude', '-p', '--output-format', 'text'];
  let model: StandInModel;

  beforeAll(async () => {
    model = await modelFor('claude');
  }, INSTALL_MILLIS);
  afterAll(() => model?.close());

  /** Its own command, without the arguments that aim the built-in agent. */
  async function play(words: readonly string[], title: string): Promise<Ended> {
    const desk = new Desk('claude', model, customAgent('mine', words));
    try {
      return await desk.play(SCENARIOS[title] as Scenario);
    } finally {
      desk.close();
    }
  }

  test.each([
    ['an argument', [...TEXT, '{prompt}']],
    ['standard input', TEXT],
    ['a file', ['sh', '-c', 'exec claude -p < "$0"', '{prompt-file}']],
  ])(
    'hands it the prompt as %s and believes its exit code and its output',
    async (_how, words) => {
      const { result } = await play(words, 'a last word');
      expect(result).toEqual({ ok: true, text: 'All is done.', deniedPermissions: [] });
      expect(model.asked[0]?.prompt).toContain('Do as you are told.');
    },
    ATTEMPT_MILLIS,
  );

  test(
    'tells what claude said when it had no rights',
    async () => {
      const { result } = await play(TEXT, 'a key without rights (403)');
      expect(result.failure?.kind).toBe('auth');
      expect(result.failure?.message).toContain('mine ended with code 1: Failed to authenticate');
    },
    ATTEMPT_MILLIS,
  );
});
