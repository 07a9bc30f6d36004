/** batchtool in a scratch folder with an agent on its PATH and no SPARC runner, and what the stand-in model says to each task. */
import { mkdirSync } from 'node:fs';
import type { Event } from '../../src/core/event.js';
import type { Bench } from '../cli/harness.js';
import { Workshop } from '../guide/stand-ins.js';
import type { Answer, Asked } from '../stand-in-model/answer.js';
import type { Script, StandInModel } from '../stand-in-model/server.js';
import { AIMS, type Name } from './aimed.js';
import { furnish, offline } from './surroundings.js';

/** A bench on which prompts go to the agent, and the agent's to the stand-in. */
export function office(here: Bench, model: StandInModel, agent: Name = 'claude'): Workshop {
  const shop = new Workshop(here, { runners: [], npx: false });
  furnish(here.path('bin'), agent);
  mkdirSync(here.path('tmp'));
  Object.assign(shop.env, {
    TMPDIR: here.path('tmp'),
    LANG: 'C.UTF-8',
    BATCHTOOL_MAX_CONCURRENT: '5',
    ...offline(model.url),
    ...AIMS[agent](model.url, here.dir).env,
  });
  return shop;
}

/** A plan file for claude with one prompt for each task, whose text is its id. */
export function planOf(tasks: readonly string[], args: readonly string[] = []): object {
  const { model } = AIMS.claude('', '');
  return {
    agents: { claude: { model, args } },
    tasks: Object.fromEntries(tasks.map((id) => [id, { prompt: id }])),
  };
}

/** The text of the task for which an agent asks, as its prompt ends with it. */
export function taskIn({ prompt }: Asked): string {
  return prompt.split('# Your task\n\n').at(-1)?.split('\n')[0] ?? '';
}

/** What is said to each task, one answer after each tool that it has used. */
export function byTask(answers: (task: string) => readonly Answer[]): Script {
  return (asked) => {
    const all = answers(taskIn(asked));
    return all[Math.min(asked.results.length, all.length - 1)] as Answer;
  };
}

/** For those who never come. */
const PATIENCE_MILLIS = 40_000;

/** Who comes waits until so many are there, but not for ever: then the record shows that they did not meet. */
export function meeting(size: number): () => Promise<void> {
  let missing = size;
  let open = (): void => undefined;
  const full = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    missing--;
    if (missing <= 0) open();
    else setTimeout(open, PATIENCE_MILLIS).unref();
    return full;
  };
}

/** The journal of the newest run. */
export function journal({ here }: Workshop): Event[] {
  return here.events() as unknown as Event[];
}
