import type { EventLog } from '@assay/event-log';
import { FaultProxy } from '../support/fault-proxy.js';
import type { SqlAccess } from './engine.js';

/** Time-outs with which a case need not wait long for what the adapter does in seconds. */
export const SHORT = { statementMs: 300, lockMs: 200, callMs: 400 };

/** At its deadline an append that waits for a lock has been sent: whether it is refused or in doubt depends on the moment. */
export const REFUSED_OR_IN_DOUBT: readonly unknown[] = ['Unavailable', 'OutcomeUnknown'];

/** A client behind a wire that the case may harm. */
export async function behindProxy(sql: SqlAccess, options: Parameters<SqlAccess['client']>[0] = {}): Promise<{ readonly proxy: FaultProxy; readonly client: EventLog; readonly close: () => Promise<void> }> {
  const proxy = await FaultProxy.to(sql.app);
  const client = await sql.client({ app: proxy.connection, timeouts: SHORT, ...options });
  const close = async (): Promise<void> => {
    proxy.release();
    await client.close();
    await proxy.close();
  };
  return { proxy, client, close };
}
