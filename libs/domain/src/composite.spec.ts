import { describe, expect, it } from '@jest/globals';
import { isRejection } from './kernel/decision.js';
import { histories, known } from './appraisal-history.fixture.js';
import { basis, HR, id, principal, SCHEME, scheme as quarterScheme, SUBJECT, SUPERIOR } from './appraisal.fixture.js';
import type { KnownAppraisal } from './appraisal.state.js';
import { compositeEvents, type CompositeEvent } from './composite.events.js';
import {
  compositeOf,
  compositeStreamOf,
  decideComposite,
  evolveComposite,
  initialComposite,
  publishedComposite,
  yearSchemeOf,
} from './composite.js';
import type { CompositeCommand, CompositeState, CompositeWorld } from './composite.js';
import { mayComposite, visibleComposites } from './composite.policy.js';
import type { SchemeState, SchemeVersion } from './scheme.js';

const year = { from: '2026-01-01', to: '2026-12-31' };
const yearVersion: SchemeVersion = {
  ...quarterScheme,
  content: { ...quarterScheme.content, level: 'YEAR', cycleWeights: { MONTH: 3000, QUARTER: 4000, YEAR: 3000 } },
};
const scheme = { schemeId: SCHEME, version: yearVersion };
const base = known(histories.FINAL);

interface Of {
  readonly n: number;
  readonly level: KnownAppraisal['level'];
  readonly code: string;
  readonly from: string;
  readonly to: string;
  readonly total: string | null;
  readonly change?: Partial<KnownAppraisal>;
}
/** A final appraisal; `n` numbers it and the event that published its score. */
function part({ n, level, code, from, to, total, change }: Of): KnownAppraisal {
  const revisions = base.revisions.map((one) => ({
    ...one,
    total,
    eventId: id(n + 1000),
    status: total === null ? ('NOT_RATED' as const) : ('RATED' as const),
  }));
  const span = { from, to };
  return {
    ...base,
    appraisalId: id(n),
    level,
    cycle: `cycle-${level}-${code}`,
    period: span,
    eligible: span,
    segmentFrom: from,
    revisions,
    ...change,
  };
}
const first = part({ n: 31, level: 'QUARTER', code: '2026Q1', from: '2026-01-01', to: '2026-03-31', total: '80.00' });
const second = part({ n: 32, level: 'QUARTER', code: '2026Q2', from: '2026-04-01', to: '2026-06-30', total: '91.00' });
const whole = part({ n: 33, level: 'YEAR', code: '2026', ...year, total: '95.00' });
const appraisals = [whole, second, first];
const world = (changes: Partial<CompositeWorld> = {}): CompositeWorld => ({
  actor: HR,
  today: '2027-02-01',
  newId: id(1),
  basis,
  yearCycle: { period: year, cutOff: { eventId: id(9), position: 9, recordedAt: 9 } },
  scheme,
  appraisals,
  ...changes,
});
const publish: CompositeCommand = { type: 'PublishComposite', data: { personId: SUBJECT, year: '2026' } };
const revise: CompositeCommand = { type: 'ReviseComposite', data: {} };
function decided(
  state: CompositeState,
  command: CompositeCommand,
  changes: Partial<CompositeWorld> = {},
): readonly CompositeEvent[] | string {
  const decision = decideComposite(state, command, world(changes));
  return isRejection(decision) ? decision.rejected : decision.events;
}
function fold(events: readonly CompositeEvent[]): CompositeState {
  const meta = { actor: HR, authority: 'HR', commandId: id(900), commandDigest: '', correlationId: id(900) };
  return events.reduce<CompositeState>(
    (state, event, revision) =>
      evolveComposite(state, {
        id: id(300 + revision),
        stream: compositeStreamOf(SUBJECT, '2026'),
        revision,
        position: revision,
        schemaVersion: 1,
        meta,
        recordedAt: revision,
        ...event,
      }),
    initialComposite,
  );
}
const events = decided(initialComposite, publish);
const one = typeof events === 'string' ? undefined : events[0];
const state = one === undefined ? initialComposite : fold([one]);

describe('composite (domain.md, Appraisals; scoring.md §9)', () => {
  it('publishes the year from its final parts, in the order of their days', () => {
    // QUARTER (80 + 91) / 2 = 85.5, YEAR 95, no MONTH: (4000 * 85.5 + 3000 * 95) / 7000 = 89.571...
    expect(one?.data).toMatchObject({
      personId: SUBJECT,
      year: '2026',
      revision: 1,
      status: 'RATED',
      total: '89.57',
      grade: 'A',
      coverage: 7000,
      schemeId: SCHEME,
      cause: 'PUBLICATION',
      publishedOn: '2027-02-01',
      basis,
    });
    expect(one?.data.parts).toEqual([
      {
        appraisalId: id(31),
        revision: 1,
        scoreEventId: id(1031),
        level: 'QUARTER',
        code: '2026Q1',
        segmentFrom: '2026-01-01',
        days: 90,
        total: '80.00',
      },
      {
        appraisalId: id(32),
        revision: 1,
        scoreEventId: id(1032),
        level: 'QUARTER',
        code: '2026Q2',
        segmentFrom: '2026-04-01',
        days: 91,
        total: '91.00',
      },
      {
        appraisalId: id(33),
        revision: 1,
        scoreEventId: id(1033),
        level: 'YEAR',
        code: '2026',
        segmentFrom: '2026-01-01',
        days: 365,
        total: '95.00',
      },
    ]);
    expect(compositeEvents.CompositePublished.data.safeParse(one?.data).success).toBe(true);
  });

  it('counts a period that a transfer split once, by the days of its rated segments', () => {
    const split = part({
      n: 34,
      level: 'QUARTER',
      code: '2026Q2',
      from: '2026-04-01',
      to: '2026-06-30',
      total: '70.00',
      change: { eligible: { from: '2026-06-01', to: '2026-06-30' }, segmentFrom: '2026-06-01' },
    });
    const before = { ...second, eligible: { from: '2026-04-01', to: '2026-05-31' } };
    const published = decided(initialComposite, publish, { appraisals: [split, before, first, whole] });
    const data = typeof published === 'string' ? undefined : published[0]?.data;
    expect(data?.parts.map(({ code, days }) => [code, days])).toEqual([
      ['2026Q1', 90],
      ['2026Q2', 61],
      ['2026Q2', 30],
      ['2026', 365],
    ]);
    // Q2 (61 * 91 + 30 * 70) / 91 = 84.0769..., QUARTER 82.0384..., (4000 * that + 3000 * 95) / 7000
    expect(data?.total).toBe('87.59');
  });

  it('is NOT_RATED where the levels present do not reach the minimum coverage', () => {
    const published = decided(initialComposite, publish, {
      appraisals: [
        first,
        second,
        {
          ...whole,
          revisions: whole.revisions.map((revision) => ({ ...revision, status: 'NOT_RATED' as const, total: null })),
        },
      ],
    });
    expect(typeof published !== 'string' && published[0]?.data).toMatchObject({
      status: 'NOT_RATED',
      total: null,
      grade: null,
      coverage: 4000,
    });
  });

  it.each<[string, CompositeState, CompositeCommand, Partial<CompositeWorld>]>([
    ['PART_NOT_FINAL', initialComposite, publish, { appraisals: [first, known(histories.COMMUNICATED)] }],
    [
      'PART_NOT_FINAL',
      state,
      publish,
      { appraisals: [known(histories.SEALED)], yearCycle: { period: year, cutOff: null } },
    ],
    ['YEAR_NOT_OVER', initialComposite, publish, { yearCycle: null }],
    ['YEAR_NOT_OVER', state, publish, { yearCycle: { period: year, cutOff: null } }],
    ['COMPOSITE_EXISTS', state, publish, { scheme: null }],
    ['NO_YEAR_SCHEME', initialComposite, publish, { scheme: null }],
    ['NO_YEAR_SCHEME', initialComposite, publish, { scheme: { schemeId: SCHEME, version: quarterScheme } }],
    ['SCHEME_AMBIGUOUS', initialComposite, publish, { scheme: 'AMBIGUOUS' }],
    ['NOT_THERE', initialComposite, revise, {}],
  ])('refuses %s (%#)', (expected, given, command, changes) => {
    expect(decided(given, command, changes)).toBe(expected);
  });

  it('leaves out levels without a weight and appraisals of other years', () => {
    const quarters = {
      schemeId: SCHEME,
      version: { ...yearVersion, content: { ...yearVersion.content, cycleWeights: { QUARTER: 10_000 } } },
    };
    const other = { ...known(histories.SEALED), period: { from: '2025-10-01', to: '2025-12-31' } };
    const published = decided(initialComposite, publish, {
      scheme: quarters,
      appraisals: [first, second, { ...whole, status: 'UNSEALED' }, other],
    });
    expect(typeof published !== 'string' && published[0]?.data).toMatchObject({ total: '85.50', coverage: 10_000 });
  });

  const moved = {
    ...second,
    revisions: [
      ...second.revisions,
      ...second.revisions.map((revision) => ({ ...revision, revision: 2, total: '70.00', eventId: id(2032) })),
    ],
  };
  it('follows the new revision of a part, and only that', () => {
    expect(decided(state, revise)).toEqual([]);
    expect(decided(state, revise, { appraisals: [first, whole, { ...moved, status: 'PUBLISHED' }] })).toEqual([]);
    const next = decided(state, revise, { appraisals: [first, whole, moved] });
    expect(typeof next !== 'string' && next[0]?.data).toMatchObject({
      revision: 2,
      cause: 'PART_REVISED',
      total: '83.57',
    });
    const late = part({
      n: 35,
      level: 'QUARTER',
      code: '2026Q3',
      from: '2026-07-01',
      to: '2026-09-30',
      total: '10.00',
    });
    expect(decided(state, revise, { appraisals: [...appraisals, late] })).toEqual([]);
  });

  it('is recomputed from its own event and the scheme, digit by digit', () => {
    const revision = state.status === 'ABSENT' ? undefined : state.revisions[0];
    expect(revision && publishedComposite(revision, yearVersion).agrees).toBe(true);
    expect(revision && publishedComposite({ ...revision, total: '89.58' }, yearVersion).agrees).toBe(false);
    expect(JSON.stringify(revision && compositeOf(revision.parts, yearVersion).derivation)).toContain(id(1031));
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  it('takes the version that the YEAR appraisal of the last segment pins, else the last role’s on the last day', () => {
    const live: SchemeState = {
      status: 'LIVE',
      schemeId: SCHEME,
      names: { en: 'Year', zh: '年度' },
      pending: null,
      versions: [yearVersion],
    };
    const question = { appraisals, schemes: [live], period: year, lastRole: 'sales' };
    expect(yearSchemeOf(question)).toEqual(scheme);
    expect(yearSchemeOf({ ...question, appraisals: [first] })).toEqual(scheme);
    expect(yearSchemeOf({ ...question, appraisals: [first], lastRole: null })).toBeNull();
    expect(yearSchemeOf({ ...question, appraisals: [first], lastRole: 'planning' })).toBeNull();
    expect(yearSchemeOf({ ...question, appraisals: [{ ...whole, schemeVersion: 9 }] })).toBeNull();
  });

  it('is published by HR, never by SYSTEM’s way or in one’s own case, and read by the person’s line', () => {
    expect(mayComposite(principal(HR, ['HR']), publish)).toEqual({ authority: 'HR' });
    expect(mayComposite(principal(SUBJECT, ['HR']), publish)).toEqual({ denied: 'OWN_CASE' });
    expect(mayComposite(principal(SUPERIOR, ['MANAGER']), publish)).toEqual({ denied: 'FORBIDDEN' });
    expect(mayComposite(principal(HR, ['HR']), revise)).toEqual({ denied: 'FORBIDDEN' });
    expect(visibleComposites(principal(HR, ['HR']))).toBe('ALL');
    expect(visibleComposites(principal(HR, []))).toBe('NONE');
    expect(visibleComposites(principal(SUPERIOR, ['MANAGER'], { manages: new Set([SUBJECT]) }))).toEqual({
      any: [{ column: 'subject', in: [SUPERIOR, SUBJECT] }],
    });
  });
});
