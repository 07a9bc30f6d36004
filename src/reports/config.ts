/** The settings that a run would have here, and who says each: for people and for programs. */
import type { Line, Sheet } from '../core/shown.js';
import { unreachable } from '../core/unreachable.js';
import { showLimit } from './reason.js';

/** How a value is told: in the words that it is typed in, and for programs in one unit. */
export type ShownValue =
  | { readonly kind: 'plain'; readonly value: string | number | boolean | readonly string[] }
  | { readonly kind: 'duration'; readonly millis: number }
  | { readonly kind: 'size'; readonly bytes: number };

export interface ShownSetting {
  readonly name: string;
  /** What kind of value it takes, where it has none. */
  readonly kind?: ShownValue['kind'];
  /** Absent: nobody says anything, and there is no default. */
  readonly value?: ShownValue;
  /** The word for who said it. */
  readonly from?: 'flag' | 'variable' | 'file' | 'config' | 'default';
  /** Which flag or variable, or where in which file. */
  readonly where?: string;
}

export function configSheet(settings: readonly ShownSetting[], file: string, isThere: boolean): Sheet {
  return {
    head: [],
    table: {
      columns: [{ title: 'SETTING' }, { title: 'VALUE', shrink: true }, { title: 'FROM' }],
      rows: settings.map(({ name, value, from, where }) => {
        if (value === undefined) return [{ text: name }, { text: '' }, { text: 'not set', tone: 'dim' }];
        const by = { text: where ?? from ?? '' };
        if (from === 'default') return [{ text: name }, { text: valueText(value) }, { ...by, tone: 'dim' }];
        return [{ text: name }, { text: valueText(value), tone: 'strong' }, by];
      }),
    },
    foot: [
      [
        {
          text: isThere
            ? `kept in ${file}; forget one: batchtool config --unset NAME`
            : 'keep one for this project: batchtool config --max-concurrent 5',
          tone: 'dim',
        },
      ],
    ],
  };
}

/** What a setting is after a change: who else says it, wins over what is kept. */
export function settingLine({ name, value, from, where }: ShownSetting, isKept: boolean): Line {
  if (value === undefined) return [{ text: `${name} is not set` }];
  const wins = isKept && from !== 'config' ? ', which wins over what is kept' : '';
  return [
    { text: `${name} is ` },
    { text: valueText(value) || '""', tone: 'strong' },
    { text: ` (${from === 'default' ? from : (where ?? '')}${wins})` },
  ];
}

/** `config --json`: a setting that nobody says is null, under the same key. */
export function configDocument(settings: readonly ShownSetting[], file: string) {
  return {
    file,
    settings: Object.fromEntries(
      settings.map(({ name, kind, value, from, where }) => [
        name,
        {
          [KEYS[value?.kind ?? kind ?? 'plain']]: value === undefined ? null : bareValue(value),
          from: from ?? null,
          where: where ?? null,
        },
      ]),
    ),
  };
}

const KEYS: Readonly<Record<ShownValue['kind'], string>> = {
  plain: 'value',
  duration: 'valueMs',
  size: 'valueBytes',
};

function bareValue(value: ShownValue): unknown {
  switch (value.kind) {
    case 'plain':
      return value.value;
    case 'duration':
      return value.millis;
    case 'size':
      return value.bytes;
    default:
      return unreachable(value);
  }
}

/** As it would be typed. */
function valueText(value: ShownValue): string {
  switch (value.kind) {
    case 'plain':
      return typeof value.value === 'object' ? value.value.join(', ') : String(value.value);
    case 'duration':
      return value.millis === 0 ? '0' : showLimit(value.millis);
    case 'size':
      return typedSize(value.bytes);
    default:
      return unreachable(value);
  }
}

const UNITS: readonly (readonly [string, number])[] = [
  ['GB', 1e9],
  ['GiB', 2 ** 30],
  ['MB', 1e6],
  ['MiB', 2 ** 20],
  ['kB', 1e3],
  ['KiB', 2 ** 10],
];

/** In the largest unit that says it exactly with one decimal. */
function typedSize(bytes: number): string {
  const unit = UNITS.find(([, size]) => bytes >= size && Number.isInteger((bytes / size) * 10));
  return unit === undefined ? String(bytes) : `${bytes / unit[1]}${unit[0]}`;
}
