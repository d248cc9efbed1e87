import { z } from 'zod';
import { assentEvents } from './assent.js';
import { level } from './kernel/calendar.js';
import { defineEvents, type EventOf } from './kernel/event.js';
import { ownerId } from './kernel/owner.js';
import { basis, code, day, fields, oneOf, personalText, shape, uuid } from './kernel/schema.js';
import { cycleStream, newTarget, targetAdjustment } from './target.events.js';

/** What moved the market (`domain.md`, Cycles and recalibrations; §1.3). */
export const recalibrationTrigger = oneOf('RecalibrationTrigger', [
  'POLICY_CHANGE',
  'COMPETITOR_MOVE',
  'MARKET_SHOCK',
  'RESOURCE_CHANGE',
  'DATA_ERROR',
  'OTHER',
]);

/** A computed figure: plain decimal text of up to 34 significant digits. */
const figure = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/)
  .register(fields, { graphql: 'Decimal' });

/**
 * Attainment of one target at the request's basis, as the server computed it (NO_DATA_REVIEW). Null figures: no data,
 * or a target that is only to be added.
 */
export const dataReview = shape('DataReview', {
  target: uuid,
  actual: figure.nullable(),
  attainment: figure.nullable(),
  deviation: figure.nullable(),
});
export type DataReview = Readonly<z.infer<typeof dataReview>>;

/** A target in a request, with whom it concerns: copied, so that a later transfer changes nothing here. */
const touchedTarget = shape('RecalibratedTarget', { target: uuid, owner: ownerId, metric: code, goal: uuid });
/** A row of `targets` in `RecalibrationRequested`. */
export type TouchedTarget = Readonly<z.infer<typeof touchedTarget>>;

/** An `ADD`: the whole target, with the id its key gives it. */
const addedTarget = shape('AddedTarget', { targetId: uuid, target: newTarget });

/** Why the marketing head's decision alone is not enough (ASSENT_NEEDED). */
export const assentCause = oneOf('AssentCause', ['REPLACE_AFTER_GRACE', 'RETROACTIVE', 'AFTER_PERIOD']);
/** A word of `assentCause`. */
export type AssentCause = z.infer<typeof assentCause>;

const recalibration = uuid;

/** The events of `cycle-<LEVEL>-<code>` (`domain.md`, Cycles and recalibrations): what may not race the cut-off. */
export const cycleEvents = defineEvents({
  CycleOpened: {
    version: 1,
    doc: 'A cycle was opened; its period follows from the code and the business year.',
    data: z.strictObject({
      cycle: cycleStream,
      level,
      code,
      period: shape('CyclePeriod', { from: day, to: day }),
      cutOffOn: day,
      evaluationDueOn: day,
      filingWindowDays: z.int(),
      graceDays: z.int(),
      feedbackDays: z.int(),
      recalibrationsMax: z.int(),
    }),
  },
  CycleDataCutOff: {
    version: 1,
    doc: 'The cut-off date ended: what is recorded from here on is late for this cycle.',
    data: z.strictObject({ cutOffOn: day }),
  },
  CycleClosed: { version: 1, doc: 'All appraisals of the cycle are final.', data: z.strictObject({ basis }) },
  RecalibrationRequested: {
    version: 1,
    doc: 'A change of running targets was requested, with the server’s data review at a basis.',
    data: z.strictObject({
      recalibration,
      adjust: z.array(targetAdjustment),
      add: z.array(addedTarget),
      withdraw: z.array(uuid),
      targets: z.array(touchedTarget),
      trigger: recalibrationTrigger,
      triggerText: personalText().nullable(),
      revisedGoals: z.array(uuid),
      dataReview: z.array(dataReview),
      /** People asked for feedback: owners, and heads of units that own. */
      affected: z.array(uuid),
      feedbackUntil: day,
      calendarVersion: z.int().min(0),
      assentCauses: z.array(assentCause),
      basis,
    }),
  },
  FeedbackGiven: {
    version: 1,
    doc: 'An affected owner said what they think of a recalibration.',
    data: z.strictObject({ recalibration, agrees: z.boolean(), comment: personalText() }),
  },
  FeedbackClosed: {
    version: 1,
    doc: 'All feedback is in, or the feedback days ran out.',
    data: z.strictObject({ recalibration, cause: oneOf('FeedbackCloseCause', ['ALL_IN', 'DEADLINE']) }),
  },
  ...assentEvents,
  RecalibrationApproved: {
    version: 1,
    doc: 'The recalibration was decided for every target named, all or none.',
    data: z.strictObject({ recalibration, by: oneOf('RecalibrationApprover', ['MARKETING_HEAD', 'COMMITTEE']), basis }),
  },
  RecalibrationRejected: {
    version: 1,
    doc: 'The recalibration was turned down, or the cut-off found it undecided.',
    data: z.strictObject({
      recalibration,
      by: oneOf('RecalibrationRejecter', ['MARKETING_HEAD', 'COMMITTEE', 'CUT_OFF']),
    }),
  },
  RecalibrationWithdrawn: {
    version: 1,
    doc: 'The requester took the recalibration back.',
    data: z.strictObject({ recalibration }),
  },
  RecalibrationApplied: {
    version: 1,
    doc: 'Every target named has what the recalibration decided.',
    data: z.strictObject({ recalibration }),
  },
});
export type CycleEvent = EventOf<typeof cycleEvents>;
