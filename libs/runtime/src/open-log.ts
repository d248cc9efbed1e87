import { uuidV5 } from '@assay/domain';
import { CommandError, Simulation, wasRejected } from '@assay/commands';
import { allViews, isReadModelError, type ReadModels } from '@assay/read-models';
import type { Runtime } from './open-runtime.js';

/** What `LogOpened` states beside the log's own id (`domain.md`, Company). */
export interface OpeningOptions {
  readonly name: string;
  /** IANA name, e.g. `Asia/Shanghai`. */
  readonly timeZone: string;
  /** 1 to 12. */
  readonly businessYearFirstMonth: number;
  /** The first administrator as tokens name them; the person's id follows from it. */
  readonly admin: { readonly issuer: string; readonly subject: string };
}

/** The id of the first administrator, before and after they join as a person. */
export const firstAdminId = (logId: string, { issuer, subject }: OpeningOptions['admin']): string => uuidV5(logId, `${issuer}\u0000${subject}`);

/** Opens a log on the real clock: its first event, once. Throws `CommandError` where it is open already. */
export async function openLog(runtime: Runtime, options: OpeningOptions): Promise<{ readonly adminId: string }> {
  const outcome = await runtime.executor.execute(openingMessage(runtime, options, 'REAL'));
  if (wasRejected(outcome)) throw new CommandError('BAD_USER_INPUT', `The log is not opened: ${outcome.rejection.rejected}.`);
  return { adminId: firstAdminId(runtime.logId, options.admin) };
}

function openingMessage({ logId }: Runtime, { name, timeZone, businessYearFirstMonth, admin }: OpeningOptions, clock: 'REAL' | 'SIMULATED') {
  const data = { logId, name, timeZone, businessYearFirstMonth, clock, admin: { personId: firstAdminId(logId, admin), ...admin } };
  return { aggregate: 'company', type: 'OpenLog', data, commandId: uuidV5(logId, 'OpenLog'), issuer: 'SYSTEM' } as const;
}

/** A simulated log under way, with the one loader that may write to it. */
export interface OpenSimulation {
  readonly simulation: Simulation;
  readonly adminId: string;
  /** Ends the simulation: from here on the log runs with the real clock, moved by `offsetMs`. */
  end(offsetMs: number): Promise<void>;
  /** Gives the writer lease back; the log stays simulated unless it was ended. */
  release(): Promise<void>;
}

/**
 * Takes the writer lease of an empty or unfinished simulated log and begins, or resumes, at the later of `from` (ms) and the
 * last recordedAt (`architecture.md`, Time). A log on the real clock is refused by the log itself.
 */
export async function openSimulation(runtime: Runtime, options: OpeningOptions, from: number): Promise<OpenSimulation> {
  const lease = await runtime.log.takeSimulationLease();
  const { executor, processes: runner, readModels, store } = runtime;
  const follower = { reach: (position: number) => reach(readModels, position) };
  const simulation = await Simulation.begin({ executor, runner, follower, head: () => store.head() }, from);
  const opened = await simulation.execute(openingMessage(runtime, options, 'SIMULATED'));
  if (wasRejected(opened)) throw new CommandError('BAD_USER_INPUT', `The log is not opened: ${opened.rejection.rejected}.`);
  return {
    simulation,
    adminId: firstAdminId(runtime.logId, options.admin),
    end: async (offset) => {
      await simulation.settle();
      await simulation.execute({ aggregate: 'company', type: 'EndSimulation', id: '', data: { offset }, commandId: uuidV5(runtime.logId, 'EndSimulation'), issuer: 'SYSTEM' });
      await simulation.settle();
    },
    release: () => lease.release(),
  };
}

/** A simulated clock stands until the projections are there, however long that takes; a projection that stopped is an error. */
async function reach(readModels: ReadModels, position: number): Promise<void> {
  for (;;) {
    try {
      await readModels.atLeast(allViews, position);
      return;
    } catch (error) {
      if (!isReadModelError(error, 'NOT_YET_VISIBLE')) throw error;
    }
  }
}
