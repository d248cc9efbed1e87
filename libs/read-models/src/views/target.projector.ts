import {
  assignmentsIn,
  categoryOf,
  doublesIn,
  evolveCycle,
  evolveFacts,
  evolveMetric,
  evolvePerson,
  evolveTarget,
  initialCycle,
  initialFacts,
  initialMetric,
  initialPerson,
  initialTarget,
  levelOfCycle,
  openRecalibrationOf,
  ownerFacts,
  personOnlyUpTo,
  progressOf,
  unitFacts,
  unitOfOwner,
  type Accumulation,
  type CalendarVersion,
  type CycleState,
  type Day,
  type Direction,
  type FactsState,
  type KnownTarget,
  type Level,
  type MetricState,
  type OwnerFacts,
  type PersonState,
  type Progress,
  type ProgressInput,
  type Recorded,
  type Span,
  type TargetState,
} from '@assay/domain';
import { defineView, type CategoryFold, type StateLookup, type View } from '../view/view.js';
import { isAfterPeriod } from './period-facts.js';
import { idOfStream, rooted, type DocumentOrigin, type Rooted } from './rooted.js';

/** What a target has come to, over its whole period and all facts so far. Quantities in the metric's unit, decimal text. */
export type TargetAttainment = Pick<
  Progress,
  'noData' | 'actual' | 'effectiveTarget' | 'attainment' | 'deviation' | 'keyActionsDone' | 'keyActionsPlanned' | 'keyActionCompletion'
>;
/** What stands around a target in other streams. */
export interface TargetSurroundings {
  readonly level: Level;
  /** The metric's unit, e.g. `CNY`; null where the metric is not defined. */
  readonly unitOfMeasure: string | null;
  readonly accumulation: Accumulation | null;
  readonly direction: Direction | null;
  /** Whether the cycle's data cut-off is recorded: facts from then on are late. */
  readonly isCutOff: boolean;
  /** The undecided or applying recalibration that the target is in. */
  readonly openRecalibrationId: string | null;
  /** Days of the period on which the owner holds role and unit; a unit's: the period. Null where none. */
  readonly assigned: Span | null;
  /** The owner's manager by the directory's last entry; null of a unit and at the top. */
  readonly managerId: string | null;
}
/** A target as everybody who may read it sees it (`domain.md`, Targets): its state, what surrounds it, what came of it. */
export type TargetDocument = KnownTarget & TargetSurroundings & TargetAttainment & DocumentOrigin;

/** The facts of units are found by owner and metric: the stream's name holds a digest of the unit. */
const factsGroup = (owner: string, metric: string): string => `facts:${owner}:${metric}`;
const unitGroup = (unit: string): string => `unit:${unit}`;

const facts: CategoryFold<FactsState> = {
  initial: initialFacts,
  evolve: evolveFacts,
  groups: (state) => (state.status === 'KNOWN' && unitOfOwner(state.owner) !== null ? [factsGroup(state.owner, state.metric)] : []),
};
const person: CategoryFold<PersonState> = {
  initial: initialPerson,
  evolve: evolvePerson,
  asOfDay: (state, day) => personOnlyUpTo(state, day) ?? initialPerson,
  groups: (state) => (state.status === 'ABSENT' ? [] : [...new Set(state.assignments.map(({ unit }) => unitGroup(unit)))]),
};
const categories = {
  target: rooted<TargetState>({ initial: initialTarget, evolve: evolveTarget }),
  cycle: { initial: initialCycle, evolve: evolveCycle } satisfies CategoryFold<CycleState>,
  metric: { initial: initialMetric, evolve: evolveMetric } satisfies CategoryFold<MetricState>,
  facts,
  person,
};
type States = StateLookup<typeof categories>;

const metricOf = (target: KnownTarget, states: States): MetricState => states.of('metric', `metric-${target.metric}`);
const memberFacts = (personStream: string, metric: string): string => `facts-${idOfStream(personStream)}-${metric}`;

/** The streams a target's figures rest on; a unit's sum rests on everybody who was ever in the unit. */
function dependenciesOf(target: TargetState, states: States): readonly string[] {
  if (target.status === 'ABSENT') return [];
  const { owner, metric, cycle } = target;
  const shared = [cycle, `metric-${metric}`];
  const unit = unitOfOwner(owner);
  if (unit === null) return [...shared, `person-${owner}`, `facts-${owner}-${metric}`];
  const own = states.group(factsGroup(owner, metric));
  const members = isSum(metricOf(target, states)) ? states.group(unitGroup(unit)) : [];
  return [...shared, ...own, ...members, ...members.map((stream) => memberFacts(stream, metric))];
}

const isSum = (metric: MetricState): boolean => metric.status === 'DEFINED' && metric.accumulation === 'SUM';

type Measured = Pick<ProgressInput, 'facts' | 'doubles' | 'assigned' | 'cutOff'>;

function measuredOf(target: KnownTarget, states: States): Measured {
  const { owner, metric, cycle, period } = target;
  const cycleState = states.of('cycle', cycle);
  const cutOff = cycleState.status === 'ABSENT' ? null : (cycleState.cutOff?.position ?? null);
  const unit = unitOfOwner(owner);
  if (unit === null) {
    const held = states.of('facts', `facts-${owner}-${metric}`);
    const assigned = assignedOf(target, states.of('person', `person-${owner}`));
    return { facts: ownerFacts(held), doubles: doublesIn(held), assigned, cutOff };
  }
  const [stream] = states.group(factsGroup(owner, metric));
  const own = stream === undefined ? initialFacts : states.of('facts', stream);
  if (!isSum(metricOf(target, states))) return { facts: ownerFacts(own), doubles: doublesIn(own), assigned: period, cutOff };
  const members = states.group(unitGroup(unit)).map((name) => ({
    person: states.of('person', name),
    facts: states.of('facts', memberFacts(name, metric)),
  }));
  const summed: OwnerFacts = unitFacts({ code: unit, own, cutOff }, members);
  return { facts: summed, doubles: members.flatMap((member) => doublesIn(member.facts)), assigned: period, cutOff };
}

/** From the first to the last day on which the owner holds the target's role and unit inside the period. */
function assignedOf({ role, unit, period }: KnownTarget, owner: PersonState): Span | null {
  const held = assignmentsIn(owner, period).filter((entry) => entry.role === role && entry.unit === unit);
  const [first, last] = [held[0], held.at(-1)];
  return first && last ? { from: first.from, to: last.to } : null;
}

const progress = (target: KnownTarget, states: States, on: { readonly day: Day; readonly calendars: readonly CalendarVersion[] }): Progress | null => {
  const metric = metricOf(target, states);
  return metric.status === 'ABSENT' ? null : progressOf({ target, metric, ...measuredOf(target, states), ...on });
};

const NOTHING: TargetAttainment = {
  noData: true,
  actual: null,
  effectiveTarget: null,
  attainment: null,
  deviation: null,
  keyActionsDone: 0,
  keyActionsPlanned: 0,
  keyActionCompletion: null,
};

function attainmentFrom(figures: Progress | null): TargetAttainment {
  if (figures === null) return NOTHING;
  const { day: _day, elapsedWorkingDays: _elapsed, workingDays: _days, elapsedShare: _share, ...attained } = figures;
  return attained;
}

function surroundingsOf(target: KnownTarget, states: States): TargetSurroundings {
  const metric = metricOf(target, states);
  const cycle = states.of('cycle', target.cycle);
  const owner = unitOfOwner(target.owner) === null ? states.of('person', `person-${target.owner}`) : initialPerson;
  return {
    level: levelOfCycle(target.cycle),
    unitOfMeasure: metric.status === 'ABSENT' ? null : metric.unit,
    accumulation: metric.status === 'ABSENT' ? null : metric.accumulation,
    direction: metric.status === 'ABSENT' ? null : metric.direction,
    isCutOff: cycle.status !== 'ABSENT' && cycle.cutOff !== null,
    openRecalibrationId: openRecalibrationOf(cycle, target.targetId)?.recalibrationId ?? null,
    assigned: unitOfOwner(target.owner) === null ? assignedOf(target, owner) : target.period,
    managerId: owner.status === 'ABSENT' ? null : (owner.assignments.at(-1)?.manager ?? null),
  };
}

/** What a target's document can tell of each event; feedback, ballots and identities it cannot. */
const UNTOLD: ReadonlySet<string> = new Set([
  'FeedbackGiven',
  'FeedbackClosed',
  'CommitteeAssented',
  'CommitteeDeclined',
  'CycleClosed',
  'IdentityLinked',
  'SourceAccountLinked',
]);

const shared = {
  name: 'target',
  version: 2,
  root: 'target',
  categories,
  dependencies: ({ root, states }: { readonly root: Rooted<TargetState>; readonly states: States }) => dependenciesOf(root.state, states),
  touches: ({ state }: Rooted<TargetState>, event: Recorded) =>
    categoryOf(event.stream) === 'target' || (!UNTOLD.has(event.type) && (state.status === 'ABSENT' || !isAfterPeriod(event, state.period))),
} as const;

/**
 * Targets with their versions and what came of them (`domain.md`, Targets): effective target, actual, attainment and
 * deviation over the whole period and all facts so far, by the score's own functions. A unit's `SUM` is its members'
 * facts by their unit on the day of each.
 */
export const targetView = defineView<TargetDocument>()({
  ...shared,
  compute({ key, root: { state, position }, states, effectiveOn }): TargetDocument | null {
    if (state.status === 'ABSENT') return null;
    const versions = state.versions.filter(({ effectiveFrom }) => effectiveOn === null || effectiveFrom <= effectiveOn);
    const figures = progress(state, states, { day: effectiveOn ?? state.period.to, calendars: [] });
    return {
      ...state,
      versions,
      ...surroundingsOf(state, states),
      ...attainmentFrom(figures),
      revision: states.revision(key),
      position,
    };
  },
  columns: {
    owner: { type: 'text', of: (doc) => doc.owner },
    ownerUnit: { type: 'text', of: (doc) => doc.unit },
    manager: { type: 'text', of: (doc) => doc.managerId },
    metric: { type: 'text', of: (doc) => doc.metric },
    role: { type: 'text', of: (doc) => doc.role },
    goal: { type: 'text', of: (doc) => doc.goal },
    cycle: { type: 'text', of: (doc) => doc.cycle },
    level: { type: 'text', of: (doc) => doc.level },
    status: { type: 'text', of: (doc) => doc.status },
    periodFrom: { type: 'date', of: (doc) => doc.period.from },
    periodTo: { type: 'date', of: (doc) => doc.period.to },
    attainment: { type: 'numeric', of: (doc) => doc.attainment },
    deviation: { type: 'numeric', of: (doc) => doc.deviation },
  },
  indexes: [['owner'], ['goal'], ['cycle'], ['metric'], ['periodFrom'], ['attainment'], ['deviation']],
});

/**
 * The progress board's row of each target as of a day (`domain.md`, Targets), on the states that `targetView` rests on.
 * Not a projection of its own: `ReadModels.derive` and `moment` compute it.
 */
export const progressView = (on: { readonly day: Day; readonly calendars: readonly CalendarVersion[] }): View<Progress> =>
  defineView<Progress>()({
    ...shared,
    compute: ({ root: { state }, states }): Progress | null => (state.status === 'ABSENT' ? null : progress(state, states, on)),
    columns: {},
  });
