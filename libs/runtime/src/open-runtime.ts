import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { eventCatalogue, type CompanyState } from '@assay/domain';
import { allHandlers, allManagers, companyFold, Executor, makeProcessTables, postgresProcessStore, Principals, ProcessRunner, TIMED_TYPES, timersOf, type AccountDigest, type Finder, type ParkedWork } from '@assay/commands';
import { EventCodec, EventStore, openEmbedded, openLocalKeyStore, PROCESS_LEASE_MS, processOwner, withClient, type AppendObserver, type Connection, type KeyStore, type ServedLog } from '@assay/event-log';
import { allViews, appraisalView, definitionHashes, isReadModelError, ReadModels, readModelSchemaSql, readModelsFinder } from '@assay/read-models';
import type pg from 'pg';
import { openEngine, type EventStorePlace } from './open-engine.js';
import { mayLead, type ProcessRole } from './process-role.js';
import { serverLogins, type ServerLogins } from './server-logins.js';
import { servicePool } from './service-pool.js';

/** Where a log is and who is told what goes on; units as named. */
export interface RuntimeOptions {
  /** The installation's folder: the embedded database, the keys, the marks. */
  readonly dataDir: string;
  /** Name of the log; each has a database of its own. */
  readonly log: string;
  /** A PostgreSQL server instead of the embedded one: the login that serves, and the owner's for migrations. */
  readonly databaseUrl?: string;
  readonly databaseOwnerUrl?: string;
  /** An event store that holds the log; the database then holds its order index and what follows from it. */
  readonly eventStore?: EventStorePlace;
  /** What this process is there for; `all` where absent. */
  readonly role?: ProcessRole;
  /** Refuses what is missing of the embedded database (`Unavailable`) rather than to make it: for what only reads a log. */
  readonly existing?: boolean;
  /** Leaves the views where they are until `readModels.start` is called: for a loader that fills a log and asks them nothing. */
  readonly viewsLater?: boolean;
  /** Told what the operator must know, a line each. */
  readonly say: (line: string) => void;
  /** Work of a process manager or timer that was refused for good. */
  readonly onParked: (work: ParkedWork) => void;
  /** An error after which the work is tried again. */
  readonly onError: (error: unknown) => void;
  /** Told of every append and every timer, for whoever counts. */
  readonly observer?: RuntimeObserver;
  /** Ends the opening between two steps: what was opened is closed again, and the signal's reason is thrown. */
  readonly signal?: AbortSignal;
}

/** What happens inside, for metrics. */
export interface RuntimeObserver extends AppendObserver {
  /** A timer was fired, so many milliseconds after it was due. */
  timerFired(lateMs: number): void;
}

/** Everything that stands behind one open log (`architecture.md`). `start` begins to follow it; `close` ends all, in order. */
export interface Runtime {
  readonly logId: string;
  readonly role: ProcessRole;
  readonly store: EventStore;
  readonly log: ServedLog;
  readonly executor: Executor;
  readonly processes: ProcessRunner;
  readonly readModels: ReadModels;
  readonly finder: Finder;
  readonly principals: Principals;
  /** The keyed digest by which a source's account is known (`domain.md`, People). */
  readonly accountDigest: AccountDigest;
  readonly pool: pg.Pool;
  /** The company as of now; `ABSENT` before the log is opened. */
  company(): Promise<CompanyState>;
  /** Lets process managers and timers work by themselves, where this process may lead them; a simulation drives them instead. */
  start(): void;
  /** Once, however often it is called. What is under way on the log then is refused or ends. */
  close(): Promise<void>;
}

const POOL_CONNECTIONS = 8;
const MAKING_LOCK = 7_305_520_003;
/**
 * Read models and checkpoints follow from the log: a crash takes rows and cursor back together, and they follow again. So
 * their commits do not wait for the disk; the log's own do, on its own connections.
 */
const NO_WAIT_FOR_DISK = '-c synchronous_commit=off';
/**
 * The server ends a transaction in which nothing happens for as long as a lease holds: a process that froze in one would keep
 * its rows from whoever takes over.
 */
const NO_FROZEN_LOCKS = `-c idle_in_transaction_session_timeout=${String(PROCESS_LEASE_MS)}`;
const ZONE_BEFORE_OPENING = 'UTC';

/**
 * Opens a log with everything behind it: database, keys, projections, handlers, process managers. Projections follow at
 * once; process managers and timers wait for `start`. Throws what the log throws (`Unavailable`, `Unauthorized`).
 */
export async function openRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { signal, existing = false } = options;
  const embedded = options.databaseUrl === undefined ? await openEmbedded({ dataDir: options.dataDir, log: options.log, existing, say: options.say, ...(signal === undefined ? {} : { signal }) }) : null;
  const closing = new Closing();
  if (embedded !== null) closing.add(() => embedded.close());
  try {
    return await openOn({ ...(embedded ?? serverLogins(options)), home: embedded?.home ?? null }, options, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** What was opened, to be closed once, the last first. */
class Closing {
  private readonly steps: (() => Promise<unknown>)[] = [];
  private closed: Promise<void> | null = null;

  add(step: () => Promise<unknown>): void {
    this.steps.push(step);
  }

  close(): Promise<void> {
    this.closed ??= this.all();
    return this.closed;
  }

  private async all(): Promise<void> {
    const failures: unknown[] = [];
    // One that fails keeps none of the others open.
    for (const step of this.steps.reverse()) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }
}

async function openOn({ app, owner, home }: ServerLogins & { readonly home: string | null }, options: RuntimeOptions, closing: Closing): Promise<Runtime> {
  const { signal } = options;
  const role = options.role ?? 'all';
  const { eventStore, observer, existing = false, onError, say } = options;
  const log = await openEngine({ app, owner, home, eventStore, keepsIndex: mayLead(role), existing, observer, signal, onError, say });
  closing.add(() => log.close());
  signal?.throwIfAborted();
  if (log.protection === 'UNPROTECTED') options.say(`The log is not protected from its own application: ${log.violations.join('; ')}`);
  await makeTables(app, owner);
  const process = processOwner();
  // A connection that breaks while idle is replaced at the next use.
  const pool = servicePool(app, { name: process, connections: POOL_CONNECTIONS, settings: `${NO_WAIT_FOR_DISK} ${NO_FROZEN_LOCKS}`, onError: options.onError });
  closing.add(() => pool.end());
  const keys = await keysOf(log, options.dataDir);
  const store = new EventStore(log, new EventCodec({ definitions: eventCatalogue, keys }));
  const readModels = new ReadModels({ pool, source: store, views: allViews, hashes: definitionHashes, leads: mayLead(role), runner: { owner: process } });
  signal?.throwIfAborted();
  closing.add(() => readModels.stop());
  if (options.viewsLater !== true) await readModels.start();
  const parts = compose({ store, readModels, keys, pool, options, owner: process });
  closing.add(() => parts.processStore.close());
  closing.add(() => parts.processes.stop());
  return {
    ...parts,
    logId: log.id,
    role,
    store,
    log,
    readModels,
    pool,
    start: () => {
      if (mayLead(role)) parts.processes.start();
    },
    close: () => closing.close(),
  };
}

/**
 * Tables of read models and processes belong to the owner's schemas; with one login only, that login makes them, unless the
 * owner has been here: a login that only serves may make nothing.
 */
async function makeTables(app: Connection, owner: Connection | null): Promise<void> {
  if (owner === null && (await withClient(app, areMade))) return;
  const role = await withClient(app, async (client) => client.escapeIdentifier((await client.query<{ role: string }>('SELECT current_user AS role')).rows[0]?.role ?? ''));
  await withClient(owner ?? app, async (client) => {
    // Two processes that grant at once would fail; the lock ends with the connection.
    await client.query('SELECT pg_advisory_lock($1)', [MAKING_LOCK]);
    await client.query(readModelSchemaSql(role));
    await makeProcessTables(client, role);
  });
}

async function areMade(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ made: boolean }>(`SELECT to_regnamespace('read_model') IS NOT NULL AND to_regclass('process.lead') IS NOT NULL AS made`);
  return rows[0]?.made === true;
}

async function keysOf(log: ServedLog, dataDir: string): Promise<KeyStore> {
  const { position } = await log.head();
  return openLocalKeyStore({ folder: join(dataDir, 'keys'), logId: log.id, create: position < 0 });
}

interface Parts {
  readonly store: EventStore;
  readonly readModels: ReadModels;
  readonly keys: KeyStore;
  readonly pool: pg.Pool;
  readonly options: RuntimeOptions;
  /** Names this process among those that may lead. */
  readonly owner: string;
}

function compose({ store, readModels, keys, pool, options, owner }: Parts) {
  const { logId } = store;
  const finder: Finder = readModelsFinder(readModels);
  const accountDigest = accountDigestOf(keys);
  const handlers = allHandlers({ logId, accountDigest, isStale: staleIn(readModels) });
  const executor = new Executor(store, handlers, finder);
  const company = async (): Promise<CompanyState> => (await executor.reader()).state(companyFold, 'company');
  const principals = new Principals({ reader: () => executor.reader(), finder, now: () => executor.now() });
  const processStore = postgresProcessStore(pool, owner);
  const processes = new ProcessRunner({
    log: store,
    executor,
    finder,
    store: processStore,
    managers: allManagers(logId),
    timers: { types: TIMED_TYPES, of: timersOf },
    timeZone: async () => {
      const state = await company();
      return state.status === 'ABSENT' ? ZONE_BEFORE_OPENING : state.timeZone;
    },
    onParked: options.onParked,
    onError: options.onError,
    onFired: (lateMs) => options.observer?.timerFired(lateMs),
  });
  return { finder, executor, accountDigest, company, principals, processStore, processes };
}

/** The holder under whose key source accounts are digested: kept with the personal keys (`domain.md`, People). */
const ACCOUNTS_HOLDER = 'source-accounts';

function accountDigestOf(keys: KeyStore) {
  return async (source: string, accountKey: string): Promise<string> => {
    const key = await keys.forWriting(ACCOUNTS_HOLDER);
    if (key === null) throw new Error('the key of source accounts is destroyed');
    return createHmac('sha256', key.nonceKey).update(`${source}\u0000${accountKey}`).digest('hex');
  };
}

function staleIn(readModels: ReadModels) {
  return async (stream: string): Promise<boolean> => {
    try {
      await readModels.refuseParked(appraisalView, [stream]);
      return false;
    } catch (error) {
      if (isReadModelError(error, 'PROJECTION_PARKED')) return true;
      throw error;
    }
  };
}
