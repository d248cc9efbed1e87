import { withClient, type Connection } from '../connection.js';
import { cursorAt, positionOf } from '../cursor.js';
import { encodeAppend } from '../encode.js';
import { LogError } from '../errors.js';
import { follow } from '../follow.js';
import type {
  AppendEvent, AppendOptions, AppendResult, Capabilities, Cursor, Head, NO_STREAM, ReadAllOptions, ReadStreamOptions, SimulationLease, StoredEvent, SubscribeOptions, SubscriptionBatch,
} from '../port.js';
import { START } from '../port.js';
import { filterOf } from '../scan.js';
import type { ServedLog } from '../served-log.js';
import { inSpan } from '../span.js';
import { Tail } from '../tail.js';
import { observed, type AppendObserver } from './append-observer.js';
import { Appender, APPENDER_LIMITS, type AppenderLimits } from './appender.js';
import { toLogError } from './driver-errors.js';
import { grantsOf, type Grants } from './grants.js';
import { Hints } from './hints.js';
import { clientConfig, Line, TIMEOUTS, type Timeouts } from './line.js';
import { demandMigrated, migrateLog, protectionViolations, type Protection } from './migrate.js';
import { PostgresReader } from './reader.js';
import { WriterLeases } from './writer-leases.js';

/** How to reach and use a log in PostgreSQL. */
export interface PostgresLogOptions {
  /** The login that serves: reads, and appends through the function. */
  readonly app: Connection;
  /** The login that owns the schema: migrations only, then closed. Without it a log that is not set up is set up by `app`. */
  readonly owner?: Connection;
  readonly timeouts?: Partial<Timeouts>;
  readonly limits?: Partial<AppenderLimits>;
  /** How often the log's end is looked at where no hint comes. Default 250 ms. */
  readonly pollMs?: number;
  /** Connections for reading. Default 4; appends and hints have one each. */
  readonly readConnections?: number;
  readonly observer?: AppendObserver;
  /** Asked before each append: false refuses it as `Unavailable`, since the disk that the log is on is nearly full. */
  readonly hasRoom?: () => boolean;
}

/** Conformance cases that PostgreSQL cannot have, each with its reason. */
export const POSTGRES_DECLARED: Readonly<Record<string, string>> = {
  R07: 'streams are never deleted here: there are no tombstones',
  S18: 'positions are our own and contiguous: no engine position can be mistaken for one',
  F06: 'no feature probe: the protocol is PostgreSQL\u2019s own',
  F07: 'no cluster of servers answers for this adapter: one server has the log',
  F23: 'the log is its own order index: there is nothing to diverge from',
};
/**
 * Opens the log in a PostgreSQL database: migrates it where the owner is given, verifies that the app login can do no
 * more than it must, and starts nothing else. Throws `Unavailable` where the server does not answer, `Unauthorized` where it
 * refuses a login or the protection that the owner should have given is not there (`architecture.md`, PostgreSQL adapter).
 */
export async function openPostgresLog(options: PostgresLogOptions): Promise<PostgresLog> {
  try {
    const role = await withClient(options.app, async (client) => (await client.query<{ role: string }>('SELECT current_user AS role')).rows[0]?.role ?? '');
    if (options.owner) await migrateLog(options.owner, role);
    else await demandMigrated(options.app, role);
    const violations = await withClient(options.app, protectionViolations);
    if (options.owner && violations.length > 0) {
      throw new LogError('Unauthorized', `the log is not protected from its own application: ${violations.join('; ')}`, { violations });
    }
    const id = await withClient(options.app, async (client) => (await client.query<{ id: string }>('SELECT id FROM assay.log')).rows[0]?.id ?? '');
    return new PostgresLog(id, options, violations);
  } catch (error) {
    throw toLogError(error, 'opening the log');
  }
}

/** The PostgreSQL adapter of the log port. */
export class PostgresLog implements ServedLog {
  readonly capabilities: Capabilities = { engine: 'postgres', declared: POSTGRES_DECLARED };
  readonly protection: Protection;
  private readonly line: Line;
  private readonly appender: Appender;
  private readonly reader: PostgresReader;
  private readonly hints: Hints;
  private readonly tail: Tail;
  private readonly leases: WriterLeases;
  private closing: Promise<void> | null = null;

  constructor(
    readonly id: string,
    private readonly options: PostgresLogOptions,
    /** What stands between this log and protection; empty where it is protected. */
    readonly violations: readonly string[],
  ) {
    this.protection = violations.length === 0 ? 'PROTECTED' : 'UNPROTECTED';
    const config = clientConfig(options.app, { ...TIMEOUTS, ...options.timeouts });
    this.line = new Line(config);
    this.leases = new WriterLeases(config, { schema: 'assay', logId: id });
    this.reader = new PostgresReader(config, options.readConnections ?? 4, id);
    this.tail = new Tail({ scan: (scan) => this.reader.scan(scan), head: () => this.reader.head(), pollMs: options.pollMs ?? 250 });
    this.hints = new Hints(config, () => this.tail.poke());
    const onAppended = (): void => {
      this.tail.poke();
      this.hints.send();
    };
    this.appender = new Appender(this.line, { limits: { ...APPENDER_LIMITS, ...options.limits }, lease: () => this.leases.held, onAppended, observer: options.observer, hasRoom: options.hasRoom });
  }

  async append(stream: string, events: readonly AppendEvent[], expected: typeof NO_STREAM | number, options: AppendOptions = {}): Promise<AppendResult> {
    const attributes = { 'assay.category': stream.split('-', 1)[0] ?? '', 'assay.events': events.length };
    const append = () => this.appender.append(encodeAppend(stream, events, expected), options);
    const answer = await inSpan('assay.append', attributes, () => observed(this.options.observer, events.length, append));
    return { ...answer, cursor: cursorAt(this.id, answer.position) };
  }

  /** Events of appends that wait to be sent; past the limit `Overloaded` is answered. */
  get waitingEvents(): number {
    return this.appender.waitingEvents;
  }

  readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly StoredEvent[]> {
    return this.reader.stream(stream, options);
  }

  async readAll({ after = START, upTo, max, ...rest }: ReadAllOptions): Promise<readonly StoredEvent[]> {
    const from = after === START ? -1 : positionOf(this.id, after);
    const scan = { after: from, ...(upTo === undefined ? {} : { upTo }), ...filterOf(rest), max: max ?? Number.MAX_SAFE_INTEGER };
    return (await this.reader.scan(scan)).events;
  }

  subscribe(options: SubscribeOptions): AsyncIterable<SubscriptionBatch> {
    this.hints.start();
    const { reader, tail } = this;
    return follow(
      { logId: this.id, head: () => reader.head(), page: (scan) => tail.page(scan), beyond: (after, waiting) => tail.beyond(after, waiting), isClosed: () => this.closing !== null },
      options,
    );
  }

  head(): Promise<Head> {
    return this.reader.head();
  }

  positionAt(time: number): Promise<number> {
    return this.reader.positionAt(time);
  }

  cursorOf(position: number): Cursor {
    return position < 0 ? START : cursorAt(this.id, position);
  }

  now(): Promise<number> {
    return this.reader.now();
  }

  /** How far the clock is behind the last event, ms, 0 where it is not; more than 5,000, and appends are refused (`ClockBehind`). */
  clockBehindMs(): Promise<number> {
    return this.reader.clockBehind();
  }

  async probe(): Promise<void> {
    await this.head();
  }

  /** Looks again at what the app login may do, over a connection of its own. */
  async grants(): Promise<Grants> {
    try {
      return await withClient(this.options.app, grantsOf);
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

  /** Settles every append, ends every subscription, closes every connection. */
  close(): Promise<void> {
    this.closing ??= this.shut();
    return this.closing;
  }

  private async shut(): Promise<void> {
    this.tail.close();
    await this.appender.close();
    await Promise.all([this.line.close(), this.leases.close(), this.hints.close(), this.reader.close()]);
  }
}
