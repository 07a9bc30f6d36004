/**
 * Mermaid's own parser, with the limits that GitHub leaves as they are: texts as a JSON list on stdin; for each, in a list on
 * stdout, `kind` of diagram or what is wrong. A process of its own, for it wants the globals of a browser.
 */
import { readFileSync } from 'node:fs';
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('');
Object.assign(globalThis, { window, document: window.document });
const { default: mermaid } = await import('mermaid');
mermaid.initialize({ startOnLoad: false });
// How long a text is, is looked at when it is drawn, not when it is parsed.
const { maxTextSize } = mermaid.mermaidAPI.getConfig();

async function read(text) {
  if (text.length > maxTextSize) return { wrong: `${text.length} characters are more than ${maxTextSize}` };
  try {
    return { kind: (await mermaid.parse(text)).diagramType };
  } catch (error) {
    return { wrong: String(error.message) };
  }
}

const results = [];
for (const text of JSON.parse(readFileSync(0, 'utf8'))) results.push(await read(text));
process.stdout.write(JSON.stringify(results));
