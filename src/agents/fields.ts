/** Looks into a line of JSON that an agent wrote: nothing in it is taken for granted. */

export type Fields = Readonly<Record<string, unknown>>;

/** The object in a line; undefined for any other line. */
export function fieldsIn(line: string): Fields | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return fields(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** The value as an object; an empty one for anything else. */
export function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** The value as a list of objects; an empty one for anything else. */
export function fieldsList(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fields) : [];
}

/** The value if it is a text, else ''. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The value as a list of texts; an empty one for anything else. */
export function textList(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(text) : [];
}

/** The value if it is a number, else undefined. */
export function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The value if it is a number, else 0: for sums. */
export function count(value: unknown): number {
  return number(value) ?? 0;
}
