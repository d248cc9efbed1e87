import {
  schemeInForce,
  segmentsOf,
  targetKey,
  type AppraisalInput,
  type AppraisalOpening,
  type CycleState,
  type PersonState,
  type SchemeState,
  type Segment,
  type Span,
} from '@assay/domain';
import { targetFold } from './folds.js';
import { cycleOf, personOf, schemesOf } from './gather.js';
import { derivedId, type Gathering } from './handler.js';

type KnownCycle = Exclude<CycleState, { readonly status: 'ABSENT' }>;

/** A person's segments of a cycle: maximal runs of days with the same role, unit and scheme (`domain.md`, Appraisals). */
export function segmentsIn(person: PersonState, { level, period }: { readonly level: KnownCycle['level']; readonly period: Span }, schemes: readonly SchemeState[]): readonly Segment[] {
  return segmentsOf(person, period, (role, on) => {
    const found = schemeInForce(schemes, role, { level, on });
    return found === null ? null : found === 'AMBIGUOUS' ? 'AMBIGUOUS' : found.schemeId;
  });
}

/** What an opening rests on: the segment that begins on the day named, its scheme, and the targets it is held to. */
export async function openingOf({ personId, cycle: cycleStream, segmentFrom }: AppraisalInput<'OpenAppraisal'>, gathering: Gathering): Promise<AppraisalOpening> {
  const [cycle, person, schemes] = await Promise.all([cycleOf(gathering, cycleStream), personOf(gathering, personId), schemesOf(gathering)]);
  if (cycle.status === 'ABSENT') return { segment: null, scheme: null, targets: [] };
  const segment = segmentsIn(person, cycle, schemes).find(({ from }) => from === segmentFrom) ?? null;
  if (segment === null) return { segment, scheme: null, targets: [] };
  const scheme = schemeInForce(schemes, segment.role, { level: cycle.level, on: segment.from });
  const indicators = scheme === null || scheme === 'AMBIGUOUS' ? [] : scheme.version.content.indicators;
  const keys = indicators.flatMap(({ metric }) => (metric === null ? [] : [targetKey({ owner: personId, role: segment.role, unit: segment.unit, metric, cycle: cycleStream })]));
  const targets = await Promise.all(keys.map((key) => gathering.reader.state(targetFold, `target-${derivedId(gathering.logId, key)}`)));
  return { segment, scheme, targets };
}
