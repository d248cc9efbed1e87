import {
  appraisalStreamNames,
  assert,
  evolveAppraisal,
  evolveCycle,
  evolveFacts,
  evolveMetric,
  evolveScheme,
  evolveTarget,
  initialAppraisal,
  initialCycle,
  initialFacts,
  initialMetric,
  initialScheme,
  initialTarget,
  publishedScore,
  scoreSourcesOf,
  type AppraisalState,
  type PublishedRevision,
  type Recomputed,
  type Recorded,
} from '@assay/domain';
import type { EventSource } from '../feed/event-source.js';
import type { CategoryFold } from '../view/view.js';
import { readOrNone } from './read-stream.js';

/** A publication with its score reckoned again. */
export interface RecomputedRevision extends Recomputed {
  readonly published: PublishedRevision;
}

/**
 * A published revision reckoned again from its basis by the engine it names, with the derivation, and whether it is the
 * same digit by digit (`architecture.md`, History and replay). Reads the streams of the basis no further than their
 * revisions there. Null where the appraisal or the revision does not exist.
 */
export async function recomputePublished(
  source: Pick<EventSource, 'readStream'>,
  stream: string,
  revision: number,
): Promise<RecomputedRevision | null> {
  const events = await readOrNone(source, stream);
  const published = publishedIn(folded(appraisal, events), revision);
  if (published === null) return null;
  const basis = new Map(published.basis.map((entry) => [entry.stream, entry.revision]));
  const decidedOn = folded(appraisal, upTo(events, basis.get(stream)));
  assert(decidedOn.status !== 'ABSENT', 'the basis of a publication holds its own stream', { stream });
  const names = appraisalStreamNames(decidedOn);
  const read = await Promise.all(names.map((name) => (basis.has(name) ? readOrNone(source, name) : Promise.resolve([]))));
  const held = new Map(names.map((name, index) => [name, upTo(read[index] ?? [], basis.get(name))]));
  const state = <S>(fold: CategoryFold<S>, name: string): S => folded(fold, held.get(name) ?? []);
  const sources = scoreSourcesOf(decidedOn, {
    cycle: (name) => state({ initial: initialCycle, evolve: evolveCycle }, name),
    scheme: (name) => state({ initial: initialScheme, evolve: evolveScheme }, name),
    target: (name) => state({ initial: initialTarget, evolve: evolveTarget }, name),
    facts: (name) => state({ initial: initialFacts, evolve: evolveFacts }, name),
    metric: (name) => state({ initial: initialMetric, evolve: evolveMetric }, name),
  });
  return { published, ...publishedScore(published, decidedOn, sources) };
}

const appraisal: CategoryFold<AppraisalState> = { initial: initialAppraisal, evolve: evolveAppraisal };

const folded = <S>(fold: CategoryFold<S>, events: readonly Recorded[]): S => events.reduce((state, event) => fold.evolve(state, event), fold.initial);

const upTo = (events: readonly Recorded[], revision = -1): readonly Recorded[] => events.filter((event) => event.revision <= revision);

const publishedIn = (state: AppraisalState, revision: number): PublishedRevision | null =>
  state.status === 'ABSENT' ? null : (state.revisions.find((one) => one.revision === revision) ?? null);
