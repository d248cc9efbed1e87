import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 as sha256Of } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { assert } from './defect.js';

/** Ids that follow from what must be unique, and digests: pure, so that a decider and an offline verifier agree. */

const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether the text is a UUID in lower case, of any version. */
export const isUuid = (text: string): boolean => UUID_PATTERN.test(text);

/**
 * UUID version 5 (RFC 9562, section 5.5): the same namespace and name always give the same id, so that what must be
 * unique makes its own id and two commands cannot make two. `namespace` is a UUID in lower case; anything else is a
 * `Defect`. The name is hashed as UTF-8. Lower case.
 */
export function uuidV5(namespace: string, name: string): string {
  assert(isUuid(namespace), 'the namespace of a UUIDv5 is a UUID in lower case', { namespace });
  const hex = bytesToHex(sha1(concatBytes(hexToBytes(namespace.replaceAll('-', '')), utf8ToBytes(name))));
  const variant = ((parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${variant}${hex.slice(18, 20)}-${hex.slice(20, 32)}`;
}

/** SHA-256 as 64 lower-case hex digits; text is hashed as UTF-8. */
export function sha256Hex(content: Uint8Array | string): string {
  return bytesToHex(sha256Of(typeof content === 'string' ? utf8ToBytes(content) : content));
}
