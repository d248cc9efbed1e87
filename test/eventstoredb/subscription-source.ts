import { readForwards } from './all-reader.js';
import { streamDeleted } from './failures.js';
import { PAGE_SIZE, type Filter } from './filters.js';
import { NOWHERE, positionOf, type LogRecord, type Position } from './log-record.js';
import type { RecordLog } from './record-log.js';

/** A step of catching up: events, or a checkpoint that is due, or both. */
export interface Step {
  readonly records: readonly LogRecord[];
  /** Behind the events: how far was searched, where the interval is over. */
  readonly reached: Position | null;
  readonly endOfStream: boolean;
}

/** What a subscription follows. A stream's revisions are places like `$all`'s positions, commit and prepare the same. */
export interface Source {
  readonly checkpointInterval: number | null;
  last(): Position;
  placeOf(record: LogRecord): Position;
  /** Whether the record is of the subscription's, though the filter may leave it out. */
  concerns(record: LogRecord): boolean;
  allows(record: LogRecord): boolean;
  /** The pages behind a place, to the end of what there is. */
  pages(after: Position): Generator<Step, void>;
  /** What ends a subscription once this record was sent. */
  endsAfter(record: LogRecord): Error | null;
}

export function allSource(log: RecordLog, filter: Filter): Source {
  return {
    checkpointInterval: filter.checkpointInterval,
    last: () => {
      const last = log.records.at(-1);
      return last === undefined ? NOWHERE : positionOf(last);
    },
    placeOf: positionOf,
    concerns: () => true,
    allows: filter.allows,
    pages: (after) => allPages(log, filter, after),
    endsAfter: () => null,
  };
}

function* allPages(log: RecordLog, filter: Filter, after: Position): Generator<Step, void> {
  let from = after.commit < 0n ? { commit: 0n, prepare: 0n } : after;
  let considered = 0;
  for (;;) {
    const page = readForwards(log, { from, maxCount: PAGE_SIZE, searchWindow: filter.searchWindow, allows: filter.allows });
    considered += page.considered;
    const due = filter.checkpointInterval !== null && considered >= filter.checkpointInterval && !page.endOfStream;
    if (due) considered %= filter.checkpointInterval ?? 1;
    yield { records: page.records, reached: due ? page.current : null, endOfStream: page.endOfStream };
    if (page.endOfStream) return;
    from = page.next;
  }
}

export function streamSource(log: RecordLog, stream: string): Source {
  const placeOf = ({ revision }: LogRecord): Position => ({ commit: revision, prepare: revision });
  return {
    checkpointInterval: null,
    last: () => ({ commit: log.lastRevisionOf(stream), prepare: log.lastRevisionOf(stream) }),
    placeOf,
    concerns: (record) => record.stream === stream,
    allows: () => true,
    pages: (after) => streamPages(log, stream, after),
    endsAfter: (record) => (record.type === '$streamDeleted' ? streamDeleted(stream) : null),
  };
}

function* streamPages(log: RecordLog, stream: string, after: Position): Generator<Step, void> {
  let last = after.commit;
  for (;;) {
    if (log.isTombstoned(stream)) throw streamDeleted(stream);
    const records = (log.visibleOf(stream) ?? []).filter((record) => record.revision > last).slice(0, PAGE_SIZE);
    last = records.at(-1)?.revision ?? last;
    const endOfStream = last >= log.lastRevisionOf(stream) || records.length === 0;
    yield { records, reached: null, endOfStream };
    if (endOfStream) return;
  }
}
