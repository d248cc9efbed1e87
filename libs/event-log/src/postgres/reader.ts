import type pg from 'pg';
import { LogError } from '../errors.js';
import type { Head, ReadStreamOptions, StoredEvent } from '../port.js';
import { cursorAt } from '../cursor.js';
import { START } from '../port.js';
import type { Page, Scan } from '../scan.js';
import { Asking } from './asking.js';
import { COLUMNS, StoredRowEvent, type StoredRow } from './stored-row.js';

/** Rows of one round trip. */
const PAGE_ROWS_MAX = 2000;
/** How much of the log one statement looks through for a filter; keeps every statement far below its time-out. */
const WINDOW_POSITIONS = 50_000;
const MAX_REVISION = Number.MAX_SAFE_INTEGER;

/** The log's reads. Each statement stands alone. */
export class PostgresReader {
  private readonly asking: Asking;

  constructor(
    config: pg.ClientConfig,
    connections: number,
    private readonly logId: string,
  ) {
    this.asking = new Asking(config, connections);
  }

  async stream(stream: string, { from = 0, to = MAX_REVISION, direction = 'FORWARDS', max = MAX_REVISION }: ReadStreamOptions): Promise<readonly StoredEvent[]> {
    const forwards = direction === 'FORWARDS';
    const order = forwards ? 'ASC' : 'DESC';
    const text = `SELECT ${COLUMNS} FROM assay.event WHERE stream = $1 AND revision BETWEEN $2 AND $3 ORDER BY stream ${order}, revision ${order} LIMIT $4`;
    const events: StoredEvent[] = [];
    let [low, high] = [from, to];
    for (;;) {
      const limit = Math.min(PAGE_ROWS_MAX, max - events.length);
      const page = limit > 0 ? await this.events(`assay_stream_${order}`, text, [stream, low, high, limit]) : [];
      for (const event of page) events.push(event);
      const last = page.at(-1);
      if (last === undefined || page.length < limit) break;
      if (forwards) low = last.revision + 1;
      else high = last.revision - 1;
    }
    if (events.length === 0 && !(await this.exists(stream))) throw new LogError('StreamNotFound', `no stream ${stream}`, { stream });
    return events;
  }

  private async exists(stream: string): Promise<boolean> {
    const rows = await this.rows('assay_exists', 'SELECT 1 FROM assay.event WHERE stream = $1 LIMIT 1', [stream]);
    return rows.length > 0;
  }

  /** One page of the log in order. Looks as far as it must to find `max` events, or to the head. */
  async scan(scan: Scan): Promise<Page> {
    const upTo = scan.upTo ?? Number.MAX_SAFE_INTEGER;
    return scan.streams === undefined && scan.types === undefined ? this.scanAll(scan, upTo) : this.scanMatching(scan, upTo);
  }

  private async scanAll({ after, max }: Scan, upTo: number): Promise<Page> {
    const text = `SELECT ${COLUMNS} FROM assay.event WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3`;
    const events: StoredEvent[] = [];
    let reached = after;
    for (;;) {
      const limit = Math.min(PAGE_ROWS_MAX, max - events.length);
      const page = limit > 0 ? await this.events('assay_all', text, [reached, upTo, limit]) : [];
      for (const event of page) events.push(event);
      reached = page.at(-1)?.position ?? reached;
      if (limit <= 0 || page.length < limit) return { events, reached, atHead: limit > 0 };
    }
  }

  private async scanMatching({ after, streams, types, max }: Scan, upTo: number): Promise<Page> {
    const text = `SELECT ${COLUMNS} FROM assay.event
      WHERE position > $1 AND position <= $2 AND ($3::text[] IS NULL OR stream LIKE ANY ($3)) AND ($4::text[] IS NULL OR type = ANY ($4))
      ORDER BY position LIMIT $5`;
    const patterns = streams?.map((prefix) => `${prefix.replaceAll(/[\\%_]/g, '\\$&')}%`) ?? null;
    const head = (await this.head()).position;
    const end = Math.min(upTo, head);
    const events: StoredEvent[] = [];
    let reached = after;
    while (reached < end && events.length < max) {
      const window = Math.min(end, reached + WINDOW_POSITIONS);
      const limit = Math.min(PAGE_ROWS_MAX, max - events.length);
      const page = await this.events('assay_matching', text, [reached, window, patterns, types ?? null, limit]);
      for (const event of page) events.push(event);
      reached = page.length < limit ? window : (page.at(-1)?.position ?? window);
    }
    return { events, reached, atHead: reached >= head };
  }

  async head(): Promise<Head> {
    const [row] = await this.rows('assay_head', 'SELECT position, recorded_at FROM assay.event ORDER BY position DESC LIMIT 1', []);
    if (row === undefined) return { position: -1, cursor: START, recordedAt: null };
    const position = Number(row[0]);
    return { position, cursor: cursorAt(this.logId, position), recordedAt: Number(row[1]) };
  }

  positionAt(time: number): Promise<number> {
    return this.number('assay_position_at', 'SELECT assay.position_at($1)', [Math.floor(time)]);
  }

  now(): Promise<number> {
    return this.number('assay_now', 'SELECT coalesce(assay.log_now(), assay.clock())', []);
  }

  /** An accepted step, or a clock that is its loader's, is not behind. */
  clockBehind(): Promise<number> {
    const text = `SELECT CASE WHEN l.simulated OR l.step_accepted_at IS NOT DISTINCT FROM e.recorded_at THEN 0
                              ELSE greatest(0, e.recorded_at - assay.clock() - l.offset_ms) END
                    FROM assay.log l LEFT JOIN LATERAL (SELECT recorded_at FROM assay.event ORDER BY position DESC LIMIT 1) e ON true`;
    return this.number('assay_clock_behind', text, []);
  }

  private async number(name: string, text: string, values: readonly unknown[]): Promise<number> {
    const [row] = await this.rows(name, text, values);
    return Number(row?.[0]);
  }

  private async events(name: string, text: string, values: readonly unknown[]): Promise<StoredEvent[]> {
    // The columns are what the statement selects; PostgreSQL's text of each is what the event reads.
    const rows = (await this.rows(name, text, values)) as unknown as StoredRow[];
    return rows.map((row) => new StoredRowEvent(this.logId, row));
  }

  private rows(name: string, text: string, values: readonly unknown[]): Promise<readonly (readonly string[])[]> {
    return this.asking.rows({ name, text, values });
  }

  close(): Promise<void> {
    return this.asking.close();
  }
}
