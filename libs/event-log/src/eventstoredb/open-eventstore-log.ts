import { withClient, type Connection } from '../connection.js';
import { isLogError, LogError } from '../errors.js';
import { toLogError } from '../postgres/driver-errors.js';
import { demandSchema, migrateSchema, type SchemaHistory } from '../postgres/schema-history.js';
import { toEngineError } from './engine-errors.js';
import { ENGINE_TIMEOUTS } from './engine-timeouts.js';
import type { EngineClient } from './engine.js';
import { EventStoreLog, type EventStoreLogOptions } from './eventstore-log.js';
import { indexGrantsOf } from './index-grants.js';
import { INDEX_MIGRATIONS, indexGrantsTo } from './index-schema.js';
import { EngineLink } from './link.js';
import { claimLog, logOf } from './whose-log.js';
import { within } from './within.js';

/** How a log is opened on an event store. */
export interface OpenEventStoreLogOptions extends EventStoreLogOptions {
  /** Refuses (`Unavailable`) a server that holds no log rather than to begin one there. */
  readonly existing?: boolean;
  /** The id that a server without a log is claimed for: of a log that is moved there. */
  readonly id?: string;
  readonly signal?: AbortSignal;
  /** Told how far an index that is made anew has come, a call each 100 ms or so. */
  readonly progress?: (ordinal: number) => void;
}

const INDEX_SCHEMA: SchemaHistory = { schema: 'order_index', what: 'the schema of the order index', migrations: INDEX_MIGRATIONS, grantsTo: indexGrantsTo, lock: 4_701_340 };

/**
 * Opens the log that an event store holds, or begins one there: brings the order index's schema up to date, sees that the
 * index is of this log, and waits until it holds what the log holds. Throws `Unavailable` where a server does not answer,
 * `Unauthorized` where it refuses a login, `LogDiverged` where the server holds another log or an older copy.
 */
export async function openEventStoreLog(options: OpenEventStoreLogOptions): Promise<EventStoreLog> {
  const { app, owner } = options;
  await prepareIndex(app, owner);
  const link = new EngineLink(options.connect);
  let log: EventStoreLog | null = null;
  try {
    const id = await idOf(link, options);
    const violations = (await withClient(app, indexGrantsOf)).violations;
    if (owner && violations.length > 0) throw new LogError('Unauthorized', `the order index is not protected from its own application: ${violations.join('; ')}`, { violations });
    log = new EventStoreLog({ id, link, options, violations });
    await log.verify();
    log.start();
    await log.caughtUp(options);
    return log;
  } catch (error) {
    await (log === null ? link.close() : log.close()).catch(() => undefined);
    throw isLogError(error) ? error : toEngineError(error, 'opening the log');
  }
}

async function prepareIndex(app: Connection, owner: Connection | undefined): Promise<void> {
  try {
    const role = await withClient(app, async (client) => (await client.query<{ role: string }>('SELECT current_user AS role')).rows[0]?.role ?? '');
    if (owner) await migrateSchema(INDEX_SCHEMA, owner, role);
    else await demandSchema(INDEX_SCHEMA, app, role);
  } catch (error) {
    throw toLogError(error, 'opening the order index');
  }
}

/** The log's id, which index and server must agree on. */
async function idOf(link: EngineLink, { app, namespace = '', existing = false, id, signal }: OpenEventStoreLogOptions): Promise<string> {
  const indexed = await withClient(app, async (client) => (await client.query<{ id: string | null }>('SELECT id FROM order_index.log')).rows[0]?.id ?? null);
  const held = await patient(link, signal, (client) => logOf(client, namespace));
  if (held === null && indexed !== null) throw new LogError('LogDiverged', 'the event store holds no log, and the order index is of one', { logId: indexed });
  if (held === null && existing) throw new LogError('Unavailable', 'the event store holds no log');
  const claimed = held ?? (await patient(link, signal, (client) => claimLog(client, { namespace, id: id ?? null })));
  const adopted = await withClient(app, async (client) => (await client.query<{ id: string }>('SELECT order_index.adopt($1) AS id', [claimed])).rows[0]?.id);
  if (adopted !== claimed) throw new LogError('LogDiverged', 'the event store holds another log than the order index is of', { logId: adopted, held: claimed });
  return claimed;
}

/** The client has no deadline of its own for what is asked first. */
const patient = async <T>(link: EngineLink, signal: AbortSignal | undefined, ask: (client: EngineClient) => Promise<T>): Promise<T> =>
  within(link.client().then(ask), { ms: ENGINE_TIMEOUTS.readMs, signals: [signal] });

