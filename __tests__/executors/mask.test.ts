import { describe, expect, test } from '@jest/globals';
import { Masker, masked, secretForms } from '../../src/executors/mask.js';

const token = 'hunter2/secret+value';
const forms = secretForms({ TOKEN: token });

function inChunks(text: string, size: number, secrets = forms): string {
  const masker = new Masker(secrets);
  const bytes = Buffer.from(text);
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    // A fresh copy, as the sink's one buffer is overwritten by the next read.
    parts.push(Buffer.from(masker.push(Buffer.from(bytes.subarray(at, at + size)))));
  }
  parts.push(masker.end());
  return Buffer.concat(parts).toString();
}

describe('masking', () => {
  test.each([
    ['as it is', token],
    ['in base64', Buffer.from(token).toString('base64').replace(/=+$/, '')],
    ['in base64 for URLs', Buffer.from(token).toString('base64url')],
    ['URL-encoded', encodeURIComponent(token)],
  ])('takes a secret out %s', (_, form) => {
    const shown = masked(`before ${form} after`, forms);
    expect(shown).toMatch(/^before \*\*\*.? after$/);
  });

  test.each([0, 1, 2])('finds a secret in the base64 of a longer text, %d bytes in', (shift) => {
    const encoded = Buffer.from(`${'u'.repeat(shift)}${token}:more`).toString('base64');
    const shown = masked(encoded, forms);
    expect(shown).toContain('***');
    expect(Buffer.from(shown.replaceAll('***', ''), 'base64').toString()).not.toContain('hunter');
  });

  test('takes a secret out of JSON', () => {
    const quoted = 'say "friend"\\now';
    expect(masked(JSON.stringify({ a: quoted }), secretForms({ A: quoted }))).toBe('{"a":"***"}');
  });

  const odd = `p&ss "w'rd" <a/b> (c)!*~`;
  test.each([
    [
      'URL-encoded with lower-case hex',
      encodeURIComponent(odd).replace(/%../g, (code) => code.toLowerCase()),
    ],
    ['URL-encoded by Python', 'p%26ss%20%22w%27rd%22%20%3Ca/b%3E%20%28c%29%21%2A~'],
    ['in a form by Python', 'p%26ss+%22w%27rd%22+%3Ca%2Fb%3E+%28c%29%21%2A~'],
    ['in a text of XML', `p&amp;ss "w'rd" &lt;a/b&gt; (c)!*~`],
    ['in an attribute of XML', 'p&amp;ss &quot;w&#39;rd&quot; &lt;a/b&gt; (c)!*~'],
    ['in JSON within JSON', JSON.stringify(JSON.stringify(odd)).slice(3, -3)],
  ])('takes a secret out %s', (_, form) => {
    expect(masked(`before ${form} after`, secretForms({ ODD: odd }))).toBe('before *** after');
  });

  const long = 'sk_live_51HxY2eZvKYlo2C9bQ0tNwRfXp8GuJdMk7SaTzLqVrEiWnOc3U6mBhDyFgPj4AsKlQwErTy';
  const longForms = secretForms({ LONG: long });
  test.each([
    [76, '\n', 0],
    [76, '\r\n', 40],
    [64, '\n', 1],
    [64, '\n', 200],
    [20, '\n', 5],
  ])('finds a secret in base64 of %d columns with %j, %d bytes in', (columns, end, before) => {
    const encoded = Buffer.from(`${'u'.repeat(before)}${long}:more`).toString('base64');
    const lines = encoded.replace(new RegExp(`.{${columns}}(?=.)`, 'g'), `$&${end}`);
    const shown = masked(`it is\n${lines}\nas you see`, longForms);
    expect(shown).toMatch(/^it is\n[\s\S]*\*\*\*[\s\S]*\nas you see$/);
    const rest = Buffer.from(shown.slice(6, -11).replaceAll('***', ''), 'base64').toString();
    for (let at = 0; at + 4 <= long.length; at++) expect(rest).not.toContain(long.slice(at, at + 4));
  });

  test.each([1, 7, 64, 100])('finds wrapped base64 across chunks of %d bytes', (size) => {
    const lines = Buffer.from(long)
      .toString('base64')
      .replace(/.{76}(?=.)/g, '$&\n');
    expect(inChunks(`a ${lines} z`, size, longForms)).toMatch(/^a .{0,3}\*\*\*.{0,4} z$/);
  });

  test('finds the lines of a key file in wrapped base64', () => {
    const line = (sign: string): string => `MIIEpAIBAAKCAQEA${sign.repeat(48)}`;
    const key = `-----BEGIN PRIVATE KEY-----\n${['q7', 'Xw', 'z3'].map((sign) => line(sign).slice(0, 64)).join('\n')}\n`;
    const lines = Buffer.from(key)
      .toString('base64')
      .replace(/.{76}(?=.)/g, '$&\n');
    const shown = masked(lines, secretForms({ KEY: key }));
    expect(shown.replaceAll('***', '').replace(/\s/g, '').length).toBeLessThan(24);
  });

  test('leaves base64 alone that has less than 16 characters in common', () => {
    const other = Buffer.from(`${long.slice(0, 9)}-something else`).toString('base64');
    expect(masked(other, longForms)).toBe(other);
  });

  test('shows a line at once that no secret begins in', () => {
    const masker = new Masker(longForms);
    expect(masker.push(Buffer.from('all is well\n')).toString()).toBe('all is well\n');
  });

  test('takes a secret of several lines out line by line, and leaves its short lines', () => {
    const secret = '-----BEGIN\r\nfirst-line-of-key\nabc\nlast-line-of-key\n';
    expect(masked('x first-line-of-key y\nabc\nlast-line-of-key', secretForms({ KEY: secret }))).toBe(
      'x *** y\nabc\n***',
    );
  });

  test('leaves values alone that are too short to be told from other text', () => {
    expect(secretForms({ A: 'abc', B: '', C: ' x ' })).toEqual([]);
  });

  test('masks every occurrence', () => {
    expect(masked(`${token}${token} ${token}`, forms)).toBe('****** ***');
  });

  test('prefers the longer of two secrets that begin alike', () => {
    expect(masked('secret-longer secret', secretForms({ A: 'secret', B: 'secret-longer' }))).toBe('*** ***');
  });

  test.each([1, 2, 3, 5, 7, 64])('finds secrets across chunks of %d bytes', (size) => {
    const text = `a${token}b hunter2/ hunter2/secre ${token}${token.slice(0, 7)}`;
    expect(inChunks(text, size)).toBe(`a***b hunter2/ hunter2/secre ***${token.slice(0, 7)}`);
  });

  test.each([1, 4, 6, 7, 20])('finds the longer secret across chunks of %d bytes', (size) => {
    const secrets = secretForms({ A: 'secret', B: 'secret-longer' });
    expect(inChunks('xsecret-longery secret-lo', size, secrets)).toBe('x***y ***-lo');
  });

  test('holds nothing back that cannot be the beginning of a secret', () => {
    const masker = new Masker(forms);
    expect(masker.push(Buffer.from('a prompt> ')).toString()).toBe('a prompt> ');
    expect(masker.push(Buffer.from('hunter')).toString()).toBe('');
    expect(masker.push(Buffer.from('s!')).toString()).toBe('hunters!');
  });

  test('leaves bytes that are no text as they are', () => {
    const bytes = Buffer.from([0xff, 0x00, 0xc3, 0x28, 0x80]);
    const masker = new Masker(forms);
    expect(Buffer.concat([masker.push(bytes), masker.end()])).toEqual(bytes);
  });
});
