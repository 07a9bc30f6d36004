/**
 * JSON that knows its places. The fast path is `JSON.parse` and a count of keys; only where something is wrong is the
 * text read a second time, for line and column, duplicate keys, and faults of form in our own words.
 */
import { failures, type Problem, problem, type Result, success } from '../core/problem.js';
import { countKeys, type JsonNode, scanJson } from './json-scan.js';
import { type Located, type Path, placeAt, valueAt } from './place.js';

/** Above it places name the file only: they would cost more memory than the data. */
const MAX_PLACED_CHARACTERS = 20e6;
const MAX_DEPTH = 100;

/** Reads one JSON value. Duplicate keys are faults, for one of them would silently win. */
export function readJson(text: string, file = 'JSON'): Result<Located> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return failures(scanProblems(text, file));
  }
  if (hasProto(text) || keysIn(value, 0) !== countKeys(text)) {
    const problems = scanProblems(text, file);
    if (problems.length > 0) return failures(problems);
  }
  return success(locate(value, text, file));
}

function locate(value: unknown, text: string, file: string): Located {
  let tree: JsonNode | undefined;
  const keys = new WeakMap<object, readonly string[]>();
  const treeOf = (): JsonNode => {
    tree ??= scanJson(text, MAX_DEPTH).root;
    return tree;
  };
  return {
    value,
    placeOf: (path, part) =>
      text.length > MAX_PLACED_CHARACTERS ? { file } : placeAt(file, text, offsetOf(treeOf(), path, part)),
    keysAt: (path) => {
      const map = valueAt(value, path);
      if (typeof map !== 'object' || map === null) return [];
      const known = keys.get(map) ?? orderedKeys(map, () => nodeAt(treeOf(), path));
      keys.set(map, known);
      return known;
    },
    writtenAt: () => undefined,
  };
}

/** JavaScript moves keys that look like an index to the front; the text knows better. */
function orderedKeys(map: object, node: () => JsonNode): readonly string[] {
  const keys = Object.keys(map);
  const first = keys[0] ?? '';
  return /^\d/.test(first) ? [...(node().keys?.keys() ?? [])] : keys;
}

function nodeAt(root: JsonNode, path: Path): JsonNode {
  let node = root;
  for (const step of path) {
    const next = node.keys?.get(String(step))?.node ?? node.items?.[Number(step)];
    if (next === undefined) break;
    node = next;
  }
  return node;
}

function offsetOf(root: JsonNode, path: Path, part: 'key' | 'value'): number {
  const last = path[path.length - 1];
  if (part === 'value' || last === undefined) return nodeAt(root, path).start;
  const parent = nodeAt(root, path.slice(0, -1));
  return parent.keys?.get(String(last))?.start ?? nodeAt(root, path).start;
}

function scanProblems(text: string, file: string): Problem[] {
  const { fault, duplicates } = scanJson(text, MAX_DEPTH);
  if (fault !== undefined)
    return [problem(`${fault.message}, so this is no JSON`, fault.hint, placeAt(file, text, fault.offset))];
  return duplicates.slice(0, 20).map(({ key, offset }) => {
    const place = placeAt(file, text, offset);
    if (key === '__proto__') return problem('"__proto__" cannot be a key', 'choose another name', place);
    return problem(`duplicate key ${JSON.stringify(key)}`, 'each key may stand once', place);
  });
}

/** How many keys a value has in all, its depth permitting. */
function keysIn(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH) return Number.NaN;
  const isList = Array.isArray(value);
  const inner = isList ? value : Object.values(value);
  let keys = isList ? 0 : inner.length;
  for (const one of inner) if (typeof one === 'object') keys += keysIn(one, depth + 1);
  return keys;
}

/** `__proto__` as a key is no key like others. Escapes could hide it, so texts with any are looked at more closely. */
function hasProto(text: string): boolean {
  return text.includes('__proto__') || (text.includes('\\u') && /\\u00(5f|70|72|6f|74)/i.test(text));
}
