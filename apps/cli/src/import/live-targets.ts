import { cycleFold, derivedId, goalFold, personFold, targetFold, type Reader } from '@assay/commands';
import { assignmentsIn, daysInclusive, overlaps, targetKey, type GoalState, type KnownCycle, type Principal } from '@assay/domain';
import { Decimal } from 'decimal.js';
import { UsageError } from '../command.js';
import type { TargetRow } from './deals.js';
import { refusalOf, type LiveCommand, type LiveImport } from './live-import.js';

const GOALS_MAX = 100_000;
type LiveGoal = Extract<GoalState, { readonly status: 'LIVE' }>;

/**
 * Sets the targets of the file as the person whose token the command line carries, by whose rights they stand or fall. One
 * that says the same already is left; one that says something else is changed, as long as the rules allow it.
 */
export async function setTargets(live: LiveImport, owners: ReadonlyMap<string, string>): Promise<void> {
  const { target, input, tally, options } = live;
  const { targets, refused } = input.targets;
  for (const row of refused) tally.refuse('TARGETS', row);
  if (targets.length === 0) return;
  const by = options.person;
  if (by === null) throw new UsageError('targets are set by a person: put their token into ASSAY_TOKEN ("token <subject>" makes one for a demo), or leave --targets out');
  const reader = await target.executor.reader();
  const set = await target.store.readAll({ afterPosition: -1, types: ['GoalSet'], max: GOALS_MAX });
  const states = await Promise.all(set.map(({ stream }) => reader.state(goalFold, stream)));
  const goals = states.filter((goal) => goal.status === 'LIVE');
  for (const row of targets) {
    options.signal.throwIfAborted();
    const owner = owners.get(row.agent);
    const command = owner === undefined ? 'PERSON_UNKNOWN' : await commandFor(live, { row, owner, by, goals, reader });
    const reason = typeof command === 'string' || command === null ? command : await refusalOf(live.issue(command));
    const { line, ...cells } = row;
    if (reason !== null) tally.refuse('TARGETS', { line, reason, cells });
    else if (command !== null) tally.counts.targets += 1;
  }
}

interface Setting {
  readonly row: TargetRow;
  readonly owner: string;
  readonly by: Principal;
  readonly goals: readonly LiveGoal[];
  readonly reader: Reader;
}

/** The command that brings a target about; the code of what stands in the way; null where it says the same already. */
async function commandFor({ target }: LiveImport, { row, owner, by, goals, reader }: Setting): Promise<LiveCommand | string | null> {
  const cycle = await reader.state(cycleFold, `cycle-${row.cycle}`);
  if (cycle.status === 'ABSENT') return 'CYCLE_UNKNOWN';
  const place = assignmentsIn(await reader.state(personFold, `person-${owner}`), cycle.period).at(-1);
  if (place === undefined) return 'SEGMENT_UNKNOWN';
  const { role, unit } = place;
  const address = { owner, role, unit, metric: row.metric, cycle: cycle.cycle };
  const id = derivedId(target.logId, targetKey(address));
  const held = await reader.state(targetFold, `target-${id}`);
  const quantities = { target: row.target };
  if (held.status === 'LIVE') {
    const said = held.versions.at(-1)?.quantities.target;
    if (said !== undefined && new Decimal(said).eq(row.target)) return null;
    const key = `change target ${String(held.versions.length)}`;
    return { key, by, aggregate: 'target', type: 'ChangeTarget', id, data: { quantities }, reason: `Import: line ${String(row.line)} of the targets file.` };
  }
  const goal = goalFor({ metric: row.metric, unit }, cycle, goals);
  if (goal === null) return 'TARGET_NOT_TRACEABLE';
  return { key: 'set target', by, aggregate: 'target', type: 'SetTarget', data: { ...address, goal: goal.goalId, quantities } };
}

/** The live goal of the metric that lies nearest: of the owner's unit before others, then of the shortest period. */
function goalFor({ metric, unit }: { readonly metric: string; readonly unit: string }, { period }: Pick<KnownCycle, 'period'>, goals: readonly LiveGoal[]): LiveGoal | null {
  const distance = (goal: LiveGoal): number => (goal.unit === unit ? 0 : 1);
  const near = goals.filter((goal) => goal.metric === metric && overlaps(goal.period, period));
  const [nearest] = near.sort((a, b) => distance(a) - distance(b) || days(a) - days(b) || (a.goalId < b.goalId ? -1 : 1));
  return nearest ?? null;
}

const days = ({ period }: LiveGoal): number => daysInclusive(period.from, period.to);
