import { describe, expect, it } from '@jest/globals';
import { sees, type Principal } from './kernel/access.js';
import type { AppraisalCommand } from './appraisal-commands.js';
import type { AppraisalEvent } from './appraisal.events.js';
import { allRated, fold, known, opened, rate, ratedBy, unsealed } from './appraisal-history.fixture.js';
import { CROSS, CYCLE, DIRECTOR, FINANCE, HR, id, OTHER, principal, SUBJECT, SUPERIOR } from './appraisal.fixture.js';
import { mayAppraisal, redactEvaluations, scoreSight, visibleAppraisals } from './appraisal.policy.js';
import { superiorOf } from './appraisal-evaluators.js';

const hr = principal(HR, ['EMPLOYEE', 'HR', 'COMMITTEE'], { seats: new Set(['HR']) });
const finance = principal(FINANCE, ['EMPLOYEE', 'FINANCE']);
const integration = principal(id(60), ['INTEGRATION'], { integration: { sources: ['crm'], metrics: ['sales'] } });
const otherIntegration = principal(id(61), ['INTEGRATION'], { integration: { sources: ['crm'], metrics: ['visits'] } });
const committee = principal(DIRECTOR, ['EMPLOYEE', 'COMMITTEE'], { seats: new Set(['MARKETING_DIRECTOR']) });
const people = {
  subject: principal(SUBJECT),
  superior: principal(SUPERIOR, ['EMPLOYEE', 'MANAGER']),
  cross: principal(CROSS),
  stranger: principal(OTHER, ['EMPLOYEE', 'MANAGER']),
  hr,
  finance,
  committee,
  integration,
  head: principal(id(62), ['EMPLOYEE', 'MARKETING_HEAD']),
  auditor: principal(id(63), ['EMPLOYEE', 'HR', 'AUDITOR']),
  admin: principal(id(64), ['EMPLOYEE', 'ADMIN']),
  left: principal(id(65), []),
} satisfies Readonly<Record<string, Principal>>;
type Who = keyof typeof people;

const ballot = { seat: 'HR' as const, proposalEventId: id(201), proposalDigest: 'a'.repeat(64) };
const evaluation = { kind: 'SUPERIOR' as const, ratings: [] };
const none: Readonly<Partial<Record<Who, string>>> = {};
const byHr: Readonly<Partial<Record<Who, string>>> = { hr: 'HR' };
const bySubject: Readonly<Partial<Record<Who, string>>> = { subject: 'SUBJECT' };
const anybody: Readonly<Partial<Record<Who, string>>> = Object.fromEntries(
  (Object.keys(people) as Who[]).filter((who) => who !== 'auditor' && who !== 'left').map((who) => [who, 'EVALUATOR']),
);
const rows: readonly [AppraisalCommand, Readonly<Partial<Record<Who, string>>>][] = [
  [{ type: 'OpenAppraisal', data: { personId: SUBJECT, cycle: CYCLE, segmentFrom: '2026-01-01' } }, byHr],
  [{ type: 'ChangeSpan', data: { eligible: null, directory: [] } }, none],
  [{ type: 'ReassignEvaluator', data: { kind: 'SUPERIOR', evaluatorId: OTHER } }, byHr],
  [{ type: 'SubmitEvidence', data: { name: 'n', mediaType: 'm', sizeBytes: 1, sha256: '', location: 'l' } }, bySubject],
  [{ type: 'SubmitEvaluation', data: evaluation }, anybody],
  [{ type: 'ReviseEvaluation', data: evaluation }, anybody],
  [{ type: 'Unseal', data: {} }, none],
  [{ type: 'LinkTarget', data: { metric: 'sales', targetId: id(1) } }, none],
  [{ type: 'UnlinkTarget', data: { targetId: id(1) } }, none],
  [{ type: 'ProposeIndicatorState', data: { indicator: 'sales', state: 'NOT_APPLICABLE' } }, { superior: 'SUPERIOR' }],
  [
    { type: 'ProposeIndicatorState', data: { indicator: 'sales', state: 'UNAVAILABLE' } },
    { finance: 'FINANCE', integration: 'INTEGRATION' },
  ],
  [{ type: 'ProposeIndicatorState', data: { indicator: 'sales', state: 'UNAVAILABLE_WAIVED' } }, byHr],
  [{ type: 'AssentToIndicatorState', data: ballot }, { hr: 'COMMITTEE' }],
  [{ type: 'DeclineIndicatorState', data: ballot }, { hr: 'COMMITTEE' }],
  [{ type: 'RuleNotApplicable', data: { indicator: 'sales' } }, byHr],
  [
    { type: 'DeclareSourceUnavailable', data: { indicator: 'sales' } },
    { finance: 'FINANCE', integration: 'INTEGRATION' },
  ],
  [{ type: 'WaiveUnavailability', data: { indicator: 'sales' } }, byHr],
  [{ type: 'PublishScore', data: {} }, byHr],
  [{ type: 'OpenResult', data: {} }, bySubject],
  [{ type: 'HandOverResult', data: { evidence: '' } }, byHr],
  [{ type: 'RecordInterview', data: { heldOn: '2026-04-20', notes: 'n' } }, { superior: 'SUPERIOR' }],
  [{ type: 'WaiveInterview', data: {} }, byHr],
  [{ type: 'AcknowledgeResult', data: {} }, bySubject],
  [{ type: 'RefuseAcknowledgement', data: {} }, byHr],
  [{ type: 'RenounceFiling', data: {} }, bySubject],
  [{ type: 'FinalizeAppraisal', data: {} }, byHr],
];

describe('who may do what on an appraisal (domain.md)', () => {
  const state = known([opened]);
  it.each(rows)('$type', (command, expected) => {
    const seen = Object.entries(people).flatMap(([who, one]) => {
      const verdict = mayAppraisal(one, command, { state: command.type === 'OpenAppraisal' ? fold([]) : state });
      return 'authority' in verdict ? [[who, verdict.authority]] : [];
    });
    expect(Object.fromEntries(seen)).toEqual(expected);
  });

  it.each(rows.filter(([, expected]) => expected.hr === 'HR' || expected.hr === 'COMMITTEE'))(
    'is OWN_CASE to HR that is the subject: $type',
    (command) => {
      const own = { ...hr, personId: SUBJECT };
      expect(mayAppraisal(own, command, { state })).toEqual({ denied: 'OWN_CASE' });
    },
  );

  it('lets an integration declare for its metrics only', () => {
    expect(
      mayAppraisal(otherIntegration, { type: 'DeclareSourceUnavailable', data: { indicator: 'sales' } }, { state }),
    ).toEqual({ denied: 'FORBIDDEN' });
    expect(
      mayAppraisal(integration, { type: 'DeclareSourceUnavailable', data: { indicator: 'teamwork' } }, { state }),
    ).toEqual({ denied: 'FORBIDDEN' });
  });

  const reassigned: AppraisalEvent = {
    type: 'EvaluatorReassigned',
    data: { kind: 'SUPERIOR', replaced: SUPERIOR, evaluatorId: OTHER },
  };
  it('gives the interview to whoever is superior now', () => {
    const later = known([opened, reassigned]);
    const interview: AppraisalCommand = { type: 'RecordInterview', data: { heldOn: '2026-04-20', notes: 'n' } };
    expect(superiorOf(later)).toBe(OTHER);
    expect(mayAppraisal(people.stranger, interview, { state: later })).toEqual({ authority: 'SUPERIOR' });
    expect(mayAppraisal(people.superior, interview, { state: later })).toEqual({ denied: 'FORBIDDEN' });
  });

  it('shows the row to its people, HR, finance, committee, auditor and the integration that counts', () => {
    const row = { subject: SUBJECT, superior: SUPERIOR, evaluators: [SUBJECT, SUPERIOR, CROSS], metric: ['sales'] };
    const seers = Object.entries(people).filter(([, one]) => sees(visibleAppraisals(one), row));
    expect(seers.map(([who]) => who)).toEqual([
      'subject',
      'superior',
      'cross',
      'hr',
      'finance',
      'committee',
      'integration',
      'auditor',
    ]);
    expect(sees(visibleAppraisals(otherIntegration), row)).toBe(false);
  });
});

describe('sealed ratings (domain.md, Appraisals)', () => {
  const sealed = known([opened, ratedBy.SELF, ratedBy.SUPERIOR, ratedBy.CROSS_DEPARTMENT]);
  const open = known([...allRated, unsealed]);
  const shown = (state: typeof sealed, who: Principal, now?: typeof sealed): string =>
    redactEvaluations(state, who, now)
      .flatMap(({ kind, ratings, comment }) => (ratings === null && comment === null ? [] : [kind]))
      .join(' ');

  it.each<[Who, string, string]>([
    ['subject', 'SELF', 'SELF SUPERIOR CROSS_DEPARTMENT'],
    ['superior', 'SUPERIOR', 'SELF SUPERIOR CROSS_DEPARTMENT'],
    ['cross', 'CROSS_DEPARTMENT', 'CROSS_DEPARTMENT'],
    ['stranger', '', ''],
    ['hr', '', 'SELF SUPERIOR CROSS_DEPARTMENT'],
    ['finance', '', ''],
    ['committee', '', 'SELF SUPERIOR CROSS_DEPARTMENT'],
    ['integration', '', ''],
    ['head', '', ''],
    ['auditor', '', 'SELF SUPERIOR CROSS_DEPARTMENT'],
    ['admin', '', ''],
    ['left', '', ''],
  ])('shows %s before the unsealing: "%s", after it: "%s"', (who, before, after) => {
    expect([shown(sealed, people[who]), shown(open, people[who])]).toEqual([before, after]);
  });

  it('shows none as of a moment before the unsealing, whoever asks and whenever', () => {
    expect(Object.values(people).map((who) => shown(sealed, who, open))).toEqual(Object.values(people).map(() => ''));
    expect(shown(open, people.hr, open)).toBe('SELF SUPERIOR CROSS_DEPARTMENT');
  });

  it('still tells who is in, and nothing else', () => {
    expect(redactEvaluations(sealed, people.auditor)[1]).toEqual({
      kind: 'SUPERIOR',
      evaluatorId: SUPERIOR,
      ratings: null,
      comment: null,
      eventId: id(202),
      revisions: 0,
    });
  });

  it('keeps the others sealed to one put in place later until theirs is in', () => {
    const reassigned: AppraisalEvent = {
      type: 'EvaluatorReassigned',
      data: { kind: 'SUPERIOR', replaced: SUPERIOR, evaluatorId: OTHER },
    };
    const waiting = known([...allRated, unsealed, reassigned]);
    expect([
      scoreSight(waiting, people.stranger),
      shown(waiting, people.stranger),
      shown(open, people.stranger, waiting),
    ]).toEqual(['SEALED', '', '']);
    expect(shown(waiting, people.hr)).toBe('SELF SUPERIOR CROSS_DEPARTMENT');
    // The one replaced keeps what they wrote, and loses the rest.
    expect(shown(waiting, people.superior)).toBe('SUPERIOR');
    const hrWaiting = known([...allRated, unsealed, { ...reassigned, data: { ...reassigned.data, evaluatorId: HR } }]);
    expect([scoreSight(hrWaiting, people.hr), shown(hrWaiting, people.hr)]).toEqual(['SEALED', '']);
    const inNow = known([...allRated, unsealed, reassigned, rate('SUPERIOR', OTHER, '50')]);
    expect([scoreSight(inNow, people.stranger), shown(inNow, people.stranger)]).toEqual([
      'FULL',
      'SELF SUPERIOR CROSS_DEPARTMENT SUPERIOR',
    ]);
  });

  it('gives figures to the person’s line, HR, committee and auditor', () => {
    const full = Object.entries(people).filter(([, one]) => scoreSight(open, one) === 'FULL');
    expect(full.map(([who]) => who)).toEqual(['subject', 'superior', 'hr', 'committee', 'auditor']);
  });
});
