import { describe, expect, it } from '@jest/globals';
import { graphOf } from '../../src/core/graph.js';
import { hashFraction } from '../../src/core/hash.js';
import { Heap, Queue, startsBefore, tails } from '../../src/core/order.js';
import type { Task } from '../../src/core/plan.js';
import { plan, task } from '../fakes/plan.js';

function tailsOf(tasks: Task[], estimates: Record<string, number> = {}): number[] {
  const of = plan(tasks);
  return [...tails(of, graphOf(of), estimates)];
}

describe('the tail of a task', () => {
  const diamond = [
    task('top'),
    task('left', { needs: ['top'] }),
    task('right', { needs: ['top'] }),
    task('end', { needs: ['left', 'right'] }),
  ];

  it('counts steps when no duration is known', () => {
    expect(tailsOf(diamond)).toEqual([3, 2, 2, 1]);
  });

  it('is the longest way, not the sum of all', () => {
    expect(tailsOf(diamond, { top: 1, left: 10, right: 100, end: 1000 })).toEqual([1101, 1010, 1100, 1000]);
  });

  it('takes an unknown duration for the mean of the known ones', () => {
    expect(tailsOf([task('a'), task('b'), task('c')], { a: 10, b: 30 })).toEqual([10, 30, 20]);
  });

  it('does not depend on the order in which tasks stand in the plan', () => {
    expect(tailsOf([...diamond].reverse())).toEqual([1, 2, 2, 3]);
  });

  it('counts a task that is needed twice once', () => {
    const twice = { needs: ['a', { task: 'a', kind: 'order' as const }] };
    expect(tailsOf([task('a'), task('b', twice)])).toEqual([2, 1]);
  });
});

describe('who starts first', () => {
  const ranked = (index: number, tail: number, priority: number) => ({
    index,
    tail,
    task: task(`t${index}`, { priority }),
  });

  it('is who has the higher priority, then the longer tail, then the earlier place', () => {
    const all = [ranked(0, 1, 0), ranked(1, 5, 0), ranked(2, 5, 0), ranked(3, 1, 1)];
    const sorted = [...all].sort((a, b) => (startsBefore(a, b) ? -1 : 1));
    expect(sorted.map(({ index }) => index)).toEqual([3, 1, 2, 0]);
  });
});

describe('a heap', () => {
  const numbers = [5, 3, 9, 1, 4, 1, 8, 2, 7, 6];
  const filled = () => {
    const heap = new Heap<number>((a, b) => a < b);
    for (const n of numbers) heap.push(n);
    return heap;
  };

  it('gives everything back in order', () => {
    const heap = filled();
    const out = Array.from(numbers, () => heap.pop());
    expect(out).toEqual([...numbers].sort((a, b) => a - b));
    expect(heap.pop()).toBeUndefined();
  });

  it('visits those on top for which something holds, and no others', () => {
    const seen: number[] = [];
    filled().eachWhile(
      (n) => n < 5,
      (n) => seen.push(n),
    );
    expect(seen.sort()).toEqual([1, 1, 2, 3, 4]);
  });

  it('is empty after it was cleared', () => {
    const heap = filled();
    heap.clear();
    expect([heap.size, heap.peek()]).toEqual([0, undefined]);
  });
});

describe('a queue', () => {
  it('gives the first that still stands and drops those before it', () => {
    const queue = new Queue<number>();
    for (const n of [1, 2, 3]) queue.push(n);
    expect(queue.first((n) => n > 1)).toBe(2);
    expect(queue.first(() => true)).toBe(2);
    expect(queue.first(() => false)).toBeUndefined();
    queue.push(4);
    expect(queue.first(() => true)).toBe(4);
  });
});

describe('the hash that spreads retries', () => {
  it('is the same for the same text, and between 0 and 1', () => {
    expect(hashFraction('a:1')).toBe(hashFraction('a:1'));
    expect(hashFraction('a:1')).not.toBe(hashFraction('a:2'));
    const all = Array.from({ length: 1000 }, (_, n) => hashFraction(`task:${n}`));
    expect(all.every((x) => x >= 0 && x < 1)).toBe(true);
    const mean = all.reduce((sum, x) => sum + x, 0) / all.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  });
});
