/** The lines of a journal: a header with the version of the format, then one event each. */
import type { Event } from '../core/event.js';
import { Fatal, problem } from '../core/problem.js';

const FORMAT = 'batchtool-journal';
const VERSION = 1;
/** The first line of every journal. */
export const HEADER = `${JSON.stringify({ format: FORMAT, version: VERSION })}\n`;

/** As a record, so that a new event that is not named here does not compile. */
const KNOWN: Readonly<Record<Event['type'], true>> = {
  'attempt.started': true,
  'attempt.stopping': true,
  'attempt.spawned': true,
  'attempt.exited': true,
  'task.retrying': true,
  'task.finished': true,
  'round.started': true,
  'loop.closed': true,
  'run.started': true,
  'run.resumed': true,
  'run.stopping': true,
  'run.finished': true,
  'capacity.changed': true,
  'request.received': true,
};

/** One line of a journal as an event; undefined: it is damaged, or torn if it is the last. */
export function parseEvent(text: string, file: string, line: number): Event | undefined {
  const value = parseObject(text);
  if (value === undefined || typeof value.at !== 'number' || typeof value.type !== 'string') return undefined;
  if (Object.hasOwn(KNOWN, value.type)) return value as unknown as Event;
  throw journalFault(
    file,
    line,
    `unknown event ${JSON.stringify(value.type)}`,
    'a newer batchtool wrote it: update this one',
  );
}

/** Throws `Fatal` unless the first line is the header of a journal that can be read. */
export function checkHeader(text: string, file: string): void {
  const header = parseObject(text);
  if (header?.format !== FORMAT || typeof header.version !== 'number')
    throw journalFault(
      file,
      1,
      'this is no journal of batchtool',
      'the file was changed: start the run anew',
    );
  if (header.version !== VERSION)
    throw journalFault(
      file,
      1,
      `the journal has version ${header.version}, and this batchtool reads version ${VERSION}`,
      'use the batchtool that wrote it, or a newer one',
    );
}

/** Damage at one line of a journal. */
export function journalFault(file: string, line: number, message: string, hint: string): Fatal {
  return new Fatal(4, problem(message, hint, { file, line }));
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
