import { wasRejected } from '@assay/commands';
import { uuidV5 } from '@assay/domain';
import { targetAhead } from '@assay/event-log';
import { withRuntime } from '../open-runtime.js';
import { lastClosing, type Closed } from './close-source.js';
import { directionOf, type MigrationRequest } from './migration.js';

/**
 * Reopens the log where it is now, caused by the event that closed it: the same closing reopens it once, however often the command is
 * repeated. Views are left to whoever serves it. `TargetAhead` where it was closed there by another one since, for the way back.
 */
export async function reopenTarget({ migration, io, quiet }: MigrationRequest, { eventId, actor }: Closed): Promise<void> {
  const { target, words } = migration;
  await withRuntime({ config: target, io, quiet, existing: true, viewsLater: true }, async (runtime) => {
    const { status } = await runtime.company();
    if (status === 'CLOSED' && (await lastClosing(runtime)).eventId !== eventId) throw targetAhead(directionOf(migration));
    const outcome = await runtime.executor.execute({
      aggregate: 'company',
      type: 'ReopenLog',
      data: { reason: `moved from ${words.from} to ${words.to}` },
      commandId: uuidV5(eventId, 'ReopenLog'),
      issuer: 'SYSTEM',
      causation: { eventId, rootActor: actor },
    });
    // Moved before, and open already: nothing is left to do.
    if (wasRejected(outcome) && outcome.rejection.rejected !== 'NOTHING_CHANGES') throw new Error(`the log is not reopened: ${outcome.rejection.rejected}`);
  });
}
