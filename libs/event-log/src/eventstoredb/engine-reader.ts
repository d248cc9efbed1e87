import { isLogError, LogError } from '../errors.js';
import type { ReadStreamOptions, StoredEvent } from '../port.js';
import type { Page, Scan } from '../scan.js';
import { engineFateOf, isGivenUp, toEngineError } from './engine-errors.js';
import type { EngineClient, EngineEvent } from './engine.js';
import { readFrame } from './frame.js';
import type { EngineLink } from './link.js';
import type { IndexRow, OrderIndex } from './order-index.js';
import { isOfLog, type LogScope } from './ordering.js';
import type { RecentEvents } from './recent-events.js';
import { StoredEngineEvent } from './stored-engine-event.js';

/** Rows of the index, and events of the engine, of one round trip. */
const PAGE_ROWS_MAX = 1_000;
/** Events that are read though nobody asked for them, where that is cheaper than another round trip. */
const SKIPPED_EVENTS_MAX = 32;
/** Round trips to the engine at once. */
const READS_AT_ONCE = 4;
const ATTEMPTS_MAX = 2;
const MAX_REVISION = Number.MAX_SAFE_INTEGER;

/**
 * The log's reads on an event store: the index says which events there are and where, the engine gives them. Never beyond
 * the last ordinal, and never less than the index says: a read that ends early without an error is read again.
 */
export class EngineReader {
  constructor(private readonly of: { readonly link: EngineLink; readonly index: OrderIndex; readonly scope: LogScope; readonly recent: RecentEvents; readonly readMs: number }) {}

  async stream(stream: string, { from = 0, to = MAX_REVISION, direction = 'FORWARDS', max = MAX_REVISION }: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    const forwards = direction === 'FORWARDS';
    const events: StoredEvent[] = [];
    let [low, high] = [from, to];
    for (;;) {
      const limit = Math.min(PAGE_ROWS_MAX, max - events.length);
      const rows = limit > 0 ? await this.of.index.ofStream(stream, { from: low, to: high, direction, max: limit }) : [];
      const last = rows.at(-1);
      if (last === undefined) break;
      for (const event of await this.ofStream(stream, rows, direction)) events.push(event);
      if (rows.length < limit) break;
      if (forwards) low = last.revision + 1;
      else high = last.revision - 1;
    }
    if (events.length === 0) await this.demandStream(stream);
    return events;
  }

  private ofStream(stream: string, rows: readonly IndexRow[], direction: 'FORWARDS' | 'BACKWARDS'): Promise<readonly StoredEvent[]> {
    const held = this.held(rows);
    if (held !== null) return Promise.resolve(held);
    const range = { stream: `${this.of.scope.namespace}${stream}`, from: rows[0]?.revision ?? 0, direction, max: rows.length };
    return this.patiently(stream, async (client) => {
      const events = new Map((await client.readStream(range, this.of.readMs)).map((event) => [event.revision, event]));
      return rows.map((row) => this.stored(row, events.get(row.revision)));
    });
  }

  /** `StreamNotFound`, or `StreamDeleted`, for a stream of which the index has nothing. */
  private async demandStream(stream: string): Promise<void> {
    const [known] = await this.of.index.ofStream(stream, { from: 0, to: MAX_REVISION, direction: 'FORWARDS', max: 1 });
    if (known !== undefined) return;
    await this.patiently(stream, async (client) => {
      await client.readStream({ stream: `${this.of.scope.namespace}${stream}`, from: 0, direction: 'FORWARDS', max: 1 }, this.of.readMs);
    });
    // It is at the engine and not in the index yet: nobody has seen it.
    throw new LogError('StreamNotFound', `no stream ${stream}`, { stream });
  }

  /** One page of the log in order. Looks as far as it must to find `max` events, or to the head. While the engine gives events, the index is asked on. */
  async scan(scan: Scan): Promise<Page> {
    const events: StoredEvent[] = [];
    let asked = 0;
    const ask = (after: number): ReturnType<OrderIndex['page']> | null => {
      const limit = Math.min(PAGE_ROWS_MAX, scan.max - asked);
      return limit > 0 ? this.of.index.page({ ...scan, after }, limit) : null;
    };
    for (let [reached, next] = [scan.after, ask(scan.after)]; ; ) {
      if (next === null) return { events, reached, atHead: false };
      const page = await next;
      asked += page.rows.length;
      const isOver = page.atHead || page.reached === reached || page.reached >= (scan.upTo ?? Infinity);
      next = isOver ? null : ask(page.reached);
      // Where the events fail first, nobody hears of the rows.
      next?.catch(() => undefined);
      for (const event of await this.bodies(page.rows)) events.push(event);
      reached = page.reached;
      if (isOver) return { events, reached, atHead: page.atHead };
    }
  }

  /** The events of rows that stand in order, from the engine: neighbours in one read, a few reads at once. */
  private async bodies(rows: readonly IndexRow[]): Promise<readonly StoredEvent[]> {
    const runs = runsOf(rows);
    const read: StoredEvent[][] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let at = next++; at < runs.length; at = next++) read[at] = await this.run(runs[at] ?? []);
    };
    await Promise.all(Array.from({ length: Math.min(READS_AT_ONCE, runs.length) }, worker));
    return read.flat();
  }

  /** The events of rows where every one of them is at hand. */
  private held(rows: readonly IndexRow[]): StoredEvent[] | null {
    const events = rows.flatMap(({ ordinal }) => this.of.recent.get(ordinal) ?? []);
    return events.length === rows.length ? events : null;
  }

  private async run(rows: readonly IndexRow[]): Promise<StoredEvent[]> {
    const held = this.held(rows);
    if (held !== null) return held;
    const wanted = new Map(rows.map((row) => [row.enginePosition, row]));
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return [];
    return this.patiently('the log', async (client) => {
      const found = new Map<bigint, EngineEvent>();
      // Events of the engine's own stand in between: it is read on until the last one is there.
      for (let from = first.enginePosition, max = last.ordinal - first.ordinal + 1; ; max = PAGE_ROWS_MAX) {
        const events = await client.readAll({ from, direction: 'FORWARDS', max }, this.of.readMs);
        for (const event of events) if (wanted.has(event.position)) found.set(event.position, event);
        const end = events.at(-1);
        if (end === undefined || end.position >= last.enginePosition || events.length < max) break;
        from = end.position;
      }
      return rows.map((row) => this.stored(row, found.get(row.enginePosition)));
    });
  }

  private stored(row: IndexRow, event: EngineEvent | undefined): StoredEvent {
    if (event === undefined) throw new Short(row);
    if (event.id !== row.id || event.revision !== row.revision || !isOfLog(event, this.of.scope.namespace)) {
      throw new LogError('LogDiverged', `the event store has another event where the order index has position ${String(row.ordinal)}`, { position: row.ordinal });
    }
    const { head, meta } = readFrame(event.metadata, event);
    return new StoredEngineEvent(this.of.scope.logId, event, { stream: row.stream, position: row.ordinal, recordedAt: row.recordedAt, schemaVersion: head.schemaVersion, meta });
  }

  /** Reads again over a new connection where the first read failed, or gave less than there is. */
  private async patiently<T>(what: string, read: (client: EngineClient) => Promise<T>): Promise<T> {
    for (let round = 1; ; round += 1) {
      let client: EngineClient | null = null;
      try {
        client = await this.of.link.client();
        return await read(client);
      } catch (error) {
        const fate = engineFateOf(error);
        if (fate === 'NOT_FOUND') throw new LogError('StreamNotFound', `no stream ${what}`, { stream: what }, error);
        if (fate === 'DELETED') throw new LogError('StreamDeleted', `the stream ${what} was deleted at the event store`, { stream: what }, error);
        if (fate === 'INVALID_POSITION') throw new LogError('LogDiverged', 'the event store has no event where the order index says that one is', {}, error);
        if (isLogError(error, 'LogDiverged') || fate === 'DENIED') throw toEngineError(error, 'read');
        if (client !== null) this.of.link.recycle(client, error);
        // A server that said nothing at all says nothing to the next one either, and the caller has waited long enough.
        if (round >= ATTEMPTS_MAX || (isLogError(error, 'Unavailable') && !isGivenUp(error))) throw toEngineError(error, 'read');
      }
    }
  }
}

/** A read that ended, without an error, before everything was there that the index says there is. */
class Short extends Error {
  constructor({ ordinal }: IndexRow) {
    super(`the event store left out position ${String(ordinal)}`);
  }
}

/** Rows in runs of neighbours: with few events that nobody asked for in between. */
function runsOf(rows: readonly IndexRow[]): readonly (readonly IndexRow[])[] {
  const runs: IndexRow[][] = [];
  for (const row of rows) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run !== undefined && last !== undefined && row.ordinal - last.ordinal <= SKIPPED_EVENTS_MAX) run.push(row);
    else runs.push([row]);
  }
  return runs;
}
