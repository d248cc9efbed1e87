import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { Defect } from '@assay/domain';
import type { JsonValue } from '../port.js';
import type { HolderKey } from './keys.js';
import type { PersonalFields } from './personal-fields.js';

/** Where a value stands; bound to the sealed text, so that it opens nowhere else. */
export interface Place {
  readonly stream: string;
  readonly revision: number;
  readonly eventId: string;
}

/** How a sealed text stands in the stored JSON: `{"$sealed":"1.<nonce, ciphertext and tag in base64url>"}`. */
const MEMBER = '$sealed';
const FORM = '1.';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Whether stored JSON holds a sealed text. A text that quotes the member has its quotes escaped, so it does not match. */
export const holdsSealed = (json: string): boolean => json.includes(`"${MEMBER}":`);

/** A copy as it will be stored: personal texts sealed, members without a value left out. */
export function seal(value: unknown, personal: PersonalFields | null, by: Sealing): JsonValue {
  if (personal?.kind === 'TEXT' && typeof value === 'string') return { [MEMBER]: sealText(value, by) };
  if (Array.isArray(value)) return value.map((item: unknown, index) => seal(item, itemOf(personal), { ...by, path: `${by.path}/${index}` }));
  if (value === null || typeof value !== 'object') return value as JsonValue;
  const copy: Record<string, JsonValue> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) copy[key] = seal(member, memberOf(personal, key), { ...by, path: `${by.path}/${key}` });
  }
  return copy;
}

const itemOf = (personal: PersonalFields | null): PersonalFields | null => (personal?.kind === 'EACH' ? personal.item : null);
function memberOf(personal: PersonalFields | null, key: string): PersonalFields | null {
  if (personal?.kind === 'EACH') return personal.item;
  return personal?.kind === 'MEMBERS' ? (personal.members.get(key) ?? null) : null;
}

interface Sealing {
  readonly key: HolderKey;
  readonly place: Place;
  readonly path: string;
}

function sealText(text: string, { key, place, path }: Sealing): string {
  const { eventId, revision } = place;
  const nonce = createHmac('sha256', key.nonceKey).update(`${eventId}\u0000${revision}\u0000${path}\u0000${text}`).digest().subarray(0, NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.dataKey, nonce).setAAD(boundTo(place, path));
  return FORM + Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

const boundTo = ({ stream, revision, eventId }: Place, path: string): Buffer => Buffer.from(`${stream}\u0000${revision}\u0000${eventId}\u0000${path}`);

/**
 * The value with its texts opened. With the key destroyed they read as null, and `erased` is told their paths.
 * Bytes that do not open with the key of their holder at their place are a `Defect`: they were changed or moved.
 */
export function unseal(value: unknown, by: { readonly key: HolderKey | null; readonly place: Place; readonly path: string; readonly erased: string[] }): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item: unknown, index) => unseal(item, { ...by, path: `${by.path}/${index}` }));
  if (MEMBER in value && typeof value[MEMBER] === 'string') {
    if (by.key !== null) return unsealText(value[MEMBER], { ...by, key: by.key });
    by.erased.push(by.path);
    return null;
  }
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) copy[key] = unseal(member, { ...by, path: `${by.path}/${key}` });
  return copy;
}

function unsealText(sealed: string, { key, place, path }: Sealing): string {
  const bytes = Buffer.from(sealed.slice(FORM.length), 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.dataKey, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(place, path)).setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    throw new Defect('a sealed text does not open: it was changed or moved, or its key is another', { ...place, path });
  }
}
