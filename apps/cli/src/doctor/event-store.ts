import { connectDbClient, inspectEventStore, isLogError, type Connection, type EventStoreInspection, type LogInspection } from '@assay/event-log';
import { eventStoreAddress, type EventStorePlace } from '@assay/runtime';
import { fault, ok, unavailable, warning, type Finding } from './finding.js';

/** Whether the event store answers, holds the log that the order index is of, and is followed by the index. */
export async function checkEventStore(place: EventStorePlace, { app, indexed }: { readonly app: Connection; readonly indexed: LogInspection['log'] }): Promise<Finding> {
  const address = eventStoreAddress(place);
  try {
    return findingOf(await inspectEventStore({ connect: () => connectDbClient(address), app, indexed }), indexed);
  } catch (error) {
    if (!isLogError(error)) throw error;
    const found = error.message;
    if (error.code === 'Unauthorized') return unavailable('EVENT_STORE_REFUSED', { found, remedy: 'check user and password in EVENTSTORE_URL, and what that user may do there' }, 'event store');
    return unavailable('EVENT_STORE_UNAVAILABLE', { found, remedy: 'check that the server runs, host, port and tls of EVENTSTORE_URL, and EVENTSTORE_CA_FILE' }, 'event store');
  }
}

function findingOf({ logId, diverged, isAhead, isKept }: EventStoreInspection, indexed: LogInspection['log']): Finding {
  if (diverged !== null) return fault('event store', 'LOG_DIVERGED', { found: diverged, remedy: 'bring back the event store that this database goes with, or the database that goes with it; docs/guides/operate.md says how' });
  if (logId === null) return isAhead ? fault('event store', 'EVENT_STORE_FOREIGN', { found: 'it holds events and no log of ours', remedy: 'name a server of its own for the log by EVENTSTORE_URL' }) : ok('event store', 'it holds no log yet; the first start begins one there');
  if (indexed === null || indexed.id === '') return ok('event store', `it holds the log ${logId}; the next start makes the order index of it`);
  if (!isAhead) return ok('event store', `it holds the log ${logId}, and the order index has all of it${isKept ? '' : '; nobody keeps the index now'}`);
  if (isKept) return ok('event store', `it holds the log ${logId}, and the order index is being brought up to it`);
  return warning('event store', 'INDEX_BEHIND', { found: 'it has events that the order index does not have, and no process keeps the index', remedy: 'start a process with ASSAY_ROLE=projector, or all' });
}
