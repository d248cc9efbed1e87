import {
  canonicalText,
  eventCatalogue,
  sha256Hex,
  type AppraisalEvent,
  type CompanyEvent,
  type CompositeEvent,
  type CycleEvent,
  type EventMeta,
  type FactsEvent,
  type GoalEvent,
  type ImportEvent,
  type MetricEvent,
  type PersonEvent,
  type Recorded,
  type SchemeEvent,
  type TargetEvent,
  type TemplateEvent,
} from '@assay/domain';

/**
 * One quarter of a small company, from the opening of its log to a final appraisal, as appends in log order: what the
 * views are told in. Event ids follow from positions, so that what names an event can be written down beforehand.
 */
export const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
export const ADMIN = id(1);
export const DIRECTOR = id(2);
export const HEAD = id(3);
export const LI = id(4);
export const WU = id(5);
export const HR = id(6);
export const CROSS = id(7);
export const FINANCE = id(8);
export const GOAL = id(21);
export const CHILD = id(22);
export const LI_TARGET = id(31);
export const WU_TARGET = id(32);
export const UNIT_TARGET = id(33);
export const SCHEME = id(41);
export const APPRAISAL = id(51);
export const RECALIBRATION = id(61);
export const INTEGRATION = id(71);
export const LOG = id(81);
export const IMPORT = id(91);
export const CYCLE = 'cycle-QUARTER-2026Q1';
export const UNIT_FACTS = `facts-${id(99)}-visits`;
export const SEALED = { SELF: '91.375', SUPERIOR: '77.125', CROSS: '66.625' } as const;
export const SEALED_COMMENT = 'a comment nobody reads yet';
const period = { from: '2026-01-01', to: '2026-03-31' };
const year = { from: '2026-01-01', to: '2026-12-31' };
const digest = 'd'.repeat(64);
const title = (en: string) => ({ en, zh: en });

type AnyEvent =
  | AppraisalEvent
  | CompanyEvent
  | CompositeEvent
  | CycleEvent
  | FactsEvent
  | GoalEvent
  | ImportEvent
  | MetricEvent
  | PersonEvent
  | SchemeEvent
  | TargetEvent
  | TemplateEvent;
/** One append: its stream, who acted, and the events. */
export interface Append {
  readonly stream: string;
  readonly actor: string;
  readonly reason?: string;
  readonly rootActor?: string;
  readonly events: readonly AnyEvent[];
}

const at = (stream: string, actor: string, ...events: readonly AnyEvent[]): Append => ({ stream, actor, events });
const joined = (personId: string, name: string, place: { readonly unit: string; readonly manager: string | null }): Append =>
  at(`person-${personId}`, HR, { type: 'PersonJoined', data: { personId, name, role: 'sales', ...place, from: '2025-01-01' } });

/** Events 0 to 9: the company. */
const company: readonly Append[] = [
  at('company', ADMIN, {
    type: 'LogOpened',
    data: { logId: LOG, name: 'XX Tech', timeZone: 'Asia/Shanghai', businessYearFirstMonth: 1, clock: 'REAL', admin: { personId: ADMIN, issuer: 'https://id', subject: 'root' } },
  }),
  at(
    'company',
    HR,
    { type: 'UnitDefined', data: { code: 'EAST', names: title('East'), parent: null, head: HEAD, from: '2025-01-01' } },
    { type: 'UnitDefined', data: { code: 'WEST', names: title('West'), parent: null, head: null, from: '2025-01-01' } },
  ),
  at('company', ADMIN, { type: 'CalendarPublished', data: { version: 1, weekdays: [1, 2, 3, 4, 5], holidays: ['2026-01-01'], makeUpDays: [], from: '2026-01-01' } }),
  at('company', ADMIN, { type: 'RoleGranted', data: { person: HR, role: 'HR', from: '2025-01-01' } }),
  at('company', ADMIN, { type: 'IntegrationRegistered', data: { integrationId: INTEGRATION, name: 'CRM', issuer: 'https://id', subject: 'crm-robot', sources: ['crm'], metrics: ['sales'] } }),
  at('company', ADMIN, { type: 'SeatFilled', data: { seat: 'HR', holder: HR, from: '2025-01-01' } }),
  at('company', ADMIN, { type: 'SeatFilled', data: { seat: 'FINANCE', holder: FINANCE, from: '2025-01-01' } }),
  at('company', ADMIN, { type: 'SeatChangeProposed', data: { change: { kind: 'FILL', seat: 'MARKETING_DIRECTOR', holder: DIRECTOR, alternates: [], from: '2026-05-01' } } }),
];
/** Events 9 to 17: people. */
const people: readonly Append[] = [
  joined(DIRECTOR, 'Director', { unit: 'WEST', manager: null }),
  joined(HEAD, 'Head', { unit: 'EAST', manager: DIRECTOR }),
  joined(LI, 'Li', { unit: 'EAST', manager: HEAD }),
  joined(WU, 'Wu', { unit: 'EAST', manager: HEAD }),
  joined(HR, 'Helen', { unit: 'WEST', manager: DIRECTOR }),
  joined(CROSS, 'Cross', { unit: 'WEST', manager: DIRECTOR }),
  at(`person-${LI}`, ADMIN, { type: 'IdentityLinked', data: { issuer: 'https://id', subject: 'li' } }),
  at(`person-${LI}`, HR, { type: 'SourceAccountLinked', data: { source: 'crm', keyDigest: digest } }),
  at(`person-${WU}`, HR, { type: 'PersonTransferred', data: { role: 'sales', unit: 'WEST', manager: DIRECTOR, from: '2026-03-01' } }),
];
/** Events 18 to 24: metrics, a template, goals. */
const aims: readonly Append[] = [
  at('metric-sales', HR, { type: 'MetricDefined', data: { code: 'sales', names: title('Sales'), unit: 'CNY', accumulation: 'SUM', direction: 'HIGHER' } }),
  at('metric-visits', HR, { type: 'MetricDefined', data: { code: 'visits', names: title('Visits'), unit: 'visits', accumulation: 'LATEST', direction: 'HIGHER' } }),
  at('template-sales', HR, { type: 'RoleTemplatePublished', data: { role: 'sales', names: title('Sales'), levels: [{ level: 'QUARTER', metrics: [{ metric: 'sales', defaults: {} }], keyActions: [], evaluatorUnits: [] }] } }),
  at(`goal-${GOAL}`, HR, { type: 'GoalSet', data: { goalId: GOAL, names: title('Grow'), parent: null, metric: 'sales', unit: 'EAST', value: '2000', period: year, toleranceBasisPoints: 0 } }),
  at(`goal-${CHILD}`, HR, { type: 'GoalSet', data: { goalId: CHILD, names: title('Grow in spring'), parent: GOAL, metric: 'sales', unit: 'EAST', value: '1500', period, toleranceBasisPoints: 0 } }),
  at(`goal-${GOAL}`, HR, { type: 'GoalRevisionProposed', data: { value: '2500', period: year, toleranceBasisPoints: 100 } }),
];

const content: Extract<SchemeEvent, { readonly type: 'SchemeVersionProposed' }>['data']['content'] = {
  level: 'QUARTER',
  roles: ['sales'],
  dimensions: [
    { code: 'NUMBERS', names: title('Numbers') },
    { code: 'PEOPLE', names: title('People') },
  ],
  indicators: [
    { code: 'sales', names: title('Sales'), dimension: 'NUMBERS', weight: 6000, kind: 'QUANTITATIVE', metric: 'sales', curve: { type: 'LINEAR' }, floor: null, cap: null, knockOut: null, raters: [], accumulation: 'SUM', direction: 'HIGHER' },
    { code: 'teamwork', names: title('Teamwork'), dimension: 'PEOPLE', weight: 4000, kind: 'QUALITATIVE', metric: null, curve: null, floor: null, cap: null, knockOut: null, raters: ['SELF', 'SUPERIOR', 'CROSS_DEPARTMENT'], accumulation: null, direction: null },
  ],
  evaluatorWeights: { SELF: 1000, SUPERIOR: 6000, CROSS_DEPARTMENT: 3000 },
  bands: [
    { grade: 'A', from: '85' },
    { grade: 'C', from: null },
  ],
  rounding: { scale: 2, mode: 'HALF_UP' },
  totalCap: null,
  outcomes: { coefficients: [], promotion: null, improvementPlan: null },
  cycleWeights: null,
  minimumCoverage: 7000,
  minimumSegmentDays: 15,
};
const proposed: SchemeEvent = { type: 'SchemeVersionProposed', data: { content, note: null } };
const PROPOSED_AT = 25;
const proposalDigest = sha256Hex(canonicalText(proposed.data));
/** Events 24 to 28: the scheme; 29: the cycle. */
const rules: readonly Append[] = [
  at(`scheme-${SCHEME}`, HR, { type: 'SchemeDrafted', data: { schemeId: SCHEME, names: title('Quarter') } }),
  at(`scheme-${SCHEME}`, DIRECTOR, proposed),
  at(`scheme-${SCHEME}`, HR, { type: 'CommitteeAssented', data: { seat: 'HR', member: HR, proposalEventId: id(1000 + PROPOSED_AT), proposalDigest } }),
  at(`scheme-${SCHEME}`, FINANCE, { type: 'SchemeVersionApproved', data: { proposalEventId: id(1000 + PROPOSED_AT), digest: proposalDigest } }),
  at(`scheme-${SCHEME}`, HR, { type: 'SchemeVersionPublished', data: { proposalEventId: id(1000 + PROPOSED_AT), number: 1, effectiveFrom: '2026-01-01' } }),
  at(CYCLE, HR, { type: 'CycleOpened', data: { cycle: CYCLE, level: 'QUARTER', code: '2026Q1', period, cutOffOn: '2026-04-08', evaluationDueOn: '2026-04-10', filingWindowDays: 10, graceDays: 5, feedbackDays: 3, recalibrationsMax: 2 } }),
];

const set = (targetId: string, owner: string, more: { readonly metric?: string; readonly target: string }): Append => {
  const { metric = 'sales', target } = more;
  const unit = 'EAST';
  const lists = { milestones: [], phases: [], resources: [], keyActions: [{ code: 'call', names: title('Call'), planned: 4, dueOn: '2026-03-01' }] };
  const role = owner.startsWith('unit:') ? null : 'sales';
  return at(`target-${targetId}`, HEAD, { type: 'TargetSet', data: { targetId, owner, role, unit, goal: CHILD, metric, cycle: CYCLE, period, quantities: { target }, ...lists, recalibration: null, basis: [] } });
};
const recorded = (owner: string, factId: string, of: { readonly on: string; readonly value: string; readonly metric?: string }): FactsEvent => ({
  type: 'FactRecorded',
  data: { owner, metric: of.metric ?? 'sales', source: 'crm', factId, revision: 1, occurredOn: of.on, value: of.value, evidence: null, origin: null },
});
/** Events 30 to 39: targets, the opened appraisal, facts. */
const work: readonly Append[] = [
  set(LI_TARGET, LI, { target: '1000' }),
  set(WU_TARGET, WU, { target: '500' }),
  set(UNIT_TARGET, 'unit:EAST', { target: '1500' }),
  at(`target-${LI_TARGET}`, LI, { type: 'KeyActionDone', data: { keyAction: 'call', count: 3, evidence: digest } }),
  at(`target-${LI_TARGET}`, HEAD, { type: 'KeyActionConfirmed', data: { keyAction: 'call', count: 2 } }),
  at(`appraisal-${APPRAISAL}`, HR, {
    type: 'AppraisalOpened',
    data: {
      ...{ appraisalId: APPRAISAL, subjectId: LI, cycle: CYCLE, level: 'QUARTER', period, role: 'sales', unit: 'EAST', managerId: HEAD, eligible: period },
      ...{ directory: [id(1011)], schemeId: SCHEME, schemeVersion: 1, evaluationsDueOn: '2026-04-10', basis: [] },
      indicators: [
        { code: 'sales', kind: 'QUANTITATIVE', metric: 'sales', raters: [], targetId: LI_TARGET },
        { code: 'teamwork', kind: 'QUALITATIVE', metric: null, raters: ['SELF', 'SUPERIOR', 'CROSS_DEPARTMENT'], targetId: null },
      ],
      evaluators: [
        { kind: 'SELF', evaluatorId: LI },
        { kind: 'SUPERIOR', evaluatorId: HEAD },
        { kind: 'CROSS_DEPARTMENT', evaluatorId: CROSS },
      ],
    },
  }),
  at(`facts-${LI}-sales`, INTEGRATION, recorded(LI, 'deal-1', { on: '2026-01-20', value: '400' }), recorded(LI, 'deal-2', { on: '2026-02-20', value: '300' })),
  at(`facts-${LI}-sales`, INTEGRATION, recorded(LI, 'deal-3', { on: '2026-02-21', value: '50' })),
  at(`facts-${WU}-sales`, INTEGRATION, recorded(WU, 'deal-4', { on: '2026-02-10', value: '200' }), recorded(WU, 'deal-5', { on: '2026-03-10', value: '120' })),
  at(UNIT_FACTS, INTEGRATION, recorded('unit:EAST', 'visits-1', { on: '2026-02-01', value: '8', metric: 'visits' })),
  { ...at(`facts-${LI}-sales`, INTEGRATION, { type: 'FactRestated', data: { source: 'crm', factId: 'deal-2', revision: 2, occurredOn: '2026-02-20', value: '350', evidence: null, origin: null } }), reason: 'the invoice said so' },
  { ...at(`facts-${LI}-sales`, INTEGRATION, { type: 'FactRetracted', data: { source: 'crm', factId: 'deal-3', revision: 1 } }), reason: 'cancelled' },
];

const touched = { target: LI_TARGET, owner: LI, metric: 'sales', goal: CHILD };
/** A recalibration, and what it does to the target. */
const recalibration: readonly Append[] = [
  {
    ...at(CYCLE, HEAD, {
      type: 'RecalibrationRequested',
      data: {
        ...{ recalibration: RECALIBRATION, adjust: [{ target: LI_TARGET, mode: 'REPLACE', from: period.from, quantities: { target: '1500' } }], add: [], withdraw: [], targets: [touched] },
        ...{ trigger: 'MARKET_SHOCK', triggerText: 'a new rival', revisedGoals: [], dataReview: [], affected: [LI], feedbackUntil: '2026-02-25', calendarVersion: 1, assentCauses: [], basis: [] },
      },
    }),
    reason: 'the market moved',
  },
  at(CYCLE, LI, { type: 'FeedbackGiven', data: { recalibration: RECALIBRATION, agrees: true, comment: 'fair' } }),
  at(CYCLE, 'SYSTEM', { type: 'FeedbackClosed', data: { recalibration: RECALIBRATION, cause: 'ALL_IN' } }),
  at(CYCLE, DIRECTOR, { type: 'RecalibrationApproved', data: { recalibration: RECALIBRATION, by: 'MARKETING_HEAD', basis: [] } }),
  {
    ...at(`target-${LI_TARGET}`, 'SYSTEM', { type: 'TargetRecalibrated', data: { recalibration: RECALIBRATION, mode: 'REPLACE', from: period.from, quantities: { target: '1500' }, milestones: [], phases: [], resources: [] } }),
    rootActor: DIRECTOR,
  },
  at(CYCLE, 'SYSTEM', { type: 'RecalibrationApplied', data: { recalibration: RECALIBRATION } }),
];

const rating = (kind: 'SELF' | 'SUPERIOR' | 'CROSS_DEPARTMENT', evaluatorId: string, value: string) => ({
  kind,
  evaluatorId,
  ratings: [{ indicator: 'teamwork', value }],
  comment: SEALED_COMMENT,
});
const own = `appraisal-${APPRAISAL}`;
/** Evaluations while sealed; the last one brings the unsealing. */
const sealedPart: readonly Append[] = [
  at(own, LI, { type: 'EvaluationSubmitted', data: rating('SELF', LI, SEALED.SELF) }),
  at(own, HEAD, { type: 'EvaluationSubmitted', data: rating('SUPERIOR', HEAD, '55.5') }),
  at(own, HEAD, { type: 'EvaluationRevised', data: rating('SUPERIOR', HEAD, SEALED.SUPERIOR) }),
];
const unsealing: readonly Append[] = [
  at(own, CROSS, { type: 'EvaluationSubmitted', data: rating('CROSS_DEPARTMENT', CROSS, SEALED.CROSS) }, { type: 'EvaluationsUnsealed', data: { cause: 'ALL_IN' } }),
];
/** After the period: the cut-off, a late fact, the result. */
const result: readonly Append[] = [
  at(CYCLE, 'SYSTEM', { type: 'CycleDataCutOff', data: { cutOffOn: '2026-04-08' } }),
  at(`facts-${LI}-sales`, INTEGRATION, recorded(LI, 'deal-6', { on: '2026-03-30', value: '900' })),
  at(own, HR, {
    type: 'ScorePublished',
    data: { revision: 1, publishedOn: '2026-04-20', status: 'RATED', total: '60.16', grade: 'C', schemeId: SCHEME, schemeVersion: 1, engineVersion: '1.0.0', basis: [], derivationDigest: digest, cause: 'PUBLICATION', causeEventId: null },
  }),
  at(own, LI, { type: 'ResultCommunicated', data: { revision: 1, channel: 'OPENED', evidence: null, filingEndsOn: '2026-05-04', calendarVersion: 1 } }),
  at(own, HEAD, { type: 'InterviewRecorded', data: { revision: 1, heldOn: '2026-04-21', notes: 'went well' } }),
  at(own, HR, { type: 'AppraisalFinalized', data: { revision: 1 } }),
  at(`composite-${LI}-2026`, HR, {
    type: 'CompositePublished',
    data: { personId: LI, year: '2026', revision: 1, publishedOn: '2027-02-01', parts: [], status: 'NOT_RATED', total: null, grade: null, coverage: 0, schemeId: SCHEME, schemeVersion: 1, engineVersion: '1.0.0', basis: [], derivationDigest: digest, cause: 'PUBLICATION' },
  }),
  at(`import-${IMPORT}`, ADMIN, { type: 'ImportStarted', data: { importId: IMPORT, source: 'crm', files: [{ kind: 'MAPPING', sha256: digest }] } }),
];

const beforeUnsealing: readonly Append[] = [...company, ...people, ...aims, ...rules, ...work, ...recalibration, ...sealedPart];
/** Appends in log order: all of them, and how many come before the unsealing. */
export const appends: readonly Append[] = [...beforeUnsealing, ...unsealing, ...result];
export const SEALED_APPENDS = beforeUnsealing.length;

const metaOf = ({ actor, reason, rootActor }: Append, n: number): EventMeta => ({
  actor,
  authority: actor === 'SYSTEM' ? 'SYSTEM' : 'STORY',
  commandId: id(5000 + n),
  commandDigest: digest,
  correlationId: id(5000 + n),
  ...(reason === undefined ? {} : { reason }),
  ...(rootActor === undefined ? {} : { rootActor }),
});

/** The story as the log gives it back, appended alone into an empty log; one list an append. */
export function recordedStory(): readonly (readonly Recorded[])[] {
  const revisions = new Map<string, number>();
  let position = -1;
  return appends.map((append, n) =>
    append.events.map((event) => {
      position += 1;
      const revision = (revisions.get(append.stream) ?? -1) + 1;
      revisions.set(append.stream, revision);
      const meta = metaOf(append, n);
      const schemaVersion = eventCatalogue[event.type]?.version ?? 0;
      return { id: id(1000 + position), stream: append.stream, revision, position, schemaVersion, ...event, meta, recordedAt: 1_767_000_000_000 + n };
    }),
  );
}
