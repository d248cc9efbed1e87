import {
  decideGoal,
  goalCommands,
  headOf,
  mayGoal,
  sees,
  unitOf,
  visibleGoals,
  type GoalCommand,
  type GoalEvent,
  type GoalState,
  type GoalWorld,
  type Span,
} from '@assay/domain';
import { goalFold, targetFold } from '../folds.js';
import { committeeOf, companyOf, goalOf, goalSummaryOf, metricOf } from '../gather.js';
import type { AggregateHandler, Gathering } from '../handler.js';

/** Commands of `goal-<id>` (`domain.md`, Goals). */
export const goalHandler: AggregateHandler<GoalState, GoalCommand, GoalWorld, GoalEvent> = {
  aggregate: 'goal',
  commands: goalCommands,
  fold: goalFold,
  stream: (message, ids) => `goal-${message.type === 'SetGoal' ? ids.fresh : (message.id ?? '')}`,
  world: async (command, state, gathering) => {
    const set = command.type === 'SetGoal' ? command.data : state.status === 'ABSENT' ? null : state;
    const [company, committee, metric, parent, dependants] = await Promise.all([
      companyOf(gathering),
      committeeOf(gathering),
      set === null ? null : metricOf(gathering, set.metric),
      set?.parent == null ? null : goalSummaryOf(gathering, set.parent),
      state.status === 'ABSENT' || !CHANGING.has(command.type) ? [] : dependantsOf(state.goalId, gathering),
    ]);
    const known = company.status === 'ABSENT' || set === null ? null : company;
    return {
      ...gathering,
      committee,
      metricKnown: metric !== null,
      unitKnown: known !== null && set !== null && unitOf(known, set.unit) !== undefined,
      parent,
      dependants,
      ownerHead: known === null || set === null ? null : headOf(known, set.unit, gathering.today),
    };
  },
  mayRead: (principal) => sees(visibleGoals(principal), {}),
  may: (principal, command) => mayGoal(principal, command),
  decide: decideGoal,
};

/** Commands that what rests on the goal has a say in. */
const CHANGING: ReadonlySet<string> = new Set(['ProposeGoalRevision', 'RetireGoal']);

/** Periods of the live targets and live goals that rest on a goal. */
async function dependantsOf(goalId: string, gathering: Gathering): Promise<readonly Span[]> {
  const { finder, reader } = gathering;
  const [targetIds, goalIds] = await Promise.all([finder.targetsOfGoals([goalId], reader.position), finder.childGoals([goalId], reader.position)]);
  const targets = await Promise.all(targetIds.map((id) => reader.state(targetFold, `target-${id}`)));
  const goals = await Promise.all(goalIds.map((id) => goalOf(gathering, id)));
  return [...targets, ...goals].flatMap((one) => (one.status === 'LIVE' ? [one.period] : []));
}
