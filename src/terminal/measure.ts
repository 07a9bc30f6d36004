/** How wide text is on a terminal. The packages that know are loaded only when there is text beyond ASCII. */

export interface Measure {
  /** Columns that a text without control characters takes. */
  width(text: string): number;
  /** The text if it fits, else its beginning and `…`. */
  cut(text: string, columns: number): string;
}

/** One column for each character. Our own mark of a cut is among them: nearly every long label ends with it. */
const PLAIN = /^[\x20-\x7e…]*$/;

const plainMeasure: Measure = {
  width: (text) => text.length,
  cut: (text, columns) => {
    if (text.length <= columns) return text;
    return columns < 1 ? '' : `${text.slice(0, columns - 1)}…`;
  },
};

/** A measure that is right for these texts. */
export async function measureFor(texts: Iterable<string>): Promise<Measure> {
  for (const text of texts) if (!PLAIN.test(text)) return fullMeasure();
  return plainMeasure;
}

/** A measure for any text. */
export async function fullMeasure(): Promise<Measure> {
  const [{ default: stringWidth }, { default: cliTruncate }] = await Promise.all([
    import('string-width'),
    import('cli-truncate'),
  ]);
  const width = (text: string) => (PLAIN.test(text) ? text.length : stringWidth(text));
  return {
    width,
    cut: (text, columns) => {
      if (PLAIN.test(text)) return plainMeasure.cut(text, columns);
      // A wide character across the border is kept whole by cli-truncate and would stick out.
      for (let most = columns; most > 0; most--) {
        const cut = cliTruncate(text, most);
        if (width(cut) <= columns) return cut;
      }
      return '';
    },
  };
}
