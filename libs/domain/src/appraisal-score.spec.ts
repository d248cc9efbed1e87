import { describe, expect, it } from '@jest/globals';
import type { FactHistory, FactReport } from './appraisal-facts.js';
import { scoreChange } from './appraisal-score-change.js';
import {
  derivationDigest,
  indicatorsWithFacts,
  publishedScore,
  scoreInputOf,
  scoreOfAppraisal,
  totalsAround,
} from './appraisal-score.js';
import type { ScoreSources } from './appraisal-score.js';
import type { AppraisalEvent } from './appraisal.events.js';
import { allRated, histories, known, opened, published, rate, ratedBy, unsealed } from './appraisal-history.fixture.js';
import {
  CROSS,
  cycle,
  factAt,
  id,
  OTHER,
  period,
  scheme,
  sources,
  SUPERIOR,
  target,
  TARGET,
} from './appraisal.fixture.js';
import type { DerivationNode } from './scoring/derivation.js';
import { readScoreInput } from './scoring/read-input.js';

const withFacts = (...facts: readonly FactHistory[]): ScoreSources => ({
  ...sources,
  facts: { sales: { facts, reports: [] } },
});
const leafSources = (node: DerivationNode): readonly string[] => [
  ...(node.source === undefined ? [] : [node.source]),
  ...node.inputs.flatMap(leafSources),
];
const ruling = (
  type: 'IndicatorRuledNotApplicable' | 'SourceDeclaredUnavailable' | 'UnavailabilityWaived',
  indicator: string,
): AppraisalEvent => ({
  type,
  data: { indicator, proposal: null, totalBefore: null, totalAfter: null, basis: [] },
});
const everyone = known([...allRated, unsealed]);
// 0.6 * 90 + 0.4 * (0.1 * 90 + 0.6 * 80 + 0.3 * 70) = 54 + 31.2
const TOTAL = '85.20';

describe('scoreOfAppraisal (scoring.md; domain.md, Appraisals)', () => {
  it('scores facts and unsealed ratings, down to the events they came from', () => {
    const score = scoreOfAppraisal(everyone, sources);
    expect([score.status, score.total, score.grade, score.pending, score.provisional]).toEqual([
      'RATED',
      TOTAL,
      'A',
      [],
      true,
    ]);
    const eventIds = new Set(leafSources(score.derivation));
    // The fact, the target's version, the three evaluations, the scheme's publication.
    for (const source of [id(100), id(16), id(201), id(202), id(203), scheme.eventId])
      expect(eventIds).toContain(source);
    expect(readScoreInput(scoreInputOf(everyone, sources))).toHaveProperty('input');
  });

  it('counts no rating before the unsealing for anybody, but an author may count their own', () => {
    const sealed = known([opened, ratedBy.SELF, ratedBy.SUPERIOR]);
    const score = scoreOfAppraisal(sealed, sources);
    expect([score.total, score.pending]).toEqual(['90.00', [{ indicator: 'teamwork', code: 'SEALED' }]]);
    expect(JSON.stringify(score)).not.toContain(SUPERIOR);
    expect(scoreOfAppraisal(sealed, sources, { ratings: { own: SUPERIOR } }).total).toBe('86.00');
    expect(scoreOfAppraisal(sealed, sources, { ratings: { own: CROSS } })).toEqual(score);
    expect(scoreOfAppraisal(everyone, sources, { ratings: 'NONE' }).total).toBe('90.00');
  });

  it('keeps the ratings of a replaced evaluator without counting them', () => {
    const replaced: AppraisalEvent = {
      type: 'EvaluatorReassigned',
      data: { kind: 'SUPERIOR', replaced: SUPERIOR, evaluatorId: OTHER },
    };
    const waiting = known([...allRated, unsealed, replaced]);
    expect([waiting.evaluations.length, scoreOfAppraisal(waiting, sources).provisional]).toEqual([3, true]);
    expect(
      scoreOfAppraisal(known([...allRated, unsealed, replaced, rate('SUPERIOR', OTHER, '100')]), sources).total,
    ).toBe('90.00');
  });

  it('shows what is recorded after the cut-off as late, by position, and leaves it out', () => {
    const restated: FactHistory = {
      ...factAt(100, '900'),
      revisions: [
        ...factAt(100, '900').revisions,
        { revision: 2, occurredOn: '2026-02-01', value: '100', eventId: id(501), position: 501 },
      ],
    };
    const retracted: FactHistory = { ...factAt(101, '50'), retraction: { eventId: id(502), position: 502 } };
    const given = withFacts(restated, retracted, factAt(500, '10'), factAt(503, '1000'));
    const score = scoreOfAppraisal(everyone, given);
    expect(score.indicators[0]?.actual).toBe('960');
    expect(score.lateFacts.map(({ what, eventId }) => [what, eventId])).toEqual([
      ['RESTATEMENT', id(501)],
      ['RETRACTION', id(502)],
      ['FACT', id(503)],
    ]);
    expect(scoreOfAppraisal(everyone, { ...given, cycle }).indicators[0]?.actual).toBe('1110');
    expect(scoreOfAppraisal(everyone, { ...given, cycle }).lateFacts).toEqual([]);
  });

  it('hands the engine the facts that are of a day in the span, and to milestones those before it too', () => {
    const moved = (factId: number, from: string, to: string): FactHistory => {
      const fact = factAt(factId, '70', { occurredOn: from });
      return { ...fact, revisions: [...fact.revisions, { revision: 2, occurredOn: to, value: '71', eventId: id(factId + 1), position: factId + 1 }] };
    };
    const given = withFacts(factAt(100, '900'), factAt(101, '70', { occurredOn: '2025-12-31' }), moved(102, '2025-12-31', '2026-02-02'), moved(104, '2026-02-02', '2026-04-01'));
    const handed = (from: ScoreSources) => scoreInputOf(everyone, from).facts['sales']?.map(({ eventId }) => eventId);
    expect(handed(given)).toEqual([id(100), id(102), id(103)]);
    const [sales, ...others] = scheme.content.indicators;
    if (sales === undefined) throw new Error('the scheme has no indicator');
    const milestones: ScoreSources = { ...given, scheme: { ...scheme, content: { ...scheme.content, indicators: [{ ...sales, direction: 'MILESTONES' }, ...others] } } };
    expect(handed(milestones)).toEqual([100, 101, 102, 103, 104, 105].map((n) => id(n)));
  });

  it('leaves out a retracted fact, one outside the span, and a target version after the cut-off', () => {
    const retracted: FactHistory = { ...factAt(101, '50'), retraction: { eventId: id(102), position: 102 } };
    const outside = factAt(103, '70', { occurredOn: '2026-04-01' });
    const late = {
      ...target,
      versions: [
        ...target.versions,
        {
          ...target.versions[0],
          cause: 'RECALIBRATED',
          effectiveFrom: period.from,
          mode: 'REPLACE',
          quantities: { target: '500' },
          milestones: [],
          eventId: id(601),
          position: 601,
          setBy: 'SYSTEM',
          recalibration: id(31),
        } as const,
      ],
    };
    const score = scoreOfAppraisal(everyone, {
      ...withFacts(factAt(100, '900'), retracted, outside),
      targets: { [TARGET]: late },
    });
    expect(score.total).toBe(TOTAL);
  });

  const report = (from: string, to: string, position = 110): FactReport => ({
    source: 'crm',
    from,
    to,
    eventId: id(position),
    position,
  });
  it.each<[string, readonly FactReport[], string | undefined]>([
    ['reports that cover the span', [report('2026-02-01', '2026-03-31', 111), report('2025-12-01', '2026-01-31')], '0'],
    ['a day left out', [report('2026-01-01', '2026-01-30'), report('2026-02-01', '2026-03-31', 111)], undefined],
    ['a report after the cut-off', [report('2026-01-01', '2026-03-31', 501)], undefined],
    ['none', [], undefined],
  ])('measures a zero only where no fact is and reports cover every day: %s', (_, reports, actual) => {
    const score = scoreOfAppraisal(everyone, { ...sources, facts: { sales: { facts: [], reports } } });
    expect(score.indicators[0]?.actual).toBe(actual);
    expect(score.pending).toEqual(actual === undefined ? [{ indicator: 'sales', code: 'FACT_MISSING' }] : []);
    if (actual !== undefined) expect(leafSources(score.derivation)).toContain(id(111));
  });

  it('waits for a target, and for a fact that counts elsewhere to be retracted', () => {
    const unlinked = known([
      ...allRated,
      unsealed,
      { type: 'AppraisalTargetUnlinked', data: { indicator: 'sales', targetId: TARGET } },
    ]);
    expect(scoreOfAppraisal(unlinked, sources).pending).toEqual([{ indicator: 'sales', code: 'TARGET_MISSING' }]);
    expect(scoreOfAppraisal(everyone, { ...sources, targets: {} }).pending).toEqual([
      { indicator: 'sales', code: 'TARGET_MISSING' },
    ]);
    const double = {
      ...withFacts(factAt(100, '900'), factAt(101, '40')),
      doubles: [{ metric: 'sales', source: 'crm', factId: 'f101' }],
    };
    expect(scoreOfAppraisal(everyone, double).pending).toEqual([{ indicator: 'sales', code: 'DOUBLE' }]);
    const retracted = { ...factAt(101, '40'), retraction: { eventId: id(102), position: 102 } };
    expect(scoreOfAppraisal(everyone, { ...double, ...withFacts(factAt(100, '900'), retracted) }).total).toBe(TOTAL);
  });

  it('leaves a fact alone that is a double in another metric only', () => {
    expect(
      scoreOfAppraisal(everyone, { ...sources, doubles: [{ metric: 'deals', source: 'crm', factId: 'f100' }] }).total,
    ).toBe(TOTAL);
  });

  it('takes states as ruled: not applicable and waived redistribute, unavailable blocks', () => {
    expect(
      scoreOfAppraisal(known([...allRated, unsealed, ruling('IndicatorRuledNotApplicable', 'sales')]), sources).total,
    ).toBe('78.00');
    const failed = known([...allRated, unsealed, ruling('SourceDeclaredUnavailable', 'sales')]);
    expect(scoreOfAppraisal(failed, sources).pending).toEqual([{ indicator: 'sales', code: 'UNAVAILABLE' }]);
    const waived = known([
      ...allRated,
      unsealed,
      ruling('SourceDeclaredUnavailable', 'sales'),
      ruling('UnavailabilityWaived', 'sales'),
    ]);
    expect([scoreOfAppraisal(waived, sources).pending, scoreOfAppraisal(waived, sources).total]).toEqual([[], '78.00']);
  });

  const spanned = (eligible: { from: string; to: string } | null) =>
    known([...allRated, unsealed, { type: 'AppraisalSpanChanged', data: { eligible, directory: [id(22)] } }]);
  it.each([
    ['a day under the minimum', { from: '2026-01-01', to: '2026-01-14' }, 'SPAN_TOO_SHORT'],
    ['exactly the minimum', { from: '2026-01-01', to: '2026-01-15' }, null],
    ['no day', null, 'SPAN_EMPTY'],
  ] as const)('is NOT_RATED for too few days: %s', (_, eligible, code) => {
    const score = scoreOfAppraisal(spanned(eligible), sources);
    expect(score.unratedCode).toBe(code);
    if (code !== null)
      expect([score.status, score.total, score.grade, score.pending]).toEqual(['NOT_RATED', null, null, []]);
  });

  it('as of a business day leaves out what was not yet true, and does not cut the span', () => {
    const later = {
      ...target,
      versions: [
        ...target.versions,
        {
          ...target.versions[0],
          cause: 'RECALIBRATED',
          effectiveFrom: '2026-03-01',
          mode: 'PRORATE',
          quantities: { target: '500' },
          milestones: [],
          eventId: id(17),
          position: 17,
          setBy: 'SYSTEM',
          recalibration: id(31),
        } as const,
      ],
    };
    const given = {
      ...withFacts(factAt(100, '900'), factAt(101, '100', { occurredOn: '2026-03-01' })),
      targets: { [TARGET]: later },
    };
    const score = scoreOfAppraisal(everyone, given, { effectiveOn: '2026-02-28' });
    expect([score.total, score.provisional, score.indicators[0]?.effectiveTarget]).toEqual([
      TOTAL,
      true,
      { target: '1000' },
    ]);
    expect(scoreOfAppraisal(everyone, given).indicators[0]?.actual).toBe('1000');
  });

  it('is a function of its arguments: the same again, and from parsed copies', () => {
    const copy = JSON.parse(JSON.stringify({ everyone, sources })) as {
      everyone: typeof everyone;
      sources: ScoreSources;
    };
    expect(scoreOfAppraisal(copy.everyone, copy.sources)).toEqual(scoreOfAppraisal(everyone, sources));
  });
});

describe('publishedScore (architecture.md, History and replay)', () => {
  const fixed = scoreOfAppraisal(everyone, sources);
  const revision = known([
    ...histories.UNSEALED,
    {
      ...published,
      data: {
        ...published.data,
        total: fixed.total,
        grade: fixed.grade,
        derivationDigest: derivationDigest(fixed.derivation),
      },
    } as AppraisalEvent,
  ]).revisions[0];

  it('recomputes the publication from its basis, digit by digit', () => {
    expect(revision && publishedScore(revision, everyone, sources)).toEqual({
      agrees: true,
      score: { ...fixed, provisional: false },
    });
  });

  it('agrees with facts committed after the cut-off and before the publication', () => {
    const later = withFacts(factAt(100, '900'), factAt(600, '77'));
    expect(revision && publishedScore(revision, everyone, later).agrees).toBe(true);
  });

  it('tells any other input, whatever the total', () => {
    expect(revision && publishedScore(revision, everyone, withFacts(factAt(100, '901'))).agrees).toBe(false);
    expect(revision && publishedScore(revision, everyone, withFacts(factAt(99, '900'))).agrees).toBe(false);
  });
});

describe('what decisions ask of a score', () => {
  it('finds the indicators with a fact in the span', () => {
    expect(indicatorsWithFacts(everyone, sources)).toEqual(['sales']);
    expect(indicatorsWithFacts(everyone, withFacts(factAt(100, '1', { occurredOn: '2026-04-01' })))).toEqual([]);
    expect(indicatorsWithFacts(everyone, withFacts(factAt(501, '1')))).toEqual([]);
  });

  it('shows the total before and after a ruling', () => {
    expect(totalsAround(everyone, sources, { indicator: 'sales', state: 'NOT_APPLICABLE' })).toEqual({
      before: TOTAL,
      after: '78.00',
    });
  });

  it('records a change only where a figure differs', () => {
    const before = scoreOfAppraisal(everyone, sources);
    expect(scoreChange(before, scoreOfAppraisal(everyone, withFacts(factAt(99, '900'))))).toBeNull();
    const after = scoreOfAppraisal(everyone, withFacts(factAt(100, '1000')));
    const change = scoreChange(before, after);
    expect([change?.total, change?.grade, change?.status]).toEqual([
      { before: TOTAL, after: '91.20' },
      undefined,
      undefined,
    ]);
    expect(change?.indicators?.map(({ code }) => code)).toEqual(['sales']);
    expect(scoreChange(null, after)?.status).toEqual({ before: null, after: 'RATED' });
  });
});
