/**
 * From a YAML document to plain data: anchors, aliases and merge keys are resolved, and each value can say where it was
 * written. What would make a small file endless (aliases of aliases, merges of merges) is counted and refused.
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { failures, type Place, type Problem, problem, type Result, success } from '../core/problem.js';
import { type Located, type Path, valueAt } from './place.js';

/** Of all values, aliases counted as what they stand for. */
const MAX_EXPANDED = 2_000_000;

/** Where the parts of one map or list were written: offsets into the text. */
interface Spot {
  readonly key: number;
  readonly value: number;
  readonly written?: string;
}

interface Converted {
  readonly value: unknown;
  readonly weight: number;
}

export function convertYaml(doc: Document.Parsed, place: (offset: number) => Place): Result<Located> {
  return new Converter(doc, place).convert();
}

class Converter {
  private readonly problems: Problem[] = [];
  private readonly spots = new WeakMap<object, Map<string, Spot>>();
  private readonly anchors = new Map<string, Converted | 'open'>();
  /** Values that aliases and merges have brought in so far. */
  private expanded = 0;

  constructor(
    private readonly doc: Document.Parsed,
    private readonly place: (offset: number) => Place,
  ) {}

  convert(): Result<Located> {
    const { value, weight } = this.node(this.doc.contents);
    this.expanded = Math.max(this.expanded, weight);
    if (this.problems.length === 0 && this.expanded > MAX_EXPANDED)
      this.problems.push(
        problem(
          `its aliases stand for more than ${MAX_EXPANDED.toLocaleString('en')} values`,
          'aliases of aliases multiply; write fewer of them',
          this.place(0),
        ),
      );
    if (this.problems.length > 0) return failures(this.problems);
    return success({
      value,
      placeOf: (path, part) => this.place(this.offsetOf(value, path, part)),
      keysAt: (path) => [...(this.spotsAt(value, path)?.keys() ?? [])],
      writtenAt: (path) => this.spotOf(value, path)?.written,
    });
  }

  private node(node: unknown): Converted {
    if (isAlias(node)) return this.alias(node);
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.anchors.set(anchor, 'open');
    const converted = isMap(node)
      ? this.map(node)
      : isSeq(node)
        ? this.list(node)
        : { value: isScalar(node) ? node.value : null, weight: 1 };
    if (anchor !== undefined) this.anchors.set(anchor, converted);
    return converted;
  }

  private alias(node: Alias): Converted {
    const target = this.anchors.get(node.source);
    if (target !== undefined && target !== 'open') return target;
    const why = target === 'open' ? 'stands inside what it stands for' : 'stands before its anchor';
    this.fault(`the alias *${node.source} ${why}`, undefined, node);
    return { value: null, weight: 1 };
  }

  private list(node: YAMLSeq): Converted {
    const spots = new Map<string, Spot>();
    let weight = 1;
    const value = node.items.map((item, index) => {
      const converted = this.node(item);
      weight += converted.weight;
      spots.set(String(index), this.spot(item, item));
      return converted.value;
    });
    this.spots.set(value, spots);
    return { value, weight };
  }

  private map(node: YAMLMap): Converted {
    const value: Record<string, unknown> = {};
    const spots = new Map<string, Spot>();
    const merges: Converted[] = [];
    let weight = 1;
    for (const pair of node.items) {
      const key = this.key(pair.key);
      if (key === undefined) continue;
      const converted = this.node(pair.value);
      weight += converted.weight;
      const merge = key === '<<' && (pair.key as Scalar).type === 'PLAIN';
      if (merge) merges.push(...this.mergeSources(converted.value, pair.value ?? pair.key));
      const before = spots.get(key);
      if (before !== undefined)
        this.fault(
          `duplicate key ${JSON.stringify(key)}`,
          merge
            ? 'several maps are merged with <<: [*a, *b]'
            : `it stands in line ${this.place(before.key).line} too`,
          pair.key,
        );
      spots.set(key, this.spot(pair.key, pair.value));
      if (!merge) value[key] = converted.value;
    }
    if (merges.length > 0) spots.delete('<<');
    for (const source of merges) this.merge(value, spots, source.value as Record<string, unknown>);
    this.spots.set(value, spots);
    return { value, weight };
  }

  private merge(
    value: Record<string, unknown>,
    spots: Map<string, Spot>,
    source: Record<string, unknown>,
  ): void {
    const sourceSpots = this.spots.get(source) ?? new Map<string, Spot>();
    this.expanded += sourceSpots.size;
    if (this.expanded > MAX_EXPANDED) return;
    for (const [key, spot] of sourceSpots) {
      if (spots.has(key)) continue;
      spots.set(key, spot);
      value[key] = source[key];
    }
  }

  private mergeSources(value: unknown, node: unknown): Converted[] {
    const sources = Array.isArray(value) ? value : [value];
    const maps = sources.filter(
      (source) => typeof source === 'object' && source !== null && !Array.isArray(source),
    );
    if (maps.length !== sources.length)
      this.fault(
        'expected an alias of a map after "<<", found something else',
        'for example <<: *common',
        node,
      );
    return maps.map((map) => ({ value: map, weight: 0 }));
  }

  private key(node: unknown): string | undefined {
    const scalar = isAlias(node) ? this.alias(node).value : isScalar(node) ? scalarText(node) : undefined;
    if (typeof scalar !== 'string' || scalar === '') {
      this.fault(
        'expected a key that is a plain word',
        'quote it if it is meant as a text',
        node ?? this.doc.contents,
      );
      return undefined;
    }
    if (scalar !== '__proto__') return scalar;
    this.fault('"__proto__" cannot be a key', 'choose another name', node);
    return undefined;
  }

  private spot(key: unknown, value: unknown): Spot {
    const written = isScalar(value) && typeof value.value === 'number' ? value.source : undefined;
    const at = offset(value) ?? offset(key) ?? 0;
    return { key: offset(key) ?? at, value: at, ...(written === undefined ? {} : { written }) };
  }

  private fault(message: string, hint: string | undefined, node: unknown): void {
    this.problems.push(problem(message, hint, this.place(offset(node) ?? 0)));
  }

  private spotsAt(root: unknown, path: Path): Map<string, Spot> | undefined {
    const value = valueAt(root, path);
    return typeof value === 'object' && value !== null ? this.spots.get(value) : undefined;
  }

  private spotOf(root: unknown, path: Path): Spot | undefined {
    return this.spotsAt(root, path.slice(0, -1))?.get(String(path[path.length - 1]));
  }

  private offsetOf(root: unknown, path: Path, part: 'key' | 'value'): number {
    for (let length = path.length; length > 0; length--) {
      const spot = this.spotOf(root, path.slice(0, length));
      if (spot !== undefined) return length === path.length ? spot[part] : spot.value;
    }
    return offset(this.doc.contents) ?? 0;
  }
}

function scalarText(node: Scalar): string | undefined {
  if (typeof node.value === 'string') return node.value;
  return node.value === null ? undefined : node.source;
}

function offset(node: unknown): number | undefined {
  return isAlias(node) || isScalar(node) || isMap(node) || isSeq(node) ? node.range?.[0] : undefined;
}
