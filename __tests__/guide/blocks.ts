/** The commands of a markdown document, as its readers copy them. */
import { readFileSync } from 'node:fs';

export interface Block {
  /** Titles above it, joined by ` / `. */
  readonly title: string;
  readonly language: string;
  readonly text: string;
}

/** Fenced blocks, also those inside lists, without the list's indentation. */
export function blocksOf(path: string): Block[] {
  const blocks: Block[] = [];
  let title: string[] = [];
  let open: { indent: string; language: string; lines: string[] } | undefined;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const fence = /^(\s*)```(\w*)/.exec(line);
    const heading = /^(#+) (.*)/.exec(line);
    if (fence !== null && open === undefined) {
      open = { indent: fence[1] ?? '', language: fence[2] ?? '', lines: [] };
    } else if (fence !== null && open !== undefined) {
      blocks.push({ title: title.join(' / '), language: open.language, text: open.lines.join('\n') });
      open = undefined;
    } else if (open !== undefined) {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    } else if (heading !== null) {
      title = [...title.slice(0, (heading[1] ?? '').length - 2), heading[2] ?? ''];
    }
  }
  return blocks;
}

/** The single commands of a block, comments left out; a line that ends in `\` goes on. */
export function commandsOf(block: Block): string[] {
  const commands: string[] = [];
  let going = false;
  for (const line of block.text.split('\n')) {
    if (going) commands[commands.length - 1] += `\n${line}`;
    else if (line.trim() !== '' && !line.trim().startsWith('#')) commands.push(line);
    else continue;
    going = line.endsWith('\\');
  }
  return commands;
}
