import { badInput } from './error-codes.js';

/** What an opaque id stands for: a type of the schema, the key of one of its objects, and the moment it is shown at. */
export interface NodeKey {
  readonly type: string;
  /** The stream's name without its category, or what else identifies the object within its type. */
  readonly key: string;
  /** Position that a historical document was folded to. */
  readonly asOf?: string;
  /** Day up to which it counts what was true. */
  readonly effectiveOn?: string;
}

const FORMAT = /^([A-Z][A-Za-z0-9]{0,63}):([A-Za-z0-9._:-]{1,128})(?:@(\d{1,16}))?(?:~(\d{4}-\d{2}-\d{2}))?$/;

/**
 * The opaque global id of an object (`api.md`, Schema). Two moments of one object have two ids, so that no client
 * cache merges them.
 */
export function encodeNodeId({ type, key, asOf, effectiveOn }: NodeKey): string {
  const text = `${type}:${key}${asOf === undefined ? '' : `@${asOf}`}${effectiveOn === undefined ? '' : `~${effectiveOn}`}`;
  if (!FORMAT.test(text)) throw new Error(`no id can be made of a key of ${type}`);
  return Buffer.from(text).toString('base64url');
}

/** What an id stands for; `BAD_USER_INPUT` for text that no `encodeNodeId` wrote. Whether it exists is another question. */
export function decodeNodeId(id: string): NodeKey {
  const [, type, key, asOf, effectiveOn] = FORMAT.exec(Buffer.from(id, 'base64url').toString('utf8')) ?? [];
  if (type === undefined || key === undefined || id.length > 400) throw badInput('This is no id of this API; ids are taken from its answers as they are.');
  const decoded = { type, key, ...(asOf === undefined ? {} : { asOf }), ...(effectiveOn === undefined ? {} : { effectiveOn }) };
  if (encodeNodeId(decoded) !== id) throw badInput('This is no id of this API; ids are taken from its answers as they are.');
  return decoded;
}
