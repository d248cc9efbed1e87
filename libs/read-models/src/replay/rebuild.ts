import { randomUUID } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { ReadModelError } from '../errors.js';
import { EventPages } from '../feed/event-pages.js';
import type { EventSource } from '../feed/event-source.js';
import { toCaller } from '../projection/classify.js';
import { foldBatch } from '../projection/fold-batch.js';
import { PostgresProjection, type Lease } from '../store/postgres-projection.js';
import { dropProjection } from '../store/registered.js';
import { SliceCache } from '../store/slice-cache.js';
import { tablesOf, type TableNames } from '../store/tables.js';
import type { View } from '../view/view.js';

/** What a rebuild runs on. */
export interface RebuildPorts {
  readonly pool: Pool;
  readonly source: EventSource;
}
/** Whether the fresh fold takes the place of what is there, and who is told how far it is. */
export interface RebuildOptions {
  readonly replace: boolean;
  /** Position a view has been folded to, and where it has to get. */
  readonly onProgress: (at: { readonly name: string; readonly position: number; readonly of: number }) => void;
  readonly signal: AbortSignal;
}
/** A view folded anew, compared at one position with what was there. */
export interface Rebuilt {
  readonly name: string;
  readonly version: number;
  /** Position at which both were compared. */
  readonly position: number;
  /** Rows that differ, by table; a table without differences is left out. */
  readonly differences: Readonly<Partial<Record<keyof TableNames, number>>>;
  readonly replaced: boolean;
}

const LEASE_MS = 30_000;
const BATCH_EVENTS = 8000;

/**
 * Folds views from the log's start into tables of their own, beside those that go on serving, and compares the two row by
 * row at one position; with `replace` the fresh rows take the place of the old in one transaction. Strict, as every
 * rebuild: poison throws `PROJECTION_STOPPED` and nothing is replaced. `LEASE_LOST` where another rebuilds the same view.
 */
export async function rebuild(ports: RebuildPorts, views: readonly View[], options: RebuildOptions): Promise<readonly Rebuilt[]> {
  const pages = new EventPages(ports.source);
  const fresh = views.map((view) => new FreshFold({ ...ports, pages }, view, options));
  try {
    // Side by side, so that the log is read and decoded once for all of them.
    await settled(fresh.map((one) => one.build()));
    const rebuilt: Rebuilt[] = [];
    // One after the other: each holds a connection while it needs a second one.
    for (const one of fresh) rebuilt.push(await one.settle());
    return rebuilt;
  } catch (error) {
    throw toCaller(error);
  } finally {
    for (const one of fresh) await one.clear();
  }
}

/** Waits for all, then throws the first error: what still runs must not write to tables that are being dropped. */
async function settled(running: readonly Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(running)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

/** One view's fold from nothing, in tables that bear its name with `_rebuild`. */
class FreshFold {
  private readonly live: PostgresProjection;
  private readonly beside: PostgresProjection;
  private readonly slices: SliceCache;
  private lease: Lease | null = null;

  constructor(
    private readonly ports: RebuildPorts & { readonly pages: EventPages },
    view: View,
    private readonly options: RebuildOptions,
  ) {
    this.live = new PostgresProjection(ports.pool, view);
    this.beside = new PostgresProjection(ports.pool, { ...view, name: `${view.name}_rebuild` });
    this.slices = new SliceCache(this.beside);
  }

  /** Up to where the serving projection is; what it takes in meanwhile is followed. */
  async build(): Promise<void> {
    await this.begin();
    for (let target = await this.live.position(); this.reached < target; target = await this.live.position()) await this.foldTo(target);
  }

  /** Compares at one position, while the serving projection stands. */
  settle(): Promise<Rebuilt> {
    const { replace } = this.options;
    const { name, version } = this.live.view;
    const compare = async (client: ClientBase, position: number): Promise<Rebuilt> => {
      await this.foldTo(position);
      const differences = await differencesOf(client, this.live.view, this.beside.view);
      if (replace) await putInPlace(client, this.live.view, this.beside.view);
      return { name, version, position, differences, replaced: replace };
    };
    return replace ? this.live.amend(compare) : this.live.hold(compare);
  }

  /** Leaves nothing behind but what another rebuild holds. */
  async clear(): Promise<void> {
    if (this.lease === null) return;
    await this.beside.release(this.lease).catch(() => undefined);
    await dropProjection(this.ports.pool, this.beside.view).catch(() => undefined);
  }

  private get reached(): number {
    return this.lease?.position ?? -1;
  }

  /** From nothing: what an interrupted rebuild left is dropped, what a running one holds is not touched. */
  private async begin(): Promise<void> {
    const { name } = this.live.view;
    const dropped = await dropProjection(this.ports.pool, this.beside.view);
    if (dropped !== 'IN_USE') {
      await this.beside.register({ hash: 'rebuild', head: -1 });
      this.lease = await this.beside.acquire(await this.owner(), LEASE_MS);
    }
    if (this.lease === null) throw new ReadModelError('LEASE_LOST', `another process is rebuilding ${name}`, { view: name });
  }

  /** The name our connections bear where they bear one, so that others see whether we live. */
  private async owner(): Promise<string> {
    const { rows } = await this.ports.pool.query<{ name: string }>("SELECT current_setting('application_name') AS name");
    return rows[0]?.name || randomUUID();
  }

  private async foldTo(target: number): Promise<void> {
    const { name } = this.live.view;
    while (this.lease !== null && this.lease.position < target) {
      this.options.signal.throwIfAborted();
      this.lease = await this.take(this.lease, target);
      this.options.onProgress({ name, position: this.lease.position, of: target });
    }
  }

  private async take(lease: Lease, target: number): Promise<Lease> {
    const { view } = this.beside;
    // A cursor stands between two appends, so none is cut in two here.
    const events = (await this.ports.pages.after(lease.position, BATCH_EVENTS)).filter(({ position }) => position <= target);
    const writes = await foldBatch(view, events, { source: this.slices });
    const [poison] = writes.parked;
    if (poison !== undefined) throw new ReadModelError('PROJECTION_STOPPED', `a rebuild is strict: ${poison.code} at position ${String(poison.position)} of ${this.live.view.name}`, { view: this.live.view.name });
    const next = await this.beside.commit(lease, { position: events.at(-1)?.position ?? target, writes, leaseMs: LEASE_MS });
    this.slices.apply(writes);
    return next;
  }
}

const TABLES = ['rows', 'history', 'state', 'link', 'member', 'parked'] as const;

const tablesIn = (view: View): readonly (keyof TableNames)[] => (view.history === undefined ? TABLES.filter((table) => table !== 'history') : TABLES);

/** Rows that are in one of the two and not in the other, as PostgreSQL writes them out; a changed row counts once. */
async function differencesOf(client: ClientBase, live: View, fresh: View): Promise<Rebuilt['differences']> {
  const [one, other] = [tablesOf(live), tablesOf(fresh)];
  const found: Partial<Record<keyof TableNames, number>> = {};
  for (const table of tablesIn(live)) {
    const without = (a: string, b: string): string => `(SELECT count(*) FROM (SELECT t::text FROM ${a} t EXCEPT ALL SELECT t::text FROM ${b} t) AS gone)`;
    const { rows } = await client.query<{ count: string }>(`SELECT greatest(${without(one[table], other[table])}, ${without(other[table], one[table])}) AS count`);
    const count = Number(rows[0]?.count ?? 0);
    if (count > 0) found[table] = count;
  }
  return found;
}

/** Readers see the old rows until the commit, and the new ones after it. */
async function putInPlace(client: ClientBase, live: View, fresh: View): Promise<void> {
  const [old, made] = [tablesOf(live), tablesOf(fresh)];
  for (const table of tablesIn(live)) {
    await client.query(`DELETE FROM ${old[table]}`);
    await client.query(`INSERT INTO ${old[table]} SELECT * FROM ${made[table]}`);
  }
}
