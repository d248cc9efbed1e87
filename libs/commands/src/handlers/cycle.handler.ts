import {
  cycleCommands,
  cycleStreamOf,
  decideCycle,
  grantedRoles,
  mayCycle,
  recalibrationOf,
  sees,
  targetKey,
  visibleCycles,
  type CycleCommand,
  type CycleEvent,
  type CycleState,
  type CycleWorld,
  type KnownCycle,
  type Recalibration,
} from '@assay/domain';
import { appraisalFold, cycleFold, targetFold } from '../folds.js';
import { committeeOf, companyOf, standingOf } from '../gather.js';
import { derivedId, type AggregateHandler, type Gathering } from '../handler.js';
import { reviewOf, strategyGoalsOf, targetsNamed } from '../recalibration-world.js';

/** Commands of `cycle-<LEVEL>-<code>`, its recalibrations included (`domain.md`, Cycles and recalibrations). */
export const cycleHandler: AggregateHandler<CycleState, CycleCommand, CycleWorld, CycleEvent> = {
  aggregate: 'cycle',
  commands: cycleCommands,
  fold: cycleFold,
  stream: ({ type, id, data }) => {
    if (type !== 'OpenCycle') return `cycle-${id ?? ''}`;
    // The edge and the loader have checked the payload against the command's schema.
    const { level, code } = data as Extract<CycleCommand, { readonly type: 'OpenCycle' }>['data'];
    return cycleStreamOf(level, code);
  },
  world: async (command, state, gathering) => {
    const common = await commonWorld(command, state, gathering);
    const named = state.status === 'ABSENT' ? EMPTY : await namedWorld(command, state, gathering);
    return { ...common, ...named, basis: await gathering.reader.basis() };
  },
  mayRead: (principal) => sees(visibleCycles(principal), {}),
  may: (principal, command, { state, world }) => mayCycle(principal, command, { state, world }),
  decide: decideCycle,
  systemTypes: new Set(['FeedbackClosed']),
};

type Named = Pick<CycleWorld, 'targets' | 'addedIds' | 'dataReview' | 'goals' | 'appliedTo'>;
const EMPTY: Named = { targets: {}, addedIds: [], dataReview: [], goals: [], appliedTo: [] };

async function commonWorld(command: CycleCommand, state: CycleState, gathering: Gathering): Promise<Omit<CycleWorld, keyof Named | 'basis'>> {
  const company = await companyOf(gathering);
  const asked = command.type === 'CloseCycle' && state.status !== 'ABSENT';
  return {
    ...gathering,
    businessYearFirstMonth: company.status === 'ABSENT' ? 1 : company.businessYearFirstMonth,
    calendars: company.status === 'ABSENT' ? [] : company.calendars,
    unsettled: asked ? await unsettledOf(state, gathering) : 0,
    committee: await committeeOf(gathering),
    marketingHeads: await marketingHeadsOf(gathering),
  };
}

async function marketingHeadsOf(gathering: Gathering): Promise<readonly string[]> {
  const company = await companyOf(gathering);
  if (company.status === 'ABSENT') return [];
  const granted = company.grants.filter(({ role }) => role === 'MARKETING_HEAD').map(({ person }) => person);
  const heads = [...new Set(granted)].filter((person) => grantedRoles(company, person, gathering.today).includes('MARKETING_HEAD'));
  const standing = await standingOf(gathering, heads);
  return heads.filter((person) => standing[person] !== 'LEFT');
}

async function unsettledOf({ cycle }: KnownCycle, { finder, reader }: Gathering): Promise<number> {
  const ids = await finder.appraisalsOf({ cycle }, reader.position);
  const states = await Promise.all(ids.map((id) => reader.state(appraisalFold, `appraisal-${id}`)));
  return states.filter(({ status }) => status !== 'FINAL' && status !== 'ABSENT').length;
}

/** What the targets that a command or its recalibration names are judged by. */
async function namedWorld(command: CycleCommand, state: KnownCycle, gathering: Gathering): Promise<Named> {
  if (command.type === 'RequestRecalibration') return requestedWorld(command.data, state, gathering);
  return isDeciding(command) ? decidedWorld(command, state, gathering) : EMPTY;
}

const DECIDING = ['ApproveRecalibration', 'RejectRecalibration', 'WithdrawRecalibration', 'AssentToRecalibration', 'DeclineRecalibration', 'CompleteRecalibration'] as const;
type Deciding = Extract<CycleCommand, { readonly type: (typeof DECIDING)[number] }>;
const isDeciding = (command: CycleCommand): command is Deciding => DECIDING.some((type) => type === command.type);

async function requestedWorld(data: Extract<CycleCommand, { readonly type: 'RequestRecalibration' }>['data'], state: KnownCycle, gathering: Gathering): Promise<Named> {
  const { adjust = [], add = [], withdraw = [], revisedGoals = [] } = data;
  const addedIds = add.map((target) => derivedId(gathering.logId, targetKey(target)));
  const existing = [...adjust.map(({ target }) => target), ...withdraw];
  const added = add.map((target, index) => ({ target, targetId: addedIds[index] ?? '' }));
  const targets = await targetsNamed({ existing, added }, state, gathering);
  const served = [...Object.values(targets).flatMap(({ state: one }) => (one.status === 'ABSENT' ? [] : [one.goal])), ...add.map(({ goal }) => goal), ...revisedGoals];
  const [dataReview, goals] = await Promise.all([reviewOf(existing, { cycle: state, targets }, gathering), strategyGoalsOf(served, state, gathering)]);
  return { targets, addedIds, dataReview, goals, appliedTo: [] };
}

async function decidedWorld(command: Deciding, state: KnownCycle, gathering: Gathering): Promise<Named> {
  const one = decidedOn(command.data, state);
  if (one === undefined) return EMPTY;
  const existing = [...one.adjust.map(({ target }) => target), ...one.withdraw];
  const targets = await targetsNamed({ existing, added: one.add }, state, gathering);
  const goals = await strategyGoalsOf([...one.targets.map(({ goal }) => goal), ...one.revisedGoals], state, gathering);
  const applied = await Promise.all(one.targets.map(({ target }) => gathering.reader.state(targetFold, `target-${target}`)));
  const appliedTo = applied.flatMap((target) => (target.status !== 'ABSENT' && target.applied.includes(one.recalibrationId) ? [target.targetId] : []));
  return { targets, addedIds: one.add.map(({ targetId }) => targetId), dataReview: [], goals, appliedTo };
}

/** The recalibration that a command names, or the one whose request is the proposal that a ballot names. */
function decidedOn(data: Deciding['data'], state: KnownCycle): Recalibration | undefined {
  if ('recalibration' in data) return recalibrationOf(state, data.recalibration) ?? undefined;
  return state.recalibrations.find(({ eventId }) => eventId === data.proposalEventId);
}
