/** The notes of a namespace, for people and for programs. */
import type { EpochMillis } from '../core/event.js';
import type { Note } from '../core/note.js';
import type { Sheet } from '../core/shown.js';
import { showAgo } from './time.js';
import { shortened } from './title.js';

/** As much as a wide terminal shows of one. */
const MOST_TEXT = 200;

export function memorySheet(namespace: string, notes: readonly Note[], now: EpochMillis): Sheet {
  return {
    head: [[{ text: `namespace ${namespace}` }]],
    table: {
      columns: [
        { title: 'KEY' },
        { title: 'WRITTEN', align: 'right', spare: 1 },
        { title: 'BY', spare: 2 },
        { title: 'TEXT', shrink: true },
      ],
      rows: notes.map(({ key, at, run, text }) => [
        { text: key },
        { text: showAgo(Math.max(0, now - at)) },
        { text: run ?? '' },
        { text: shortened(text.trim().replace(/\s+/g, ' '), MOST_TEXT), tone: 'dim' },
      ]),
    },
    foot: [],
  };
}

/** A part of a JSON document. */
export function memoryDocument(namespace: string, notes: readonly Note[]): unknown {
  return { namespace, notes: notes.map(noteDocument) };
}

function noteDocument({ key, text, at, run, task }: Note): unknown {
  return { key, text, writtenAt: new Date(at).toISOString(), run: run ?? null, task: task ?? null };
}
