import type { Connection } from '@assay/event-log';
import pg from 'pg';

/** How a process's connections are made and told apart. */
export interface ServicePoolOptions {
  /** What each connection bears as its `application_name`. */
  readonly name: string;
  readonly connections: number;
  /** Settings of each session, as PostgreSQL's `options` takes them. */
  readonly settings?: string;
  /** Told of a connection that breaks while nobody uses it. */
  readonly onError: (error: unknown) => void;
}

/**
 * The pool of connections of a process that serves. Whichever connection breaks, at whatever moment, it ends only what is
 * asked on it: that is rejected, and the next use gets another.
 */
export function servicePool(connection: Connection, { name, connections, settings, onError }: ServicePoolOptions): pg.Pool {
  const session = settings === undefined ? {} : { options: settings };
  const pool = new pg.Pool({ ...connection, application_name: name, max: connections, keepAlive: true, ...session });
  // Connections that are being given up may still hear that the server stops: that is no news.
  pool.on('error', (error) => {
    if (!pool.ending) onError(error);
  });
  // Between the pool's listener and that of whoever was given the connection there is a moment without: a server's last
  // words that come together with its greeting would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}
