import { describe, expect, it } from '@jest/globals';
import { isUuid, sha256Hex, uuidV5 } from './hash.js';

const DNS = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';

describe('hash', () => {
  it('makes the UUIDv5 of RFC 9562, appendix A.4', () => {
    expect(uuidV5(DNS, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  it('hashes names as UTF-8', () => {
    expect(uuidV5(DNS, '目標')).not.toBe(uuidV5(DNS, '目标'));
    expect(isUuid(uuidV5(DNS, '目標'))).toBe(true);
  });

  it('refuses a namespace that is no UUID', () => {
    expect(() => uuidV5('company', 'x')).toThrow('namespace');
  });

  it('gives the SHA-256 of FIPS 180-4 for text and for bytes', () => {
    const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(sha256Hex('abc')).toBe(abc);
    expect(sha256Hex(Uint8Array.of(0x61, 0x62, 0x63))).toBe(abc);
  });
});
