/** Several that do the same, apart from each other, and who says which one is taken. */

import { isAgentWork } from '../core/agent-work.js';
import type { ExpectPolicy } from '../core/expect.js';
import type { Variant, Pick as VariantPick } from '../core/plan.js';
import { type Draft, dataNeed, type Section } from './pattern.js';
import { lane } from './stages.js';

/** Its tasks may fail, for others do the same. Of texts in order, a later one asks for the success of the one before. */
export function variantOf(section: Section, stage: string): Draft[] {
  return lane(section, stage).map((draft, index, drafts) => {
    const before = section.flow === 'side-by-side' ? undefined : drafts[index - 1];
    if (before === undefined) return { ...draft, mayFail: true };
    return { ...draft, mayFail: true, when: 'any-success', needs: [dataNeed(before.id)] };
  });
}

/** One of these is taken, as the last text of the judge says. */
export function pickOf(variants: readonly Section[], judges: readonly Draft[]): VariantPick {
  const judge = judges.at(-1)?.id;
  const among = variants.map((section): Variant => {
    const tasks = lane(section, '').map(({ id }) => id);
    return { name: section.id ?? '', tasks };
  });
  return { ...(judge === undefined ? {} : { judge }), among };
}

/** The last of those who judge names the winner: an agent in its last line, a command as its output `winner`. */
export function naming(judges: readonly Draft[], { among }: VariantPick): Draft[] {
  const names = among.map(({ name }) => name);
  return judges.map((draft, index) => {
    const { work, expect } = draft;
    if (index < judges.length - 1 || !isAgentWork(work)) return draft;
    const asked: ExpectPolicy = { ...expect, winner: names };
    if (work.kind !== 'prompt') return { ...draft, expect: asked };
    return { ...draft, expect: asked, work: { ...work, text: askedForWinner(work.text, names) } };
  });
}

/** What an agent is told that is to name the winner of several. */
export function askedForWinner(text: string, names: readonly string[]): string {
  const lines = [...names, 'tie'].map((name) => `"WINNER: ${name}"`);
  return `${text}\n\nOne of ${names.join(', ')} is taken. End with one of these lines: ${lines.join(', ')}.`;
}
