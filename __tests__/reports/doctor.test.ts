import { describe, expect, it } from '@jest/globals';
import { type Check, doctorDocument, doctorSheet } from '../../src/reports/doctor.js';
import { texts } from './story.js';

const FINE: Check = { name: 'node', status: 'ok', found: 'v22', hint: 'never told' };
const LACKS: Check = { name: 'agents', status: 'warning', found: 'none', hint: 'install one' };
const BROKEN: Check = { name: 'sh', status: 'failed', found: 'not on PATH', hint: 'put it there' };

describe('what a doctor says', () => {
  it('ends well when nothing essential is broken, and still says what is missing', () => {
    expect(texts(doctorSheet([FINE, LACKS]).foot)).toEqual([
      'agents: none',
      '  hint: install one',
      'a run can work here',
    ]);
    expect(doctorDocument([FINE, LACKS]).ok).toBe(true);
  });

  it('names what is broken', () => {
    expect(texts(doctorSheet([BROKEN, FINE]).foot).at(-1)).toBe('no run can work here: sh');
    expect(doctorDocument([BROKEN])).toEqual({ ok: false, checks: [BROKEN] });
  });
});
