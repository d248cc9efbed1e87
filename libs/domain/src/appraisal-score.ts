import { canonicalText } from './kernel/canonical.js';
import { addDays, daysInclusive, inSpan } from './kernel/day.js';
import { sha256Hex } from './kernel/hash.js';
import type { Day } from './kernel/schema.js';
import { countedEvaluations, countsInTotal, superiorMissing } from './appraisal-evaluators.js';
import { isDouble, lateFacts, takenFacts, type FactKey, type LateFact, type OwnerFacts } from './appraisal-facts.js';
import type { HeldEvaluation, HeldIndicator, KnownAppraisal, PublishedRevision } from './appraisal.state.js';
import type { RuledState } from './appraisal.events.js';
import type { KnownCycle } from './cycle.state.js';
import type { SchemeVersion } from './scheme.js';
import type { DerivationNode } from './scoring/derivation.js';
import { CURRENT_ENGINE, score } from './scoring/engines.js';
import type { ScoreInput } from './scoring/input.js';
import type { ScoreResult } from './scoring/result.js';
import { initialTarget, targetVersionsForScore, type TargetState } from './target.state.js';
import { scoringScheme } from './scheme-scoring.js';

/** What a score follows from beside the appraisal itself: other streams, folded to one moment. */
export interface ScoreSources {
  readonly cycle: Pick<KnownCycle, 'cutOff'>;
  /** The version that the appraisal pins. */
  readonly scheme: SchemeVersion;
  /** By target id. */
  readonly targets: Readonly<Record<string, TargetState>>;
  /** Of the subject, by metric. */
  readonly facts: Readonly<Record<string, OwnerFacts>>;
  /** Units of the metrics, by code. */
  readonly metrics: Readonly<Record<string, { readonly unit: string }>>;
  /** Facts of the subject that an earlier record counts for another owner (`FACT_ELSEWHERE`, the race). */
  readonly doubles?: readonly FactKey[];
}
export interface ScoreOptions {
  /** Leaves out what was not yet true at the end of this day; period and span are not cut. */
  readonly effectiveOn?: Day;
  /** Ratings that count: `UNSEALED` (default) those unsealed, `NONE` none, `own` while sealed one author's too. */
  readonly ratings?: 'UNSEALED' | 'NONE' | { readonly own: string };
  readonly engineVersion?: string;
}
/** Why an indicator has no score yet: `TARGET_MISSING`, `FACT_MISSING`, `RATING_MISSING`, `SEALED`, `DOUBLE`, `UNAVAILABLE`. */
export interface PendingReason {
  readonly indicator: string;
  readonly code: string;
}
/** A score with what stands in the way of its publication. */
export interface AppraisalScore extends ScoreResult {
  /** Not published, or as of a day, or something is still to come. */
  readonly provisional: boolean;
  readonly unratedCode: 'SPAN_TOO_SHORT' | 'SPAN_EMPTY' | null;
  readonly pending: readonly PendingReason[];
  /** Recorded after the cut-off: shown, and without effect. */
  readonly lateFacts: readonly LateFact[];
}

/**
 * The score of an appraisal and its derivation, down to event ids (`domain.md`, Appraisals; `scoring.md`). Pure: the
 * live view, an as-of replay, a publication and its recomputation call this with streams folded to their moment.
 * Facts and target versions recorded after the cut-off take no part; ratings take none before the unsealing.
 */
export function scoreOfAppraisal(
  appraisal: KnownAppraisal,
  sources: ScoreSources,
  options: ScoreOptions = {},
): AppraisalScore {
  const { effectiveOn, engineVersion = CURRENT_ENGINE } = options;
  const input = scoreInputOf(appraisal, sources, options);
  const result = score(input, engineVersion);
  const late = appraisal.indicators.flatMap(({ metric }) =>
    metric === null ? [] : lateFacts(metric, factsOf(sources, metric), within(appraisal, sources)),
  );
  const published = appraisal.revisions.length > 0;
  const shared = { lateFacts: late, provisional: !published || effectiveOn !== undefined };
  const unratedCode = unratedBecause(appraisal, sources);
  if (unratedCode === 'SPAN_TOO_SHORT')
    return { ...tooShort(appraisal, sources, result), ...shared, unratedCode, pending: [] };
  const pending = result.indicators.flatMap(({ code, state, pendingCode }): readonly PendingReason[] => {
    if (state === 'PENDING') return [{ indicator: code, code: pendingCode ?? state }];
    return state === 'UNAVAILABLE' ? [{ indicator: code, code: state }] : [];
  });
  return {
    ...result,
    ...shared,
    provisional: shared.provisional || pending.length > 0 || (unratedCode === null && superiorMissing(appraisal)),
    unratedCode,
    pending,
  };
}

/** SHA-256 over the canonical JSON of a derivation: what a publication fixes and a recomputation must meet. */
export const derivationDigest = (derivation: DerivationNode): string => sha256Hex(canonicalText(derivation));

/** A published revision recomputed, and whether it is the same digit by digit. */
export interface Recomputed {
  readonly score: AppraisalScore;
  readonly agrees: boolean;
}
/**
 * Recomputes a publication by the engine it names (`architecture.md`, History and replay). `appraisal` and `sources` are
 * folded to the revisions of the publication's `basis`.
 */
export function publishedScore(
  published: PublishedRevision,
  appraisal: KnownAppraisal,
  sources: ScoreSources,
): Recomputed {
  const recomputed = scoreOfAppraisal(appraisal, sources, { engineVersion: published.engineVersion });
  const { status, total, grade, derivation } = recomputed;
  const same = status === published.status && total === published.total && grade === published.grade;
  return {
    score: { ...recomputed, provisional: false },
    agrees: same && derivationDigest(derivation) === published.derivationDigest,
  };
}

/** Codes of the quantitative indicators with a fact that takes part in the span (`INDICATOR_HAS_DATA`, `TOO_EARLY`). */
export function indicatorsWithFacts(appraisal: KnownAppraisal, sources: ScoreSources): readonly string[] {
  const { eligible } = appraisal;
  if (eligible === null) return [];
  const has = (metric: string): boolean =>
    takenFacts(factsOf(sources, metric), { ...within(appraisal, sources), metric }).some(({ occurredOn }) =>
      inSpan(occurredOn, eligible),
    );
  return appraisal.indicators.filter(({ metric }) => metric !== null && has(metric)).map(({ code }) => code);
}

/** The total as it is, and as it would be with an indicator in another state; what a ruling's event carries. */
export function totalsAround(
  appraisal: KnownAppraisal,
  sources: ScoreSources,
  ruling: { readonly indicator: string; readonly state: RuledState },
): { readonly before: string | null; readonly after: string | null } {
  const ruled = { state: ruling.state, eventId: appraisal.openedEventId, by: appraisal.subjectId, reason: null };
  const indicators = appraisal.indicators.map((one) =>
    one.code === ruling.indicator ? { ...one, ruling: ruled } : one,
  );
  const after = scoreOfAppraisal({ ...appraisal, indicators }, sources);
  return { before: scoreOfAppraisal(appraisal, sources).total, after: after.total };
}

/** The input of `score` for an appraisal: what takes part, in recorded order, each with the event it came from. */
export function scoreInputOf(appraisal: KnownAppraisal, sources: ScoreSources, options: ScoreOptions = {}): ScoreInput {
  const { period, eligible, openedEventId, spanEventId, indicators } = appraisal;
  const taking = within(appraisal, sources, options);
  const measured = indicators.flatMap(({ code, metric }) => (metric === null ? [] : [{ code, metric }]));
  const versionsOf = ({ targetId }: HeldIndicator) =>
    targetVersionsForScore((targetId === null ? undefined : sources.targets[targetId]) ?? initialTarget, {
      ...(taking.cutOff === null ? {} : { upToPosition: taking.cutOff }),
      ...(options.effectiveOn === undefined ? {} : { effectiveOn: options.effectiveOn }),
    });
  const rating = ratingsThatCount(appraisal, options);
  return {
    period: { ...period, eventId: openedEventId },
    // The engine cuts the span to the period: days after it are none.
    eligible: { ...(eligible ?? { from: addDays(period.to, 1), to: addDays(period.to, 1) }), eventId: spanEventId },
    scheme: scoringScheme(sources.scheme, sources.metrics),
    targets: Object.fromEntries(
      indicators.filter(({ metric }) => metric !== null).map((one) => [one.code, versionsOf(one)]),
    ),
    facts: Object.fromEntries(
      measured.map(({ code, metric }) => [
        code,
        takenFacts(factsOf(sources, metric), { ...taking, metric, ...takingFor(code, sources, eligible) }),
      ]),
    ),
    ratings: Object.fromEntries(
      indicators.filter(({ kind }) => kind === 'QUALITATIVE').map(({ code }) => [code, ratingsOf(code, rating)]),
    ),
    states: Object.fromEntries(indicators.flatMap((one) => stateOf(one, appraisal, { sources, rating }))),
  };
}

const factsOf = ({ facts }: ScoreSources, metric: string): OwnerFacts => facts[metric] ?? { facts: [], reports: [] };

/** An actual is of the span's facts alone; a milestone may have been reached before it (`scoring.md` §1, §3). */
function takingFor(code: string, { scheme }: ScoreSources, eligible: KnownAppraisal['eligible']) {
  const indicator = scheme.content.indicators.find((one) => one.code === code);
  return { accumulation: indicator?.accumulation ?? null, days: indicator?.direction === 'MILESTONES' ? null : eligible };
}

const within = (
  { eligible }: KnownAppraisal,
  { cycle, doubles }: ScoreSources,
  { effectiveOn }: ScoreOptions = {},
) => ({
  span: eligible,
  cutOff: cycle.cutOff?.position ?? null,
  effectiveOn: effectiveOn ?? null,
  doubles: doubles ?? [],
});

interface CountingRatings {
  readonly evaluations: readonly HeldEvaluation[];
  readonly sealed: boolean;
}

/** Before the unsealing none counts for anybody but its author, who may count their own. */
function ratingsThatCount(appraisal: KnownAppraisal, { ratings = 'UNSEALED' }: ScoreOptions): CountingRatings {
  const counted = countedEvaluations(appraisal);
  if (ratings === 'NONE') return { evaluations: [], sealed: true };
  if (appraisal.unsealing !== null) return { evaluations: counted, sealed: false };
  return {
    evaluations: ratings === 'UNSEALED' ? [] : counted.filter(({ evaluatorId }) => evaluatorId === ratings.own),
    sealed: true,
  };
}

const ratingsOf = (code: string, { evaluations }: CountingRatings): ScoreInput['ratings'][string] =>
  evaluations.flatMap(({ kind, evaluatorId, ratings, eventId }) =>
    ratings
      .filter(({ indicator }) => indicator === code)
      .map(({ value }) => ({ kind, evaluator: evaluatorId, value, eventId })),
  );

type StateEntries = readonly (readonly [string, ScoreInput['states'][string]])[];

function stateOf(
  indicator: HeldIndicator,
  appraisal: KnownAppraisal,
  given: { readonly sources: ScoreSources; readonly rating: CountingRatings },
): StateEntries {
  const { code, metric, ruling } = indicator;
  if (ruling !== null) return [[code, { state: ruling.state, eventId: ruling.eventId }]];
  if (metric === null) {
    const hidden = given.rating.sealed && ratingsOf(code, given.rating).length === 0 && countsInTotal(indicator);
    return hidden ? [[code, { state: 'PENDING', code: 'SEALED', eventId: appraisal.openedEventId }]] : [];
  }
  const double = isDouble(factsOf(given.sources, metric), { ...within(appraisal, given.sources), metric });
  return double === null ? [] : [[code, { state: 'PENDING', code: 'DOUBLE', eventId: double }]];
}

function unratedBecause({ eligible }: KnownAppraisal, { scheme }: ScoreSources): AppraisalScore['unratedCode'] {
  if (eligible === null) return 'SPAN_EMPTY';
  return daysInclusive(eligible.from, eligible.to) < scheme.content.minimumSegmentDays ? 'SPAN_TOO_SHORT' : null;
}

/** `NOT_RATED` in place of what the engine says of too few days (`scoring.md` §9). */
function tooShort(
  { eligible, spanEventId }: KnownAppraisal,
  { scheme }: ScoreSources,
  { engineVersion }: ScoreResult,
): Omit<ScoreResult, 'provisional'> {
  const days = eligible === null ? 0 : daysInclusive(eligible.from, eligible.to);
  const leaf = (label: 'SPAN_DAYS' | 'MINIMUM_SEGMENT_DAYS', value: number, source: string): DerivationNode => ({
    label,
    rule: 'scoring §9',
    value: String(value),
    unit: 'DAYS',
    inputs: [],
    source,
  });
  const inputs = [
    leaf('SPAN_DAYS', days, spanEventId),
    leaf('MINIMUM_SEGMENT_DAYS', scheme.content.minimumSegmentDays, scheme.eventId),
  ];
  const derivation: DerivationNode = { label: 'RESULT', rule: 'scoring §9', value: 'NOT_RATED', inputs };
  return { engineVersion, status: 'NOT_RATED', total: null, grade: null, indicators: [], derivation };
}
