import {
  allHandlers,
  allManagers,
  CommandError,
  companyFold,
  Executor,
  Principals,
  ProcessRunner,
  Simulation,
  TIMED_TYPES,
  timersOf,
  wasRejected,
  type AccountDigest,
  type ParkedWork,
  type ProcessStore,
} from '@assay/commands';
import { uuidV5 } from '@assay/domain';
import type { EventLog, EventStore } from '@assay/event-log';
import { MemoryFinder } from './memory-finder.js';
import type { Opening, ReplayTarget, SimulatedLog } from './target.js';

/** What a log that is replayed into is made of. */
export interface ReplayParts {
  readonly log: Pick<EventLog, 'takeSimulationLease'>;
  readonly store: EventStore;
  readonly accountDigest: AccountDigest;
  readonly processStore: ProcessStore;
  readonly clock: () => number;
  readonly onParked: (work: ParkedWork) => void;
}

/**
 * A log with everything that a replay drives: the same handlers, process managers and timers as when it is served. What
 * they must find is indexed in memory while the log grows, not asked of views: views that follow a loader of many days
 * in small steps cost many times what they cost afterwards in large ones.
 */
export function replayTarget({ log, store, accountDigest, processStore, clock, onParked }: ReplayParts): ReplayTarget {
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
  const begin = (opening: Opening, from: number): Promise<SimulatedLog> => beginIn({ log, store, executor, processes }, opening, from);
  return { logId: store.logId, store, executor, finder, principals, accountDigest, begin, clock };
}

interface Begun {
  readonly log: ReplayParts['log'];
  readonly store: EventStore;
  readonly executor: Executor;
  readonly processes: ProcessRunner;
}

async function beginIn({ log, store, executor, processes }: Begun, { name, timeZone, businessYearFirstMonth, admin }: Opening, from: number): Promise<SimulatedLog> {
  const lease = await log.takeSimulationLease();
  // The finder reads the log itself, so nothing has to catch up.
  const follower = { reach: () => Promise.resolve() };
  const simulation = await Simulation.begin({ executor, runner: processes, follower, head: () => store.head() }, from);
  const adminId = uuidV5(store.logId, `${admin.issuer}\u0000${admin.subject}`);
  const system = { aggregate: 'company', issuer: 'SYSTEM' } as const;
  const data = { logId: store.logId, name, timeZone, businessYearFirstMonth, clock: 'SIMULATED', admin: { personId: adminId, ...admin } };
  const opened = await simulation.execute({ ...system, type: 'OpenLog', data, commandId: uuidV5(store.logId, 'OpenLog') });
  if (wasRejected(opened)) throw new CommandError('BAD_USER_INPUT', `The log is not opened: ${opened.rejection.rejected}.`);
  return {
    simulation,
    adminId,
    end: async (offset) => {
      await simulation.settle();
      await simulation.execute({ ...system, type: 'EndSimulation', data: { offset }, commandId: uuidV5(store.logId, 'EndSimulation') });
    },
    release: () => lease.release(),
  };
}
