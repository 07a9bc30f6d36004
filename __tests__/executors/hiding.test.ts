import { describe, expect, test } from '@jest/globals';
import type { Observation } from '../../src/core/event.js';
import type { Exit } from '../../src/core/exit.js';
import { createExecutor } from '../../src/executors/index.js';
import { FakeExecutor } from '../fakes/executor.js';
import { Workbench } from './workbench.js';

const KEY = 'sk_live_AbCd_EfGh_1234567890';

/** What is told of an attempt that whoever carries it out says has ended so. */
async function told(exit: Exit): Promise<Observation[]> {
  const inner = new FakeExecutor();
  const bench = new Workbench();
  const options = { environment: {}, runMark: 'test', emptyContext: bench.path('run/empty') };
  const executor = createExecutor(
    { ...options, files: (attempt) => bench.files(attempt), secrets: { API_KEY: KEY } },
    () => inner,
  );
  const seen: Observation[] = [];
  executor.start(bench.launch('true'), (observation) => seen.push(observation));
  await inner.exit('t', exit);
  await executor.close();
  await bench.clear();
  return seen;
}

describe('a secret in what is said of an end', () => {
  test.each<[string, Exit, Exit]>([
    [
      'an agent gives as its reason',
      { kind: 'contract', reason: `claude: API Error: 401 invalid x-api-key ${KEY}`, failure: 'auth' },
      { kind: 'contract', reason: 'claude: API Error: 401 invalid x-api-key ***', failure: 'auth' },
    ],
    [
      'the system complains of',
      { kind: 'spawn-error', message: `spawn /opt/${KEY}/tool ENOENT` },
      { kind: 'spawn-error', message: 'spawn /opt/***/tool ENOENT' },
    ],
  ])('that %s gets into no event', async (_, exit, hidden) => {
    expect(await told(exit)).toEqual([{ type: 'attempt.exited', task: 't', attempt: 1, exit: hidden }]);
  });
});
