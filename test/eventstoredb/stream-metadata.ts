import { REVISION_MAX, type LogRecord } from './log-record.js';

/** What the metadata of a stream says about its own events. */
export interface Retention {
  readonly maxCount?: number;
  readonly maxAgeSeconds?: number;
  readonly truncateBefore?: bigint;
}

const TICKS_PER_SECOND = 10_000_000n;

export const metadataStreamOf = (stream: string): string => `$$${stream}`;

/** Reads `$maxCount`, `$maxAge` and `$tb`; what is not JSON retains everything. */
export function retentionFrom(metadata: LogRecord | undefined): Retention {
  if (metadata === undefined) return {};
  const text = Buffer.from(metadata.data).toString('utf8');
  return {
    ...number(text, '$maxCount', (digits) => ({ maxCount: Number(digits) })),
    ...number(text, '$maxAge', (digits) => ({ maxAgeSeconds: Number(digits) })),
    ...number(text, '$tb', (digits) => ({ truncateBefore: BigInt(digits) })),
  };
}

export const isSoftDeleted = (retention: Retention): boolean => retention.truncateBefore === REVISION_MAX;

/** What is left of a stream for those who read it; `$all` shows the rest until it is scavenged, which never happens here. */
export function visible(records: readonly LogRecord[], retention: Retention, nowTicks: bigint): readonly LogRecord[] {
  const { maxCount, maxAgeSeconds, truncateBefore = 0n } = retention;
  const counted = maxCount === undefined ? 0 : Math.max(0, records.length - maxCount);
  const first = truncateBefore > BigInt(counted) ? Number(truncateBefore) : counted;
  if (maxAgeSeconds === undefined) return first === 0 ? records : records.slice(first);
  const oldest = nowTicks - BigInt(maxAgeSeconds) * TICKS_PER_SECOND;
  return records.slice(first).filter((record) => record.createdTicks >= oldest);
}

/** The metadata that a soft-deleted stream gets when it is written again: everything before is cut off. */
export function undeleted(metadata: LogRecord | undefined, from: bigint): Uint8Array {
  const text = metadata === undefined ? '{}' : Buffer.from(metadata.data).toString('utf8');
  return Buffer.from(text.replace(/("\$tb"\s*:\s*)\d+/, `$1${from}`));
}

// JSON.parse would round a 64-bit integer.
function number<T>(text: string, name: string, read: (digits: string) => T): T | undefined {
  const digits = new RegExp(`"\\${name}"\\s*:\\s*(\\d+)`).exec(text)?.[1];
  return digits === undefined ? undefined : read(digits);
}
