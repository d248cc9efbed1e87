import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { int8Array, textArray, uuidArray } from '../postgres/binary-array.js';
import { toLogError } from '../postgres/driver-errors.js';
import { Line } from '../postgres/line.js';
import type { OrderEntry, OrderState } from './ordering.js';

/** How long the right to extend the index holds without a sign of life, by the database's clock. */
export const KEEP_MS = 8_000;

/** What became of an extension: only `OK` changed anything. */
export type Extended = 'OK' | 'LOST' | 'MOVED' | 'GAP';

const EXTEND_TYPES = ['bigint', 'bigint', 'bigint', 'bigint[]', 'bigint[]', 'text[]', 'bigint[]', 'uuid[]', 'text[]', 'text[]', 'text[]', 'boolean', 'bigint', 'bigint', 'uuid[]'];
const EXTEND = `SELECT order_index.extend(${EXTEND_TYPES.map((type, index) => `$${String(index + 1)}::${type}`).join(', ')}) AS said`;

/**
 * The right to extend the order index, and the extending (`architecture.md`, Order index). One keeper at a time; who lost the
 * right is told by the fence, and a keeper whose connection is gone is followed at once.
 */
export class IndexKeeping {
  private readonly keeper = `assay index ${randomUUID()}`;
  private readonly line: Line;
  private fence: number | null = null;
  private keptAt = -Infinity;

  constructor(config: pg.ClientConfig) {
    // The name by which others see that the keeper lives. Ordinals follow from the log: what a crash takes back is reckoned again.
    this.line = new Line({ ...config, application_name: this.keeper, options: '-c synchronous_commit=off' });
  }

  /** Takes the right, or holds it on; false while another has it. */
  async keep(): Promise<boolean> {
    const fence = await this.ask('SELECT order_index.keep($1, $2) AS said', [this.keeper, KEEP_MS]);
    this.fence = fence === null ? null : Number(fence);
    this.keptAt = performance.now();
    return this.fence !== null;
  }

  /** Holds the right on, where it was not done lately; false where another has it. */
  async holdOn(): Promise<boolean> {
    return (this.fence !== null && performance.now() - this.keptAt < KEEP_MS / 8) || (await this.keep());
  }

  /** Extends the index from a state to the next by compare-and-set, all or nothing. */
  async extend(from: OrderState, entries: readonly OrderEntry[], to: OrderState): Promise<Extended> {
    // Under steady load nothing else holds the right on.
    if (!(await this.holdOn())) return 'LOST';
    const events = entries.map(({ event }) => event);
    const values = [
      this.fence,
      from.ordinal,
      from.enginePosition,
      int8Array(entries.map(({ enginePosition }) => Number(enginePosition))),
      int8Array(events.map(({ recordedAt }) => recordedAt)),
      textArray(events.map(({ stream }) => stream)),
      int8Array(events.map(({ revision }) => revision)),
      uuidArray(events.map(({ id }) => id)),
      textArray(events.map(({ type }) => type)),
      textArray(entries.map(({ actor }) => actor)),
      textArray(entries.map(({ commandId }) => commandId)),
      to.simulated,
      to.offsetMs,
      to.stepAcceptedAt,
      uuidArray(entries.map(({ digest }) => digest)),
    ];
    const said = await this.ask(EXTEND, values, 'order_index_extend');
    // The function's own words.
    return said as Extended;
  }

  /** Lets another have the right at once. */
  async leave(): Promise<void> {
    if (this.fence !== null) await this.ask('SELECT order_index.leave($1)::text AS said', [this.keeper]).catch(() => undefined);
    this.fence = null;
  }

  private async ask(text: string, values: readonly unknown[], name?: string): Promise<string | null> {
    try {
      const { rows } = await this.line.run((client) => client.query<{ said: string | null }>({ text, values: [...values], ...(name === undefined ? {} : { name }) }));
      return rows[0]?.said ?? null;
    } catch (error) {
      throw toLogError(error, 'the order index');
    }
  }

  close(): Promise<void> {
    return this.line.close();
  }
}
