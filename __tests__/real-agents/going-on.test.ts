/** Real agents that are broken off in the middle of their work, and go on with the same conversation. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { goOnText } from '../../src/sparc/prompt.js';
import { type Answer, USAGE } from '../stand-in-model/answer.js';
import type { Ended } from './conversation.js';
import { ATTEMPT_MILLIS } from './limits.js';
import { useDesk } from './use-desk.js';

const SENT_AWAY: Answer = {
  ...{ kind: 'refuse', status: 429, message: 'Rate limit reached for requests' },
  headers: { 'retry-after': '30' },
};
/** As each of them writes the name of a conversation. */
const UNKNOWN = {
  claude: '0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  codex: '0190a1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b',
  opencode: 'ses_dea2b4887ffe1iT7TOJDbtlE50',
};

describe.each(['claude', 'codex', 'opencode'] as const)('%s', (name) => {
  const desk = useDesk(name);

  const writes = (file: string): Answer => ({
    ...{ kind: 'write', path: join(desk().work, file), content: 'written\n' },
  });
  const goesOn = (session: string, ...answers: Answer[]): Promise<Ended> =>
    desk().play({ answers: () => answers, request: { prompt: goOnText(undefined), session }, verdict: 'ok' });

  test.each<['rate-limit' | 'network', Answer]>([
    ['rate-limit', SENT_AWAY],
    ['network', { kind: 'cut' }],
  ])(
    'goes on where a failure of class %s broke it off, knows what it has done, and tells no more than it has used',
    async (verdict, answer) => {
      const brokenOff = await desk().play({ answers: () => [writes('a.txt'), answer], verdict });
      const session = brokenOff.result.session ?? '';
      expect(brokenOff.result.failure?.kind).toBe(verdict);
      const { result } = await goesOn(session, writes('b.txt'), { kind: 'say', text: 'Both.' });
      expect(result).toMatchObject({ ok: true, text: 'Both.', session });
      expect(desk().model.asked[0]?.prompt).toMatch(/Do as you are told\.[\s\S]*work was broken off/);
      expect(desk().model.asked[0]?.results).toHaveLength(1);
      expect(['a.txt', 'b.txt'].map((file) => existsSync(join(desk().work, file)))).toEqual([true, true]);
      // Half an answer may have told what it cost, or not yet.
      if (verdict === 'rate-limit')
        expect(brokenOff.result.tokens?.input).toBe(name === 'codex' ? 0 : USAGE.input);
      // Codex counts all of a conversation when a turn of it is done.
      expect(result.tokens?.input).toBe((name === 'codex' ? 3 : 2) * USAGE.input);
      if (name === 'claude') expect(result.costUsd).toBeCloseTo(0.00582, 9);
    },
    ATTEMPT_MILLIS,
  );

  test(
    'may do no more than before',
    async () => {
      const { result } = await desk().play({
        answers: () => [writes('a.txt'), SENT_AWAY],
        verdict: 'rate-limit',
      });
      const outside = '/batchtool-was-here.txt';
      const tries: Answer =
        name === 'codex'
          ? { kind: 'run', command: `sleep 1; echo no > ${outside}` }
          : { kind: 'write', path: outside, content: 'no\n' };
      const ended = await goesOn(result.session ?? '', tries, { kind: 'say', text: 'I could not.' });
      expect(ended.result.failure?.kind).toBe('permission');
      expect(existsSync(outside)).toBe(false);
    },
    ATTEMPT_MILLIS,
  );

  test(
    'says so when the conversation is gone',
    async () => {
      const { result } = await goesOn(UNKNOWN[name], { kind: 'say', text: 'What?' });
      expect(result).toMatchObject({ ok: false, sessionIsGone: true });
      expect(desk().model.asked).toEqual([]);
    },
    ATTEMPT_MILLIS,
  );
});
