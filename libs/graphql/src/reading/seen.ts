import { scoreSight } from '@assay/domain';
import type { AppraisalDocument } from '@assay/read-models';
import type { GraphqlContext } from '../edge/context.js';
import type { Seen } from './appraisal-sight.js';
import { liveAt, principalIn } from './documents.js';
import type { Placed } from './placed.js';
import type { Reading } from './reading.js';
import { appraisalSource } from './sources.js';

/** How much the caller sees of an appraisal that is being shown: rights are judged now, never at the moment shown. */
export async function seenBy(reading: Reading, shown: Placed<AppraisalDocument>, context: GraphqlContext): Promise<Seen> {
  const principal = await principalIn(context);
  if (!shown.shown.historical) return { shown, now: shown, principal, sight: scoreSight(shown, principal) };
  const now = await reading.documents.one(appraisalSource, shown.key, { context, shown: liveAt(shown.shown.position) });
  // It was visible when it was read; gone since, nothing of its figures is shown.
  return now === null ? { shown, now: shown, principal, sight: 'NONE' } : { shown, now, principal, sight: scoreSight(now, principal) };
}
