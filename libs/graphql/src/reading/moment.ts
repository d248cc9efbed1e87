import type { Day } from '@assay/domain';
import type { ReadModels, View } from '@assay/read-models';
import { AS_OF_PER_OPERATION_MAX } from '../edge/cost.js';
import { apiError, badInput } from '../edge/error-codes.js';
import type { GraphqlContext } from '../edge/context.js';
import type { LogSource } from './ports.js';

/** What a client asks of time: when we knew, what was true, what must be visible at least. */
export interface MomentRequest {
  readonly asOf?: { readonly position?: string | null; readonly time?: string | null } | null;
  readonly effectiveOn?: string | null;
  readonly atLeast?: string | null;
}

/** The moment an answer shows. Live: `position` is a lower bound of what its rows show. */
export interface Shown {
  readonly position: number;
  /** Folded from the log for this answer, rather than read from the live rows. */
  readonly historical: boolean;
  readonly effectiveOn: Day | null;
}

/** Tells one moment from another within a request; two live ones differ too, since a subscription is one long request. */
export const momentKey = ({ position, historical, effectiveOn }: Shown): string => `${historical ? '' : 'live '}${String(position)}~${effectiveOn ?? ''}`;

/** What moments are resolved by. */
export interface MomentPorts {
  readonly readModels: Pick<ReadModels, 'position' | 'atLeast'>;
  readonly log: Pick<LogSource, 'head' | 'positionAt'>;
}

/**
 * The moment of a root field, settled before any row is read (`architecture.md`, Freshness; History and replay).
 * `POSITION_AHEAD` beyond the head, `AS_OF_TOO_RECENT` for a time not before the last event's, `NOT_YET_VISIBLE` after 2 s.
 */
export async function shownAt({ readModels, log }: MomentPorts, request: MomentRequest, views: readonly View[]): Promise<Shown> {
  const effectiveOn = request.effectiveOn ?? null;
  if (request.asOf) {
    if (request.atLeast != null) throw badInput('Give asOf or atLeast, not both.');
    return { position: await positionOf(log, request.asOf), historical: true, effectiveOn };
  }
  const position = request.atLeast == null ? await readModels.position(views) : await readModels.atLeast(views, Number(request.atLeast));
  return { position, historical: effectiveOn !== null, effectiveOn };
}

async function positionOf(log: MomentPorts['log'], { position, time }: NonNullable<MomentRequest['asOf']>): Promise<number> {
  if ((position == null) === (time == null)) throw badInput('asOf takes exactly one of position and time.');
  const head = await log.head();
  if (position != null) {
    if (Number(position) > head.position) throw apiError('POSITION_AHEAD', 'The log does not reach that far.', { position: String(head.position) });
    return Number(position);
  }
  const instant = Date.parse(time ?? '');
  if (head.recordedAt === null || instant >= head.recordedAt) throw apiError('AS_OF_TOO_RECENT', 'The time is not before that of the last event: more may still be recorded at it.', { position: String(head.position) });
  return log.positionAt(instant);
}

const MOMENTS = new WeakMap<GraphqlContext, Set<string>>();

/** Counts the different moments that one request folds anew; ids bring moments too, which a query's cost cannot see. */
export function countMoment(context: GraphqlContext, shown: Shown): void {
  if (!shown.historical) return;
  const seen = MOMENTS.get(context) ?? new Set<string>();
  MOMENTS.set(context, seen.add(momentKey(shown)));
  if (seen.size > AS_OF_PER_OPERATION_MAX) throw apiError('QUERY_TOO_COMPLEX', `At most ${String(AS_OF_PER_OPERATION_MAX)} moments in one operation.`, { asOfsMax: AS_OF_PER_OPERATION_MAX });
}
