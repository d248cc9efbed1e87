import { wasRejected } from '@assay/commands';
import { uuidV5 } from '@assay/domain';
import type { Runtime } from '@assay/runtime';
import { UsageError } from '../command.js';
import { codeOf } from '../error-code.js';
import { isAgreed } from '../is-agreed.js';
import { demandOpened } from '../open-log.js';
import { withRuntime } from '../open-runtime.js';
import { demandReader } from '../reader.js';
import { checkPlace } from './copy-log.js';
import type { MigrationRequest } from './migration.js';

/** The event by which a log was closed. */
export interface Closed {
  readonly eventId: string;
  readonly actor: string;
}

/**
 * Closes the log where it is now, as the administrator whom the token names; one that is closed already is taken as it is. Null
 * where nobody agreed. A simulated log that has not ended, or one that was never opened, is a usage error.
 */
export function closeSource(request: MigrationRequest): Promise<Closed | null> {
  const { migration, io, quiet, yes } = request;
  const { source, words } = migration;
  return withRuntime({ config: source, io, quiet, existing: true }, async (runtime) => {
    const company = await runtime.company();
    // First of all: what an interrupted move has left here may hold nothing yet, and its beginning is not the log.
    await checkPlace(request, { logId: runtime.logId, isClosed: company.status === 'CLOSED' });
    await demandOpened(source, runtime);
    if (company.status !== 'ABSENT' && company.clock === 'SIMULATED' && company.simulationOffset === null)
      throw new UsageError(`the log ${source.log} is simulated and its simulation has not ended: only its loader may write to it, so it cannot be closed`);
    if (company.status === 'CLOSED') return lastClosing(runtime);
    const { principal } = await demandReader(source, runtime.principals);
    if (!yes && !(await isAgreed(io, `Close the log ${source.log} in ${words.from} and move it to ${words.to}? It is never written there again but by moving it back. [y/N] `))) return null;
    const { position } = await runtime.store.head();
    const commandId = uuidV5(runtime.logId, `migrate-log ${migration.to} ${String(position)}`);
    const closing = { aggregate: 'company', type: 'CloseLog', data: {}, reason: `moved to ${words.to}`, commandId, issuer: principal };
    const outcome = await runtime.executor.execute(closing).catch((error: unknown) => {
      if (codeOf(error) !== 'FORBIDDEN') throw error;
      throw new UsageError('ASSAY_TOKEN names nobody who may close the log; that takes an administrator', { cause: error });
    });
    // Another one was faster.
    if (wasRejected(outcome) && outcome.rejection.rejected !== 'LOG_CLOSED') throw new UsageError(`the log is not closed: ${outcome.rejection.rejected}`);
    return lastClosing(runtime);
  });
}

/** The event by which a log that is closed was closed last. */
export async function lastClosing({ store }: Runtime): Promise<Closed> {
  const events = await store.readStream('company', { direction: 'BACKWARDS', max: LOOKED_AT_MAX });
  const closing = events.find(({ type }) => type === 'LogClosed');
  if (closing === undefined) throw new UsageError('the log has no event by which it was closed');
  return { eventId: closing.id, actor: closing.meta.actor };
}

/** It is the company's last event, since none is taken after it. */
const LOOKED_AT_MAX = 1;
