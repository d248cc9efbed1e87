import { assert } from '../../kernel/defect.js';
import type { DerivationNode } from '../derivation.js';
import type { Band, ScoreInput } from '../input.js';
import { decimalOf } from './decimal.js';
import type { Decimal } from './decimal.js';
import type { Measured } from './indicator.js';
import { above, node } from './node.js';

/** A grade with the nodes under the result: the grade by band, then each knock-out, hit or not. */
export interface DerivedGrade {
  readonly grade: string;
  readonly nodes: readonly DerivationNode[];
}

/** The first band, from the best, whose `from` the rounded total reaches; the last is open below (§8). */
export function bandOf(total: Decimal, bands: readonly Band[]): Band {
  const band = bands.find(({ from }) => from === null || total.gte(decimalOf(from)));
  assert(band !== undefined, 'the lowest band is open below');
  return band;
}

/** The grade by band, with what it follows from. */
export function deriveGrade(total: DerivationNode, bands: readonly Band[], source?: string): DerivedGrade {
  const { grade } = bandOf(decimalOf(total.value), bands);
  const leaves = bands.map((band) =>
    node(['BAND', 8], band.from === null ? 'OPEN' : decimalOf(band.from), { of: band.grade, source }),
  );
  return { grade, nodes: [node(['BAND_GRADE', 8], grade, { inputs: [total, ...leaves] })] };
}

/** Lowers the grade to at most the ceiling of each indicator scored below its bar; the total stays as it is. */
export function knockOut(
  byBand: DerivedGrade,
  measured: readonly Measured[],
  scheme: ScoreInput['scheme'],
): DerivedGrade {
  const rank = (grade: string): number => scheme.bands.findIndex((band) => band.grade === grade);
  let { grade } = byBand;
  const nodes = [...byBand.nodes];
  for (const { indicator, score } of measured) {
    if (indicator.knockOut === null || score === null) continue;
    const { below, ceiling } = indicator.knockOut;
    const hit = score.value.lt(decimalOf(below));
    if (hit && rank(ceiling) > rank(grade)) grade = ceiling;
    const inputs = [
      above(score.node),
      node(['KNOCK_OUT_BELOW', 8], decimalOf(below), { of: indicator.code, unit: 'POINTS', source: scheme.eventId }),
    ];
    nodes.push(node([hit ? 'KNOCK_OUT_HIT' : 'KNOCK_OUT_MISSED', 8], ceiling, { of: indicator.code, inputs }));
  }
  return { grade, nodes };
}
