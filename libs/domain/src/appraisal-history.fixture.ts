import { isRejection } from './kernel/decision.js';
import { assert } from './kernel/defect.js';
import type { AppraisalCommand, AppraisalWorld } from './appraisal-commands.js';
import type { AppraisalEvent } from './appraisal.events.js';
import {
  APPRAISAL,
  basis,
  CROSS,
  CYCLE,
  HR,
  id,
  period,
  SCHEME,
  segment,
  SUBJECT,
  SUPERIOR,
  TARGET,
} from './appraisal.fixture.js';
import { evolveAppraisal, initialAppraisal, type AppraisalState, type KnownAppraisal } from './appraisal.state.js';
import { decideAppraisal } from './appraisal.js';

/** The events of one appraisal from its opening to the end, and what folds and decides them in the specs. */
export const opened: AppraisalEvent = {
  type: 'AppraisalOpened',
  data: {
    appraisalId: APPRAISAL,
    subjectId: SUBJECT,
    cycle: CYCLE,
    level: 'QUARTER',
    period,
    role: 'sales',
    unit: 'east',
    managerId: SUPERIOR,
    eligible: { from: segment.from, to: segment.to },
    directory: [id(21)],
    schemeId: SCHEME,
    schemeVersion: 3,
    indicators: [
      { code: 'sales', kind: 'QUANTITATIVE', metric: 'sales', raters: [], targetId: TARGET },
      {
        code: 'teamwork',
        kind: 'QUALITATIVE',
        metric: null,
        raters: ['SELF', 'SUPERIOR', 'CROSS_DEPARTMENT'],
        targetId: null,
      },
    ],
    evaluators: [
      { kind: 'SELF', evaluatorId: SUBJECT },
      { kind: 'SUPERIOR', evaluatorId: SUPERIOR },
      { kind: 'CROSS_DEPARTMENT', evaluatorId: CROSS },
    ],
    evaluationsDueOn: '2026-04-10',
    basis,
  },
};
type Kind = 'SELF' | 'SUPERIOR' | 'CROSS_DEPARTMENT';
/** An evaluation of the one qualitative indicator. */
export const rate = (kind: Kind, evaluatorId: string, value: string): AppraisalEvent => ({
  type: 'EvaluationSubmitted',
  data: { kind, evaluatorId, ratings: [{ indicator: 'teamwork', value }], comment: `by ${kind}` },
});
/** One of each kind, and the history up to the last. */
export const ratedBy = {
  SELF: rate('SELF', SUBJECT, '90'),
  SUPERIOR: rate('SUPERIOR', SUPERIOR, '80'),
  CROSS_DEPARTMENT: rate('CROSS_DEPARTMENT', CROSS, '70'),
};
export const allRated = [opened, ratedBy.SELF, ratedBy.SUPERIOR, ratedBy.CROSS_DEPARTMENT];
export const unsealed: AppraisalEvent = { type: 'EvaluationsUnsealed', data: { cause: 'ALL_IN' } };
/** What follows the unsealing, in order. */
export const published: AppraisalEvent = {
  type: 'ScorePublished',
  data: {
    revision: 1,
    publishedOn: '2026-04-20',
    status: 'RATED',
    total: '88.00',
    grade: 'A',
    schemeId: SCHEME,
    schemeVersion: 3,
    engineVersion: '1.0.0',
    basis,
    derivationDigest: '0'.repeat(64),
    cause: 'PUBLICATION',
    causeEventId: null,
  },
};
export const communicated: AppraisalEvent = {
  type: 'ResultCommunicated',
  data: { revision: 1, channel: 'OPENED', evidence: null, filingEndsOn: '2026-05-04', calendarVersion: 0 },
};
export const interviewed: AppraisalEvent = {
  type: 'InterviewRecorded',
  data: { revision: 1, heldOn: '2026-04-20', notes: 'Went well.' },
};
export const finalized: AppraisalEvent = { type: 'AppraisalFinalized', data: { revision: 1 } };
const toUnsealed = [...allRated, unsealed];
/** A history that ends in each status. */
export const histories = {
  ABSENT: [],
  SEALED: [opened],
  UNSEALED: toUnsealed,
  PUBLISHED: [...toUnsealed, published],
  COMMUNICATED: [...toUnsealed, published, communicated],
  FINAL: [...toUnsealed, published, communicated, interviewed, finalized],
} as const satisfies Readonly<Record<AppraisalState['status'], readonly AppraisalEvent[]>>;

/** The fold of events recorded from position 200 on, ids 200 and so on; `actors` by index, HR otherwise. */
export function fold(events: readonly AppraisalEvent[], actors: Readonly<Record<number, string>> = {}): AppraisalState {
  return events.reduce<AppraisalState>((state, event, revision) => {
    const meta = {
      actor: actors[revision] ?? HR,
      authority: 'HR',
      commandId: id(900),
      commandDigest: '',
      correlationId: id(900),
    };
    const at = {
      id: id(200 + revision),
      stream: `appraisal-${APPRAISAL}`,
      revision,
      position: 200 + revision,
      schemaVersion: 1,
      meta,
      recordedAt: revision,
    };
    return evolveAppraisal(state, { ...at, ...event });
  }, initialAppraisal);
}
/** The fold of a history that opens an appraisal. */
export function known(
  events: readonly AppraisalEvent[],
  actors: Readonly<Record<number, string>> = {},
): KnownAppraisal {
  const state = fold(events, actors);
  assert(state.status !== 'ABSENT', 'the history opens the appraisal');
  return state;
}
/** What a command comes to: the rule broken, or the types of the events. */
export function outcome(state: AppraisalState, command: AppraisalCommand, given: AppraisalWorld): string {
  const decision = decideAppraisal(state, command, given);
  if (isRejection(decision)) return decision.rejected;
  return decision.events.map(({ type }) => type).join('+') || 'NOTHING';
}
