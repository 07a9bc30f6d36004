/** The input `max-cost`, with a stand-in for an agent that says what it has cost. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { errorsOf, useStep } from './step.js';

const step = useStep();
const REPORT = {
  ...{ type: 'result', subtype: 'success', is_error: false, result: 'done', session_id: 's' },
  ...{ num_turns: 1, total_cost_usd: 0.1, usage: { input_tokens: 10, output_tokens: 5 } },
};

function withAgent(inputs: Record<string, string>) {
  const one = step();
  mkdirSync(one.here.path('bin'));
  const script = `#!/bin/sh\ncat > /dev/null\necho '${JSON.stringify(REPORT)}'\n`;
  writeFileSync(one.here.path('bin', 'claude'), script, { mode: 0o755 });
  const PATH = `${one.here.path('bin')}:${process.env.PATH}`;
  return one.run({ run: "batchtool run 'code: add a login page'", ...inputs }, { PATH });
}

describe('a step', () => {
  it('is green within its budget, and tells what it cost', async () => {
    const end = await withAgent({ 'max-cost': '0.20' });
    expect([end.code, end.outputs.status, end.outputs.cost]).toEqual([0, 'succeeded', '0.100000']);
  });

  it('is red above its budget, also if all its tasks succeeded', async () => {
    const end = await withAgent({ 'max-cost': '0.05' });
    expect([end.code, end.outputs.status]).toEqual([1, 'succeeded']);
    expect(errorsOf(end).map(({ data }) => data)).toEqual([
      expect.stringMatching(/^the run is above its budget: it used \$0\.10 of \$0\.05/),
    ]);
  });
});
