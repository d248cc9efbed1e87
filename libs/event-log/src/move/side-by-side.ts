import { createHash, type Hash } from 'node:crypto';
import type { EventLog, StoredEvent } from '../port.js';

/** A log as far as a move reads it. */
export type ReadableLog = Pick<EventLog, 'readAll' | 'cursorOf' | 'head'>;

/** Which positions, and who is told how far it is. */
export interface Stretch {
  /** Exclusive; -1 for the start. */
  readonly after: number;
  /** Inclusive. */
  readonly upTo: number;
  readonly onPage?: (position: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** The first position at which two logs are not the same, and what of the event differs there. */
export interface Difference {
  readonly position: number;
  readonly field: string;
}

const PAGE_EVENTS = 500;

/** The events of a stretch in log order, in pages; the next page is read while one is worked on. */
export async function* pagesOf(log: ReadableLog, { after, upTo, onPage, signal }: Stretch): AsyncGenerator<readonly StoredEvent[]> {
  const read = (from: number): Promise<readonly StoredEvent[]> => {
    const page = log.readAll({ after: log.cursorOf(from), upTo, max: PAGE_EVENTS });
    // It may fail while nobody waits for it; whoever asks for the page is told.
    page.catch(() => undefined);
    return page;
  };
  let next = after < upTo ? read(after) : null;
  while (next !== null) {
    const events = await next;
    signal?.throwIfAborted();
    const last = events.at(-1)?.position ?? upTo;
    next = last < upTo ? read(last) : null;
    yield events;
    onPage?.(last);
  }
}

/**
 * Reads two logs side by side: position, id, stream, revision, type, schema version, time, and the bytes of body and metadata
 * must be the same. The digest is over all of that, in the order of the log: of one stretch it is the same for any engine.
 */
export async function compare(source: ReadableLog, target: ReadableLog, stretch: Stretch): Promise<{ readonly sha256: string; readonly difference: Difference | null }> {
  const digest = createHash('sha256');
  const theirs = eventsOf(target, { ...stretch, onPage: () => undefined });
  for await (const page of pagesOf(source, stretch)) {
    for (const event of page) {
      const field = differenceOf(event, (await theirs.next()).value);
      if (field !== null) return { sha256: hexOf(digest), difference: { position: event.position, field } };
      add(digest, event);
    }
  }
  return { sha256: hexOf(digest), difference: null };
}

async function* eventsOf(log: ReadableLog, stretch: Stretch): AsyncGenerator<StoredEvent, undefined> {
  for await (const page of pagesOf(log, stretch)) yield* page;
  return undefined;
}

const PLAIN = ['position', 'stream', 'revision', 'id', 'type', 'schemaVersion', 'recordedAt'] as const satisfies readonly (keyof StoredEvent)[];
const BYTES = ['body', 'metaBytes'] as const satisfies readonly (keyof StoredEvent)[];

function differenceOf(ours: StoredEvent, theirs: StoredEvent | undefined): string | null {
  if (theirs === undefined) return 'event';
  const plain = PLAIN.find((field) => ours[field] !== theirs[field]);
  return plain ?? BYTES.find((field) => !Buffer.from(ours[field]).equals(theirs[field])) ?? null;
}

/** Lengths stand before the bytes, so that no two different logs make the same sequence. */
function add(digest: Hash, event: StoredEvent): void {
  digest.update(`${JSON.stringify([...PLAIN.map((field) => event[field]), ...BYTES.map((field) => event[field].length)])}\n`);
  for (const field of BYTES) digest.update(event[field]);
}

const hexOf = (digest: Hash): string => digest.digest('hex');
