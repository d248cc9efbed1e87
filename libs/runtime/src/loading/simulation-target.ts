import { allHandlers, allManagers, companyFold, Executor, Principals, ProcessRunner, TIMED_TYPES, timersOf, type AccountDigest, type ParkedWork, type ProcessStore } from '@assay/commands';
import type { EventLog, EventStore } from '@assay/event-log';
import { beginSimulation } from './begin-simulation.js';
import { MemoryFinder } from './memory-finder.js';
import type { SimulationTarget } from './target.js';

/** What a log that is loaded is made of. */
export interface SimulationParts {
  readonly log: Pick<EventLog, 'takeSimulationLease'>;
  readonly store: EventStore;
  readonly accountDigest: AccountDigest;
  readonly processStore: ProcessStore;
  readonly clock: () => number;
  readonly onParked: (work: ParkedWork) => void;
}

/**
 * A log with everything that a loader drives: the same handlers, process managers and timers as when it is served. What
 * they must find is indexed in memory while the log grows, not asked of views: views that follow a loader of many days
 * in small steps cost many times what they cost afterwards in large ones.
 */
export function simulationTarget({ log, store, accountDigest, processStore, clock, onParked }: SimulationParts): SimulationTarget {
  const finder = new MemoryFinder(store);
  // No view takes part, so none can be parked.
  const executor = new Executor(store, allHandlers({ logId: store.logId, accountDigest, isStale: () => Promise.resolve(false) }), finder);
  const principals = new Principals({ reader: () => executor.reader(), finder, now: () => store.now() });
  const processes = new ProcessRunner({
    log: store,
    executor,
    finder,
    store: processStore,
    managers: allManagers(store.logId),
    timers: { types: TIMED_TYPES, of: timersOf },
    timeZone: async () => {
      const company = await (await executor.reader()).state(companyFold, 'company');
      return company.status === 'ABSENT' ? 'UTC' : company.timeZone;
    },
    onParked,
    // Told of what its own loop met; a simulation drives it and is thrown to.
    onError: () => undefined,
  });
  // The finder reads the log itself, so nothing has to catch up.
  const follower = { reach: () => Promise.resolve() };
  const begin: SimulationTarget['begin'] = (opening, from) => beginSimulation({ log, store, executor, processes, follower }, opening, from);
  return { logId: store.logId, store, executor, finder, principals, accountDigest, begin, clock };
}
