import { describe, expect, it } from '@jest/globals';
import { configDocument, configSheet, type ShownValue, settingLine } from '../../src/reports/config.js';
import { rows, texts } from './story.js';

const size = (bytes: number): ShownValue => ({ kind: 'size', bytes });
const time = (millis: number): ShownValue => ({ kind: 'duration', millis });

describe('settings', () => {
  it('are shown as they are typed, with who says them', () => {
    const sheet = configSheet(
      [
        { name: 'tag', value: { kind: 'plain', value: ['a', 'b'] }, from: 'config', where: 'config.yml:2' },
        { name: 'timeout', value: time(5_400_000), from: 'variable', where: 'BATCHTOOL_TIMEOUT' },
        { name: 'retry-delay', value: time(0), from: 'default' },
        { name: 'memory-limit', value: size(1_500_000_000), from: 'file', where: 'batchtool.yml:3' },
        { name: 'only' },
      ],
      'config.yml',
      true,
    );
    expect(rows(sheet)).toEqual([
      'tag|a, b|config.yml:2',
      'timeout|1h30m|BATCHTOOL_TIMEOUT',
      'retry-delay|0|default',
      'memory-limit|1.5GB|batchtool.yml:3',
      'only||not set',
    ]);
  });

  it.each([
    [2_000_000_000, '2GB'],
    [1_610_612_736, '1.5GiB'],
    [512_000_000, '512MB'],
    [1024, '1KiB'],
    [1_234_567, '1234567'],
  ])('a size of %d bytes is exactly %s', (bytes, text) => {
    expect(texts([settingLine({ name: 'm', value: size(bytes), from: 'default' }, false)])).toEqual([
      `m is ${text} (default)`,
    ]);
  });

  it('have their units in the keys of the document', () => {
    const { settings } = configDocument(
      [
        { name: 'timeout', value: time(1000), from: 'default' },
        { name: 'max-output', value: size(5), from: 'flag', where: '--max-output' },
        { name: 'verbose', value: { kind: 'plain', value: true }, from: 'config', where: 'c:1' },
        { name: 'only' },
        { name: 'idle-timeout', kind: 'duration' },
      ],
      '/c',
    );
    expect(settings).toEqual({
      timeout: { valueMs: 1000, from: 'default', where: null },
      'max-output': { valueBytes: 5, from: 'flag', where: '--max-output' },
      verbose: { value: true, from: 'config', where: 'c:1' },
      only: { value: null, from: null, where: null },
      'idle-timeout': { valueMs: null, from: null, where: null },
    });
  });
});
