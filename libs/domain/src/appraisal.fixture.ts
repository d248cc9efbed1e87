import type { Principal, Role } from './kernel/access.js';
import type { Committee } from './assent.js';
import type { AppraisalCycle, AppraisalWorld } from './appraisal-commands.js';
import type { FactHistory } from './appraisal-facts.js';
import type { AppraisalScore, ScoreSources } from './appraisal-score.js';
import type { Segment } from './person.state.js';
import type { SchemeVersion } from './scheme.js';
import type { LiveTarget } from './target.state.js';

/** What the specs of appraisals are told in: a salesperson, their superior, another department, HR, and one quarter. */
export const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
/** People, by what they are to the appraisal. */
export const [SUBJECT, SUPERIOR, CROSS, HR, FINANCE, DIRECTOR, OTHER] = [
  id(1),
  id(2),
  id(3),
  id(4),
  id(5),
  id(6),
  id(7),
];
export const [APPRAISAL, SCHEME, TARGET] = [id(11), id(12), id(13)];
export const CYCLE = 'cycle-QUARTER-2026Q1';
export const period = { from: '2026-01-01', to: '2026-03-31' };
const title = (en: string) => ({ en, zh: en });

/** The quarter before its cut-off. */
export const cycle: AppraisalCycle = {
  status: 'OPEN',
  level: 'QUARTER',
  period,
  evaluationDueOn: '2026-04-10',
  filingWindowDays: 10,
  cutOff: null,
};
/** The cut-off stands at position 500 of the log. */
export const cutCycle: AppraisalCycle = {
  ...cycle,
  status: 'CUT_OFF',
  cutOff: { eventId: id(500), position: 500, recordedAt: 500 },
};

const plain = { floor: null, cap: null, knockOut: null };
/** Sales 60 %, teamwork 40 %, rated by all three kinds. */
export const scheme: SchemeVersion = {
  number: 3,
  effectiveFrom: '2026-01-01',
  eventId: id(14),
  content: {
    level: 'QUARTER',
    roles: ['sales'],
    dimensions: [
      { code: 'NUMBERS', names: title('Numbers') },
      { code: 'PEOPLE', names: title('People') },
    ],
    indicators: [
      {
        ...plain,
        code: 'sales',
        names: title('Sales'),
        dimension: 'NUMBERS',
        weight: 6000,
        kind: 'QUANTITATIVE',
        metric: 'sales',
        curve: { type: 'LINEAR' },
        raters: [],
        accumulation: 'SUM',
        direction: 'HIGHER',
      },
      {
        ...plain,
        code: 'teamwork',
        names: title('Teamwork'),
        dimension: 'PEOPLE',
        weight: 4000,
        kind: 'QUALITATIVE',
        metric: null,
        curve: null,
        raters: ['SELF', 'SUPERIOR', 'CROSS_DEPARTMENT'],
        accumulation: null,
        direction: null,
      },
    ],
    evaluatorWeights: { SELF: 1000, SUPERIOR: 6000, CROSS_DEPARTMENT: 3000 },
    bands: [
      { grade: 'S', from: '95' },
      { grade: 'A', from: '85' },
      { grade: 'B', from: '70' },
      { grade: 'C', from: null },
    ],
    rounding: { scale: 2, mode: 'HALF_UP' },
    totalCap: null,
    outcomes: { coefficients: [], promotion: null, improvementPlan: null },
    cycleWeights: null,
    minimumCoverage: 7000,
    minimumSegmentDays: 15,
  },
};

/** 1000 of sales in the quarter. */
export const target: LiveTarget = {
  status: 'LIVE',
  targetId: TARGET,
  owner: SUBJECT,
  role: 'sales',
  unit: 'east',
  goal: id(15),
  metric: 'sales',
  cycle: CYCLE,
  period,
  phases: [],
  resources: [],
  keyActions: [],
  counts: [],
  versions: [
    {
      cause: 'SET',
      effectiveFrom: period.from,
      mode: 'REPLACE',
      quantities: { target: '1000' },
      milestones: [],
      eventId: id(16),
      position: 5,
      setBy: SUPERIOR,
      recalibration: null,
    },
  ],
  withdrawals: [],
  applied: [],
  clashes: [],
};
/** A fact recorded once, at a position that is its event's number too. */
export const factAt = (
  position: number,
  value: string,
  more: Partial<FactHistory> & { readonly occurredOn?: string } = {},
): FactHistory => {
  const { occurredOn = '2026-02-01', ...rest } = more;
  return {
    source: 'crm',
    factId: `f${String(position)}`,
    revisions: [{ revision: 1, occurredOn, value, eventId: id(position), position }],
    retraction: null,
    ...rest,
  };
};
/** 900 of sales recorded before the cut-off: attainment 0.9. */
export const sources: ScoreSources = {
  cycle: cutCycle,
  scheme,
  targets: { [TARGET]: target },
  facts: { sales: { facts: [factAt(100, '900')], reports: [] } },
  metrics: { sales: { unit: 'CNY' } },
};

/** The whole quarter in one role and unit. */
export const segment: Segment = {
  from: '2026-01-01',
  to: '2026-03-31',
  role: 'sales',
  unit: 'east',
  scheme: SCHEME,
  managers: [{ manager: SUPERIOR, from: '2026-01-01' }],
  eventIds: [id(21)],
};
/** One holder per seat. */
export const committee: Committee = { MARKETING_DIRECTOR: [DIRECTOR], HR: [HR], FINANCE: [FINANCE] };
/** What every decision here rests on. */
export const basis = [{ stream: CYCLE, revision: 4 }];
/** A score with nothing in the way of its publication. */
export const rated: AppraisalScore = {
  engineVersion: '1.0.0',
  status: 'RATED',
  provisional: true,
  total: '88.00',
  grade: 'A',
  indicators: [],
  derivation: { label: 'RESULT', rule: 'scoring §8', value: 'A', inputs: [] },
  unratedCode: null,
  pending: [],
  lateFacts: [],
};
/** A world in which nothing stands in the way of the actor. */
export const world = (actor: string, changes: Partial<AppraisalWorld> = {}): AppraisalWorld => ({
  actor,
  today: '2026-04-20',
  newId: APPRAISAL,
  basis,
  committee,
  calendars: [],
  people: [SUPERIOR, CROSS, OTHER],
  cycle: cutCycle,
  opening: { segment, scheme: { schemeId: SCHEME, version: scheme }, targets: [target] },
  score: rated,
  withFacts: [],
  totals: { before: '80.00', after: '90.00' },
  ...changes,
});

/** Somebody with roles of the log. */
export const principal = (
  personId: string,
  roles: readonly Role[] = ['EMPLOYEE'],
  more: Partial<Principal> = {},
): Principal => ({
  personId,
  roles: new Set(roles),
  manages: new Set(),
  heads: new Set(),
  seats: new Set(),
  ...more,
});
