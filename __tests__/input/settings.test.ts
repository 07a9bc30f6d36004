import { describe, expect, test } from '@jest/globals';
import { originText, readSettings } from '../../src/input/settings.js';
import { machine, requestOf, right, typed } from './typed.js';

const TASK = 'tasks: {a: {run: x}}';

describe('the value of an option', () => {
  const FILE = `max-concurrent: 5\n${TASK}`;
  test.each([
    ['flag', ['--max-concurrent', '1'], 1, '--max-concurrent'],
    ['flag by its other name', ['--max-parallel=1'], 1, '--max-parallel'],
    ['variable', [], 2, 'BATCHTOOL_MAX_CONCURRENT'],
  ])('comes from the %s first', (_, argv, value, origin) => {
    const around = {
      file: FILE,
      machine: { env: { BATCHTOOL_MAX_CONCURRENT: '2' } },
      config: { 'max-concurrent': '3' },
    };
    const setting = right(requestOf(argv, around)).settings['max-concurrent'];
    expect(setting?.value).toBe(value);
    expect(setting && originText(setting.origin)).toBe(origin);
  });

  test('comes from the plan file before the config', () => {
    const { settings } = right(requestOf([], { file: FILE, config: { 'max-concurrent': '3' } }));
    expect(settings['max-concurrent']?.value).toBe(5);
    expect(settings['max-concurrent'] && originText(settings['max-concurrent'].origin)).toBe('plan.yml:1');
  });

  test('comes from the config before the default', () => {
    const { settings } = right(requestOf(['x'], { config: { 'max-concurrent': '3' } }));
    expect(settings['max-concurrent']).toEqual({ value: 3, origin: { kind: 'config' } });
  });

  test('is the default when nobody says otherwise', () => {
    const { settings } = right(requestOf(['x']));
    expect(settings['max-concurrent']).toEqual({ value: 4, origin: { kind: 'default' } });
    expect(settings['on-error']).toEqual({ value: 'skip', origin: { kind: 'default' } });
    expect(settings.timeout).toBeUndefined();
  });

  test('of max-concurrent follows the cores when there are more than four', () => {
    expect(right(requestOf(['x'], { machine: { cores: 16 } })).settings['max-concurrent']?.value).toBe(16);
  });

  test('is not taken from a variable that is empty', () => {
    const { settings } = right(
      requestOf(['x'], { machine: { env: { BATCHTOOL_TIMEOUT: '', BATCHTOOL_JSON: '0' } } }),
    );
    expect(settings.timeout).toBeUndefined();
    expect(settings.json?.value).toBe(false);
  });

  test('is a list with commas in a variable', () => {
    const env = { BATCHTOOL_TAG: 'a, b', BATCHTOOL_OUTPUT_STYLE: 'quiet', BATCHTOOL_OUTPUT: '/a/file' };
    const { settings } = right(requestOf(['x'], { machine: { env } }));
    expect(settings.tag?.value).toEqual(['a', 'b']);
    expect(settings.output?.value).toBe('quiet');
  });
});

describe('--on-error retry', () => {
  const retries = (argv: string[], file?: string) =>
    right(requestOf(argv, file === undefined ? {} : { file })).settings['max-retries']?.value;

  test('is three retries when nobody says how many', () => {
    expect(retries(['--on-error', 'retry', 'x'])).toBe(3);
    expect(retries(['x'])).toBe(0);
  });

  test('leaves a number that was said', () => {
    expect(retries(['--on-error=retry', '--max-retries', '1', 'x'])).toBe(1);
    expect(retries(['--on-error=retry'], `defaults: {retry: 5}\n${TASK}`)).toBe(5);
  });
});

describe('--env', () => {
  test('adds up with its variable, and wins', () => {
    const env = { BATCHTOOL_ENV: 'A=1\nB=2' };
    expect(right(requestOf(['--env', 'B=3', 'x'], { machine: { env } })).env).toEqual({ A: '1', B: '3' });
  });

  test('keeps values of secrets apart', () => {
    const argv = ['A_KEY=1', 'b_token=2', 'C_SECRET=3', 'D_PASSWORD=4', 'TOKEN=5', 'KEYS=6'].flatMap(
      (pair) => ['--env', pair],
    );
    const request = right(requestOf([...argv, 'x']));
    expect(request.secretValues).toEqual({ A_KEY: '1', b_token: '2', C_SECRET: '3', D_PASSWORD: '4' });
    expect(request.env).toEqual({ TOKEN: '5', KEYS: '6' });
  });
});

describe('settings of other verbs', () => {
  test('have no defaults and read their own options', () => {
    const args = typed('logs', '--tail', '5', '--since=1h', '--task', 'a', 'nightly');
    const { settings, problems } = readSettings({ args, machine: machine() });
    expect(problems).toEqual([]);
    expect(settings).toEqual({
      tail: { value: 5, origin: { kind: 'flag', flag: '--tail' } },
      since: { value: 3_600_000, origin: { kind: 'flag', flag: '--since' } },
      task: { value: ['a'], origin: { kind: 'flag', flag: '--task' } },
    });
  });

  test('take the state folder from its variable too', () => {
    const args = typed('status');
    const { settings } = readSettings({
      args,
      machine: machine({ env: { BATCHTOOL_STATE_DIR: '/s', BATCHTOOL_TIMEOUT: 'x' } }),
    });
    expect(settings).toEqual({
      'state-dir': { value: '/s', origin: { kind: 'variable', name: 'BATCHTOOL_STATE_DIR' } },
    });
  });
});
