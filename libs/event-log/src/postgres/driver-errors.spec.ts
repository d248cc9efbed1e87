import { describe, expect, it } from '@jest/globals';
import { fateOf, toLogError } from './driver-errors.js';

const failed = (code: string): Error => Object.assign(new Error('failed'), { code });

describe('the fate of a statement', () => {
  it.each([
    ['22001', 'REFUSED'],
    ['23505', 'REFUSED'],
    ['P0001', 'REFUSED'],
    ['40P01', 'BUSY'],
    ['53300', 'BUSY'],
    ['28P01', 'DENIED'],
    ['57P01', 'LOST'],
    ['XX000', 'LOST'],
    // Codes of the system, some as long as an SQLSTATE, say that the connection broke.
    ['EPIPE', 'LOST'],
    ['EBADF', 'LOST'],
    ['ECONNRESET', 'LOST'],
    ['', 'LOST'],
  ])('after %s is %s', (code, fate) => {
    expect(fateOf(failed(code))).toBe(fate);
  });

  it('is told as to be tried again where a pipe broke', () => {
    expect(toLogError(failed('EPIPE'), 'read')).toMatchObject({ code: 'Unavailable', retryable: true });
  });
});
