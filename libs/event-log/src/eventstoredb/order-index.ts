import type pg from 'pg';
import { cursorAt } from '../cursor.js';
import { LogError } from '../errors.js';
import { START, type Head } from '../port.js';
import { Asking } from '../postgres/asking.js';
import type { Scan } from '../scan.js';
import type { OrderState } from './ordering.js';
import { settled } from './settled.js';

/** A row of the index, as far as reading needs it. */
export interface IndexRow {
  readonly ordinal: number;
  readonly enginePosition: bigint;
  readonly recordedAt: number;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
}

/** A row with the digest of what its append says up to it; null where none was made. */
export interface PlacedRow extends IndexRow {
  readonly digest: string | null;
}

/** What decides whether an append may be sent, as of now. */
export interface Gate extends OrderState {
  /** The writer lease of a simulated log, where one is held. */
  readonly lease: string | null;
  /** The database's clock, ms, without the log's offset. */
  readonly clock: number;
  /** Which of the ids asked for stand in the log already, wherever. */
  readonly known: ReadonlySet<string>;
}

/** Which rows of a stream: revisions, both inclusive, and in which direction. */
export interface RevisionRange {
  readonly from: number;
  readonly to: number;
  readonly direction: 'FORWARDS' | 'BACKWARDS';
  readonly max: number;
}

const ROW = 'ordinal, engine_position, recorded_at, stream, revision, id';
/** How much of the index one statement looks through for a filter; keeps every statement far below its time-out. */
const WINDOW_ORDINALS = 50_000;
const GATE = `SELECT coalesce(e.ordinal, -1), e.engine_position, e.recorded_at, l.simulated, l.offset_ms, l.step_accepted_at, l.lease, order_index.clock(),
    (SELECT string_agg(k.id::text, ',') FROM order_index.entry k WHERE k.id = ANY ($1::uuid[]))
  FROM order_index.log l LEFT JOIN LATERAL (SELECT ordinal, engine_position, recorded_at FROM order_index.entry ORDER BY ordinal DESC LIMIT 1) e ON true`;

/** The order index, as everybody reads it. Each statement stands alone. */
export class OrderIndex {
  private readonly asking: Asking;
  /** The ids that the next gate is asked for. */
  private ids = new Set<string>();
  private gathering: Promise<Gate> | null = null;

  constructor(
    config: pg.ClientConfig,
    connections: number,
    private readonly logId: string,
  ) {
    this.asking = new Asking(config, connections);
  }

  /** Where the index ends, the log's clock and lease, and which of the ids it has. Callers that come together share an asking, which begins after all of them. */
  gate(ids: readonly string[] = []): Promise<Gate> {
    for (const id of ids) this.ids.add(id);
    this.gathering ??= this.gathered();
    return this.gathering;
  }

  private async gathered(): Promise<Gate> {
    await settled(() => this.ids.size);
    const ids = [...this.ids];
    this.ids = new Set();
    this.gathering = null;
    return this.readGate(ids);
  }

  private async readGate(ids: readonly string[]): Promise<Gate> {
    const [row] = await this.asking.rows({ name: 'order_index_gate', text: GATE, values: [ids] });
    const [ordinal, position, recordedAt, simulated, offsetMs, stepAcceptedAt, lease, clock, known] = row ?? [];
    return {
      ordinal: Number(ordinal),
      enginePosition: isText(position) ? BigInt(position) : null,
      recordedAt: isText(recordedAt) ? Number(recordedAt) : null,
      simulated: simulated === 't',
      offsetMs: Number(offsetMs),
      stepAcceptedAt: isText(stepAcceptedAt) ? Number(stepAcceptedAt) : null,
      lease: isText(lease) ? lease : null,
      clock: Number(clock),
      known: new Set(isText(known) ? known.split(',') : []),
    };
  }

  async head(): Promise<Head> {
    const [row] = await this.asking.rows({ name: 'order_index_head', text: 'SELECT ordinal, recorded_at FROM order_index.entry ORDER BY ordinal DESC LIMIT 1', values: [] });
    if (row === undefined) return { position: -1, cursor: START, recordedAt: null };
    const position = Number(row[0]);
    return { position, cursor: cursorAt(this.logId, position), recordedAt: Number(row[1]) };
  }

  /** The last row, for whoever asks the engine whether it has that event still. */
  async last(): Promise<IndexRow | null> {
    const [row] = await this.rows('order_index_last', `SELECT ${ROW} FROM order_index.entry ORDER BY ordinal DESC LIMIT 1`, []);
    return row ?? null;
  }

  /** Rows of a stream, in the direction asked for. */
  ofStream(stream: string, { from, to, direction, max }: RevisionRange): Promise<readonly IndexRow[]> {
    const order = direction === 'FORWARDS' ? 'ASC' : 'DESC';
    const text = `SELECT ${ROW} FROM order_index.entry WHERE stream = $1 AND revision BETWEEN $2 AND $3 ORDER BY stream ${order}, revision ${order} LIMIT $4`;
    return this.rows(`order_index_stream_${order}`, text, [stream, from, to, max]);
  }

  /** Rows of events by their ids, wherever they stand. */
  withIds(ids: readonly string[]): Promise<readonly IndexRow[]> {
    return this.rows('order_index_ids', `SELECT ${ROW} FROM order_index.entry WHERE id = ANY ($1::uuid[])`, [ids]);
  }

  /** Rows of events by their places; those not indexed yet are left out. */
  async at(places: readonly { readonly stream: string; readonly revision: number }[]): Promise<readonly PlacedRow[]> {
    const text = `SELECT ${ROW.replaceAll(/\b(stream|revision)\b/g, 'e.$1')}, e.digest FROM unnest($1::text[], $2::bigint[]) p(stream, revision) JOIN order_index.entry e ON e.stream = p.stream AND e.revision = p.revision`;
    const values = [places.map(({ stream }) => stream), places.map(({ revision }) => revision)];
    const rows = await this.asking.rows({ name: 'order_index_at', text, values });
    return rows.map((row) => ({ ...rowOf(row), digest: isText(row[6]) ? row[6].replaceAll('-', '') : null }));
  }

  /** A page of rows in order. `reached` is how far was looked. */
  async page(scan: Scan, limit: number): Promise<{ readonly rows: readonly IndexRow[]; readonly reached: number; readonly atHead: boolean }> {
    const { after, streams, types, upTo = Number.MAX_SAFE_INTEGER } = scan;
    if (streams === undefined && types === undefined) {
      const rows = await this.rows('order_index_page', `SELECT ${ROW} FROM order_index.entry WHERE ordinal > $1 AND ordinal <= $2 ORDER BY ordinal LIMIT $3`, [after, upTo, limit]);
      return { rows, reached: rows.at(-1)?.ordinal ?? after, atHead: rows.length < limit && upTo === Number.MAX_SAFE_INTEGER };
    }
    const head = (await this.head()).position;
    const window = Math.min(upTo, head, after + WINDOW_ORDINALS);
    const text = `SELECT ${ROW} FROM order_index.entry
      WHERE ordinal > $1 AND ordinal <= $2 AND ($3::text[] IS NULL OR stream LIKE ANY ($3)) AND ($4::text[] IS NULL OR type = ANY ($4))
      ORDER BY ordinal LIMIT $5`;
    const patterns = streams?.map((prefix) => `${prefix.replaceAll(/[\\%_]/g, '\\$&')}%`) ?? null;
    const rows = window > after ? await this.rows('order_index_matching', text, [after, window, patterns, types ?? null, limit]) : [];
    const reached = rows.length < limit ? Math.max(after, window) : (rows.at(-1)?.ordinal ?? window);
    return { rows, reached, atHead: reached >= head };
  }

  positionAt(time: number): Promise<number> {
    return this.number('order_index_position_at', 'SELECT order_index.position_at($1)', [Math.floor(time)]);
  }

  now(): Promise<number> {
    return this.number('order_index_now', 'SELECT coalesce(order_index.log_now(), order_index.clock())', []);
  }

  private async number(name: string, text: string, values: readonly unknown[]): Promise<number> {
    const [row] = await this.asking.rows({ name, text, values });
    return Number(row?.[0]);
  }

  private async rows(name: string, text: string, values: readonly unknown[]): Promise<readonly IndexRow[]> {
    return (await this.asking.rows({ name, text, values })).map(rowOf);
  }

  close(): Promise<void> {
    return this.asking.close();
  }
}

function rowOf([ordinal, enginePosition, recordedAt, stream, revision, id]: readonly (string | undefined)[]): IndexRow {
  if (enginePosition === undefined || stream === undefined || id === undefined) throw new LogError('Unavailable', 'the order index gave a row without its columns');
  return { ordinal: Number(ordinal), enginePosition: BigInt(enginePosition), recordedAt: Number(recordedAt), stream, revision: Number(revision), id };
}

/** A value of a row: the driver gives null for NULL, whatever the rows' type says. */
const isText = (value: string | null | undefined): value is string => typeof value === 'string';
