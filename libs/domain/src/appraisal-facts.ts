import { addDays, inSpan, type Span } from './kernel/day.js';
import type { Day } from './kernel/schema.js';
import type { Accumulation, FactInput } from './scoring/input.js';

/** A fact with everything ever recorded of it, in recorded order. */
export interface FactHistory {
  readonly source: string;
  readonly factId: string;
  readonly revisions: readonly {
    readonly revision: number;
    readonly occurredOn: Day;
    readonly value: string;
    readonly eventId: string;
    readonly position: number;
  }[];
  readonly retraction: { readonly eventId: string; readonly position: number } | null;
}
/** The source says it has delivered everything for these days. */
export interface FactReport extends Span {
  readonly source: string;
  readonly eventId: string;
  readonly position: number;
}
/** What a score takes of `facts-<ownerId>-<metric>`. */
export interface OwnerFacts {
  readonly facts: readonly FactHistory[];
  readonly reports: readonly FactReport[];
}
/** A fact of one metric by its identity. */
export interface FactKey {
  readonly metric?: string;
  readonly source: string;
  readonly factId: string;
}
/** Recorded after the cut-off: shown, without effect on this cycle, and perhaps the ground of a correction. */
export interface LateFact {
  readonly metric: string;
  readonly what: 'FACT' | 'RESTATEMENT' | 'RETRACTION' | 'REPORT';
  readonly source: string;
  readonly factId: string | null;
  readonly eventId: string;
  readonly position: number;
}
/** What bounds the part that facts take. */
export interface FactBounds {
  /** Eligible span; null where no day is left. */
  readonly span: Span | null;
  /** Position of the cycle's cut-off; null before it. */
  readonly cutOff: number | null;
  readonly effectiveOn: Day | null;
  readonly doubles: readonly FactKey[];
  /** The metric of the facts; a double of another one is none of them. */
  readonly metric?: string;
  readonly accumulation?: Accumulation | null;
  /** Only facts that are of one of these days: where no other fact can make a difference. */
  readonly days?: Span | null;
}

/**
 * The facts that take part, in recording order (`scoring.md` §1): recorded by the cut-off, not retracted by it, of a
 * day that has come, and counted for no other owner. Where there is none in the span of a `SUM` and reports together
 * cover it, the one measured zero on its last day.
 */
export function takenFacts(held: OwnerFacts, bounds: FactBounds): readonly FactInput[] {
  const facts = held.facts
    .filter((fact) => !countsElsewhere(fact, bounds))
    .flatMap((fact) => revisionsTaken(fact, bounds))
    .sort((a, b) => a.position - b.position)
    .map(({ fact }) => fact);
  const { span } = bounds;
  if (bounds.accumulation !== 'SUM' || span === null || facts.some(({ occurredOn }) => inSpan(occurredOn, span)))
    return facts;
  return [...facts, ...measuredZero(held.reports, span, bounds)];
}

/** Facts, restatements and retractions that concern the span, and reports, recorded after the cut-off. */
export function lateFacts(
  metric: string,
  { facts, reports }: OwnerFacts,
  { cutOff, span }: Pick<FactBounds, 'cutOff' | 'span'>,
): readonly LateFact[] {
  if (cutOff === null || span === null) return [];
  const late = facts
    .filter(({ revisions }) => revisions.some(({ occurredOn }) => inSpan(occurredOn, span)))
    .flatMap(({ source, factId, revisions, retraction }): readonly LateFact[] => {
      const shared = { metric, source, factId };
      const told = revisions.map(({ revision, eventId, position }): LateFact => ({
        ...shared,
        what: revision === revisions[0]?.revision ? 'FACT' : 'RESTATEMENT',
        eventId,
        position,
      }));
      return retraction === null ? told : [...told, { ...shared, what: 'RETRACTION', ...retraction }];
    });
  const reported = reports
    .filter((report) => report.from <= span.to && span.from <= report.to)
    .map(({ source, eventId, position }): LateFact => ({
      metric,
      what: 'REPORT',
      source,
      factId: null,
      eventId,
      position,
    }));
  return [...late, ...reported].filter(({ position }) => position > cutOff).sort((a, b) => a.position - b.position);
}

/** Event of a fact in the span that counts for an earlier owner and is not retracted here, or null (`FACT_ELSEWHERE`). */
export function isDouble({ facts }: OwnerFacts, bounds: FactBounds): string | null {
  const { span } = bounds;
  if (span === null) return null;
  const twice = facts
    .filter((fact) => countsElsewhere(fact, bounds))
    .flatMap((fact) => revisionsTaken(fact, bounds))
    .find(({ fact }) => inSpan(fact.occurredOn, span));
  return twice?.fact.eventId ?? null;
}

const countsElsewhere = ({ source, factId }: FactHistory, { doubles, metric }: FactBounds): boolean =>
  doubles.some(
    (key) => key.source === source && key.factId === factId && (key.metric ?? metric) === (metric ?? key.metric),
  );

interface Taken {
  readonly fact: FactInput;
  readonly position: number;
}

/** Every revision that was known by the cut-off; the last of them says on which day it is. */
function revisionsTaken(
  { source, factId, revisions, retraction }: FactHistory,
  { cutOff, effectiveOn, days }: FactBounds,
): readonly Taken[] {
  const known = ({ position }: { readonly position: number }): boolean => cutOff === null || position <= cutOff;
  if (retraction !== null && known(retraction)) return [];
  const current = revisions.findLast(known);
  if (current === undefined || (effectiveOn !== null && current.occurredOn > effectiveOn)) return [];
  if (days != null && !inSpan(current.occurredOn, days)) return [];
  // Field by field: what is held of a fact is more than a score may rest on.
  return revisions.filter(known).map(({ revision, occurredOn, value, eventId, position }) => ({ fact: { source, factId, revision, occurredOn, value, eventId }, position }));
}

/** The report that covers the last day stands for the zero, once all the days are covered. */
function measuredZero(
  reports: readonly FactReport[],
  span: Span,
  { cutOff, effectiveOn }: FactBounds,
): readonly FactInput[] {
  const known = reports.filter(({ position }) => cutOff === null || position <= cutOff);
  const last = known.find((report) => inSpan(span.to, report));
  if (last === undefined || !covers(known, span) || (effectiveOn !== null && span.to > effectiveOn)) return [];
  return [
    {
      source: last.source,
      factId: `report:${last.eventId}`,
      revision: 1,
      occurredOn: span.to,
      value: '0',
      eventId: last.eventId,
    },
  ];
}

/** Whether reports together leave no day of the span out. */
function covers(reports: readonly FactReport[], span: Span): boolean {
  const inOrder = [...reports].sort((a, b) => (a.from < b.from ? -1 : Number(a.from > b.from)));
  const open = inOrder.reduce((next, { from, to }) => (from <= next && to >= next ? addDays(to, 1) : next), span.from);
  return open > span.to;
}
