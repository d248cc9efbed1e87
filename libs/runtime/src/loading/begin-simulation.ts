import { CommandError, Simulation, wasRejected, type CommandMessage, type Executor, type Follower, type ProcessRunner } from '@assay/commands';
import { uuidV5 } from '@assay/domain';
import type { EventLog, EventStore } from '@assay/event-log';
import type { OpeningOptions, OpenSimulation } from './target.js';

/** What a simulation is begun on. */
export interface SimulationBase {
  readonly log: Pick<EventLog, 'takeSimulationLease'>;
  readonly store: Pick<EventStore, 'logId' | 'head'>;
  readonly executor: Executor;
  readonly processes: ProcessRunner;
  /** What must have seen everything before the clock moves on. */
  readonly follower: Follower;
}

/** The id of the first administrator, before and after they join as a person. */
export const firstAdminId = (logId: string, { issuer, subject }: OpeningOptions['admin']): string => uuidV5(logId, `${issuer}\u0000${subject}`);

/** The command that opens a log: its first event, once. */
export function openingMessage(logId: string, { admin, ...company }: OpeningOptions, clock: 'REAL' | 'SIMULATED'): CommandMessage {
  const data = { logId, ...company, clock, admin: { personId: firstAdminId(logId, admin), ...admin } };
  return { aggregate: 'company', type: 'OpenLog', data, commandId: uuidV5(logId, 'OpenLog'), issuer: 'SYSTEM' };
}

/**
 * Takes the writer lease of an empty or unfinished simulated log and begins, or resumes, at the later of `from` (ms) and the
 * last recordedAt (`architecture.md`, Time). A log on the real clock is refused by the log itself.
 */
export async function beginSimulation({ log, store, executor, processes: runner, follower }: SimulationBase, opening: OpeningOptions, from: number): Promise<OpenSimulation> {
  const { logId } = store;
  const lease = await log.takeSimulationLease();
  const simulation = await Simulation.begin({ executor, runner, follower, head: () => store.head() }, from);
  const opened = await simulation.execute(openingMessage(logId, opening, 'SIMULATED'));
  if (wasRejected(opened)) throw new CommandError('BAD_USER_INPUT', `The log is not opened: ${opened.rejection.rejected}.`);
  return {
    simulation,
    adminId: firstAdminId(logId, opening.admin),
    end: async (offset) => {
      await simulation.settle();
      await simulation.execute({ aggregate: 'company', type: 'EndSimulation', id: '', data: { offset }, commandId: uuidV5(logId, 'EndSimulation'), issuer: 'SYSTEM' });
      await simulation.settle();
    },
    release: () => lease.release(),
  };
}
