import { describe, expect, it } from '@jest/globals';
import type { AppraisalCommand, AppraisalWorld } from './appraisal-commands.js';
import { decideAppraisal } from './appraisal.js';
import { appraisalEvents, type AppraisalEvent, type RuledState } from './appraisal.events.js';
import {
  allRated,
  fold,
  histories,
  known,
  opened,
  outcome,
  rate,
  ratedBy,
  unsealed,
} from './appraisal-history.fixture.js';
import {
  committee,
  CROSS,
  CYCLE,
  cycle,
  DIRECTOR,
  FINANCE,
  HR,
  id,
  OTHER,
  scheme,
  SCHEME,
  segment,
  SUBJECT,
  SUPERIOR,
  target,
  TARGET,
  world,
} from './appraisal.fixture.js';

const open: AppraisalCommand = {
  type: 'OpenAppraisal',
  data: {
    personId: SUBJECT,
    cycle: CYCLE,
    segmentFrom: '2026-01-01',
    evaluators: [{ kind: 'CROSS_DEPARTMENT', evaluatorId: CROSS }],
  },
};
const submit = (kind: 'SELF' | 'SUPERIOR' | 'CROSS_DEPARTMENT', value = '80'): AppraisalCommand => ({
  type: 'SubmitEvaluation',
  data: { kind, ratings: [{ indicator: 'teamwork', value }] },
});
const propose = (indicator: string, state: RuledState): AppraisalCommand => ({
  type: 'ProposeIndicatorState',
  data: { indicator, state },
});
const proposed = (indicator: string, state: RuledState): AppraisalEvent => ({
  type: 'IndicatorStateProposed',
  data: { indicator, state, totalBefore: null, totalAfter: null, basis: [] },
});
const declared = (indicator: string): AppraisalEvent => ({
  type: 'SourceDeclaredUnavailable',
  data: { indicator, proposal: null, totalBefore: null, totalAfter: null, basis: [] },
});
const notApplicable = (indicator: string): AppraisalEvent => ({
  type: 'IndicatorRuledNotApplicable',
  data: { indicator, proposal: null, totalBefore: null, totalAfter: null, basis: [] },
});

describe('every status × command (domain.md, Appraisals)', () => {
  const evidence = {
    name: 'contract',
    mediaType: 'application/pdf',
    sizeBytes: 12,
    sha256: 'a'.repeat(64),
    location: 'archive/1',
  };
  const N = 'NOT_THERE';
  const P = 'ALREADY_PUBLISHED';
  const F = 'ALREADY_FINAL';
  const U = 'NOT_PUBLISHED';
  const rows: readonly [AppraisalCommand, string, readonly [string, string, string, string, string, string]][] = [
    [
      open,
      HR,
      ['AppraisalOpened', 'ALREADY_EXISTS', 'ALREADY_EXISTS', 'ALREADY_EXISTS', 'ALREADY_EXISTS', 'ALREADY_EXISTS'],
    ],
    [
      { type: 'ChangeSpan', data: { eligible: null, directory: [id(22)] } },
      'SYSTEM',
      [N, 'AppraisalSpanChanged', 'AppraisalSpanChanged', P, P, F],
    ],
    [
      { type: 'ReassignEvaluator', data: { kind: 'SUPERIOR', replaced: SUPERIOR, evaluatorId: OTHER } },
      HR,
      [N, 'EvaluatorReassigned', 'EvaluatorReassigned', P, P, F],
    ],
    [
      { type: 'SubmitEvidence', data: evidence },
      SUBJECT,
      [N, 'EvidenceSubmitted', 'EvidenceSubmitted', 'EvidenceSubmitted', 'EvidenceSubmitted', F],
    ],
    [
      submit('SUPERIOR'),
      SUPERIOR,
      [N, 'EvaluationSubmitted', 'EVALUATION_CLOSED', 'EVALUATION_CLOSED', 'EVALUATION_CLOSED', 'EVALUATION_CLOSED'],
    ],
    [
      { type: 'ReviseEvaluation', data: { kind: 'SUPERIOR', ratings: [{ indicator: 'teamwork', value: '1' }] } },
      SUPERIOR,
      [N, N, 'EVALUATION_CLOSED', 'EVALUATION_CLOSED', 'EVALUATION_CLOSED', 'EVALUATION_CLOSED'],
    ],
    [{ type: 'Unseal', data: {} }, 'SYSTEM', [N, 'EvaluationsUnsealed', 'NOTHING', 'NOTHING', 'NOTHING', 'NOTHING']],
    [
      { type: 'LinkTarget', data: { metric: 'sales', targetId: id(99) } },
      'SYSTEM',
      [N, 'AppraisalTargetLinked', 'AppraisalTargetLinked', P, P, F],
    ],
    [
      { type: 'UnlinkTarget', data: { targetId: TARGET } },
      'SYSTEM',
      [N, 'AppraisalTargetUnlinked', 'AppraisalTargetUnlinked', P, P, F],
    ],
    [propose('sales', 'NOT_APPLICABLE'), SUPERIOR, [N, 'IndicatorStateProposed', 'IndicatorStateProposed', P, P, F]],
    [
      {
        type: 'AssentToIndicatorState',
        data: { seat: 'HR', proposalEventId: id(201), proposalDigest: 'a'.repeat(64) },
      },
      HR,
      [N, 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN'],
    ],
    [
      { type: 'DeclineIndicatorState', data: { seat: 'HR', proposalEventId: id(201), proposalDigest: 'a'.repeat(64) } },
      HR,
      [N, 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN'],
    ],
    [
      { type: 'RuleNotApplicable', data: { indicator: 'sales' } },
      HR,
      [N, 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN', P, P, F],
    ],
    [
      { type: 'DeclareSourceUnavailable', data: { indicator: 'sales' } },
      FINANCE,
      [N, 'SourceDeclaredUnavailable', 'SourceDeclaredUnavailable', P, P, F],
    ],
    [
      { type: 'WaiveUnavailability', data: { indicator: 'sales' } },
      HR,
      [N, 'INDICATOR_STATE_BROKEN', 'INDICATOR_STATE_BROKEN', P, P, F],
    ],
    [{ type: 'PublishScore', data: {} }, HR, [N, 'EVALUATION_PENDING', 'ScorePublished', P, P, F]],
    [{ type: 'OpenResult', data: {} }, SUBJECT, [N, U, U, 'ResultCommunicated', 'NOTHING', 'NOTHING']],
    [
      { type: 'HandOverResult', data: { evidence: 'b'.repeat(64) } },
      HR,
      [N, U, U, 'ResultCommunicated', 'NOTHING_CHANGES', 'NOTHING_CHANGES'],
    ],
    [
      { type: 'RecordInterview', data: { heldOn: '2026-04-20', notes: 'n' } },
      SUPERIOR,
      [N, U, U, 'ResultCommunicated+InterviewRecorded', 'InterviewRecorded', F],
    ],
    [{ type: 'WaiveInterview', data: {} }, HR, [N, U, U, 'NOT_COMMUNICATED', 'InterviewWaived', F]],
    [
      { type: 'AcknowledgeResult', data: {} },
      SUBJECT,
      [N, U, U, 'NOT_COMMUNICATED', 'ResultAcknowledged', 'ResultAcknowledged'],
    ],
    [
      { type: 'RefuseAcknowledgement', data: {} },
      HR,
      [N, U, U, 'NOT_COMMUNICATED', 'AcknowledgementRefused', 'AcknowledgementRefused'],
    ],
    [{ type: 'RenounceFiling', data: {} }, SUBJECT, [N, U, U, 'NOT_COMMUNICATED', 'FilingRenounced', F]],
    [{ type: 'FinalizeAppraisal', data: {} }, HR, [N, U, U, 'NOT_COMMUNICATED', 'INTERVIEW_MISSING', F]],
  ];
  it.each(rows)('$type', (command, actor, expected) => {
    const seen = Object.values(histories).map((history) => outcome(fold(history), command, world(actor)));
    expect(seen).toEqual(expected);
  });
});

describe('OpenAppraisal', () => {
  it('copies what directory, scheme and targets say', () => {
    expect(decideAppraisal(fold([]), open, world(HR))).toEqual({ events: [opened] });
    expect(appraisalEvents.AppraisalOpened.data.safeParse(opened.data).success).toBe(true);
  });

  const opening = { segment, scheme: { schemeId: SCHEME, version: scheme }, targets: [target] };
  const quantitative = {
    ...scheme,
    content: { ...scheme.content, indicators: scheme.content.indicators.slice(0, 1), evaluatorWeights: {} },
  };
  it('is unsealed at once where no evaluation is due', () => {
    const given = world(HR, { opening: { ...opening, scheme: { schemeId: SCHEME, version: quantitative } } });
    const plain: AppraisalCommand = {
      type: 'OpenAppraisal',
      data: { personId: SUBJECT, cycle: CYCLE, segmentFrom: '2026-01-01' },
    };
    expect(outcome(fold([]), plain, given)).toBe('AppraisalOpened+EvaluationsUnsealed');
  });

  it.each<[string, Partial<AppraisalWorld>]>([
    ['CYCLE_UNKNOWN', { cycle: null }],
    ['CYCLE_CLOSED', { cycle: { ...cycle, status: 'CLOSED' } }],
    ['SEGMENT_UNKNOWN', { opening: { ...opening, segment: null } }],
    ['NO_SCHEME', { opening: { ...opening, scheme: null } }],
    ['SCHEME_AMBIGUOUS', { opening: { ...opening, scheme: 'AMBIGUOUS' } }],
    ['PERSON_UNKNOWN', { people: [] }],
  ])('refuses with %s', (expected, changes) => {
    expect(outcome(fold([]), open, world(HR, changes))).toBe(expected);
  });

  it.each([
    ['no one for a kind that is due', []],
    ['the subject for another kind', [{ kind: 'CROSS_DEPARTMENT', evaluatorId: SUBJECT }]],
    [
      'somebody else as self',
      [
        { kind: 'SELF', evaluatorId: OTHER },
        { kind: 'CROSS_DEPARTMENT', evaluatorId: CROSS },
      ],
    ],
    ['one person twice', [{ kind: 'CROSS_DEPARTMENT', evaluatorId: SUPERIOR }]],
    [
      'two superiors',
      [
        { kind: 'SUPERIOR', evaluatorId: OTHER },
        { kind: 'SUPERIOR', evaluatorId: id(8) },
        { kind: 'CROSS_DEPARTMENT', evaluatorId: CROSS },
      ],
    ],
  ] as const)('refuses EVALUATORS_BROKEN: %s', (_, evaluators) => {
    const command: AppraisalCommand = {
      type: 'OpenAppraisal',
      data: { personId: SUBJECT, cycle: CYCLE, segmentFrom: '2026-01-01', evaluators: [...evaluators] },
    };
    expect(outcome(fold([]), command, world(HR))).toBe('EVALUATORS_BROKEN');
  });

  it.each([
    ['another unit', { ...target, unit: 'west' }],
    ['another role', { ...target, role: 'planning' }],
    ['another owner', { ...target, owner: OTHER }],
    ['withdrawn', { ...target, status: 'WITHDRAWN' as const }],
  ])('takes no target of %s', (_, other) => {
    const decision = decideAppraisal(fold([]), open, world(HR, { opening: { ...opening, targets: [other] } }));
    const [first] = 'events' in decision ? decision.events : [];
    expect(first?.type === 'AppraisalOpened' && first.data.indicators[0]?.targetId).toBeNull();
  });
});

describe('evaluations', () => {
  it('unseals with the last one due, in the same append', () => {
    expect(outcome(fold(allRated.slice(0, 3)), submit('CROSS_DEPARTMENT'), world(CROSS))).toBe(
      'EvaluationSubmitted+EvaluationsUnsealed',
    );
    expect(outcome(fold([opened]), submit('CROSS_DEPARTMENT'), world(CROSS))).toBe('EvaluationSubmitted');
  });

  it.each<[string, string, AppraisalCommand]>([
    ['NOT_AN_EVALUATOR', OTHER, submit('SUPERIOR')],
    ['NOT_AN_EVALUATOR', CROSS, submit('SUPERIOR')],
    ['RATING_OUT_OF_RANGE', SUPERIOR, submit('SUPERIOR', '100.01')],
    ['RATING_OUT_OF_RANGE', SUPERIOR, submit('SUPERIOR', '-1')],
    ['INDICATOR_NOT_RATED', SUPERIOR, { type: 'SubmitEvaluation', data: { kind: 'SUPERIOR', ratings: [] } }],
    [
      'INDICATOR_NOT_RATED',
      SUPERIOR,
      {
        type: 'SubmitEvaluation',
        data: {
          kind: 'SUPERIOR',
          ratings: [
            { indicator: 'sales', value: '1' },
            { indicator: 'teamwork', value: '1' },
          ],
        },
      },
    ],
    [
      'INDICATOR_NOT_RATED',
      SUPERIOR,
      {
        type: 'SubmitEvaluation',
        data: {
          kind: 'SUPERIOR',
          ratings: [
            { indicator: 'teamwork', value: '1' },
            { indicator: 'teamwork', value: '2' },
          ],
        },
      },
    ],
  ])('refuses %s', (expected, actor, command) => {
    expect(outcome(fold([opened]), command, world(actor))).toBe(expected);
  });

  it('is submitted once and revised while sealed', () => {
    const state = fold([opened, ratedBy.SUPERIOR]);
    expect(outcome(state, submit('SUPERIOR'), world(SUPERIOR))).toBe('EVALUATION_EXISTS');
    expect(
      outcome(
        state,
        { type: 'ReviseEvaluation', data: { kind: 'SUPERIOR', ratings: [{ indicator: 'teamwork', value: '60' }] } },
        world(SUPERIOR),
      ),
    ).toBe('EvaluationRevised');
    const revised = known([
      opened,
      ratedBy.SUPERIOR,
      { ...rate('SUPERIOR', SUPERIOR, '60'), type: 'EvaluationRevised' } as AppraisalEvent,
    ]);
    expect(revised.evaluations).toEqual([
      {
        kind: 'SUPERIOR',
        evaluatorId: SUPERIOR,
        ratings: [{ indicator: 'teamwork', value: '60' }],
        comment: 'by SUPERIOR',
        eventId: id(202),
        revisions: 1,
      },
    ]);
  });

  it('keeps the due day open to its end', () => {
    expect(outcome(fold([opened]), { type: 'Unseal', data: {} }, world('SYSTEM', { today: '2026-04-10' }))).toBe(
      'EVALUATION_PENDING',
    );
    expect(outcome(fold([opened]), { type: 'Unseal', data: {} }, world('SYSTEM', { today: '2026-04-11' }))).toBe(
      'EvaluationsUnsealed',
    );
  });

  const reassigned: AppraisalEvent = {
    type: 'EvaluatorReassigned',
    data: { kind: 'SUPERIOR', replaced: SUPERIOR, evaluatorId: OTHER },
  };
  it('takes one from an evaluator whom HR puts in place after the unsealing, and no revision of it', () => {
    const state = fold([...allRated, unsealed, reassigned]);
    expect(outcome(state, submit('SUPERIOR'), world(OTHER))).toBe('EvaluationSubmitted');
    expect(outcome(state, submit('SUPERIOR'), world(SUPERIOR))).toBe('NOT_AN_EVALUATOR');
    const submitted = fold([...allRated, unsealed, reassigned, rate('SUPERIOR', OTHER, '50')]);
    expect(outcome(submitted, submit('SUPERIOR'), world(OTHER))).toBe('EVALUATION_EXISTS');
    expect(
      outcome(
        submitted,
        { type: 'ReviseEvaluation', data: { kind: 'SUPERIOR', ratings: [{ indicator: 'teamwork', value: '60' }] } },
        world(OTHER),
      ),
    ).toBe('EVALUATION_CLOSED');
  });

  it('blocks publication while the new superior has not rated', () => {
    expect(outcome(fold([...allRated, unsealed, reassigned]), { type: 'PublishScore', data: {} }, world(HR))).toBe(
      'EVALUATION_PENDING',
    );
    expect(
      outcome(
        fold([...allRated, unsealed, reassigned, rate('SUPERIOR', OTHER, '50')]),
        { type: 'PublishScore', data: {} },
        world(HR),
      ),
    ).toBe('ScorePublished');
  });

  const reassign = (
    kind: 'SELF' | 'SUPERIOR' | 'CROSS_DEPARTMENT',
    evaluatorId: string,
    replaced?: string,
  ): AppraisalCommand => ({
    type: 'ReassignEvaluator',
    data: { kind, evaluatorId, ...(replaced === undefined ? {} : { replaced }) },
  });
  it.each<[string, AppraisalCommand]>([
    ['EvaluatorReassigned', reassign('CROSS_DEPARTMENT', OTHER)],
    ['NOT_AN_EVALUATOR', reassign('CROSS_DEPARTMENT', OTHER, SUPERIOR)],
    ['NOTHING_CHANGES', reassign('CROSS_DEPARTMENT', CROSS, CROSS)],
    ['EVALUATORS_BROKEN', reassign('CROSS_DEPARTMENT', SUBJECT, CROSS)],
    ['EVALUATORS_BROKEN', reassign('CROSS_DEPARTMENT', SUPERIOR, CROSS)],
    ['EVALUATORS_BROKEN', reassign('SUPERIOR', OTHER)],
    ['EVALUATORS_BROKEN', reassign('SELF', OTHER, SUBJECT)],
    ['PERSON_UNKNOWN', reassign('CROSS_DEPARTMENT', id(77), CROSS)],
  ])('answers %s (%#)', (expected, command) => {
    expect(outcome(fold([opened]), command, world(HR))).toBe(expected);
  });

  it('leaves an unsealed rating in place when the manager changes', () => {
    expect(outcome(fold([...allRated, unsealed]), reassign('SUPERIOR', OTHER, SUPERIOR), world('SYSTEM'))).toBe(
      'NOTHING',
    );
    expect(outcome(fold(allRated.slice(0, 3)), reassign('SUPERIOR', OTHER, SUPERIOR), world('SYSTEM'))).toBe(
      'EvaluatorReassigned',
    );
  });
});

describe('states of indicators', () => {
  const rule: AppraisalCommand = { type: 'RuleNotApplicable', data: { indicator: 'sales' } };
  it('takes two people: proposed by one, ruled by another', () => {
    const state = fold([opened, proposed('sales', 'NOT_APPLICABLE')], { 1: SUPERIOR });
    expect(outcome(state, rule, world(HR))).toBe('IndicatorRuledNotApplicable');
    expect(outcome(fold([opened, proposed('sales', 'NOT_APPLICABLE')], { 1: HR }), rule, world(HR))).toBe('TWO_PEOPLE');
    expect(outcome(state, propose('sales', 'NOT_APPLICABLE'), world(SUPERIOR))).toBe('PROPOSAL_OPEN');
  });

  it('needs the assent once there is data, or before the cut-off', () => {
    const state = fold([opened, proposed('sales', 'NOT_APPLICABLE')], { 1: SUPERIOR });
    expect(outcome(state, rule, world(HR, { withFacts: ['sales'] }))).toBe('INDICATOR_HAS_DATA');
    expect(outcome(state, rule, world(HR, { cycle }))).toBe('TOO_EARLY');
    expect(
      outcome(
        fold([opened]),
        { type: 'DeclareSourceUnavailable', data: { indicator: 'sales' } },
        world(FINANCE, { withFacts: ['sales'] }),
      ),
    ).toBe('INDICATOR_HAS_DATA');
    expect(
      outcome(
        fold([opened, declared('sales')], { 1: FINANCE }),
        { type: 'WaiveUnavailability', data: { indicator: 'sales' } },
        world(HR, { withFacts: ['sales'] }),
      ),
    ).toBe('INDICATOR_HAS_DATA');
  });

  it('counts a rating that is in as data, and none that was replaced', () => {
    const before = [opened, ratedBy.SUPERIOR, proposed('teamwork', 'NOT_APPLICABLE')];
    const ruleTeamwork: AppraisalCommand = { type: 'RuleNotApplicable', data: { indicator: 'teamwork' } };
    expect(outcome(fold(before, { 2: SUPERIOR }), ruleTeamwork, world(HR, { cycle }))).toBe('INDICATOR_HAS_DATA');
    const replaced: AppraisalEvent = {
      type: 'EvaluatorReassigned',
      data: { kind: 'SUPERIOR', replaced: SUPERIOR, evaluatorId: OTHER },
    };
    expect(outcome(fold([...before, replaced], { 2: SUPERIOR }), ruleTeamwork, world(HR, { cycle }))).toBe(
      'IndicatorRuledNotApplicable+EvaluationsUnsealed',
    );
  });

  it('rules with the second seat, with the totals before and after', () => {
    const state = known([opened, proposed('sales', 'NOT_APPLICABLE')], { 1: SUPERIOR });
    const ballot = { proposalEventId: id(201), proposalDigest: state.proposals[0]?.proposal.digest ?? '' };
    const first: AppraisalEvent = { type: 'CommitteeAssented', data: { ...ballot, seat: 'HR', member: HR } };
    const given = world(DIRECTOR, { withFacts: ['sales'], cycle });
    const decision = decideAppraisal(
      fold([opened, proposed('sales', 'NOT_APPLICABLE'), first], { 1: SUPERIOR }),
      { type: 'AssentToIndicatorState', data: { ...ballot, seat: 'MARKETING_DIRECTOR' } },
      given,
    );
    expect(decision).toEqual({
      events: [
        { type: 'CommitteeAssented', data: { ...ballot, seat: 'MARKETING_DIRECTOR', member: DIRECTOR } },
        {
          type: 'IndicatorRuledNotApplicable',
          data: {
            indicator: 'sales',
            proposal: id(201),
            totalBefore: '80.00',
            totalAfter: '90.00',
            basis: given.basis,
          },
        },
      ],
    });
    expect(
      outcome(
        state,
        { type: 'AssentToIndicatorState', data: { ...ballot, seat: 'HR' } },
        world(HR, { committee: { ...committee, HR: [SUBJECT] }, actor: SUBJECT }),
      ),
    ).toBe('SELF_ASSENT');
    expect(
      outcome(state, { type: 'DeclineIndicatorState', data: { ...ballot, seat: 'FINANCE' } }, world(FINANCE)),
    ).toBe('CommitteeDeclined');
  });

  it('declares and waives a failed source, by two people', () => {
    const state = fold([opened, declared('sales')], { 1: FINANCE });
    const waive: AppraisalCommand = { type: 'WaiveUnavailability', data: { indicator: 'sales' } };
    expect(outcome(state, waive, world(HR))).toBe('UnavailabilityWaived');
    expect(outcome(state, waive, world(FINANCE))).toBe('TWO_PEOPLE');
    expect(outcome(state, propose('sales', 'UNAVAILABLE_WAIVED'), world(FINANCE))).toBe('TWO_PEOPLE');
    expect(outcome(state, { type: 'DeclareSourceUnavailable', data: { indicator: 'sales' } }, world(FINANCE))).toBe(
      'INDICATOR_STATE_BROKEN',
    );
    expect(
      outcome(fold([opened]), { type: 'DeclareSourceUnavailable', data: { indicator: 'teamwork' } }, world(FINANCE)),
    ).toBe('INDICATOR_STATE_BROKEN');
    expect(outcome(fold([opened]), propose('nothing', 'NOT_APPLICABLE'), world(SUPERIOR))).toBe('INDICATOR_UNKNOWN');
  });

  it('frees evaluators of what is not applicable', () => {
    const state = fold([opened, notApplicable('teamwork')]);
    expect(outcome(state, submit('SUPERIOR'), world(SUPERIOR))).toBe('NOT_AN_EVALUATOR');
  });
});
