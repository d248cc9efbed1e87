import type { DerivationNode } from './derivation.js';
import type { Level } from '../kernel/calendar.js';
import type { QuantityName } from './input.js';

/** An indicator is in exactly one of these (§6); an absent value is never a zero. */
export type IndicatorState = 'SCORED' | 'PENDING' | 'UNAVAILABLE' | 'NOT_APPLICABLE';

/** One indicator's figures, as decimal text of up to 34 significant digits; what there is not is absent. */
export interface IndicatorResult {
  readonly code: string;
  readonly state: IndicatorState;
  /** Why it is `PENDING`: `TARGET_MISSING`, `FACT_MISSING`, `RATING_MISSING`, or what the input's state says. */
  readonly pendingCode?: string;
  /** The target's own quantities over the eligible span (§2). */
  readonly effectiveTarget?: Readonly<Partial<Record<QuantityName, string>>>;
  readonly actual?: string;
  readonly attainment?: string;
  /** `attainment - 1` (§3). */
  readonly deviation?: string;
  /** Before floor and cap (§4). */
  readonly raw?: string;
  readonly score?: string;
  /** Basis points after redistribution (§7). */
  readonly effectiveWeight?: string;
}

/** What `score` answers. `total` has exactly the scheme's scale; it and `grade` are null where `NOT_RATED`. */
export interface ScoreResult {
  readonly engineVersion: string;
  readonly status: 'RATED' | 'NOT_RATED';
  /** An indicator is still `PENDING` or `UNAVAILABLE`: not to be published. */
  readonly provisional: boolean;
  readonly total: string | null;
  readonly grade: string | null;
  readonly indicators: readonly IndicatorResult[];
  readonly derivation: DerivationNode;
}

/** What `composite` answers: `coverage` in basis points, `levels` unrounded. */
export interface CompositeResult {
  readonly engineVersion: string;
  readonly status: 'RATED' | 'NOT_RATED';
  readonly total: string | null;
  readonly grade: string | null;
  readonly coverage: number;
  readonly levels: Readonly<Partial<Record<Level, string>>>;
  readonly derivation: DerivationNode;
}
