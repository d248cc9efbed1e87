import { assert } from './kernel/defect.js';
import type { ScoreSources } from './appraisal-score.js';
import type { KnownAppraisal } from './appraisal.state.js';
import type { CycleState } from './cycle.state.js';
import { doublesIn, ownerFacts, type FactsState } from './facts.state.js';
import type { MetricState } from './metric.js';
import type { SchemeState } from './scheme.js';
import type { TargetState } from './target.state.js';

/** Streams that the score of an appraisal follows from beside its own, by what they are. */
export interface AppraisalStreams {
  readonly cycle: string;
  readonly scheme: string;
  /** By target id. */
  readonly targets: Readonly<Record<string, string>>;
  /** By metric. */
  readonly facts: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, string>>;
}
/** The folded states of those streams, at whatever moment the score is asked for. */
export interface AppraisalStates {
  cycle(stream: string): CycleState;
  scheme(stream: string): SchemeState;
  target(stream: string): TargetState;
  facts(stream: string): FactsState;
  metric(stream: string): MetricState;
}

/**
 * The streams an appraisal's score rests on, from the appraisal alone: the publication's basis, the live view's
 * dependencies and an as-of replay name the same ones (`architecture.md`, Read models).
 */
export function appraisalStreams({ cycle, schemeId, subjectId, indicators }: KnownAppraisal): AppraisalStreams {
  const metrics = [...new Set(indicators.flatMap(({ metric }) => metric ?? []))];
  const targets = [...new Set(indicators.flatMap(({ targetId }) => targetId ?? []))];
  return {
    cycle,
    scheme: `scheme-${schemeId}`,
    targets: Object.fromEntries(targets.map((id) => [id, `target-${id}`])),
    facts: Object.fromEntries(metrics.map((metric) => [metric, `facts-${subjectId}-${metric}`])),
    metrics: Object.fromEntries(metrics.map((metric) => [metric, `metric-${metric}`])),
  };
}

/** All of `appraisalStreams`, as a list. */
export function appraisalStreamNames(appraisal: KnownAppraisal): readonly string[] {
  const { cycle, scheme, targets, facts, metrics } = appraisalStreams(appraisal);
  return [cycle, scheme, ...Object.values(targets), ...Object.values(facts), ...Object.values(metrics)];
}

/** What `scoreOfAppraisal` is told, from the folded states. The pinned version is there: it was when the appraisal opened. */
export function scoreSourcesOf(appraisal: KnownAppraisal, states: AppraisalStates): ScoreSources {
  const streams = appraisalStreams(appraisal);
  const cycle = states.cycle(streams.cycle);
  const scheme = states.scheme(streams.scheme);
  const versions = scheme.status === 'ABSENT' ? [] : scheme.versions;
  const version = versions.find(({ number }) => number === appraisal.schemeVersion);
  assert(version !== undefined, 'an appraisal pins a published version', { appraisal: appraisal.appraisalId });
  const facts = mapValues(streams.facts, (stream) => states.facts(stream));
  return {
    cycle: { cutOff: cycle.status === 'ABSENT' ? null : cycle.cutOff },
    scheme: version,
    targets: mapValues(streams.targets, (stream) => states.target(stream)),
    facts: mapValues(facts, ownerFacts),
    metrics: Object.fromEntries(
      Object.entries(streams.metrics).flatMap(([code, stream]) => {
        const metric = states.metric(stream);
        return metric.status === 'ABSENT' ? [] : [[code, { unit: metric.unit }]];
      }),
    ),
    doubles: Object.values(facts).flatMap(doublesIn),
  };
}

const mapValues = <T, U>(record: Readonly<Record<string, T>>, of: (value: T) => U): Readonly<Record<string, U>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, of(value)]));
