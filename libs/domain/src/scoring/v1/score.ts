import type { DerivationNode } from '../derivation.js';
import type { ScoreInput, SpanInput } from '../input.js';
import type { ScoreResult } from '../result.js';
import { deriveGrade, knockOut } from './grade.js';
import { measure } from './indicator.js';
import { node } from './node.js';
import { capTotal, deriveTotal, weigh } from './total.js';

/** Engine 1.0.0: `scoring.md` as it stands. The input has passed `readScoreInput` or the deciders' same checks. */
export function score(input: ScoreInput): Omit<ScoreResult, 'engineVersion'> {
  const { scheme } = input;
  const span = eligibleSpan(input);
  const measured = scheme.indicators.map((indicator) => measure(indicator, { input, span }));
  const weighted = weigh(measured, scheme);
  const { indicators } = weighted;
  const provisional = indicators.some(({ state }) => state === 'PENDING' || state === 'UNAVAILABLE');
  if (weighted.sum === null) {
    const derivation = root('NOT_RATED', { provisional, inputs: weighted.nodes, section: 7 });
    return { status: 'NOT_RATED', provisional, total: null, grade: null, indicators, derivation };
  }
  const total = deriveTotal(capTotal(weighted.sum, scheme), { rounding: scheme.rounding, source: scheme.eventId });
  const { grade, nodes } = knockOut(deriveGrade(total, scheme.bands, scheme.eventId), measured, scheme);
  const derivation = root(grade, { provisional, inputs: nodes, section: 8 });
  return { status: 'RATED', provisional, total: total.value, grade, indicators, derivation };
}

/** The period cut to the days of the assignment (§2); null where none is left. */
export function eligibleSpan({ period, eligible }: Pick<ScoreInput, 'period' | 'eligible'>): SpanInput | null {
  if (eligible === null) return period;
  const from = eligible.from > period.from ? eligible.from : period.from;
  const to = eligible.to < period.to ? eligible.to : period.to;
  return from <= to ? { from, to, eventId: eligible.eventId } : null;
}

interface Root {
  readonly provisional: boolean;
  readonly inputs: readonly DerivationNode[];
  readonly section: 7 | 8;
}
const root = (value: string, { provisional, inputs, section }: Root): DerivationNode =>
  node([provisional ? 'RESULT_PROVISIONAL' : 'RESULT', section], value, { inputs });
