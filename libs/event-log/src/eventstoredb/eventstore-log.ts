import { withClient, type Connection } from '../connection.js';
import { cursorAt, positionOf } from '../cursor.js';
import { encodeAppend } from '../encode.js';
import { isLogError, LogError } from '../errors.js';
import { follow } from '../follow.js';
import type {
  AppendEvent, AppendOptions, AppendResult, Capabilities, Cursor, Head, NO_STREAM, ReadAllOptions, ReadStreamOptions, SimulationLease, StoredEvent, SubscribeOptions, SubscriptionBatch,
} from '../port.js';
import { START } from '../port.js';
import { observed, type AppendObserver } from '../postgres/append-observer.js';
import { APPENDER_LIMITS, type AppenderLimits } from '../postgres/appender.js';
import { toLogError } from '../postgres/driver-errors.js';
import type { Grants } from '../postgres/grants.js';
import { Hints } from '../postgres/hints.js';
import { clientConfig, TIMEOUTS, type Timeouts } from '../postgres/line.js';
import type { Protection } from '../postgres/migrate.js';
import { WriterLeases } from '../postgres/writer-leases.js';
import { filterOf } from '../scan.js';
import type { ServedLog } from '../served-log.js';
import { inSpan } from '../span.js';
import { Tail } from '../tail.js';
import { caughtUp, type CatchUpOptions } from './catch-up.js';
import { EngineAppender } from './engine-appender.js';
import { ENGINE_TIMEOUTS, type EngineTimeouts } from './engine-timeouts.js';
import { toEngineError } from './engine-errors.js';
import { EngineReader } from './engine-reader.js';
import type { ConnectEngine } from './engine.js';
import { indexGrantsOf } from './index-grants.js';
import { IndexKeeping } from './index-keeping.js';
import { Indexer } from './indexer.js';
import { EngineLink } from './link.js';
import { OrderIndex } from './order-index.js';
import type { OrderEntry } from './ordering.js';
import { Places } from './places.js';
import { readBack } from './read-back.js';
import { RecentEvents } from './recent-events.js';
import { EVENTSTORE_DECLARED } from './declared.js';
import { beginningOf, verifyLog, type IndexedLog } from './whose-log.js';
import { within } from './within.js';

/** How long a sign of life is waited for. */
const PROBE_MS = 2_000;

/** How long the index waits for the rest of what this process has sent together. */
const TOGETHER_MS = 10;

/** How to reach and use a log in EventStoreDB, with its order index in PostgreSQL. */
export interface EventStoreLogOptions {
  readonly connect: ConnectEngine;
  /** The login that serves the index: reads, and extends it through the functions. */
  readonly app: Connection;
  /** The login that owns the index's schema: migrations only, then closed. */
  readonly owner?: Connection;
  /** Whether this process may keep the order index; one of all that may does. Default true. */
  readonly keepsIndex?: boolean;
  /** What stream names begin with at the engine, where a server is shared: for tests alone. Default nothing: the server belongs to the log. */
  readonly namespace?: string;
  readonly timeouts?: Partial<Timeouts & EngineTimeouts>;
  readonly limits?: Partial<AppenderLimits>;
  /** How often the log's end is looked at where no hint comes. Default 250 ms. */
  readonly pollMs?: number;
  readonly readConnections?: number;
  readonly observer?: AppendObserver;
  /** Told of what failed in the background and is tried again. */
  readonly onError?: (error: unknown) => void;
}

/** Puts the parts of a log together. */
export interface OpenedLog {
  readonly id: string;
  readonly link: EngineLink;
  readonly options: EventStoreLogOptions;
  /** What stands between the index and protection; empty where it is protected. */
  readonly violations: readonly string[];
}

/** The EventStoreDB adapter of the log port (`architecture.md`, EventStoreDB / KurrentDB adapter). */
export class EventStoreLog implements ServedLog {
  readonly id: string;
  readonly capabilities: Capabilities = { engine: 'eventstoredb', declared: EVENTSTORE_DECLARED };
  readonly protection: Protection;
  readonly violations: readonly string[];
  private readonly link: EngineLink;
  private readonly watching: EngineLink;
  private readonly options: EventStoreLogOptions;
  private readonly namespace: string;
  private readonly index: OrderIndex;
  private readonly leases: WriterLeases;
  private readonly reader: EngineReader;
  private readonly recent = new RecentEvents();
  private readonly places: Places;
  private readonly tail: Tail;
  private readonly hints: Hints;
  private readonly appender: EngineAppender;
  private readonly indexer: Indexer;
  private failure: LogError | null = null;
  private closing: Promise<void> | null = null;

  constructor({ id, link, options, violations }: OpenedLog) {
    const timeouts = { ...TIMEOUTS, ...ENGINE_TIMEOUTS, ...options.timeouts };
    const config = clientConfig(options.app, timeouts);
    this.id = id;
    this.options = options;
    this.link = link;
    this.violations = violations;
    this.protection = violations.length === 0 ? 'PROTECTED' : 'UNPROTECTED';
    this.namespace = options.namespace ?? '';
    const scope = { logId: id, namespace: this.namespace };
    this.index = new OrderIndex(config, options.readConnections ?? 4, id);
    this.leases = new WriterLeases(config, { schema: 'order_index', logId: id });
    this.reader = new EngineReader({ link: this.link, index: this.index, scope, recent: this.recent, readMs: timeouts.readMs });
    this.places = new Places({ at: (places) => this.index.at(places), isTold: () => this.indexer.isKeeper });
    this.tail = new Tail({ scan: (scan) => this.reader.scan(scan), head: () => this.index.head(), pollMs: options.pollMs ?? 250 });
    this.hints = new Hints(config, () => this.moving());
    const reading = { link, namespace: this.namespace, readMs: timeouts.readMs, placeMs: timeouts.placeMs, withIds: (ids: readonly string[]) => this.index.withIds(ids), find: this.places.find.bind(this.places) };
    this.appender = new EngineAppender({
      link,
      namespace: this.namespace,
      limits: { ...APPENDER_LIMITS, ...options.limits },
      timeouts,
      gate: (ids) => this.index.gate(ids),
      lease: () => this.leases.held,
      watch: this.places.watch.bind(this.places),
      find: reading.find,
      readBack: (append) => readBack(append, reading),
      trouble: () => this.failure,
    });
    this.watching = new EngineLink(options.connect);
    this.indexer = new Indexer({
      // A connection of its own: an append's that is given up takes no subscription with it.
      link: this.watching,
      keeping: new IndexKeeping(config),
      scope,
      state: () => this.index.gate(),
      verify: (client) => verifyLog(client, this.indexedLog()),
      beginning: (client) => beginningOf(client, this.indexedLog()),
      together: () => this.appender.answered(TOGETHER_MS),
      indexed: (entries) => this.indexed(entries),
      stopped: (error) => this.stopped(error),
      failed: (error) => options.onError?.(error),
    });
  }

  private indexedLog(): IndexedLog {
    return { logId: this.id, namespace: this.namespace, last: () => this.index.last(), readMs: ENGINE_TIMEOUTS.readMs };
  }

  /** `LogDiverged` unless the server holds the log that the index is of, at least as far. */
  async verify(): Promise<void> {
    await verifyLog(await this.link.client(), this.indexedLog());
  }

  /** Begins to keep the index, where this process may. */
  start(): void {
    this.hints.start();
    if (this.options.keepsIndex !== false) this.indexer.start();
  }

  async probe(): Promise<void> {
    if (this.failure !== null) throw this.failure;
    const row = await this.index.last();
    const client = await this.link.client();
    try {
      // A process that does not keep the index learns here that the server was restored from an older copy.
      await within(verifyLog(client, { ...this.indexedLog(), last: () => Promise.resolve(row) }), { ms: PROBE_MS, signals: [] });
    } catch (error) {
      if (isLogError(error, 'LogDiverged')) this.stopped(error);
      else this.link.recycle(client, error);
      throw toEngineError(error, 'the event store');
    }
  }

  /** Whether this process keeps the order index. */
  get keepsIndex(): boolean {
    return this.indexer.isKeeper;
  }

  private indexed(entries: readonly OrderEntry[]): void {
    this.recent.keep(entries.map(({ event }) => event));
    this.places.indexed(entries);
    this.tail.poke();
    this.hints.send();
  }

  private moving(): void {
    this.places.poke();
    this.tail.poke();
  }

  private stopped(error: LogError): void {
    this.failure = error;
    this.options.onError?.(error);
  }

  async append(stream: string, events: readonly AppendEvent[], expected: typeof NO_STREAM | number, options: AppendOptions = {}): Promise<AppendResult> {
    const attributes = { 'assay.category': stream.split('-', 1)[0] ?? '', 'assay.events': events.length };
    const append = () => this.appender.append(encodeAppend(stream, events, expected), options);
    const answer = await inSpan('assay.append', attributes, () => observed(this.options.observer, events.length, append));
    return { ...answer, cursor: answer.position === null ? START : cursorAt(this.id, answer.position) };
  }

  /** Events of appends that wait to be sent; past the limit `Overloaded` is answered. */
  get waitingEvents(): number {
    return this.appender.waitingEvents;
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly StoredEvent[]> {
    this.demandOpen();
    return this.reader.stream(stream, options);
  }

  async readAll({ after = START, upTo, max, ...rest }: ReadAllOptions): Promise<readonly StoredEvent[]> {
    const from = after === START ? -1 : positionOf(this.id, after);
    this.demandOpen();
    const scan = { after: from, ...(upTo === undefined ? {} : { upTo }), ...filterOf(rest), max: max ?? Number.MAX_SAFE_INTEGER };
    return (await this.reader.scan(scan)).events;
  }

  subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionBatch> {
    this.hints.start();
    const { index, tail } = this;
    return follow(
      { logId: this.id, head: () => index.head(), page: (scan) => tail.page(scan), beyond: (after, waiting) => tail.beyond(after, waiting), isClosed: () => this.closing !== null },
      options,
    );
  }

  head(): Promise<Head> {
    return this.index.head();
  }

  positionAt(time: number): Promise<number> {
    return this.index.positionAt(time);
  }

  cursorOf(position: number): Cursor {
    return position < 0 ? START : cursorAt(this.id, position);
  }

  now(): Promise<number> {
    return this.index.now();
  }

  /** How far the clock is behind the last event, ms, 0 where it is not; more than 5,000, and appends are refused (`ClockBehind`). */
  async clockBehindMs(): Promise<number> {
    const { simulated, stepAcceptedAt, recordedAt, clock, offsetMs } = await this.index.gate();
    return simulated || recordedAt === null || stepAcceptedAt === recordedAt ? 0 : Math.max(0, recordedAt - clock - offsetMs);
  }

  /** What the login that serves may do with the order index; what it may do at the event store, that server's own users say. */
  async grants(): Promise<Grants> {
    try {
      return await withClient(this.options.app, indexGrantsOf);
    } catch (error) {
      throw toLogError(error, 'the grants');
    }
  }

  async moved(after: number, options: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {}): Promise<void> {
    this.hints.start();
    await this.tail.beyond(after, options);
  }

  takeSimulationLease(): Promise<SimulationLease> {
    return this.leases.take();
  }

  /** Resolves once the index holds every event that the engine holds now; `Unavailable` where nobody brings it on. */
  async caughtUp(options: CatchUpOptions = {}): Promise<void> {
    const last = () => this.index.last();
    const moved = (ordinal: number, timeoutMs: number) => this.tail.beyond(ordinal, { timeoutMs });
    await caughtUp(await this.link.client(), { namespace: this.namespace, last, moved, trouble: () => this.failure }, options);
  }

  private demandOpen(): void {
    if (this.closing !== null) throw new LogError('Unavailable', 'the log is closed in this process');
    if (isLogError(this.failure, 'LogDiverged')) throw this.failure;
  }

  /** Settles every append, ends every subscription, closes every connection. */
  close(): Promise<void> {
    this.closing ??= this.shut();
    return this.closing;
  }

  private async shut(): Promise<void> {
    this.tail.close();
    this.places.close();
    await this.appender.close();
    await this.indexer.close();
    await Promise.all([this.link.close(), this.watching.close(), this.leases.close(), this.hints.close(), this.index.close()]);
  }
}
