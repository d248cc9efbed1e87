import { createHash } from 'node:crypto';
import type { Recorded } from '@assay/domain';
import type { EventSource } from '@assay/read-models';

/** What a case appends: whole appends of one stream, one command each. */
export interface TestEvent {
  readonly type: string;
  readonly data?: Readonly<Record<string, string | number>>;
  readonly schemaVersion?: number;
}
export interface TestLog {
  readonly source: EventSource;
  /** Appends in one piece, and returns the position of the last event. */
  append(stream: string, events: readonly TestEvent[], actor?: string): Promise<number>;
}
export interface MemoryTestLog extends TestLog {
  readonly events: readonly Recorded[];
  /** Stands between the log and its reader, e.g. to refuse or alter what is read. */
  intercept: (events: readonly Recorded[]) => readonly Recorded[];
}

const cursorOf = (position: number): string => `memory:${String(position).padStart(16, '0')}`;
const idOf = (position: number): string =>
  `${createHash('sha256').update(`event ${position}`).digest('hex').slice(0, 8)}-0000-4000-8000-${String(position).padStart(12, '0')}`;

/** A log in memory with the reading side of the event store: what the pure parts and the faults are tested on. */
export function memoryTestLog(): MemoryTestLog {
  const events: Recorded[] = [];
  const revisions = new Map<string, number>();
  const wakers = new Set<() => void>();
  const read = (from: number, to: number): readonly Recorded[] =>
    log.intercept(events.slice(Math.max(0, from), Math.min(events.length, to + 1)));
  const log: MemoryTestLog = {
    events,
    intercept: (read) => read,
    append(stream, appended, actor = 'ann') {
      const commandId = `command-${events.length}`;
      for (const { type, data = {}, schemaVersion = 1 } of appended) {
        const [position, revision] = [events.length, (revisions.get(stream) ?? -1) + 1];
        revisions.set(stream, revision);
        const meta = { actor, authority: 'MANAGER', commandId, commandDigest: '', correlationId: commandId };
        events.push({
          id: idOf(position),
          stream,
          revision,
          position,
          type,
          schemaVersion,
          data,
          meta,
          recordedAt: 1_700_000_000_000 + position,
        });
      }
      for (const wake of wakers) wake();
      return Promise.resolve(events.length - 1);
    },
    source: {
      readAll: async ({ afterPosition, upTo = Number.MAX_SAFE_INTEGER, streams, max = 1000 }) =>
        read(afterPosition + 1, upTo)
          .filter(({ stream }) => !streams || streams.some((prefix) => stream.startsWith(prefix)))
          .slice(0, max),
      readStream: async (stream) => read(0, events.length).filter((event) => event.stream === stream),
      head: () =>
        Promise.resolve({
          position: events.length - 1,
          cursor: events.length === 0 ? 'START' : cursorOf(events.length - 1),
          recordedAt: events.at(-1)?.recordedAt ?? null,
        }),
      moved: (after, _timeoutMs, signal) => (events.length - 1 > after ? Promise.resolve() : woken(wakers, signal)),
    },
  };
  return log;
}

function woken(wakers: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      wakers.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    wakers.add(wake);
    signal.addEventListener('abort', wake);
  });
}
