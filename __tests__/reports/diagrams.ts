/** Diagrams as Mermaid itself reads them. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export interface Diagram {
  /** `flowchart-v2`, `gantt`; absent when GitHub would show an error in its place. */
  readonly kind?: string;
  readonly wrong?: string;
}

const PARSER = join(import.meta.dirname, 'mermaid-parser.mjs');

export function readDiagrams(texts: readonly string[]): Diagram[] {
  const input = JSON.stringify(texts);
  return JSON.parse(
    execFileSync(process.execPath, [PARSER], { input, maxBuffer: 1e8, encoding: 'utf8' }),
  ) as Diagram[];
}

/** The texts that Mermaid does not take for such a diagram, each with why; a test hopes for none. */
export function undrawable(kind: string, texts: readonly string[]): string[] {
  return readDiagrams(texts).flatMap((read, at) =>
    read.kind === kind ? [] : [`${read.wrong ?? read.kind}\n${texts[at]?.slice(0, 2000)}`],
  );
}

/** Diagrams that stand in Markdown. */
export function diagramsIn(markdown: string): string[] {
  return [...markdown.matchAll(/^```mermaid\n([\s\S]*?)\n```$/gm)].map(([, text]) => text as string);
}
