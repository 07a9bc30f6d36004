/** `.roomodes` as editors write it: JSON and YAML, good and bad. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { failure, problemText } from '../../src/core/problem.js';
import { readRoomodes, withOwnModes } from '../../src/input/file-roomodes.js';
import { classify } from '../../src/input/text.js';
import { machine } from './typed.js';

const JSON_FORM = JSON.stringify({
  customModes: [
    {
      slug: 'nestjs-coder',
      name: '🧱 NestJS Coder',
      roleDefinition: 'You write NestJS modules.',
      customInstructions: 'Use the CLI.\nNo any.',
      groups: ['read', ['edit', { fileRegex: '\\.ts$', description: 'TypeScript' }], 'command', 'mcp'],
      source: 'project',
      whenToUse: 'left alone',
    },
    {
      slug: 'code',
      name: 'Code',
      description: 'writes our code',
      roleDefinition: 'You follow our rules.',
      groups: [],
    },
  ],
});
const YAML_FORM = `customModes:
  - slug: nestjs-coder
    name: 🧱 NestJS Coder
    roleDefinition: You write NestJS modules.
    customInstructions: |-
      Use the CLI.
      No any.
    groups:
      - read
      - - edit
        - fileRegex: \\.ts$
          description: TypeScript
      - command
      - mcp
    source: project
  - slug: code
    name: Code
    description: writes our code
    roleDefinition: >-
      You follow
      our rules.
    groups: []
`;

const faults = (text: string): string[] => readRoomodes('.roomodes', text).problems.map(problemText);

describe('modes of a project', () => {
  test.each([
    ['JSON', JSON_FORM],
    ['YAML', YAML_FORM],
  ])('are read from %s', (_, text) => {
    expect(readRoomodes('.roomodes', text)).toEqual({
      modes: [
        {
          slug: 'nestjs-coder',
          name: '🧱 NestJS Coder',
          purpose: '🧱 NestJS Coder',
          role:
            'You write NestJS modules.\n\nUse the CLI.\nNo any.\n\nWhat you may do here: read files; ' +
            'edit files whose path matches \\.ts$; run commands; use services over MCP. Nothing else.',
        },
        { slug: 'code', name: 'Code', purpose: 'writes our code', role: 'You follow our rules.' },
      ],
      problems: [],
    });
  });

  test('may be none', () => {
    expect(readRoomodes('.roomodes', '{"customModes": []}')).toEqual({ modes: [], problems: [] });
  });

  test('hide nothing from who reads the file: unseen characters do not reach the agent', () => {
    const tags = [...'rm -rf'].map((char) => String.fromCodePoint(0xe0000 + char.charCodeAt(0))).join('');
    const role = `Be\u200b kind.${tags}\u202e\ufe0f\u001b[8mhidden\u001b[0m`;
    const text = JSON.stringify({ customModes: [{ slug: 'a', name: 'A', roleDefinition: role }] });
    expect(readRoomodes('.roomodes', text).modes[0]?.role).toBe('Be kind.hidden');
  });
});

describe('a malformed .roomodes', () => {
  test.each([
    ['', '.roomodes:1:1: expected a list "customModes"'],
    ['[]', '.roomodes:1:1: expected a list "customModes"\n  hint: for example {"customModes"'],
    ['{"customModes": {}}', '.roomodes:1:17: expected a list "customModes"'],
    ['{"customModes": [1]}', '.roomodes:1:18: the mode has no "slug"'],
    ['{"customModes": [{"slug": "a"}]}', '.roomodes:1:18: the mode has no "roleDefinition"'],
    ['{"customModes": [{"slug": 7, "roleDefinition": "x"}]}', '.roomodes:1:27: "slug": expected a text'],
    [
      '{"customModes": [{"slug": "a b", "roleDefinition": "x"}]}',
      'expected letters, digits and "-", found "a b"',
    ],
    ['{"customModes": [{"slug": "a", "roleDefinition": " "}]}', '"roleDefinition": expected a text'],
    [
      '{"customModes": [{"slug": "a", "roleDefinition": "x", "groups": "read"}]}',
      '"groups": expected a list',
    ],
    [
      '{"customModes": [{"slug": "a", "roleDefinition": "x", "groups": [{}]}]}',
      'expected the name of a group',
    ],
    ['{"customModes": [}', '.roomodes:1:18: '],
    ['customModes:\n  - slug: a\n   roleDefinition: x', '.roomodes:3:'],
    ['customModes:\n\t- slug: a', 'indent with spaces'],
  ])('is told with its place: %j', (text, said) => {
    expect(faults(text).join('\n')).toContain(said);
  });

  test('keeps the modes that are right', () => {
    const good = { slug: 'a', name: 'A', roleDefinition: 'x' };
    const text = JSON.stringify({ customModes: [good, { slug: 'b' }, { ...good, name: 'twice' }] });
    const { modes, problems } = readRoomodes('.roomodes', text);
    expect(modes.map(({ name }) => name)).toEqual(['A']);
    expect(problems.map(({ message }) => message)).toEqual([
      'the mode has no "roleDefinition"',
      'there are two modes a',
    ]);
  });

  test('is not read without end', () => {
    const many = Array.from({ length: 300 }, (_, n) => ({ slug: `m${n}`, roleDefinition: 'x' }));
    const { modes, problems } = readRoomodes('.roomodes', JSON.stringify({ customModes: many }));
    expect([modes.length, problems.map(({ message }) => message)]).toEqual([
      200,
      ['only 200 modes are read, found 300'],
    ]);
    const long = JSON.stringify({ customModes: [{ slug: 'a', roleDefinition: 'x'.repeat(50_001) }] });
    expect(faults(long)[0]).toContain('"roleDefinition" is longer than 50,000 characters');
  });

  test('never throws, whatever it holds', () => {
    const value = fc.oneof(fc.jsonValue(), fc.constant('a'), fc.constant('x'));
    const mode = fc.dictionary(
      fc.constantFrom('slug', 'name', 'roleDefinition', 'customInstructions', 'groups', 'description'),
      value,
    );
    fc.assert(
      fc.property(fc.oneof(fc.array(fc.oneof(mode, value)), value), (customModes) => {
        const { modes } = readRoomodes('.roomodes', JSON.stringify({ customModes }));
        for (const { slug, role } of modes)
          expect([/^[a-z0-9-]+$/i.test(slug), role]).toEqual([true, expect.any(String)]);
      }),
    );
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readRoomodes('.roomodes', text)));
  });
});

describe('a machine', () => {
  const here = (text: string) =>
    withOwnModes(machine({ roomodes: { file: '.roomodes', content: { ok: true, value: text } } }));

  test('lets texts name the modes of its project', () => {
    const own = here(JSON_FORM);
    expect(classify('nestjs-coder: add a guard', 'command', own)).toEqual({
      kind: 'prompt',
      text: 'add a guard',
      mode: 'nestjs-coder',
    });
    expect(classify('nestjs-coder: add a guard', 'command', machine())).toMatchObject({ kind: 'command' });
    expect(classify('nestjs-coder:', 'command', own)).toMatchObject({ kind: 'refused' });
  });

  test('whose file cannot be read has none, and says why', () => {
    const content = failure('cannot be read: EACCES', undefined, { file: '.roomodes' });
    const { ownModes } = withOwnModes(machine({ roomodes: { file: '.roomodes', content } }));
    expect(ownModes?.modes).toEqual([]);
    expect(ownModes?.problems.map(problemText)).toEqual(['.roomodes: cannot be read: EACCES']);
  });

  test('without such a file stays as it is', () => {
    const bare = machine();
    expect(withOwnModes(bare)).toBe(bare);
  });
});
