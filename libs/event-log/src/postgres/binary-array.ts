/**
 * PostgreSQL's binary form of one-dimensional arrays (src/backend/utils/adt/arrayfuncs.c, array_recv): sent as they are,
 * so that nothing is escaped, written in hexadecimal, or parsed again on the other side.
 */
const HEADER_BYTES = 20;
const OID = { bytea: 17, int8: 20, int4: 23, text: 25, uuid: 2950 } as const;

function arrayOf(oid: number, items: readonly (Buffer | null)[]): Buffer {
  const size = items.reduce((sum, item) => sum + 4 + (item?.length ?? 0), HEADER_BYTES);
  const out = Buffer.allocUnsafe(size);
  out.writeInt32BE(1, 0);
  out.writeInt32BE(items.includes(null) ? 1 : 0, 4);
  out.writeInt32BE(oid, 8);
  out.writeInt32BE(items.length, 12);
  out.writeInt32BE(1, 16);
  let at = HEADER_BYTES;
  for (const item of items) {
    at = out.writeInt32BE(item === null ? -1 : item.length, at);
    if (item !== null) at += item.copy(out, at);
  }
  return out;
}

/** One array each of bytes, texts, UUIDs in lower case, and integers of 4 and 8 bytes. */
export const byteaArray = (items: readonly Buffer[]): Buffer => arrayOf(OID.bytea, items);
export const textArray = (items: readonly (string | null)[]): Buffer => arrayOf(OID.text, items.map((item) => (item === null ? null : Buffer.from(item, 'utf8'))));
export const uuidArray = (items: readonly string[]): Buffer => arrayOf(OID.uuid, items.map((item) => Buffer.from(item.replaceAll('-', ''), 'hex')));
export const int4Array = (items: readonly number[]): Buffer => arrayOf(OID.int4, items.map(int4));
export const int8Array = (items: readonly number[]): Buffer => arrayOf(OID.int8, items.map(int8));

function int4(value: number): Buffer {
  const out = Buffer.allocUnsafe(4);
  out.writeInt32BE(value, 0);
  return out;
}

function int8(value: number): Buffer {
  const out = Buffer.allocUnsafe(8);
  out.writeBigInt64BE(BigInt(value), 0);
  return out;
}
