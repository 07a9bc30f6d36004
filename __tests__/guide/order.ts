/** What must be over before what: written down as people say it, read from a plan, and seen in what ran. */
import type { Call, PlanDocument } from './stand-ins.js';

/** A task, or some in turn or together. */
export type Order = string | { readonly turn: readonly Order[] } | { readonly together: readonly Order[] };

export function inTurn(...turn: Order[]): Order {
  return { turn };
}

export function together(...all: Order[]): Order {
  return { together: all };
}

/** `name-1`, `name-2`… */
export function several(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
}

/** Each task, in the order written, with all that must be over before it, sorted. */
export type Before = Record<string, string[]>;

export function beforeOf(order: Order): Before {
  const before: Before = {};
  visit(order, [], before);
  return before;
}

function visit(order: Order, earlier: readonly string[], before: Before): string[] {
  if (typeof order === 'string') {
    before[order] = [...earlier].sort();
    return [order];
  }
  if ('together' in order) return order.together.flatMap((part) => visit(part, earlier, before));
  const seen: string[] = [];
  for (const part of order.turn) seen.push(...visit(part, [...earlier, ...seen], before));
  return seen;
}

/** From what each task names itself to all that comes before it. */
export function closure(needs: Readonly<Record<string, readonly string[]>>): Before {
  const all = (id: string): string[] => (needs[id] ?? []).flatMap((need) => [need, ...all(need)]);
  return Object.fromEntries(Object.keys(needs).map((id) => [id, [...new Set(all(id))].sort()]));
}

export function beforeIn({ tasks }: PlanDocument): Before {
  return closure(Object.fromEntries(tasks.map(({ id, needs }) => [id, needs])));
}

/** Pairs that the order forbids: a task that began before the end of one that must be over. */
export function violations(before: Before, calls: readonly Call[]): string[] {
  return calls.flatMap((call) =>
    (before[call.task] ?? []).flatMap((earlier) => {
      const end = calls.find(({ task }) => task === earlier)?.ended;
      return end !== undefined && end < call.began ? [] : [`${call.task} began before the end of ${earlier}`];
    }),
  );
}

/** Groups of tasks that nothing keeps from running at one time: those with the same things before them. */
export function peers(before: Before): string[][] {
  const groups = new Map<string, string[]>();
  for (const [id, earlier] of Object.entries(before))
    groups.set(earlier.join(' '), [...(groups.get(earlier.join(' ')) ?? []), id]);
  return [...groups.values()].filter((group) => group.length > 1);
}
