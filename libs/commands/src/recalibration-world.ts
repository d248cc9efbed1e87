import {
  doublesIn,
  levelOfGoal,
  ownerFacts,
  progressOf,
  revisedAfter,
  reviewOf as reviewFrom,
  unitFacts,
  unitOfOwner,
  type DataReview,
  type FactsState,
  type GoalState,
  type KnownCycle,
  type KnownTarget,
  type NewTarget,
  type OwnerFacts,
  type RecalibrationTarget,
  type StrategyGoal,
} from '@assay/domain';
import { targetFold } from './folds.js';
import { answeringFor, companyOf, factsStateOf, goalOf, goalSummaryOf, metricOf, personOf } from './gather.js';
import { addressOfNew, placeOf } from './handlers/target.handler.js';
import type { Gathering } from './handler.js';

interface NamedTargets {
  /** Ids of targets that are adjusted or withdrawn. */
  readonly existing: readonly string[];
  readonly added: readonly { readonly targetId: string; readonly target: NewTarget }[];
}

/** The targets a recalibration names, by id, with what each is judged by (`domain.md`, Cycles and recalibrations). */
export async function targetsNamed(named: NamedTargets, cycle: KnownCycle, gathering: Gathering): Promise<Readonly<Record<string, RecalibrationTarget>>> {
  const existing = await Promise.all(named.existing.map(async (id) => [id, await known(id, cycle, gathering)] as const));
  const added = await Promise.all(named.added.map(async (one) => [one.targetId, await toBeAdded(one, cycle, gathering)] as const));
  return Object.fromEntries([...existing, ...added].flatMap(([id, target]) => (target === null ? [] : [[id, target]])));
}

async function known(targetId: string, cycle: KnownCycle, gathering: Gathering): Promise<RecalibrationTarget | null> {
  const state = await gathering.reader.state(targetFold, `target-${targetId}`);
  if (state.status === 'ABSENT') return null;
  const company = await companyOf(gathering);
  const [metric, goal, place, people] = await Promise.all([
    metricOf(gathering, state.metric),
    goalSummaryOf(gathering, state.goal),
    placeOf(state, { company, cycle }, gathering),
    answeringFor(gathering, state.owner, gathering.today),
  ]);
  return { state, metric, goal, ...place, people };
}

async function toBeAdded({ targetId, target }: NamedTargets['added'][number], cycle: KnownCycle, gathering: Gathering): Promise<RecalibrationTarget> {
  const company = await companyOf(gathering);
  const [state, metric, goal, place, people] = await Promise.all([
    gathering.reader.state(targetFold, `target-${targetId}`),
    metricOf(gathering, target.metric),
    goalSummaryOf(gathering, target.goal),
    placeOf(addressOfNew(target), { company, cycle }, gathering),
    answeringFor(gathering, target.owner, gathering.today),
  ]);
  return { state, metric, goal, ...place, people };
}

/** The data review: progress of each target by the facts recorded so far, as of today (`NO_DATA_REVIEW`). */
export async function reviewOf(
  targetIds: readonly string[],
  of: { readonly cycle: KnownCycle; readonly targets: Readonly<Record<string, RecalibrationTarget>> },
  gathering: Gathering,
): Promise<readonly DataReview[]> {
  const reviews = await Promise.all(targetIds.map((target) => reviewOne(target, of, gathering)));
  return reviews.flatMap((review) => review ?? []);
}

async function reviewOne(
  targetId: string,
  { cycle, targets }: { readonly cycle: KnownCycle; readonly targets: Readonly<Record<string, RecalibrationTarget>> },
  gathering: Gathering,
): Promise<DataReview | null> {
  const named = targets[targetId];
  if (named === undefined || named.state.status === 'ABSENT' || named.metric === null) return null;
  const { state: target, metric, assignedFrom } = named;
  const cutOff = cycle.cutOff?.position ?? null;
  const own = await factsStateOf(gathering, target.owner, target.metric);
  const unit = unitOfOwner(target.owner);
  const facts = unit !== null && metric.accumulation === 'SUM' ? await memberFacts({ unit, own, cutOff }, target, gathering) : ownerFacts(own);
  const company = await companyOf(gathering);
  const calendars = company.status === 'ABSENT' ? [] : company.calendars;
  const assigned = assignedFrom === null ? null : { from: assignedFrom, to: cycle.period.to };
  return reviewFrom(targetId, progressOf({ target, metric, facts, doubles: doublesIn(own), assigned, cutOff, calendars, day: gathering.today }));
}

/** A unit's `SUM`: its members' facts by their unit on the day each occurred. */
async function memberFacts(
  of: { readonly unit: string; readonly own: FactsState; readonly cutOff: number | null },
  { metric, period }: Pick<KnownTarget, 'metric' | 'period'>,
  gathering: Gathering,
): Promise<OwnerFacts> {
  const members = await gathering.finder.membersOf(of.unit, period, gathering.reader.position);
  const each = await Promise.all(members.map(async (id) => ({ person: await personOf(gathering, id), facts: await factsStateOf(gathering, id, metric) })));
  return unitFacts({ code: of.unit, own: of.own, cutOff: of.cutOff }, each);
}

/** The goals served and every goal above them, each with the live targets beneath it (`STRATEGY_LEFT`). */
export async function strategyGoalsOf(served: readonly string[], cycle: KnownCycle, gathering: Gathering): Promise<readonly StrategyGoal[]> {
  const chain = await withAncestors([...new Set(served)], gathering);
  return Promise.all(chain.map((goal) => strategyGoal(goal, cycle, gathering)));
}

type Known = Exclude<GoalState, { readonly status: 'ABSENT' }>;

async function withAncestors(served: readonly string[], gathering: Gathering): Promise<readonly Known[]> {
  const found = new Map<string, Known>();
  for (let open = served; open.length > 0; ) {
    const goals = await Promise.all(open.map((id) => goalOf(gathering, id)));
    const fresh = goals.filter((goal) => goal.status !== 'ABSENT').filter(({ goalId }) => !found.has(goalId));
    for (const goal of fresh) found.set(goal.goalId, goal);
    open = [...new Set(fresh.flatMap(({ parent }) => parent ?? []))];
  }
  return [...found.values()];
}

async function strategyGoal(goal: Known, cycle: KnownCycle, gathering: Gathering): Promise<StrategyGoal> {
  const metric = await metricOf(gathering, goal.metric);
  return {
    goalId: goal.goalId,
    parent: goal.parent,
    metric: goal.metric,
    accumulation: metric?.accumulation ?? 'LATEST',
    value: goal.value,
    toleranceBasisPoints: goal.toleranceBasisPoints,
    level: levelOfGoal(goal.period),
    revisedSinceOpening: revisedAfter(goal, cycle.openedPosition),
    targets: await targetsBeneath(goal.goalId, gathering),
  };
}

async function targetsBeneath(goalId: string, gathering: Gathering): Promise<StrategyGoal['targets']> {
  const { finder, reader } = gathering;
  const beneath = [goalId];
  for (let open: readonly string[] = [goalId]; open.length > 0; ) {
    open = (await finder.childGoals(open, reader.position)).filter((id) => !beneath.includes(id));
    beneath.push(...open);
  }
  const ids = await finder.targetsOfGoals(beneath, reader.position);
  const targets = await Promise.all(ids.map((id) => reader.state(targetFold, `target-${id}`)));
  return targets.filter(({ status }) => status === 'LIVE');
}
