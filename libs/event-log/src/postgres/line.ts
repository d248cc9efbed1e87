import pg from 'pg';
import type { Connection } from '../connection.js';
import { fateOf } from './driver-errors.js';

/** How long a call may take, ms. */
export interface Timeouts {
  /** How long the server works on a statement, and waits for a lock. */
  readonly statementMs: number;
  readonly lockMs: number;
  /** How long we wait for any answer before the connection counts as lost; longer than `statementMs`. */
  readonly callMs: number;
}
/** `architecture.md`, PostgreSQL adapter. */
export const TIMEOUTS: Timeouts = { statementMs: 5000, lockMs: 4000, callMs: 6000 };

/** The settings of every connection to the log; `architecture.md`, PostgreSQL adapter. */
export function clientConfig(connection: Connection, timeouts: Timeouts): pg.ClientConfig {
  return {
    ...connection,
    keepAlive: true,
    statement_timeout: timeouts.statementMs,
    lock_timeout: timeouts.lockMs,
    query_timeout: timeouts.callMs,
    connectionTimeoutMillis: timeouts.callMs,
    application_name: 'assay',
  };
}

/** One connection that is made when it is needed and replaced when it is lost. It repeats nothing: the caller decides. */
export class Line {
  private client: pg.Client | null = null;
  private connecting: Promise<pg.Client> | null = null;
  private closed = false;

  constructor(
    private readonly config: pg.ClientConfig,
    /** Called with each new connection before its first use. */
    private readonly prepare: (client: pg.Client) => Promise<void> = () => Promise.resolve(),
  ) {}

  async run<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = this.client ?? (await this.connect());
    try {
      return await work(client);
    } catch (error) {
      if (fateOf(error) === 'LOST') this.drop(client);
      throw error;
    }
  }

  private connect(): Promise<pg.Client> {
    this.connecting ??= this.open().finally(() => (this.connecting = null));
    return this.connecting;
  }

  private async open(): Promise<pg.Client> {
    const client = new pg.Client(this.config);
    client.on('error', () => this.drop(client));
    client.on('end', () => this.drop(client));
    try {
      await client.connect();
      await this.prepare(client);
    } catch (error) {
      this.drop(client);
      throw error;
    }
    if (this.closed) this.drop(client);
    else this.client = client;
    return client;
  }

  /** With a statement under way, `end` cuts the connection at once; otherwise it says goodbye. */
  private drop(client: pg.Client): void {
    if (this.client === client) this.client = null;
    void client.end().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.closed = true;
    const client = this.client;
    this.client = null;
    await client?.end().catch(() => undefined);
  }
}
