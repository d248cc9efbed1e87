import { openEmbedded, type Connection } from '@assay/event-log';
import type { RuntimeOptions } from './open-runtime.js';
import { serverLogins } from './server-logins.js';

/** Where a log is: an installation's folder with its embedded database, or a PostgreSQL server. */
export type LogPlace = Pick<RuntimeOptions, 'dataDir' | 'log' | 'databaseUrl' | 'databaseOwnerUrl'>;

/** The database of a log, reached with nothing of the log opened. */
export interface OpenPlace {
  readonly app: Connection;
  /** Null where one login does everything. */
  readonly owner: Connection | null;
  close(): Promise<void>;
}

/** What stands in a log's database beside it, follows from it, and is made again from it: read models, and the work of processes. */
export const FOLLOWING_SCHEMAS: readonly string[] = ['read_model', 'process'];

/**
 * Reaches the database of a log, for what works on the log as a whole: back-ups, restores. The embedded server is started
 * where nobody runs it, and ends with the last who uses it. With `existing`, what is missing is `Unavailable` and not made.
 */
export async function openPlace(place: LogPlace, options: Pick<RuntimeOptions, 'say' | 'signal'> & { readonly existing: boolean }): Promise<OpenPlace> {
  const { dataDir, log, databaseUrl } = place;
  if (databaseUrl === undefined) return openEmbedded({ ...options, dataDir, log });
  return { ...serverLogins(place), close: () => Promise.resolve() };
}
