/** SPARC modes, for people and for programs: which there are, and what an agent is told in one. */
import type { Line, Sheet } from '../core/shown.js';

export interface ShownMode {
  readonly mode: string;
  readonly purpose: string;
  readonly aliases: readonly string[];
  /** The file of the project that it stands in; absent: it is built in. */
  readonly file?: string;
}

export function modesSheet(modes: readonly ShownMode[]): Sheet {
  return {
    head: [],
    table: {
      columns: [
        { title: 'MODE' },
        { title: 'PURPOSE', shrink: true },
        { title: 'ALSO', spare: 2 },
        { title: 'FROM', spare: 1 },
      ],
      rows: modes.map(({ mode, purpose, aliases, file }) => [
        { text: mode },
        { text: purpose },
        { text: aliases.join(', '), tone: 'dim' },
        file === undefined ? { text: 'built-in', tone: 'dim' } : { text: file, tone: 'strong' },
      ]),
    },
    foot: [[{ text: 'what an agent is told in one: batchtool sparc info MODE', tone: 'dim' }]],
  };
}

/** `sparc info`: the text stands as it is given to the agent. */
export function modeLines({ mode, purpose, aliases, file }: ShownMode, role: string): Line[] {
  const also = aliases.length === 0 ? '' : `; also ${aliases.join(', ')}`;
  return [
    [{ text: mode, tone: 'strong' }, { text: `: ${purpose}` }],
    [{ text: `${file === undefined ? 'built-in' : `from ${file}`}${also}`, tone: 'dim' }],
    [],
    ...role.split('\n').map((text): Line => [{ text }]),
  ];
}

/** `sparc modes --json`. */
export function modesDocument(modes: readonly ShownMode[]) {
  return { modes: modes.map(modeFields) };
}

/** `sparc info MODE --json`. */
export function modeDocument(shown: ShownMode, role: string) {
  return { ...modeFields(shown), role };
}

function modeFields({ mode, purpose, aliases, file }: ShownMode) {
  return { mode, purpose, aliases, source: file === undefined ? 'built-in' : 'project', file: file ?? null };
}
