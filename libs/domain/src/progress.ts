import { takenFacts } from './appraisal-facts.js';
import type { FactKey, OwnerFacts } from './appraisal-facts.js';
import type { DataReview } from './cycle.events.js';
import type { CalendarVersion } from './kernel/calendar.js';
import { workingDaysBetween } from './kernel/calendar.js';
import { inSpan, intersect, minDay } from './kernel/day.js';
import type { Span } from './kernel/day.js';
import type { Day } from './kernel/schema.js';
import { actualOf, attainmentOf, effectiveTarget, milestoneAttainment, versionOnLastDay } from './scoring/figures.js';
import type { QuantityTexts } from './scoring/figures.js';
import type { FactInput } from './scoring/input.js';
import { decimalOf, textOf } from './scoring/v1/decimal.js';
import type { TargetMetric } from './target-content.js';
import { targetVersionsForScore } from './target.state.js';
import type { KnownTarget } from './target.state.js';

/** What the progress of a target on a day follows from. */
export interface ProgressInput {
  readonly target: KnownTarget;
  readonly metric: TargetMetric;
  /** Of the owner and metric; a unit's are its members' (`unitFacts`). */
  readonly facts: OwnerFacts;
  /** Facts that count for an earlier owner, and so nowhere. */
  readonly doubles: readonly FactKey[];
  /** Days on which the owner holds the role and unit; null where none. A unit's: its period. */
  readonly assigned: Span | null;
  /** Position of the cycle's cut-off; null before it. */
  readonly cutOff: number | null;
  readonly calendars: readonly CalendarVersion[];
  readonly day: Day;
}

/** A row of the progress board (`domain.md`, Targets). Figures are plain decimal text of up to 34 significant digits. */
export interface Progress {
  readonly day: Day;
  /** No fact lies between the first eligible day and this one: shown as such, never as zero. */
  readonly noData: boolean;
  readonly actual: string | null;
  /** Over the whole eligible span, by the versions effective on the day. */
  readonly effectiveTarget: QuantityTexts | null;
  /** Of the whole target, reached by the day. */
  readonly attainment: string | null;
  /** `attainment - 1`. */
  readonly deviation: string | null;
  readonly elapsedWorkingDays: number;
  readonly workingDays: number;
  /** 0 to 1; null where the span has no working day. */
  readonly elapsedShare: string | null;
  /** Sum of min(confirmed, planned) over the key actions. */
  readonly keyActionsDone: number;
  readonly keyActionsPlanned: number;
  /** 0 to 1; null where no key action is planned. */
  readonly keyActionCompletion: string | null;
}

/**
 * The progress of a target as of a day (`domain.md`, Targets, Progress board; §1.3): attainment to that day beside the
 * elapsed share of working days, deviation, and key-action completion by confirmed counts. The same functions as the
 * score reckon it, on facts up to the day and target versions effective on it. Without a fact there is no attainment,
 * save for `MILESTONES`, where none reached is 0 (`scoring.md` §3).
 *
 * | target 100 on 2026-08-13 of the third quarter | attainment | deviation | elapsed |
 * | --- | --- | --- | --- |
 * | 40 reached | 0.4 | -0.6 | 32 of 66 working days |
 * | no fact | no data | | 32 of 66 working days |
 */
export function progressOf(input: ProgressInput): Progress {
  const { target, day, calendars } = input;
  const span = input.assigned === null ? null : intersect(target.period, input.assigned);
  const workingDays = span === null ? 0 : workingDaysBetween(span.from, span.to, calendars);
  const elapsedWorkingDays = span === null ? 0 : workingDaysBetween(span.from, minDay(day, span.to), calendars);
  return {
    day,
    ...measured(input, span),
    elapsedWorkingDays,
    workingDays,
    elapsedShare: share(elapsedWorkingDays, workingDays),
    ...keyActions(target),
  };
}

/** The data review that a recalibration's request carries for a target (`domain.md`, NO_DATA_REVIEW). */
export function reviewOf(target: string, { actual, attainment, deviation }: Progress): DataReview {
  return { target, actual, attainment, deviation };
}

type Measured = Pick<Progress, 'noData' | 'actual' | 'effectiveTarget' | 'attainment' | 'deviation'>;
const NOTHING: Measured = { noData: true, actual: null, effectiveTarget: null, attainment: null, deviation: null };

function measured(input: ProgressInput, span: Span | null): Measured {
  const { target, metric, day } = input;
  const versions = targetVersionsForScore(target, { effectiveOn: day });
  if (span === null || day < span.from || versions.length === 0) return NOTHING;
  const elapsed = { from: span.from, to: minDay(day, span.to) };
  const { accumulation, direction } = metric;
  const { facts, doubles, cutOff } = input;
  // A milestone may be reached before the span begins.
  const days = direction === 'MILESTONES' ? null : elapsed;
  const taken = takenFacts(facts, { span: elapsed, cutOff, effectiveOn: day, doubles, accumulation, days });
  const of = { span, period: target.period, accumulation };
  const effective = effectiveTarget(versions, of);
  if (direction === 'MILESTONES') {
    const version = versionOnLastDay(versions, span);
    const attainment = version === null ? null : milestoneAttainment(version, taken, target.period);
    // A milestone may be reached before the span begins, and then there is data.
    const noData = attainment === '0' && !anyIn(taken, elapsed);
    return { ...NOTHING, noData, effectiveTarget: effective, ...reached(attainment) };
  }
  const actual = actualOf(taken, accumulation, elapsed);
  const attainment = actual === null || effective === null ? null : attainmentOf(direction, actual, effective);
  return { noData: actual === null, actual, effectiveTarget: effective, ...reached(attainment) };
}

const anyIn = (facts: readonly FactInput[], span: Span): boolean =>
  facts.some(({ occurredOn }) => inSpan(occurredOn, span));

const reached = (attainment: string | null): Pick<Progress, 'attainment' | 'deviation'> => ({
  attainment,
  deviation: attainment === null ? null : textOf(decimalOf(attainment).minus(1)),
});

function keyActions({ keyActions: planned, counts }: KnownTarget) {
  const keyActionsPlanned = planned.reduce((sum, action) => sum + action.planned, 0);
  const keyActionsDone = planned.reduce((sum, action) => {
    const confirmed = counts.find(({ keyAction }) => keyAction === action.code)?.confirmed ?? 0;
    return sum + Math.min(confirmed, action.planned);
  }, 0);
  return { keyActionsDone, keyActionsPlanned, keyActionCompletion: share(keyActionsDone, keyActionsPlanned) };
}

const share = (part: number, whole: number): string | null =>
  whole === 0 ? null : textOf(decimalOf(String(part)).div(whole));
