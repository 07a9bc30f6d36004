/**
 * The import rules of this project and their checker, for layers.test.ts. It reads every import, static, dynamic
 * and of types alone, from the syntax tree of each source, so that text in comments and strings means nothing.
 */
import { posix } from 'node:path';
import { parseSync } from '@swc/core';

/** Path below src, with `/`, to its text. */
export type Sources = ReadonlyMap<string, string>;

interface Import {
  readonly from: string;
  readonly typeOnly: boolean;
}

/** What one file says about itself: what it imports, and the forbidden forms that it uses. */
interface Reading {
  readonly imports: readonly Import[];
  readonly faults: readonly string[];
}

const PURE = ['core', 'patterns', 'input', 'sparc', 'agents', 'reports'];
const EFFECTS = ['executors', 'journal', 'terminal', 'github', 'workspace'];
const DOORS = ['cli.ts', 'action.ts', 'post.ts'];

/** Layer (a folder, or a file of src itself) to the layers that it may import beside its own. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  patterns: ['core'],
  sparc: ['core'],
  input: ['core', 'patterns', 'sparc', 'agents'],
  agents: ['core', 'sparc'],
  reports: ['core'],
  'run.ts': ['core'],
  executors: ['core', 'sparc', 'agents', 'workspace'],
  journal: ['core'],
  terminal: ['core', 'heap.ts'],
  github: ['core'],
  workspace: ['core'],
  'machine.ts': ['core'],
  'clock.ts': ['core'],
  'heap.ts': [],
  commands: [...PURE, ...EFFECTS, 'run.ts', 'machine.ts', 'clock.ts', 'heap.ts'],
  'cli.ts': ['commands'],
  'code-cache.ts': [],
  'action.ts': ['commands'],
  'post.ts': ['commands'],
};
/** As above, but only by `import type`. */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = { 'machine.ts': ['input'] };

const MAY_USE_NODE = new Set([
  ...EFFECTS,
  ...DOORS,
  'code-cache.ts',
  'machine.ts',
  'clock.ts',
  'heap.ts',
  'commands',
]);
const MAY_USE_ACTIONS = new Set(['github', 'action.ts', 'post.ts']);
/** The one place of the pure half with packages: a YAML parser and a schema library. */
const FILE_READER = /^input\/(file[^/]*|schema)\.ts$/;
const FILE_READER_PACKAGES = new Set(['yaml', 'zod']);

/** The world by another name: none of these may be spoken in the pure half, not even as a local name. */
const WORLD = new Set([
  ...[
    'Date',
    'Math',
    'process',
    'performance',
    'setTimeout',
    'setInterval',
    'setImmediate',
    'queueMicrotask',
  ],
  ...['globalThis', 'global', 'console', 'crypto', 'fetch', 'require'],
]);
const NAMELESS = /(^|[-._])(utils?|helpers?)([-._]|$)/i;

type Node = Readonly<Record<string, unknown>> & { readonly type: string };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Where a plain Identifier is a mere name of a member, of a property or of a foreign export. */
const NAME_ONLY: Readonly<Record<string, readonly string[]>> = {
  MemberExpression: ['property'],
  SuperPropExpression: ['property'],
  KeyValueProperty: ['key'],
  KeyValuePatternProperty: ['key'],
  MethodProperty: ['key'],
  GetterProperty: ['key'],
  SetterProperty: ['key'],
  ClassProperty: ['key'],
  ClassMethod: ['key'],
  TsPropertySignature: ['key'],
  TsMethodSignature: ['key'],
  TsGetterSignature: ['key'],
  TsSetterSignature: ['key'],
  TsEnumMember: ['id'],
  TsQualifiedName: ['right'],
  TsNamedTupleMember: ['label'],
  TsTupleElement: ['label'],
  ImportSpecifier: ['imported'],
  ExportSpecifier: ['exported'],
};

/** The children of a node that mean something, without mere names. */
function* childrenOf(node: Node): Generator<Node> {
  const names = NAME_ONLY[node.type] ?? [];
  for (const [key, value] of Object.entries(node)) {
    const isMereName = names.includes(key) && isNode(value) && value.type === 'Identifier';
    if (!isMereName) yield* nodesIn(value);
  }
}

/** Lists hold nodes, or wrappers without a type of their own (`{spread, expression}` around an argument). */
function* nodesIn(value: unknown): Generator<Node> {
  if (isNode(value)) yield value;
  else if (Array.isArray(value)) for (const item of value) yield* nodesIn(item);
  else if (typeof value === 'object' && value !== null) yield* nodesIn(Object.values(value));
}

const named = (value: unknown, name: string): boolean =>
  isNode(value) && value.type === 'Identifier' && value.value === name;

const literal = (value: unknown): string | undefined =>
  isNode(value) && value.type === 'StringLiteral' ? String(value.value) : undefined;

function readSource(source: string): Reading {
  const imports: Import[] = [];
  const faults: string[] = [];
  const visit = (node: Node): void => {
    const found = importOf(node);
    if (found !== undefined) imports.push(found);
    const fault = faultOf(node);
    if (fault !== undefined) faults.push(fault);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(parseSync(source, { syntax: 'typescript', target: 'es2022' }) as unknown as Node);
  return { imports, faults };
}

function importOf(node: Node): Import | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration': {
      const from = literal(node.source);
      return from === undefined ? undefined : { from, typeOnly: node.typeOnly === true };
    }
    case 'TsImportType':
      return { from: literal(node.argument) ?? '?', typeOnly: true };
    case 'TsExternalModuleReference':
      return { from: literal(node.expression) ?? '?', typeOnly: false };
    case 'CallExpression': {
      if (!isNode(node.callee) || node.callee.type !== 'Import') return undefined;
      const [first] = node.arguments as readonly { expression: unknown }[];
      return { from: literal(first?.expression) ?? '?', typeOnly: false };
    }
    default:
      return undefined;
  }
}

/** Forms that no file of src may have. */
function faultOf(node: Node): string | undefined {
  if (node.type === 'ExportAllDeclaration' || node.type === 'ExportNamespaceSpecifier')
    return 'says `export *`: export by name';
  const isDefault =
    node.type === 'ExportDefaultExpression' ||
    node.type === 'ExportDefaultDeclaration' ||
    (node.type === 'ExportSpecifier' && named(node.exported ?? node.orig, 'default'));
  return isDefault ? 'has a default export: export by name' : undefined;
}

/** What a file of the pure half says of the world: clock, timers, chance, process. */
function worldlyWords(source: string): string[] {
  const words: string[] = [];
  const visit = (node: Node): void => {
    if (node.type === 'Identifier' && WORLD.has(String(node.value))) words.push(String(node.value));
    for (const child of childrenOf(node)) if (!isHarmless(node, child)) visit(child);
  };
  visit(parseSync(source, { syntax: 'typescript', target: 'es2022' }) as unknown as Node);
  return words;
}

/** `new Date(millis)`, `Date.UTC` and `Math.max` only reckon with what they are given; a type does nothing. */
function isHarmless(parent: Node, child: Node): boolean {
  if (parent.type === 'TsTypeReference') return named(child, 'Date');
  if (parent.type === 'NewExpression')
    return named(child, 'Date') && ((parent.arguments ?? []) as unknown[]).length > 0;
  if (parent.type !== 'MemberExpression' || !isNode(parent.property)) return false;
  const member = parent.property.type === 'Identifier' ? String(parent.property.value) : 'random';
  if (named(child, 'Math')) return member !== 'random';
  return named(child, 'Date') && (member === 'UTC' || member === 'parse');
}

const layerOf = (file: string): string => file.split('/')[0] as string;

/** The file that a relative import means: the sources say `.js`, for that is what will stand there when it runs. */
const targetOf = (file: string, from: string): string =>
  posix.join(posix.dirname(file), from).replace(/\.js$/, '.ts');

function checkImport(file: string, { from, typeOnly }: Import, sources: Sources): string | undefined {
  const layer = layerOf(file);
  if (from === '?') return 'has an import whose name cannot be read: write it as a plain string';
  if (from.startsWith('.')) return checkEdge(file, targetOf(file, from), typeOnly, sources);
  if (from.startsWith('node:')) return MAY_USE_NODE.has(layer) ? undefined : `imports ${from}`;
  const isAllowed = PURE.includes(layer)
    ? FILE_READER.test(file) && FILE_READER_PACKAGES.has(from)
    : layer !== 'run.ts' && (!from.startsWith('@actions/') || MAY_USE_ACTIONS.has(layer));
  return isAllowed ? undefined : `imports the package ${from}`;
}

function checkEdge(file: string, target: string, typeOnly: boolean, sources: Sources): string | undefined {
  if (!sources.has(target)) return `imports ${target}, which is no file of src`;
  const [mine, other] = [layerOf(file), layerOf(target)];
  const allowed =
    (mine === other && file !== target) ||
    MAY_IMPORT[mine]?.includes(other) === true ||
    (typeOnly && MAY_IMPORT_TYPES[mine]?.includes(other) === true) ||
    (DOORS.includes(mine) && target === 'core/problem.ts');
  return allowed ? undefined : `imports ${target}`;
}

/** Every broken rule as a sentence that starts with the file. */
export function violations(sources: Sources): string[] {
  const found: string[] = [];
  for (const [file, source] of sources) {
    const layer = layerOf(file);
    const { imports, faults } = readSource(source);
    const broken = [...faults, ...imports.map((each) => checkImport(file, each, sources))];
    if (!Object.hasOwn(MAY_IMPORT, layer)) broken.push('stands in no layer: add it to the map');
    if (file.split('/').some((part) => NAMELESS.test(part))) broken.push('has a name that says nothing');
    if (PURE.includes(layer)) broken.push(...worldlyWords(source).map((word) => `speaks of ${word}`));
    for (const sentence of broken) if (sentence !== undefined) found.push(`${file} ${sentence}`);
  }
  return found;
}

/** Each way that leads from a file back to itself, found by a walk in depth: `a → b → a`. */
export function cycles(sources: Sources): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '));
    const source = sources.get(file);
    if (done.has(file) || path.includes(file) || source === undefined) return;
    for (const { from } of readSource(source).imports)
      if (from.startsWith('.')) walk(targetOf(file, from), [...path, file]);
    done.add(file);
  };
  for (const file of sources.keys()) walk(file, []);
  return found;
}
