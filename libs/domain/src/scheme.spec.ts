import { describe, expect, it } from '@jest/globals';
import type { Principal, Role } from './kernel/access.js';
import { isRejection } from './kernel/decision.js';
import type { Committee } from './assent.js';
import { decideScheme, evolveScheme, initialScheme, schemeInForce } from './scheme.js';
import type { SchemeCommand, SchemeState, SchemeWorld } from './scheme.js';
import { mayScheme } from './scheme.policy.js';
import { schemeEvents, type SchemeEvent, type SchemeProposal } from './scheme.events.js';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const [SCHEME, HEAD, DIRECTOR, HR_HEAD, FINANCE] = [id(1), id(2), id(3), id(4), id(5)];
const title = (en: string) => ({ en, zh: en });
const committee: Committee = { MARKETING_DIRECTOR: [DIRECTOR], HR: [HR_HEAD], FINANCE: [FINANCE] };
const world = (changes: Partial<SchemeWorld> = {}): SchemeWorld => ({
  actor: HEAD,
  today: '2026-01-10',
  newId: SCHEME,
  committee,
  metrics: {
    sales: { accumulation: 'SUM', direction: 'HIGHER' },
    flag: { accumulation: 'SUM', direction: 'BINARY' },
  },
  schemes: [],
  ...changes,
});

const sales: SchemeProposal['indicators'][number] = {
  code: 'sales',
  names: title('Sales'),
  dimension: 'QUANTITATIVE',
  weight: 7000,
  kind: 'QUANTITATIVE',
  metric: 'sales',
  curve: { type: 'LINEAR' },
  floor: null,
  cap: null,
  knockOut: null,
  raters: [],
};
const teamwork: SchemeProposal['indicators'][number] = {
  ...sales,
  code: 'teamwork',
  names: title('Teamwork'),
  dimension: 'QUALITATIVE',
  weight: 3000,
  kind: 'QUALITATIVE',
  metric: null,
  curve: null,
  raters: ['SELF', 'SUPERIOR'],
};
const content: SchemeProposal = {
  level: 'QUARTER',
  roles: ['sales'],
  dimensions: [
    { code: 'QUANTITATIVE', names: title('Quantitative') },
    { code: 'QUALITATIVE', names: title('Qualitative') },
  ],
  indicators: [sales, teamwork],
  evaluatorWeights: { SELF: 2000, SUPERIOR: 8000 },
  totalCap: null,
  outcomes: { coefficients: [], promotion: null, improvementPlan: null },
  cycleWeights: null,
};
const settled = {
  ...content,
  indicators: [
    { ...sales, accumulation: 'SUM' as const, direction: 'HIGHER' as const },
    { ...teamwork, accumulation: null, direction: null },
  ],
  bands: [
    { grade: 'S', from: '95' },
    { grade: 'A', from: '85' },
    { grade: 'B', from: '70' },
    { grade: 'C', from: null },
  ],
  rounding: { scale: 2, mode: 'HALF_UP' as const },
  minimumCoverage: 7000,
  minimumSegmentDays: 15,
};

function fold(events: readonly SchemeEvent[], actors: readonly string[] = [], scheme = SCHEME): SchemeState {
  return events.reduce<SchemeState>((state, event, revision) => {
    const meta = {
      actor: actors[revision] ?? HEAD,
      authority: 'HR',
      commandId: id(900),
      commandDigest: '',
      correlationId: id(900),
    };
    const at = {
      id: id(100 + revision),
      stream: `scheme-${scheme}`,
      revision,
      position: revision,
      schemaVersion: 1,
      meta,
      recordedAt: revision,
    };
    return evolveScheme(state, { ...at, ...event });
  }, initialScheme);
}
const drafted: SchemeEvent = { type: 'SchemeDrafted', data: { schemeId: SCHEME, names: title('Sales scheme') } };
const proposed: SchemeEvent = { type: 'SchemeVersionProposed', data: { content: settled, note: null } };
const digest = ((): string => {
  const state = fold([drafted, proposed]);
  return state.status === 'ABSENT' ? '' : (state.pending?.proposal.digest ?? '');
})();
const ballotOf = (seat: 'MARKETING_DIRECTOR' | 'HR' | 'FINANCE') => ({
  seat,
  proposalEventId: id(101),
  proposalDigest: digest,
});
const assented = (seat: 'MARKETING_DIRECTOR' | 'HR', member: string): SchemeEvent => ({
  type: 'CommitteeAssented',
  data: { ...ballotOf(seat), member },
});
const approved: SchemeEvent = { type: 'SchemeVersionApproved', data: { proposalEventId: id(101), digest } };
const published: SchemeEvent = {
  type: 'SchemeVersionPublished',
  data: { proposalEventId: id(101), number: 1, effectiveFrom: '2026-02-01' },
};
const upToApproval = [drafted, proposed, assented('HR', HR_HEAD), assented('MARKETING_DIRECTOR', DIRECTOR), approved];
const declinedForGood: SchemeEvent[] = [
  drafted,
  proposed,
  { type: 'CommitteeDeclined', data: { ...ballotOf('HR'), member: HR_HEAD, closes: false } },
  { type: 'CommitteeDeclined', data: { ...ballotOf('FINANCE'), member: FINANCE, closes: true } },
];
const histories = {
  ABSENT: [],
  DRAFTED: [drafted],
  PROPOSED: [drafted, proposed],
  DECLINED: declinedForGood,
  APPROVED: upToApproval,
  PUBLISHED: [...upToApproval, published],
  RETIRED: [...upToApproval, published, { type: 'SchemeRetired', data: { from: '2026-12-31' } }],
} satisfies Record<string, readonly SchemeEvent[]>;
const commands: readonly SchemeCommand[] = [
  { type: 'DraftScheme', data: { names: title('Sales scheme') } },
  { type: 'ProposeSchemeVersion', data: { content } },
  { type: 'AssentToSchemeVersion', data: ballotOf('HR') },
  { type: 'DeclineSchemeVersion', data: ballotOf('HR') },
  { type: 'PublishSchemeVersion', data: { effectiveFrom: '2026-02-01' } },
  { type: 'RetireScheme', data: { from: '2026-12-31' } },
];
const outcome = (state: SchemeState, command: SchemeCommand, changes: Partial<SchemeWorld> = {}): string => {
  const decision = decideScheme(state, command, world(changes));
  return isRejection(decision) ? decision.rejected : decision.events.map(({ type }) => type).join('+');
};

describe('scheme (domain.md, Schemes)', () => {
  const N = 'NOT_THERE';
  const R = 'SCHEME_RETIRED';
  const X = 'ALREADY_EXISTS';
  it.each([
    ['ABSENT', ['SchemeDrafted', N, N, N, N, N]],
    [
      'DRAFTED',
      [X, 'SchemeVersionProposed', 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN', 'NOT_APPROVED', 'SchemeRetired'],
    ],
    ['PROPOSED', [X, 'PROPOSAL_OPEN', 'CommitteeAssented', 'CommitteeDeclined', 'NOT_APPROVED', 'SchemeRetired']],
    [
      'DECLINED',
      [X, 'SchemeVersionProposed', 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN', 'NOT_APPROVED', 'SchemeRetired'],
    ],
    [
      'APPROVED',
      [X, 'SchemeVersionProposed', 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN', 'SchemeVersionPublished', 'SchemeRetired'],
    ],
    [
      'PUBLISHED',
      [X, 'SchemeVersionProposed', 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN', 'NOT_APPROVED', 'SchemeRetired'],
    ],
    ['RETIRED', [X, R, R, R, R, R]],
  ] as const)('answers every command when %s', (status, expected) => {
    const actor = (type: string): string =>
      type.endsWith('SchemeVersion') && type !== 'PublishSchemeVersion' && type !== 'ProposeSchemeVersion'
        ? HR_HEAD
        : HEAD;
    expect(
      commands.map((command) => outcome(fold(histories[status]), command, { actor: actor(command.type) })),
    ).toEqual(expected);
  });

  it('proposes the content whole: defaults written out, metrics pinned', () => {
    expect(decideScheme(fold([drafted]), { type: 'ProposeSchemeVersion', data: { content } }, world())).toEqual({
      events: [proposed],
    });
    expect(schemeEvents.SchemeVersionProposed.data.safeParse(proposed.data).success).toBe(true);
  });

  it('approves with the second seat, in the same append', () => {
    const state = fold([...histories.PROPOSED, assented('HR', HR_HEAD)]);
    const decision = decideScheme(
      state,
      { type: 'AssentToSchemeVersion', data: ballotOf('MARKETING_DIRECTOR') },
      world({ actor: DIRECTOR }),
    );
    expect(decision).toEqual({ events: [assented('MARKETING_DIRECTOR', DIRECTOR), approved] });
  });

  it('lets no proposer assent, and no other digest', () => {
    const state = fold(histories.PROPOSED, [HEAD, HR_HEAD]);
    expect(outcome(state, { type: 'AssentToSchemeVersion', data: ballotOf('HR') }, { actor: HR_HEAD })).toBe(
      'SELF_ASSENT',
    );
    const other = { ...ballotOf('FINANCE'), proposalDigest: '0'.repeat(64) };
    expect(outcome(state, { type: 'AssentToSchemeVersion', data: other }, { actor: FINANCE })).toBe(
      'PROPOSAL_NOT_OPEN',
    );
  });

  it('refuses a proposal that nobody could assent to', () => {
    const empty: Committee = { MARKETING_DIRECTOR: [], HR: [HR_HEAD], FINANCE: [] };
    expect(outcome(fold([drafted]), { type: 'ProposeSchemeVersion', data: { content } }, { committee: empty })).toBe(
      'SEATS_INCOMPLETE',
    );
  });

  it.each<[string, Partial<SchemeProposal>]>([
    ['WEIGHTS_UNBALANCED', { indicators: [sales, { ...teamwork, weight: 2999 }] }],
    [
      'WEIGHTS_UNBALANCED',
      {
        indicators: [
          { ...sales, weight: 10_000 },
          { ...teamwork, weight: 0 },
        ],
      },
    ],
    ['WEIGHTS_UNBALANCED', { evaluatorWeights: { SELF: 2000, SUPERIOR: 7000 } }],
    ['WEIGHTS_UNBALANCED', { evaluatorWeights: { SELF: 2000, SUPERIOR: 7000, CROSS_DEPARTMENT: 1000 } }],
    ['WEIGHTS_UNBALANCED', { cycleWeights: { YEAR: 10_000 } }],
    ['WEIGHTS_UNBALANCED', { level: 'YEAR', cycleWeights: null }],
    ['WEIGHTS_UNBALANCED', { level: 'YEAR', cycleWeights: { QUARTER: 9000 } }],
    ['INDICATOR_BROKEN', { indicators: [sales, { ...teamwork, code: 'sales' }] }],
    ['INDICATOR_BROKEN', { indicators: [sales, { ...teamwork, dimension: 'QUANTITATIVE' }] }],
    ['INDICATOR_BROKEN', { indicators: [{ ...sales, dimension: 'OTHER' }, teamwork] }],
    ['INDICATOR_BROKEN', { indicators: [{ ...sales, metric: 'unknown' }, teamwork] }],
    ['INDICATOR_BROKEN', { indicators: [{ ...sales, metric: 'flag' }, teamwork] }],
    ['INDICATOR_BROKEN', { indicators: [{ ...sales, curve: null }, teamwork] }],
    ['INDICATOR_BROKEN', { indicators: [{ ...sales, raters: ['SUPERIOR'] }, teamwork] }],
    ['INDICATOR_BROKEN', { indicators: [{ ...sales, floor: '130' }, teamwork] }],
    ['INDICATOR_BROKEN', { indicators: [{ ...sales, knockOut: { below: '60', ceiling: 'Z' } }, teamwork] }],
    ['INDICATOR_BROKEN', { indicators: [sales, { ...teamwork, raters: ['SELF'] }] }],
    ['INDICATOR_BROKEN', { indicators: [sales, { ...teamwork, raters: ['SUPERIOR', 'CROSS_DEPARTMENT'] }] }],
    ['INDICATOR_BROKEN', { indicators: [sales, { ...teamwork, metric: 'sales' }] }],
    ['INDICATOR_BROKEN', { indicators: [sales, { ...teamwork, curve: { type: 'LINEAR' } }] }],
    ['CURVE_BROKEN', { indicators: [{ ...sales, curve: { type: 'PIECEWISE' } }, teamwork] }],
    ['CURVE_BROKEN', { indicators: [{ ...sales, curve: { type: 'LINEAR', steps: [] } }, teamwork] }],
    [
      'CURVE_BROKEN',
      {
        indicators: [
          {
            ...sales,
            curve: {
              type: 'STEP',
              steps: [
                { from: '1', score: '100' },
                { from: '1.0', score: '110' },
              ],
            },
          },
          teamwork,
        ],
      },
    ],
    [
      'CURVE_BROKEN',
      {
        indicators: [
          {
            ...sales,
            curve: {
              type: 'PIECEWISE',
              points: [
                { attainment: '0', score: '9' },
                { attainment: '1', score: '8' },
              ],
            },
          },
          teamwork,
        ],
      },
    ],
    ['BANDS_BROKEN', { bands: [{ grade: 'S', from: '95' }] }],
    [
      'BANDS_BROKEN',
      {
        bands: [
          { grade: 'A', from: '70' },
          { grade: 'S', from: '95' },
          { grade: 'C', from: null },
        ],
      },
    ],
    [
      'BANDS_BROKEN',
      {
        bands: [
          { grade: 'A', from: '95' },
          { grade: 'A', from: null },
        ],
      },
    ],
    ['OUTCOMES_BROKEN', { outcomes: { ...content.outcomes, improvementPlan: { level: 'QUARTER', grade: 'Z' } } }],
    [
      'OUTCOMES_BROKEN',
      {
        outcomes: {
          ...content.outcomes,
          coefficients: [1, 2].map(() => ({
            level: 'QUARTER' as const,
            grade: 'S',
            base: 'BONUS' as const,
            coefficient: '0.5',
          })),
        },
      },
    ],
  ])('refuses broken content with %s (%#)', (expected, change) => {
    expect(
      outcome(fold([drafted]), { type: 'ProposeSchemeVersion', data: { content: { ...content, ...change } } }),
    ).toBe(expected);
  });

  it('takes a YEAR scheme with cycle weights and quantitative indicators alone', () => {
    const year: SchemeProposal = {
      ...content,
      level: 'YEAR',
      indicators: [{ ...sales, weight: 10_000 }],
      dimensions: content.dimensions.slice(0, 1),
      evaluatorWeights: {},
      cycleWeights: { QUARTER: 10_000 },
    };
    expect(outcome(fold([drafted]), { type: 'ProposeSchemeVersion', data: { content: year } })).toBe(
      'SchemeVersionProposed',
    );
  });

  it('publishes and retires from today on, never before', () => {
    expect(
      outcome(fold(histories.APPROVED), { type: 'PublishSchemeVersion', data: { effectiveFrom: '2026-01-09' } }),
    ).toBe('VERSION_RETROACTIVE');
    expect(
      outcome(fold(histories.APPROVED), { type: 'PublishSchemeVersion', data: { effectiveFrom: '2026-01-10' } }),
    ).toBe('SchemeVersionPublished');
    expect(outcome(fold(histories.PUBLISHED), { type: 'RetireScheme', data: { from: '2026-01-09' } })).toBe(
      'VERSION_RETROACTIVE',
    );
  });

  const otherDrafted: SchemeEvent = { type: 'SchemeDrafted', data: { schemeId: id(7), names: title('Other') } };
  const other = (extra: readonly SchemeEvent[] = []): SchemeState =>
    fold([otherDrafted, ...histories.PUBLISHED.slice(1), ...extra], [], id(7));
  it.each([
    ['SCHEME_AMBIGUOUS', '2026-02-01', other()],
    ['SCHEME_AMBIGUOUS', '2026-01-15', other()],
    ['SchemeVersionPublished', '2026-02-01', other([{ type: 'SchemeRetired', data: { from: '2026-02-01' } }])],
    ['SCHEME_AMBIGUOUS', '2026-01-15', other([{ type: 'SchemeRetired', data: { from: '2026-02-02' } }])],
    ['SchemeVersionPublished', '2026-02-01', fold(histories.PUBLISHED)],
  ])('finds %s for a publication from %s', (expected, effectiveFrom, scheme) => {
    expect(
      outcome(
        fold(histories.APPROVED),
        { type: 'PublishSchemeVersion', data: { effectiveFrom } },
        { schemes: [scheme] },
      ),
    ).toBe(expected);
  });

  it('pins the version in force on a day, for its role and level only', () => {
    const scheme = fold(histories.RETIRED);
    const inForce = (role: string, level: 'QUARTER' | 'MONTH', on: string) =>
      schemeInForce([initialScheme, scheme], role, { level, on });
    expect(inForce('sales', 'QUARTER', '2026-02-01')).toEqual({
      schemeId: SCHEME,
      version: { number: 1, effectiveFrom: '2026-02-01', content: settled, eventId: id(105) },
    });
    expect(inForce('sales', 'QUARTER', '2026-12-30')).not.toBeNull();
    expect(inForce('sales', 'QUARTER', '2026-01-31')).toBeNull();
    expect(inForce('sales', 'QUARTER', '2026-12-31')).toBeNull();
    expect(inForce('planning', 'QUARTER', '2026-02-01')).toBeNull();
    expect(inForce('sales', 'MONTH', '2026-02-01')).toBeNull();
    expect(schemeInForce([scheme, other()], 'sales', { level: 'QUARTER', on: '2026-03-01' })).toBe('AMBIGUOUS');
  });

  const principal = (roles: readonly Role[], seats: Principal['seats'] = new Set()): Principal => ({
    personId: HEAD,
    roles: new Set(roles),
    manages: new Set(),
    heads: new Set(),
    seats,
  });
  it.each<[string, Principal, string]>([
    ['HR', principal(['EMPLOYEE', 'HR']), 'HR HR F F HR HR'],
    [
      'MARKETING_HEAD',
      principal(['MARKETING_HEAD']),
      'MARKETING_HEAD MARKETING_HEAD F F MARKETING_HEAD MARKETING_HEAD',
    ],
    ['EMPLOYEE', principal(['EMPLOYEE']), 'F F F F F F'],
    ['COMMITTEE', principal(['COMMITTEE'], new Set(['HR'])), 'F F COMMITTEE COMMITTEE F F'],
    ['AUDITOR beside HR', principal(['HR', 'AUDITOR'], new Set(['HR'])), 'F F F F F F'],
    ['ADMIN', principal(['ADMIN']), 'F F F F F F'],
  ])('allows %s what the table says', (_, who, expected) => {
    const verdicts = commands.map((command) => mayScheme(who, command));
    expect(verdicts.map((verdict) => ('authority' in verdict ? verdict.authority : 'F')).join(' ')).toBe(expected);
  });
});
