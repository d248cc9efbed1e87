import type { EventStoreLog, OpenEventStoreLogOptions } from '@assay/event-log';
import type { EventStoreDouble } from '../eventstoredb/double.js';
import { FaultProxy } from '../support/fault-proxy.js';
import type { TestLog } from './engine.js';
import type { EventStoreAccess } from './eventstore-access.js';

/** Time-outs with which a case need not wait long for what the adapter does in seconds; a busy machine may be silent for longer. */
export const SHORT_ENGINE = { attemptMs: 300, silenceMs: 20_000, readMs: 1_000 };

/** What only an event store has. */
export function storeOf({ eventStore }: TestLog): EventStoreAccess {
  if (eventStore === undefined) throw new Error('this case is of an event store alone');
  return eventStore;
}
/** The double, for harm that a real server does not do on demand. */
export function doubleOf(t: TestLog): EventStoreDouble {
  const { double } = storeOf(t);
  if (double === null) throw new Error('this case needs the double: a real server does no such harm on demand');
  return double;
}

/** A client behind a wire that the case may harm; it leaves the index to the log of the case. */
export async function behindWire(t: TestLog, options: Partial<OpenEventStoreLogOptions> = {}): Promise<{ readonly wire: FaultProxy; readonly client: EventStoreLog; readonly close: () => Promise<void> }> {
  const { url, client } = storeOf(t);
  const wire = await FaultProxy.to({ connectionString: url });
  const log = await client({ url: wire.connection.connectionString ?? '', keepsIndex: false, timeouts: SHORT_ENGINE, ...options });
  const close = async (): Promise<void> => {
    wire.release();
    await log.close();
    await wire.close();
  };
  return { wire, client: log, close };
}

/** The codes of what an append in doubt may end with. */
export const IN_DOUBT: readonly unknown[] = ['OutcomeUnknown', 'Unavailable'];
