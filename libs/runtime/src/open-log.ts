import { CommandError, wasRejected } from '@assay/commands';
import { beginSimulation, firstAdminId, openingMessage } from './loading/begin-simulation.js';
import type { OpeningOptions, OpenSimulation } from './loading/target.js';
import type { Runtime } from './open-runtime.js';
import { reach } from './reach.js';

/** Opens a log on the real clock: its first event, once. Throws `CommandError` where it is open already. */
export async function openLog(runtime: Runtime, options: OpeningOptions): Promise<{ readonly adminId: string }> {
  const outcome = await runtime.executor.execute(openingMessage(runtime.logId, options, 'REAL'));
  if (wasRejected(outcome)) throw new CommandError('BAD_USER_INPUT', `The log is not opened: ${outcome.rejection.rejected}.`);
  return { adminId: firstAdminId(runtime.logId, options.admin) };
}

/** Begins, or resumes, a simulation on an open runtime, whose own projections follow it (`beginSimulation`). */
export function openSimulation(runtime: Runtime, options: OpeningOptions, from: number): Promise<OpenSimulation> {
  const { log, store, executor, processes, readModels } = runtime;
  return beginSimulation({ log, store, executor, processes, follower: { reach: (position) => reach(readModels, position) } }, options, from);
}
