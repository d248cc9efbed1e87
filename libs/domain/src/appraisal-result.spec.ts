import { describe, expect, it } from '@jest/globals';
import type { AppraisalCommand, AppraisalWorld } from './appraisal-commands.js';
import type { AppraisalEvent } from './appraisal.events.js';
import { derivationDigest } from './appraisal-score.js';
import { decideAppraisal } from './appraisal.js';
import {
  communicated,
  finalized,
  fold,
  histories,
  interviewed,
  known,
  opened,
  outcome,
  published,
  ratedBy,
} from './appraisal-history.fixture.js';
import { APPRAISAL, cycle, HR, rated, SUBJECT, world } from './appraisal.fixture.js';

describe('publication to finalization', () => {
  const publish: AppraisalCommand = { type: 'PublishScore', data: {} };
  it('fixes the score at its basis', () => {
    const decision = decideAppraisal(fold(histories.UNSEALED), publish, world(HR));
    expect(decision).toEqual({
      events: [{ ...published, data: { ...published.data, derivationDigest: derivationDigest(rated.derivation) } }],
    });
  });

  it.each<[string, Partial<AppraisalWorld>]>([
    ['INDICATOR_PENDING', { score: { ...rated, pending: [{ indicator: 'sales', code: 'TARGET_MISSING' }] } }],
    ['CUT_OFF_NOT_REACHED', { cycle }],
    ['STALE_INPUT', { stale: true }],
    [
      'ScorePublished',
      {
        score: {
          ...rated,
          status: 'NOT_RATED',
          total: null,
          grade: null,
          unratedCode: 'SPAN_TOO_SHORT',
          pending: [{ indicator: 'sales', code: 'FACT_MISSING' }],
        },
      },
    ],
  ])('answers %s', (expected, changes) => {
    expect(outcome(fold(histories.UNSEALED), publish, world(HR, changes))).toBe(expected);
  });

  it('waits for the superior after the deadline, not for the others', () => {
    const deadline: AppraisalEvent = { type: 'EvaluationsUnsealed', data: { cause: 'DEADLINE' } };
    expect(outcome(fold([opened, ratedBy.SELF, deadline]), publish, world(HR))).toBe('EVALUATION_PENDING');
    expect(outcome(fold([opened, ratedBy.SUPERIOR, deadline]), publish, world(HR))).toBe('ScorePublished');
  });

  it('names the last day of the filing window in the event that opens it', () => {
    const decision = decideAppraisal(fold(histories.PUBLISHED), { type: 'OpenResult', data: {} }, world(SUBJECT));
    expect(decision).toEqual({ events: [communicated] });
    const handed = decideAppraisal(
      fold(histories.PUBLISHED),
      { type: 'HandOverResult', data: { evidence: 'b'.repeat(64) } },
      world(HR),
    );
    expect(handed).toEqual({
      events: [{ ...communicated, data: { ...communicated.data, channel: 'HANDED_OVER', evidence: 'b'.repeat(64) } }],
    });
  });

  const finalize: AppraisalCommand = { type: 'FinalizeAppraisal', data: {} };
  const interviewHeld = [...histories.COMMUNICATED, interviewed];
  const renounced: AppraisalEvent = { type: 'FilingRenounced', data: { revision: 1 } };
  const waived: AppraisalEvent = { type: 'InterviewWaived', data: { revision: 1 } };
  it.each<[string, readonly AppraisalEvent[], string]>([
    ['FILING_OPEN', interviewHeld, '2026-05-04'],
    ['AppraisalFinalized', interviewHeld, '2026-05-05'],
    ['AppraisalFinalized', [...interviewHeld, renounced], '2026-04-20'],
    ['AppraisalFinalized', [...histories.COMMUNICATED, waived], '2026-05-05'],
    ['INTERVIEW_MISSING', [...histories.COMMUNICATED, renounced], '2026-05-05'],
  ])('finalizes: %s', (expected, history, today) => {
    expect(outcome(fold(history), finalize, world(HR, { today }))).toBe(expected);
  });

  it.each<[string, AppraisalCommand, readonly AppraisalEvent[], string]>([
    [
      'INTERVIEW_EXISTS',
      { type: 'RecordInterview', data: { heldOn: '2026-04-20', notes: 'n' } },
      interviewHeld,
      '2026-04-20',
    ],
    ['INTERVIEW_EXISTS', { type: 'WaiveInterview', data: {} }, interviewHeld, '2026-04-20'],
    [
      'DATED_OUT_OF_ORDER',
      { type: 'RecordInterview', data: { heldOn: '2026-04-21', notes: 'n' } },
      histories.COMMUNICATED,
      '2026-04-20',
    ],
    [
      'DATED_OUT_OF_ORDER',
      { type: 'RecordInterview', data: { heldOn: '2026-04-19', notes: 'n' } },
      histories.COMMUNICATED,
      '2026-04-20',
    ],
    ['NOTHING_CHANGES', { type: 'RenounceFiling', data: {} }, histories.COMMUNICATED, '2026-05-05'],
    [
      'NOTHING_CHANGES',
      { type: 'AcknowledgeResult', data: {} },
      [...histories.COMMUNICATED, { type: 'ResultAcknowledged', data: { revision: 1 } }],
      '2026-04-20',
    ],
    [
      'ResultAcknowledged',
      { type: 'AcknowledgeResult', data: {} },
      [...histories.COMMUNICATED, { type: 'AcknowledgementRefused', data: { revision: 1 } }],
      '2026-04-20',
    ],
    [
      'NOTHING_CHANGES',
      { type: 'RefuseAcknowledgement', data: {} },
      [...histories.COMMUNICATED, { type: 'ResultAcknowledged', data: { revision: 1 } }],
      '2026-04-20',
    ],
  ])('answers %s to $type (%#)', (expected, command, history, today) => {
    expect(outcome(fold(history), command, world(HR, { today }))).toBe(expected);
  });

  it('is final with revision 1 as it was published', () => {
    const state = known([...interviewHeld, finalized]);
    expect([state.status, state.appraisalId, state.revisions.length, state.revisions[0]?.total]).toEqual([
      'FINAL',
      APPRAISAL,
      1,
      '88.00',
    ]);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });
});
