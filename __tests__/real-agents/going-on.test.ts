/** Real agents that are sent away in the middle of their work, and go on with the same conversation. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { goOnText } from '../../src/sparc/prompt.js';
import type { Answer } from '../stand-in-model/answer.js';
import type { StandInModel } from '../stand-in-model/server.js';
import { Desk, type Ended } from './conversation.js';
import { modelFor } from './model.js';
import { ATTEMPT_MILLIS, INSTALL_MILLIS } from './table.js';

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
  let model: StandInModel;
  let desk: Desk;

  beforeAll(async () => {
    model = await modelFor(name);
  }, INSTALL_MILLIS);
  afterAll(() => model?.close());
  beforeEach(() => {
    desk = new Desk(name, model);
  });
  afterEach(() => desk?.close());

  const writes = (file: string): Answer => ({
    ...{ kind: 'write', path: join(desk.work, file), content: 'written\n' },
  });
  const goesOn = (session: string, ...answers: Answer[]): Promise<Ended> =>
    desk.play({ answers: () => answers, request: { prompt: goOnText(undefined), session }, verdict: 'ok' });

  test(
    'goes on where it was sent away, knows what it has done, and tells no more than it has used',
    async () => {
      const sentAway = await desk.play({
        answers: () => [writes('a.txt'), SENT_AWAY],
        verdict: 'rate-limit',
      });
      const session = sentAway.result.session ?? '';
      expect(sentAway.result.failure?.kind).toBe('rate-limit');
      const { result } = await goesOn(session, writes('b.txt'), { kind: 'say', text: 'Both.' });
      expect(result).toMatchObject({ ok: true, text: 'Both.', session });
      expect(model.asked[0]?.prompt).toMatch(/Do as you are told\.[\s\S]*had sent you away/);
      expect(model.asked[0]?.results).toHaveLength(1);
      expect(['a.txt', 'b.txt'].map((file) => existsSync(join(desk.work, file)))).toEqual([true, true]);
      const used = [sentAway, { result }].map(({ result: { tokens } }) => tokens?.input ?? 0);
      expect(used[0]).toBe(name === 'codex' ? 0 : 1000);
      expect((used[0] as number) + (used[1] as number)).toBe(3000);
      if (name === 'claude') expect(result.costUsd).toBeCloseTo(2 * (sentAway.result.costUsd ?? 0), 9);
    },
    ATTEMPT_MILLIS,
  );

  test(
    'may do no more than before',
    async () => {
      const { result } = await desk.play({
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
      expect(model.asked).toEqual([]);
    },
    ATTEMPT_MILLIS,
  );
});
