import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { winnerIn } from '../../src/executors/winner-line.js';
import { Workbench } from './workbench.js';

describe('the winner in a result', () => {
  const names = ['a', 'b', 'with-cache', 'größe'];

  it.each([
    ['Both work.\nWINNER: b', 'b'],
    ['WINNER: a\nOn second thought:\nWINNER: b\n', 'b'],
    ['**Winner: A**', 'a'],
    ['> winner: `b`.', 'b'],
    ['WINNER: Variant b', 'b'],
    ['WINNER: b (it is half as long)', 'b'],
    ['WINNER: b, for it is shorter', 'b'],
    ['WINNER: with-cache', 'with-cache'],
    ['WINNER: größe', 'größe'],
    ['WINNER: tie', 'tie'],
    ['WINNER: a tie', 'a tie'],
    ['WINNER: c', 'c'],
    ['WINNER:', ''],
    ['The winner is b', undefined],
    ['', undefined],
  ])('of %j is %j', (result, winner) => {
    expect(winnerIn(result, names)).toBe(winner);
  });
});

describe('a task that is to name a winner', () => {
  let bench: Workbench;
  beforeEach(() => {
    bench = new Workbench();
  });
  afterEach(() => bench.clear());
  const expected = { expect: { winner: ['a', 'b'] } };

  it('names it in a line, which becomes an output', async () => {
    const { outputs } = await bench.run('echo x=1 > "$BATCHTOOL_OUTPUT"; echo "WINNER: b"', expected);
    expect(outputs).toEqual({ x: '1', winner: 'b' });
  });

  it('names it by the output itself, which counts more', async () => {
    const { outputs } = await bench.run('echo winner=a > "$BATCHTOOL_OUTPUT"; echo "WINNER: b"', expected);
    expect(outputs).toEqual({ winner: 'a' });
  });

  it('names nobody where it fails, or was not asked', async () => {
    expect(await bench.run('echo "WINNER: b"; exit 1', expected)).not.toHaveProperty('outputs');
    expect(await bench.run('echo "WINNER: b"', { attempt: 2 })).not.toHaveProperty('outputs');
  });
});
