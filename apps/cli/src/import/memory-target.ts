import { createHmac } from 'node:crypto';
import {
  allHandlers,
  allManagers,
  CommandError,
  companyFold,
  Executor,
  memoryProcessStore,
  Principals,
  ProcessRunner,
  Simulation,
  TIMED_TYPES,
  timersOf,
  wasRejected,
  type ParkedWork,
} from '@assay/commands';
import { eventCatalogue, uuidV5 } from '@assay/domain';
import { EventCodec, EventStore, memoryKeyStore, MemoryLog } from '@assay/event-log';
import { MemoryFinder } from './memory-finder.js';
import type { Opening, ReplayTarget, SimulatedLog } from './target.js';

/**
 * A log in memory with everything that a replay drives: the same handlers, process managers, timers and codec as over a
 * database, and nothing left of it at the end. What it costs is memory: about 3 KB an event.
 */
export function memoryTarget({ clock, log = new MemoryLog({ clock }), onParked }: { readonly clock: () => number; readonly log?: MemoryLog; readonly onParked: (work: ParkedWork) => void }): ReplayTarget {
  const store = new EventStore(log, new EventCodec({ definitions: eventCatalogue, keys: memoryKeyStore() }));
  const finder = new MemoryFinder(store);
  // Keyed like the real one; the key matters to nobody, since the log ends with the process.
  const accountDigest = (source: string, accountKey: string): Promise<string> => Promise.resolve(createHmac('sha256', store.logId).update(`${source}\u0000${accountKey}`).digest('hex'));
  const executor = new Executor(store, allHandlers({ logId: store.logId, accountDigest, isStale: () => Promise.resolve(false) }), finder);
  const principals = new Principals({ reader: () => executor.reader(), finder, now: () => store.now() });
  const processes = new ProcessRunner({
    log: store,
    executor,
    finder,
    store: memoryProcessStore(),
    managers: allManagers(store.logId),
    timers: { types: TIMED_TYPES, of: timersOf },
    timeZone: async () => {
      const company = await (await executor.reader()).state(companyFold, 'company');
      return company.status === 'ABSENT' ? 'UTC' : company.timeZone;
    },
    onParked,
    onError: (error) => {
      throw error;
    },
  });
  const begin = (opening: Opening, from: number): Promise<SimulatedLog> => beginIn({ log, store, executor, processes }, opening, from);
  return { logId: store.logId, store, executor, finder, principals, accountDigest, begin, clock };
}

interface Parts {
  readonly log: MemoryLog;
  readonly store: EventStore;
  readonly executor: Executor;
  readonly processes: ProcessRunner;
}

async function beginIn({ log, store, executor, processes }: Parts, { name, timeZone, businessYearFirstMonth, admin }: Opening, from: number): Promise<SimulatedLog> {
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
