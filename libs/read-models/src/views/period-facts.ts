import type { Recorded, Span } from '@assay/domain';

/**
 * Whether an event of a facts stream lies wholly after a period: a fact first recorded for a later day, or a report of
 * later days. No figure over the period can tell it, so what is over is not reckoned anew by what comes later. A day
 * before the period may still matter (a milestone reached early), and a restatement may move a fact out of it.
 */
export function isAfterPeriod({ type, data }: Recorded, { to }: Span): boolean {
  if (typeof data !== 'object' || data === null) return false;
  if (type === 'FactRecorded') return 'occurredOn' in data && typeof data.occurredOn === 'string' && data.occurredOn > to;
  return type === 'PeriodReported' && 'from' in data && typeof data.from === 'string' && data.from > to;
}
