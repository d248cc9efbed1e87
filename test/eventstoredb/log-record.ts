/** A place in the log: byte offsets, as the server gives them. */
export interface Position {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** What a client asks to be written. */
export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly isJson: boolean;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

/** An event in the log. */
export interface LogRecord extends ProposedEvent {
  readonly stream: string;
  readonly revision: bigint;
  /** Where its bytes begin; commit and prepare are the same. */
  readonly position: bigint;
  /** Where its bytes end, and those of the next one begin. */
  readonly end: bigint;
  /** 100-nanosecond ticks since 1970. */
  readonly createdTicks: bigint;
}

/** Before everything; on the wire it is 2^64-1, which is also how the end is written. */
export const NOWHERE: Position = { commit: -1n, prepare: -1n };
/** The revision of a tombstone, and the `$tb` of a soft delete: the greatest 64-bit integer. */
export const REVISION_MAX = 9_223_372_036_854_775_807n;
/** The server keeps its epochs here, and shows them to nobody who reads `$all`. */
export const EPOCHS = '$epoch-information';

// What a record takes beside its names and payloads: lengths, flags, ids, times.
const OVERHEAD_BYTES = 90;

export function bytesOf(stream: string, event: ProposedEvent): bigint {
  const names = Buffer.byteLength(stream) + Buffer.byteLength(event.type);
  return BigInt(OVERHEAD_BYTES + names + event.data.length + event.metadata.length);
}

export const positionOf = (record: LogRecord): Position => ({ commit: record.position, prepare: record.position });

export function compare(a: Position, b: Position): number {
  if (a.commit !== b.commit) return a.commit < b.commit ? -1 : 1;
  return a.prepare === b.prepare ? 0 : a.prepare < b.prepare ? -1 : 1;
}

/** As the wire has it: unsigned, so that -1 becomes 2^64-1. */
export const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
