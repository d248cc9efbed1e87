import { canonicalText, sha256Hex } from '@assay/domain';
import { badInput } from './error-codes.js';

/** The value of one ordering column; the last one is the row's id, which breaks ties. */
export type KeyPart = string | number | null;

/** A row's place in one order under one filter: by value, so that it holds where the row is gone. */
export interface Place {
  /** Word of the list's `orderBy` enum. */
  readonly order: string;
  /** `filterDigest` of the list's filter. */
  readonly filter: string;
  readonly key: readonly KeyPart[];
}

const CURSOR_CHARACTERS_MAX = 2_000;
const KEY_PARTS_MAX = 8;

/** What a cursor remembers of a filter: the first 16 hex digits of the SHA-256 of its canonical JSON. */
export const filterDigest = (filter: unknown): string => sha256Hex(canonicalText(filter ?? null)).slice(0, 16);

/** The opaque cursor of a row. */
export const encodeCursor = ({ order, filter, key }: Place): string => Buffer.from(JSON.stringify([order, filter, ...key])).toString('base64url');

/**
 * The key a cursor holds. `BAD_USER_INPUT` for text that is no cursor, and for one of another order or filter: going
 * on from it would silently skip rows or repeat them.
 */
export function decodeCursor(cursor: string, expected: Pick<Place, 'order' | 'filter'>): readonly KeyPart[] {
  const parts = cursor.length > CURSOR_CHARACTERS_MAX ? undefined : parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  const [order, filter, ...key] = parts ?? [];
  if (parts === undefined || typeof order !== 'string' || typeof filter !== 'string' || key.length === 0 || key.length > KEY_PARTS_MAX) throw badInput('This is no cursor of this API.');
  if (order !== expected.order) throw badInput('The cursor belongs to another order.', { order: expected.order });
  if (filter !== expected.filter) throw badInput('The cursor belongs to another filter.');
  return key;
}

function parse(text: string): readonly KeyPart[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(isKeyPart) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isKeyPart = (part: unknown): part is KeyPart => part === null || typeof part === 'string' || (typeof part === 'number' && Number.isFinite(part));
