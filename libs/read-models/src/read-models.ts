import { assert, categoryOf, type Visibility } from '@assay/domain';
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { ReadModelError } from './errors.js';
import { ChangeFeed, type FeedOptions, type ResumeFrom } from './feed/change-feed.js';
import type { Change } from './feed/changed-items.js';
import { followElsewhere } from './feed/elsewhere.js';
import { EventPages } from './feed/event-pages.js';
import type { EventSource } from './feed/event-source.js';
import { Freshness, type CursorState, type FreshnessOptions, type ViewId } from './feed/freshness.js';
import { Signal } from './feed/signal.js';
import { wakeOnAppend } from './feed/wake.js';
import { toCaller } from './projection/classify.js';
import { ProjectionRunner, type RunnerOptions, type RunnerStatus } from './projection/runner.js';
import type { Parking } from './projection/slice.js';
import { derive } from './query/derive.js';
import type { Filter } from './query/predicates.js';
import { documentsOf, historyOf } from './query/relation.js';
import { selectAll, selectPage, type Page, type SelectOptions, type ViewRow } from './query/select.js';
import { listAsOf, type AsOf } from './replay/list-as-of.js';
import { Moment } from './replay/replay.js';
import { Prefix } from './replay/stream-folds.js';
import { membersFromTables, unpark } from './replay/unpark.js';
import { FreeLeases } from './store/free-leases.js';
import { PostgresProjection } from './store/postgres-projection.js';
import { standings } from './store/registered.js';
import { tablesOf } from './store/tables.js';
import { versionedName, type View } from './view/view.js';

/** What read models run on, and what they run. */
export interface ReadModelsOptions {
  readonly pool: Pool;
  readonly source: EventSource;
  readonly views: readonly View[];
  /** Definition hash by versioned name, from `generated/definition-hashes.json`. */
  readonly hashes: Readonly<Record<string, string>>;
  /** False: this process writes no projection and answers from what others write. */
  readonly leads?: boolean;
  readonly runner?: Partial<RunnerOptions>;
  readonly freshness?: FreshnessOptions;
}
/** One projection's figures, for `/metrics` and `/health/ready`. */
export interface ProjectionMetrics {
  readonly name: string;
  readonly version: number;
  readonly position: number;
  /** Events of the log the projection has not taken in. */
  readonly lag: number;
  readonly parked: number;
  readonly retries: number;
  readonly status: RunnerStatus;
  readonly live: boolean;
  /** Whether a living process writes it, this one or another. */
  readonly led: boolean;
  /** Why it stopped for good, here or, where nobody leads it, wherever it did last; null while it runs. */
  readonly stopped: string | null;
}
/** How often a process that stands by looks for leases that came free. */
const FREE_LOOK_MS = 250;
const ALL_ROWS_MAX = 50_000;

/**
 * The read models of one process: runs the projections it is given, and answers from them. Several processes may run the
 * same; a lease decides which one writes each projection (`architecture.md`, Read models).
 */
export class ReadModels {
  readonly freshness: Freshness;
  private readonly pages: EventPages;
  private readonly appended = new Signal();
  private readonly committed = new Signal();
  private readonly ending = new AbortController();
  private readonly projections: ReadonlyMap<string, PostgresProjection>;
  private readonly runners: readonly ProjectionRunner[];
  private readonly feeds = new Map<string, ChangeFeed<unknown>>();
  private waking: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: ReadModelsOptions) {
    const { pool, source, views } = options;
    this.pages = new EventPages(source);
    this.projections = new Map(views.map((view) => [versionedName(view), new PostgresProjection(pool, view)]));
    const owner = options.runner?.owner ?? randomUUID();
    const leases = new FreeLeases(pool, Math.min(FREE_LOOK_MS, (options.runner?.leaseMs ?? Infinity) / 4));
    const ports = { pages: this.pages, leases, appended: this.appended, committed: this.committed };
    this.runners = [...this.projections.values()].map(
      (projection) => new ProjectionRunner(projection, ports, { ...options.runner, owner }),
    );
    const runners = new Map(this.runners.map((runner) => [versionedName(runner.view), runner]));
    const led = (view: ViewId): CursorState | null => runners.get(versionedName(view))?.led ?? null;
    this.freshness = new Freshness(pool, { source, committed: this.committed, led }, options.freshness);
  }

  /** Makes tables, refuses a changed definition (`DEFINITION_CHANGED`), and begins to follow the log. */
  async start(): Promise<void> {
    const head = await this.options.source.head();
    for (const [name, projection] of this.projections) {
      const hash = this.options.hashes[name];
      assert(hash, 'every view has a definition hash; run scripts/definition-hashes.mjs', { name });
      await projection.register({ hash, head: head.position });
    }
    const { source, leads = true } = this.options;
    const { appended, committed, freshness, ending } = this;
    this.waking = Promise.all([
      wakeOnAppend({ source, after: head.position, appended, signal: ending.signal }),
      followElsewhere({ appended, committed, head: () => source.head(), cursors: () => freshness.cursors(), isAsked: () => this.isFollowed, signal: ending.signal }),
    ]);
    if (leads) for (const runner of this.runners) runner.start();
  }

  /** Ends subscriptions, lets batches under way finish and gives the leases back. The pool stays open. */
  async stop(): Promise<void> {
    this.ending.abort();
    await Promise.all([...this.feeds.values()].map((feed) => feed.close()));
    await Promise.all(this.runners.map((runner) => runner.stop()));
    await this.waking;
  }

  /** Where the views are, the least of them: read it before any rows. */
  position(views: readonly View[]): Promise<number> {
    return answered(this.freshness.position(views));
  }

  /** Waits until the views show the position; see `Freshness.atLeast`. */
  atLeast(views: readonly View[], position: number): Promise<number> {
    return answered(this.freshness.atLeast(views, position));
  }

  /**
   * Waits until the view shows whatever it folds of the log up to the position: what is none of its categories it need not
   * have passed. For look-ups of a view alone; what an answer says of its position takes `atLeast`.
   */
  async complete(view: View, position: number): Promise<void> {
    const cursor = (await answered(this.freshness.cursorsOf([view]))).get(versionedName(view));
    if (cursor?.live && cursor.position < position && (await this.passesBy(view, cursor.position, position))) return;
    await this.atLeast([view], position);
  }

  /** Rows by key, of those visible; in no order, absent ones left out. One statement for any number of keys. */
  byKeys<Doc>(view: View<Doc>, keys: readonly string[], visibility: Visibility): Promise<readonly ViewRow<Doc>[]> {
    return this.all(view, { visibility, filter: { key: { in: keys } } });
  }

  /** One page of documents: access, filter, order and page flags in SQL (`api.md`, Lists). */
  page<Doc>(view: View<Doc>, options: SelectOptions): Promise<Page<Doc>> {
    return answered(selectPage(this.options.pool, documentsOf(view), options));
  }

  /** One page of a view's history rows, by position unless ordered otherwise; seen by who sees the key's document. */
  history<Row>(view: View, options: SelectOptions): Promise<Page<Row>> {
    return answered(selectPage(this.options.pool, historyOf(view), options));
  }

  /** Every visible row of a filter, at most 50,000 (`QUERY_TOO_COMPLEX`): for look-ups and sums, not for pages. */
  all<Doc>(
    view: View<Doc>,
    options: { readonly visibility: Visibility; readonly filter?: Filter },
  ): Promise<readonly ViewRow<Doc>[]> {
    return answered(selectAll(this.options.pool, documentsOf(view), { ...options, max: ALL_ROWS_MAX }));
  }

  /** Figures that no row holds, from the states the view's rows rest on: `derived` has the view's categories and dependencies. */
  derive<T>(view: View, derived: View<T>, keys: readonly string[]): Promise<ReadonlyMap<string, T>> {
    return answered(derive(this.projectionOf(view), derived, keys));
  }

  /** The view as it was at a position. Share one between the keys of a request: streams are read once. */
  moment<Doc>(view: View<Doc>, { upTo, effectiveOn }: AsOf): Moment<Doc> {
    const tables = membersFromTables(this.options.pool, view);
    const groups = { membersOf: (group: string) => answered(tables.membersOf(group)) };
    return new Moment(view, new Prefix(this.options.source, upTo), { groups, options: { effectiveOn } });
  }

  /** All rows of the view as they were at a position, within a bound of events read. */
  listAsOf<Doc>(
    view: View<Doc>,
    asOf: AsOf & { readonly visibility: Visibility; readonly filter?: Filter },
  ): Promise<readonly ViewRow<Doc>[]> {
    return listAsOf(this.options.source, view, asOf);
  }

  /** Every change once: after a position, then live; see `ChangeFeed.changes`. */
  changes<Doc>(view: View<Doc>, options: FeedOptions = {}): AsyncGenerator<Change<Doc> | ResumeFrom> {
    return this.feedOf(view).changes(options);
  }

  /** Up to where the view's changes have been handed out: what a position-only message says. */
  feedPosition(view: View): number {
    return this.feedOf(view).position;
  }

  /** The keys that wait for somebody to look at them, with the event each met. */
  async parked(view: View): Promise<readonly Parking[]> {
    const sql = `SELECT key, position, "recordedAt", event_id AS "eventId", code, detail FROM ${tablesOf(view).parked} ORDER BY position, key`;
    const asking = this.options.pool.query<Omit<Parking, 'position' | 'recordedAt'> & { position: string; recordedAt: string }>(sql);
    const { rows } = await answered(asking);
    return rows.map((row) => ({ ...row, position: Number(row.position), recordedAt: Number(row.recordedAt) }));
  }

  /** Refolds parked keys from the log's start; returns those that stay parked. See `unpark`. */
  unpark(view: View, keys: readonly string[]): Promise<readonly Parking[]> {
    return unpark(this.projectionOf(view), this.options.source, keys);
  }

  /** Throws `PROJECTION_PARKED` where one of the keys is parked: what may rest on it asks first. */
  async refuseParked(view: View, keys: readonly string[]): Promise<void> {
    const parked = (await this.parked(view)).filter(({ key }) => keys.includes(key));
    if (parked.length > 0)
      throw new ReadModelError('PROJECTION_PARKED', 'a key is parked', {
        view: view.name,
        keys: parked.map(({ key }) => key),
      });
  }

  /** A snapshot of every projection's figures. */
  async metrics(): Promise<readonly ProjectionMetrics[]> {
    const [cursors, stands] = await Promise.all([this.freshness.cursors(), standings(this.options.pool)]);
    const head = await this.options.source.head();
    return Promise.all(
      this.runners.map(async (runner) => {
        const { name, version } = runner.view;
        const cursor = cursors.get(versionedName(runner.view));
        const position = cursor?.position ?? -1;
        const { led = false, stopped: elsewhere = null } = stands.get(versionedName(runner.view)) ?? {};
        const parked = await this.options.pool.query<{ count: string }>(
          `SELECT count(*) AS count FROM ${tablesOf(runner.view).parked}`,
        );
        const { retries, status, stopped } = runner.state;
        const lag = Math.max(0, head.position - position);
        return {
          name,
          version,
          position,
          lag,
          parked: Number(parked.rows[0]?.count ?? 0),
          retries,
          status,
          live: cursor?.live ?? false,
          led,
          stopped: stopped ?? (led ? null : elsewhere),
        };
      }),
    );
  }

  /** Whether all between the positions is none of the view's categories, as far as the pages at hand tell. */
  private async passesBy(view: View, after: number, upTo: number): Promise<boolean> {
    const events = await answered(this.pages.after(after));
    const last = events.at(-1)?.position ?? after;
    return last >= upTo && events.every(({ position, stream }) => position > upTo || !(categoryOf(stream) in view.categories));
  }

  /** Whether somebody here follows changes while another process leads. */
  private get isFollowed(): boolean {
    return this.runners.some(({ state }) => state.status !== 'LEADING') && [...this.feeds.values()].some(({ isFollowed }) => isFollowed);
  }

  private projectionOf(view: View): PostgresProjection {
    const projection = this.projections.get(versionedName(view));
    assert(projection, 'the view runs here', { view: view.name });
    return projection;
  }

  private feedOf<Doc>(view: View<Doc>): ChangeFeed<Doc> {
    const name = versionedName(view);
    const feed =
      this.feeds.get(name) ??
      new ChangeFeed<unknown>(view, {
        pool: this.options.pool,
        pages: this.pages,
        freshness: this.freshness,
        committed: this.committed,
      });
    this.feeds.set(name, feed);
    // One feed per view, so its documents are this view's.
    return feed as ChangeFeed<Doc>;
  }
}

/** Only adapters know driver errors: a caller hears `Unavailable` where asking again may help (`style.md`, Errors). */
async function answered<T>(asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    throw toCaller(error);
  }
}
