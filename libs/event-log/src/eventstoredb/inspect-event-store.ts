import { withClient, type Connection } from '../connection.js';
import { isLogError } from '../errors.js';
import { toLogError } from '../postgres/driver-errors.js';
import { clientConfig, TIMEOUTS } from '../postgres/line.js';
import { inspectLog, type Inspected, type LogInspection } from '../postgres/inspect.js';
import { lastOf } from './catch-up.js';
import { ENGINE_TIMEOUTS } from './engine-timeouts.js';
import { toEngineError } from './engine-errors.js';
import type { ConnectEngine, EngineClient } from './engine.js';
import { indexGrantsOf } from './index-grants.js';
import { INDEX_MIGRATIONS } from './index-schema.js';
import { EngineLink } from './link.js';
import { OrderIndex } from './order-index.js';
import { logOf, verifyLog } from './whose-log.js';
import { within } from './within.js';

/** What an event store says of the log that it holds, beside the order index of it. */
export interface EventStoreInspection {
  /** Null where it holds none. */
  readonly logId: string | null;
  /** Why index and event store are not of one log; null where they are. */
  readonly diverged: string | null;
  /** Whether the event store has events that the index does not have. */
  readonly isAhead: boolean;
  /** Whether a process that lives keeps the index. */
  readonly isKept: boolean;
}

const THE_INDEX: Inspected = { schema: 'order_index', known: INDEX_MIGRATIONS.length, events: { table: 'entry', position: 'ordinal' }, grantsOf: indexGrantsOf };
const INSPECT_MS = 10_000;
const KEPT = `SELECT l.keeper_until > clock_timestamp() AND EXISTS (SELECT FROM pg_stat_activity a WHERE a.application_name = l.keeper AND a.datname = current_database()) AS kept FROM order_index.log l`;

/** Looks at the order index of a log through its app login, as `inspectLog` looks at a log. */
export const inspectIndex = (app: Connection, clock: () => number): Promise<LogInspection> => inspectLog(app, clock, THE_INDEX);

/**
 * Looks at an event store and, where there is one, at the order index of its log; nothing is claimed, begun or changed.
 * `Unavailable` where the server does not answer, `Unauthorized` where it refuses the login.
 */
export async function inspectEventStore({ connect, app, indexed }: { readonly connect: ConnectEngine; readonly app: Connection; readonly indexed: LogInspection['log'] }): Promise<EventStoreInspection> {
  const link = new EngineLink(connect);
  try {
    return await within(link.client().then((client) => inspect(client, { app, indexed })), { ms: INSPECT_MS, signals: [] });
  } catch (error) {
    throw toEngineError(error, 'the event store');
  } finally {
    await link.close();
  }
}

async function inspect(client: EngineClient, { app, indexed }: { readonly app: Connection; readonly indexed: LogInspection['log'] }): Promise<EventStoreInspection> {
  const logId = await logOf(client, '');
  const end = (await lastOf(client, '', null))?.position ?? null;
  if (indexed === null || indexed.id === '' || indexed.grants.missing.length > 0) return { logId, diverged: null, isAhead: end !== null, isKept: false };
  const index = new OrderIndex(clientConfig(app, TIMEOUTS), 1, indexed.id);
  try {
    const last = () => index.last();
    const diverged = await verifyLog(client, { logId: indexed.id, namespace: '', last, readMs: ENGINE_TIMEOUTS.readMs }).then(() => null, divergence);
    const row = await last();
    return { logId, diverged, isAhead: end !== null && (row === null || row.enginePosition < end), isKept: await isKept(app) };
  } finally {
    await index.close();
  }
}

function divergence(error: unknown): string {
  if (isLogError(error, 'LogDiverged')) return error.message;
  throw error;
}

async function isKept(app: Connection): Promise<boolean> {
  try {
    return await withClient(app, async (client) => (await client.query<{ kept: boolean | null }>(KEPT)).rows[0]?.kept === true);
  } catch (error) {
    throw toLogError(error, 'the order index');
  }
}
