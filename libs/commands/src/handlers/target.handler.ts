import {
  assignmentsIn,
  decideTarget,
  graceUntil,
  mayTarget,
  openRecalibrationOf,
  sees,
  targetCommands,
  targetKey,
  unitOf,
  unitOfOwner,
  visibleTargets,
  type CompanyState,
  type CycleState,
  type Day,
  type NewTarget,
  type TargetCommand,
  type TargetEvent,
  type TargetState,
  type TargetWorld,
} from '@assay/domain';
import { targetFold } from '../folds.js';
import { companyOf, cycleOf, goalSummaryOf, metricOf, personOf } from '../gather.js';
import { derivedId, type AggregateHandler, type Gathering } from '../handler.js';

/** Commands of `target-<id>` (`domain.md`, Targets); the id follows from owner, role, unit, metric and cycle. */
export const targetHandler = (logId: string): AggregateHandler<TargetState, TargetCommand, TargetWorld, TargetEvent> => ({
  aggregate: 'target',
  commands: targetCommands,
  fold: targetFold,
  stream: (message) => {
    if (message.type !== 'SetTarget') return `target-${message.id ?? ''}`;
    // The edge and the loader have checked the payload against the command's schema.
    return `target-${derivedId(logId, targetKey(message.data as NewTarget))}`;
  },
  world: async (command, state, gathering) => worldOf(addressOf(command, state), gathering),
  mayRead: (principal, state) => sees(visibleTargets(principal), { owner: state.status === 'ABSENT' ? null : state.owner }),
  may: (principal, command, { state }) => mayTarget(principal, command, { state }),
  decide: decideTarget,
  subject: (event, state) => {
    const owner = event.type === 'TargetSet' ? event.data.owner : state.status === 'ABSENT' ? undefined : state.owner;
    return owner === undefined || unitOfOwner(owner) !== null ? undefined : owner;
  },
  effectiveOn: (event) => (event.type === 'TargetRecalibrated' ? event.data.from : undefined),
});

/** What a target is judged by beside its own stream. */
export interface TargetAddress {
  readonly owner: string;
  readonly role: string | null;
  readonly unit: string;
  readonly goal: string;
  readonly metric: string;
  readonly cycle: string;
}

/** The address of a target as its state or a command that adds it states it. */
export const addressOfNew = ({ owner, role, unit, goal, metric, cycle }: NewTarget): TargetAddress => ({ owner, role: role ?? null, unit, goal, metric, cycle });

function addressOf(command: TargetCommand, state: TargetState): TargetAddress | null {
  if (command.type === 'SetTarget') return addressOfNew(command.data);
  if (command.type === 'ApplyRecalibration' && command.data.add !== undefined) return addressOfNew(command.data.add);
  if (state.status === 'ABSENT') return null;
  const { owner, role, unit, goal, metric, cycle } = state;
  return { owner, role, unit, goal, metric, cycle };
}

const NOWHERE = { cycle: null, goal: null, metric: null, assignedFrom: null, recalibrationOpen: false };

async function worldOf(address: TargetAddress | null, gathering: Gathering): Promise<TargetWorld> {
  const newId = gathering.stream.slice('target-'.length);
  if (address === null) return { ...gathering, ...NOWHERE, newId, graceUntil: gathering.today, basis: [] };
  const [company, cycle, goal, metric] = await Promise.all([companyOf(gathering), cycleOf(gathering, address.cycle), goalSummaryOf(gathering, address.goal), metricOf(gathering, address.metric)]);
  const place = await placeOf(address, { company, cycle }, gathering);
  return {
    ...gathering,
    newId,
    cycle: cycle.status === 'ABSENT' ? null : { period: cycle.period, cutOffOn: cycle.cutOffOn, cutOff: cycle.cutOff !== null },
    goal,
    metric,
    ...place,
    recalibrationOpen: openRecalibrationOf(cycle, newId) !== null,
    basis: await gathering.reader.basis(),
  };
}

/** Since when the owner holds the role and unit inside the period, and until when a target of theirs may be set. */
export async function placeOf(
  { owner, role, unit }: TargetAddress,
  of: { readonly company: CompanyState; readonly cycle: CycleState },
  gathering: Pick<Gathering, 'reader' | 'today'>,
): Promise<{ readonly assignedFrom: Day | null; readonly graceUntil: Day }> {
  const { company, cycle } = of;
  if (cycle.status === 'ABSENT' || company.status === 'ABSENT') return { assignedFrom: null, graceUntil: gathering.today };
  const assignedFrom = await assignedFromOf({ owner, role, unit }, { company, cycle }, gathering);
  return { assignedFrom, graceUntil: graceUntil(cycle, assignedFrom, company.calendars) };
}

async function assignedFromOf(
  { owner, role, unit }: Pick<TargetAddress, 'owner' | 'role' | 'unit'>,
  { company, cycle }: { readonly company: Exclude<CompanyState, { readonly status: 'ABSENT' }>; readonly cycle: Exclude<CycleState, { readonly status: 'ABSENT' }> },
  gathering: Pick<Gathering, 'reader'>,
): Promise<Day | null> {
  const owning = unitOfOwner(owner);
  if (owning !== null) return owning === unit && unitOf(company, owning) !== undefined ? cycle.period.from : null;
  const entries = assignmentsIn(await personOf(gathering, owner), cycle.period);
  return entries.find((entry) => entry.role === role && entry.unit === unit)?.from ?? null;
}
