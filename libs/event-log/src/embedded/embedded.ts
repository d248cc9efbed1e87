import pg from 'pg';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection } from '../connection.js';
import { LogError } from '../errors.js';
import { findBinaries, type Binaries } from './binaries.js';
import { ensureCluster, postmasterPid, spawnServer, stopServer, type Secrets, type StartedServer } from './cluster.js';
import { databaseNameOf, demandDatabase, ensureDatabase, loginsOf } from '../databases.js';
import { demandCluster } from './look.js';
import { findPlace, type Place } from './place.js';
import { underStartLock } from './start-lock.js';

/** Which folder and log to open, and how. */
export interface EmbeddedOptions {
  /** The folder that stands for this installation's data, e.g. `.assay`. Made where it is missing. */
  readonly dataDir: string;
  /** Name of the log; each has a database of its own. Default `main`. */
  readonly log?: string;
  /** False only for tests that do not test durability: no fsync. It counts for the process that starts the server. */
  readonly durable?: boolean;
  /** Told what the operator must know: where data or binaries went. Default: nobody. */
  readonly say?: (line: string) => void;
  /** A cluster or a database of the log that is missing is `Unavailable`, and not made. */
  readonly existing?: boolean;
  /** Ends the opening: what was begun is ended too, and the signal's reason is thrown. */
  readonly signal?: AbortSignal;
}

/** The embedded PostgreSQL as this process uses it. */
export interface Embedded {
  /** Migrations and bootstrap only. */
  readonly owner: Connection;
  readonly app: Connection;
  /** The folder that holds the cluster; another than `dataDir` where the server's user cannot enter that. */
  readonly home: string;
  /** The server's process id, or null while it is down. */
  pid(): Promise<number | null>;
  /** Gives up our use of it, after our own connections are closed; the last process to do so stops the server. */
  close(): Promise<void>;
}

/** The key of the advisory lock in database `postgres` that every process using the cluster holds shared. */
const SESSION_LOCK = 7_305_520_001;
const START_MS_MAX = 30_000;
const POLL_MS = 15;
const REVIVE_DELAYS_MS = [50, 200, 1000, 5000] as const;

/**
 * Opens the embedded PostgreSQL of a folder: initializes it, starts it, or attaches to the one that another process
 * started or that was left running by a kill -9, and makes the log's database. While it is open, a server that dies
 * is started again. Throws `Unavailable`, saying the way out, where it cannot run (`architecture.md`, Embedded PostgreSQL).
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const say = options.say ?? (() => undefined);
  if (options.existing === true) await demandCluster(options.dataDir);
  const place = await findPlace(options.dataDir, say);
  const binaries = await findBinaries(place.home, place.user, say);
  const session = new Session(place, binaries, options.durable ?? true);
  const secrets = await session.open(options.signal);
  const server = { host: place.socketDir, port: 5432 };
  const database = databaseNameOf(options.log ?? 'main');
  try {
    options.signal?.throwIfAborted();
    const admin = { ...server, user: 'postgres', password: secrets.superuser };
    await (options.existing === true ? demandDatabase(admin, database) : ensureDatabase(admin, database, secrets));
  } catch (error) {
    await session.close();
    throw error;
  }
  return {
    ...loginsOf(server, database, secrets),
    home: place.home,
    pid: () => postmasterPid(place),
    close: () => session.close(),
  };
}

/** Our share in the running server: one connection that holds the session lock, which the kernel drops if we are killed. */
class Session {
  private client: pg.Client | null = null;
  private closed: Promise<void> | null = null;
  private reviving: Promise<void> = Promise.resolve();

  constructor(
    private readonly place: Place,
    private readonly binaries: Binaries,
    private readonly durable: boolean,
  ) {}

  private underLock<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return underStartLock(join(this.place.home, 'start.lock'), work, signal);
  }

  async open(signal?: AbortSignal): Promise<Secrets> {
    return this.underLock(async () => {
      const secrets = await ensureCluster(this.place, this.binaries, signal);
      const client = await this.attachOrStart(secrets, signal);
      client.on('error', () => undefined);
      client.once('end', () => this.lost());
      await client.query('SELECT pg_advisory_lock_shared($1)', [SESSION_LOCK]);
      this.client = client;
      return secrets;
    }, signal);
  }

  /** Whoever attaches holds the start lock, so a server that was started in vain is nobody's yet. */
  private async attachOrStart(secrets: Secrets, signal?: AbortSignal): Promise<pg.Client> {
    const started: StartedServer[] = [];
    try {
      return await this.attach(secrets, started, signal);
    } catch (error) {
      for (const server of started) await server.stop();
      throw error;
    }
  }

  private async attach(secrets: Secrets, started: StartedServer[], signal?: AbortSignal): Promise<pg.Client> {
    const giveUpAt = Date.now() + START_MS_MAX;
    let current: StartedServer | null = null;
    for (;;) {
      signal?.throwIfAborted();
      const attempt = await connectOnce(this.place, secrets);
      if (attempt instanceof pg.Client) return attempt;
      if (Date.now() > giveUpAt) throw new LogError('Unavailable', 'the embedded PostgreSQL does not answer', { home: this.place.home }, attempt);
      if (current === null && (await postmasterPid(this.place)) === null) {
        current = await spawnServer(this.place, this.binaries, this.durable);
        started.push(current);
      } else if (current !== null) {
        // Its predecessor's processes may outlive a kill -9 for a moment and hold the data: then try again.
        await current.check().catch((error: unknown) => {
          if (!isHeldByPredecessor(error)) throw error;
          current = null;
        });
      }
      await delay(POLL_MS);
    }
  }

  /** The server went away under us: bring it back, unless we are the one leaving. */
  private lost(): void {
    this.client = null;
    if (this.closed !== null) return;
    this.reviving = this.revive();
  }

  private async revive(): Promise<void> {
    for (let round = 0; this.closed === null && this.client === null; round += 1) {
      const opened = await this.open().then(() => true, () => false);
      if (!opened) await delay(REVIVE_DELAYS_MS[Math.min(round, REVIVE_DELAYS_MS.length - 1)]);
    }
  }

  close(): Promise<void> {
    this.closed ??= this.leave();
    return this.closed;
  }

  private async leave(): Promise<void> {
    await Promise.resolve();
    await this.reviving;
    const client = this.client;
    if (client === null) return;
    await this.underLock(async () => {
      try {
        await client.query('SELECT pg_advisory_unlock_shared($1)', [SESSION_LOCK]);
        const { rows } = await client.query<{ last: boolean }>('SELECT pg_try_advisory_lock($1) AS last', [SESSION_LOCK]);
        if (rows[0]?.last === true) await stopServer(this.place);
      } finally {
        await client.end().catch(() => undefined);
      }
    });
  }
}

async function connectOnce(place: Place, secrets: Secrets): Promise<pg.Client | unknown> {
  const login = { host: place.socketDir, port: 5432, user: 'postgres', password: secrets.superuser, database: 'postgres' };
  const client = new pg.Client({ ...login, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => undefined);
    // 28xxx: it runs, and refuses us; no waiting helps.
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('28')) {
      throw new LogError('Unauthorized', 'the embedded PostgreSQL refuses the password of its secrets file', { home: place.home }, error);
    }
    return error;
  }
}

const isHeldByPredecessor = (error: unknown): boolean =>
  error instanceof LogError && /pre-existing shared memory block|lock file "postmaster.pid" already exists/.test(String(error.facts['said']));
