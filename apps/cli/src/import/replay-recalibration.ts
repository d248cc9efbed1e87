import { uuidV5 } from '@assay/domain';
import { Decimal } from 'decimal.js';
import type { CompanyFile } from './company-file.js';
import { chunked, grouped, instantOf } from '@assay/runtime';
import { assentTo } from './replay-schemes.js';
import { effectiveValue, targetKeyOf, unitCode, type Entry, type LaidTarget, type Replay } from './replay-world.js';

type Recalibration = CompanyFile['recalibrations'][number];

/** As many targets as one request may name (`domain.md`, Cycles and recalibrations). */
const ADJUSTED_MAX = 200;

/** A request on its way: who made it, of which targets, and its id once it is made. */
interface Request {
  readonly key: string;
  readonly manager: string;
  readonly targets: readonly Moved[];
  readonly recalibration: string;
}
/** A target with the value it is to have from a day on. */
interface Moved {
  readonly before: LaidTarget;
  readonly value: Decimal;
  readonly after: LaidTarget;
}

/** The market moves: goals are revised by assent, each manager asks for their people, owners say what they think, the head decides. */
export function recalibrationEntries(replay: Replay): readonly Entry[] {
  const { company } = replay;
  const at = (day: string, hour: number): number => instantOf(day, hour, company.timeZone);
  return company.recalibrations.flatMap((one, index) => {
    const key = `recalibration ${String(index)}`;
    const label = `${one.unit} ${one.cycle} recalibrated`;
    let requests: readonly Request[] = [];
    return [
      { at: at(one.goalsRevisedOn, 9), label, run: () => reviseGoals(replay, one, key) },
      { at: at(one.requestedOn, 10), label, run: async () => void (requests = await request(replay, one, key)) },
      { at: at(one.feedbackOn, 10), label, run: () => giveFeedback(replay, one, requests) },
      { at: at(one.decidedOn, 10), label, run: () => approve(replay, one, requests) },
    ];
  });
}

function movedBy({ targets, company }: Replay, { cycle, unit, factors, mode, from }: Recalibration): readonly Moved[] {
  const concerned = [...targets.values()].filter((target) => `${target.cycle.level}-${target.cycle.code}` === cycle && [target.agent.unit, unitCode(target.agent.unit)].includes(unit));
  // Targets are set many at once and come back in any order: what is asked for of them is the same in every replay.
  const inOrder = concerned.toSorted((a, b) => (a.targetId < b.targetId ? -1 : Number(a.targetId > b.targetId)));
  return inOrder.flatMap((before): readonly Moved[] => {
    const factor = factors[before.metric];
    const last = before.laid.at(-1);
    if (factor === undefined || last === undefined || !company.metrics.some(({ code }) => code === before.metric)) return [];
    const value = last.value.times(factor).toDecimalPlaces(12, Decimal.ROUND_HALF_UP);
    const kept = mode === 'REPLACE' ? [] : before.laid.filter((part) => part.from < from);
    const laid = [...kept, { from: kept.length === 0 ? before.cycle.period.from : from, value }];
    return [{ before, value, after: { ...before, laid } }];
  });
}

/** The goals served, and those above them, come to what the effective targets will sum up to, to 2 places. */
async function reviseGoals(replay: Replay, one: Recalibration, key: string): Promise<void> {
  const { stage, people, goals } = replay;
  for (const [goal, delta] of goalDeltas(replay, one)) {
    const held = goals.get(goal);
    if (held === undefined) continue;
    const value = held.value.plus(delta).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
    const proposal = { key: `${key} goal ${goal}`, by: people.cast(one.goalsBy), aggregate: 'goal', type: 'ProposeGoalRevision', id: held.goalId, data: { value: value.toFixed() }, reason: one.reason } as const;
    await stage.must(proposal);
    await assentTo(replay, { proposal, stream: `goal-${held.goalId}`, assent: 'AssentToGoalRevision', ballots: one.goalAssents });
    goals.set(goal, { ...held, value });
  }
}

/** By how much each goal of a metric that adds up moves; the one served first, then those above. */
function goalDeltas(replay: Replay, one: Recalibration): ReadonlyMap<string, Decimal> {
  const deltas = new Map<string, Decimal>();
  for (const { before, after } of movedBy(replay, one)) {
    if (!replay.company.metrics.some(({ code, accumulation }) => code === before.metric && accumulation === 'SUM')) continue;
    const delta = effectiveValue(after).minus(effectiveValue(before));
    for (let goal: string | null = before.goal; goal !== null; goal = replay.goals.get(goal)?.parent ?? null) deltas.set(goal, delta.plus(deltas.get(goal) ?? 0));
  }
  return new Map([...deltas].filter(([, delta]) => !delta.isZero()));
}

async function request(replay: Replay, one: Recalibration, key: string): Promise<readonly Request[]> {
  const { stage, people, goals, targets } = replay;
  const revisedGoals = [...goalDeltas(replay, one).keys()].flatMap((goal) => goals.get(goal)?.goalId ?? []);
  const moved = movedBy(replay, one);
  const requests: Request[] = [];
  for (const [manager, ofManager] of grouped(moved, ({ before }) => before.agent.manager)) {
    for (const [part, some] of chunked(ofManager, ADJUSTED_MAX).entries()) {
      const adjust = some.map(({ before, value }) => ({ target: before.targetId, mode: one.mode, from: one.from, quantities: { target: value.toFixed() } }));
      const step = {
        key: `${key} ${manager} ${String(part)}`,
        by: people.named(manager),
        aggregate: 'cycle',
        type: 'RequestRecalibration',
        id: one.cycle,
        reason: one.reason,
        data: { adjust, trigger: one.trigger, revisedGoals },
        // What one shock sets in motion can be found together.
        correlationId: uuidV5(stage.loadId, key),
      } as const;
      const { stream } = await stage.must(step);
      requests.push({ key: step.key, manager, targets: some, recalibration: recalibrationIn(await stage.eventOf(step, stream)) });
    }
  }
  for (const { after } of moved) targets.set(targetKeyOf(after.agent.agent, after.cycle.stream, after.metric), after);
  return requests;
}

function recalibrationIn({ data }: { readonly data: unknown }): string {
  // As its type says: the event is the one that the request made.
  return (data as { readonly recalibration: string }).recalibration;
}

async function giveFeedback({ stage, people }: Replay, one: Recalibration, requests: readonly Request[]): Promise<void> {
  for (const { key, targets, recalibration } of requests) {
    for (const agent of new Set(targets.map(({ before }) => before.agent.agent))) {
      const data = { recalibration, agrees: true, comment: one.feedback };
      await stage.must({ key: `${key} feedback ${agent}`, by: people.named(agent), aggregate: 'cycle', type: 'GiveFeedback', id: one.cycle, data });
    }
  }
}

async function approve({ stage, people }: Replay, one: Recalibration, requests: readonly Request[]): Promise<void> {
  for (const { key, recalibration } of requests) {
    const by = people.cast(one.decidedBy);
    await stage.must({ key: `${key} decision`, by, aggregate: 'cycle', type: 'ApproveRecalibration', id: one.cycle, data: { recalibration }, reason: one.reason });
  }
}
