import { randomUUID } from 'node:crypto';
import { connectDbClient, openEventStoreLog, withClient, type Connection, type EventStoreLog } from '@assay/event-log';
import { testDatabase } from '../support/database.js';
import { EventStoreDouble } from '../eventstoredb/double.js';
import type { EventStoreAccess } from './eventstore-access.js';
import type { SqlAccess, TestLog } from './engine.js';

/** On a machine that does much else at once, an answer is waited for longer than users would. */
const PATIENT = { placeMs: 15_000 };

/** There is no log in a SQL server; a case that reaches for one is not declared where it should be. */
// Whatever is asked of it, it throws.
const noSql = new Proxy({}, {
  get: (_, name) => {
    throw new Error(`an event store has no SQL server for its log (${String(name)})`);
  },
}) as SqlAccess;

/** A fresh log on the double, or in a namespace of its own on the real server named. */
export async function openEventStoreTestLog(realUrl: string | null): Promise<TestLog> {
  const double = realUrl === null ? await EventStoreDouble.start() : null;
  const url = realUrl ?? double?.url ?? '';
  const namespace = double === null ? `${randomUUID().slice(0, 8)}.` : '';
  const database = await testDatabase();
  const { owner, app } = database;
  const opened: EventStoreLog[] = [];
  const client: EventStoreAccess['client'] = async ({ url: at = url, ...options } = {}) => {
    const log = await openEventStoreLog({ connect: () => connectDbClient(at), app, namespace, ...options, timeouts: { ...PATIENT, ...options.timeouts } });
    opened.push(log);
    return log;
  };
  const log = await client({ owner });
  return {
    log,
    another: () => client(),
    setClock: async (ms) => {
      double?.setClock(ms);
      await setIndexClock(owner, ms);
    },
    sql: noSql,
    eventStore: { url, namespace, double, owner, app, client },
    close: async () => {
      double?.faults.clear();
      for (const one of opened) await one.close();
      await database.close();
      await double?.close();
    },
  };
}

/** The clock of the index is a function of its schema; only its owner can put another in its place. */
async function setIndexClock(owner: Connection, ms: number | null): Promise<void> {
  const clock = ms === null ? 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint' : `${String(ms)}::bigint`;
  await withClient(owner, (client) => client.query(`CREATE OR REPLACE FUNCTION order_index.clock() RETURNS bigint LANGUAGE sql VOLATILE AS $$ SELECT ${clock} $$`));
}
