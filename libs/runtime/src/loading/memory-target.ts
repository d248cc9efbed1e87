import { createHmac } from 'node:crypto';
import { memoryProcessStore, type ParkedWork } from '@assay/commands';
import { eventCatalogue } from '@assay/domain';
import { EventCodec, EventStore, memoryKeyStore, MemoryLog } from '@assay/event-log';
import { simulationTarget } from './simulation-target.js';
import type { SimulationTarget } from './target.js';

/**
 * A log in memory that a replay can be tried on: the same handlers, process managers, timers and codec as over a
 * database, and nothing left of it at the end. What it costs is memory: about 3 KB an event.
 */
export function memoryTarget({ logId: id, clock, onParked }: { readonly logId?: string; readonly clock: () => number; readonly onParked: (work: ParkedWork) => void }): SimulationTarget {
  const log = new MemoryLog({ clock, ...(id === undefined ? {} : { id }) });
  const store = new EventStore(log, new EventCodec({ definitions: eventCatalogue, keys: memoryKeyStore() }));
  // Keyed like the real one; the key matters to nobody, since the log ends with the process.
  const accountDigest = (source: string, accountKey: string): Promise<string> => Promise.resolve(createHmac('sha256', store.logId).update(`${source}\u0000${accountKey}`).digest('hex'));
  return simulationTarget({ log, store, accountDigest, processStore: memoryProcessStore(), clock, onParked });
}
