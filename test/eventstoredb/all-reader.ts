import { positionOf, compare, type LogRecord, type Position } from './log-record.js';
import type { RecordLog } from './record-log.js';

/** One page of `$all`. */
export interface Page {
  readonly records: readonly LogRecord[];
  /** Where the page began. */
  readonly current: Position;
  /** Where the next one begins: behind what was looked at, and with prepare 0 when reading forwards. */
  readonly next: Position;
  readonly endOfStream: boolean;
  /** How many events were looked at, those included that the filter left out. */
  readonly considered: number;
}

export interface PageRequest {
  readonly from: Position;
  readonly maxCount: number;
  readonly searchWindow: number;
  readonly allows: (record: LogRecord) => boolean;
}

/** The position is no boundary between two records. */
export class InvalidPosition extends Error {}

/** A position behind the last event is the end of the stream, whether it is a boundary or not. */
export function readForwards(log: RecordLog, request: PageRequest): Page {
  const { from, maxCount, searchWindow, allows } = request;
  const records: LogRecord[] = [];
  const last = log.records.at(-1)?.position ?? -1n;
  let considered = 0;
  let next = from;
  let index = from.commit > last ? log.records.length : boundaryAt(log, from.commit);
  while (records.length < maxCount && considered < searchWindow) {
    const record = log.records[index];
    if (record === undefined) return { records, current: from, next, endOfStream: true, considered };
    index += 1;
    if (compare(positionOf(record), from) < 0) continue;
    considered += 1;
    if (allows(record)) records.push(record);
    next = { commit: record.end, prepare: 0n };
  }
  return { records, current: from, next, endOfStream: false, considered };
}

/** The events that end at the position or before it. */
export function readBackwards(log: RecordLog, request: PageRequest): Page {
  const { from, maxCount, searchWindow, allows } = request;
  const records: LogRecord[] = [];
  let considered = 0;
  let next = from;
  let index = from.commit === log.end ? log.records.length : boundaryAt(log, from.commit);
  while (records.length < maxCount && considered < searchWindow) {
    index -= 1;
    const record = log.records[index];
    if (record === undefined) return { records, current: from, next, endOfStream: true, considered };
    if (compare({ commit: record.end, prepare: record.end }, from) > 0) continue;
    considered += 1;
    if (allows(record)) records.push(record);
    next = positionOf(record);
  }
  return { records, current: from, next, endOfStream: false, considered };
}

function boundaryAt(log: RecordLog, position: bigint): number {
  let low = 0;
  let high = log.records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((log.records[middle]?.position ?? position) < position) low = middle + 1;
    else high = middle;
  }
  if (log.records[low]?.position !== position) throw new InvalidPosition();
  return low;
}
