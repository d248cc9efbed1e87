import { canonicalText } from './kernel/canonical.js';
import type { AppraisalScore } from './appraisal-score.js';
import type { IndicatorResult } from './scoring/result.js';

/** What a score history records: the figures that people compare. */
export type ScoreFigures = Pick<AppraisalScore, 'status' | 'total' | 'grade' | 'provisional'> & {
  readonly indicators: readonly IndicatorResult[];
};
export interface FigureChange<T> {
  readonly before: T | null;
  readonly after: T | null;
}
/** What differs between two scores; a member is there only where it does. */
export interface ScoreChange {
  readonly status?: FigureChange<string>;
  readonly total?: FigureChange<string>;
  readonly grade?: FigureChange<string>;
  readonly indicators?: readonly (FigureChange<IndicatorResult> & { readonly code: string })[];
}
/**
 * The difference that makes an entry of the score history, or null where total, grade, status and every indicator are
 * the same (`architecture.md`, History and replay). `before` is null at the opening.
 */
export function scoreChange(before: ScoreFigures | null, after: ScoreFigures): ScoreChange | null {
  const figure = (name: 'status' | 'total' | 'grade'): ScoreChange => {
    const was = before?.[name] ?? null;
    return was === after[name] ? {} : { [name]: { before: was, after: after[name] } };
  };
  const codes = [...new Set([...(before?.indicators ?? []), ...after.indicators].map(({ code }) => code))];
  const indicators = codes.flatMap((code) => {
    const was = before?.indicators.find((one) => one.code === code) ?? null;
    const is = after.indicators.find((one) => one.code === code) ?? null;
    return canonicalText(was) === canonicalText(is) ? [] : [{ code, before: was, after: is }];
  });
  const change = {
    ...figure('status'),
    ...figure('total'),
    ...figure('grade'),
    ...(indicators.length === 0 ? {} : { indicators }),
  };
  return Object.keys(change).length === 0 ? null : change;
}
