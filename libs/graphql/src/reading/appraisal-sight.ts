import { evolveAppraisal, initialAppraisal, redactEvaluations, type AppraisalState, type KnownAppraisal, type Principal, type PublishedRevision, type Recorded, type scoreSight, type VisibleEvaluation } from '@assay/domain';
import type { AppraisalDocument, AppraisalFigures } from '@assay/read-models';
import { isLogError } from '@assay/event-log';
import type { Placed } from './placed.js';
import type { LogSource } from './ports.js';

/** How much of a score somebody sees (`domain.md`, Appraisals). */
export type Sight = ReturnType<typeof scoreSight>;

/** An appraisal with what its reader may see of it: judged by what the appraisal is now, whatever moment is shown. */
export interface Seen {
  readonly shown: Placed<AppraisalDocument>;
  readonly now: KnownAppraisal;
  readonly principal: Principal;
  readonly sight: Sight;
}

/** The figures for a sight; null where they are hidden. */
export function figuresFor({ shown, sight }: Pick<Seen, 'shown' | 'sight'>): AppraisalFigures | null {
  if (sight === 'FULL') return shown.score;
  if (sight === 'NONE') return null;
  // Nobody was awaited at that moment, so the view keeps no second reckoning: while sealed the first holds no rating.
  return shown.scoreWithoutRatings ?? (shown.isSealed ? shown.score : null);
}

/** A published revision for a sight: without full sight its figures, its digest and what was said about it are null. */
export function revisionFor(revision: PublishedRevision, sight: Sight): object {
  if (sight === 'FULL') return revision;
  const interview = revision.interview === null ? null : { ...revision.interview, notes: null };
  return { ...revision, status: null, total: null, grade: null, derivationDigest: null, interview };
}

/**
 * The evaluations as the reader may see them. Sealed ones stand in no document; their author's own are folded from the
 * stream, and at a moment of the past before the unsealing not even these.
 */
export async function evaluationsFor(log: Pick<LogSource, 'readStream'>, { shown, now, principal }: Seen): Promise<readonly VisibleEvaluation[]> {
  const { historical } = shown.shown;
  const isAuthor = shown.evaluations.some(({ evaluatorId }) => evaluatorId === principal.personId);
  const state = shown.isSealed && isAuthor && !historical ? await foldedAppraisal(log, shown.key) : shown;
  return redactEvaluations(state ?? shown, principal, historical ? now : undefined);
}

/** The appraisal with everything sealed in it: for its own author's eyes alone. */
async function foldedAppraisal(log: Pick<LogSource, 'readStream'>, stream: string): Promise<KnownAppraisal | null> {
  const state = (await eventsOf(log, stream)).reduce<AppraisalState>(
    // The codec has checked the events against this category's catalogue.
    (held, event) => evolveAppraisal(held, event as Parameters<typeof evolveAppraisal>[1]),
    initialAppraisal,
  );
  return state.status === 'ABSENT' ? null : state;
}

/** The events of a stream; none where it does not exist. */
export async function eventsOf(log: Pick<LogSource, 'readStream'>, stream: string): Promise<readonly Recorded[]> {
  try {
    return await log.readStream(stream);
  } catch (error) {
    if (isLogError(error, 'StreamNotFound')) return [];
    throw error;
  }
}
