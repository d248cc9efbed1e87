import {
  alternatesOf,
  committeeOn,
  hasLeft,
  headOf,
  holderOf,
  SEATS,
  unitOf,
  unitOfOwner,
  uuidV5,
  type Committee,
  type CompanyState,
  type CycleState,
  type Day,
  type FactsState,
  type GoalState,
  type Metric,
  type PersonState,
  type SchemeState,
  type Span,
} from '@assay/domain';
import { companyFold, cycleFold, factsFold, goalFold, metricFold, personFold, schemeFold } from './folds.js';
import type { Gathering } from './handler.js';

/** What several handlers gather alike, each read through the decision's reader and so part of its basis. */
type Reading = Pick<Gathering, 'reader' | 'today' | 'finder'>;

/** The company as of the decision. */
export const companyOf = ({ reader }: Pick<Reading, 'reader'>): Promise<CompanyState> => reader.state(companyFold, 'company');

/** A person's entry in the directory; `ABSENT` where there is none. */
export const personOf = ({ reader }: Pick<Reading, 'reader'>, personId: string): Promise<PersonState> => reader.state(personFold, `person-${personId}`);

/** A cycle by its stream name. */
export const cycleOf = ({ reader }: Pick<Reading, 'reader'>, cycle: string): Promise<CycleState> => reader.state(cycleFold, cycle);

/** Every scheme of the log, as of the decision. */
export async function schemesOf(reading: Reading): Promise<readonly SchemeState[]> {
  const ids = await reading.finder.schemes(reading.reader.position);
  return Promise.all(ids.map((id) => reading.reader.state(schemeFold, `scheme-${id}`)));
}

/** Of the people given those who exist: `HERE`, or `LEFT` by today. */
export async function standingOf(reading: Reading, people: readonly string[]): Promise<Readonly<Record<string, 'HERE' | 'LEFT'>>> {
  const distinct = [...new Set(people)];
  const states = await Promise.all(distinct.map((id) => personOf(reading, id)));
  const known = distinct.flatMap((id, index): [string, 'HERE' | 'LEFT'][] => {
    const state = states[index];
    if (state === undefined || state.status === 'ABSENT') return [];
    return [[id, hasLeft(state, reading.today) ? 'LEFT' : 'HERE']];
  });
  return Object.fromEntries(known);
}

/** Everybody who holds a seat today or is named to stand in for one. */
export function seated(company: CompanyState, today: string): readonly string[] {
  if (company.status === 'ABSENT') return [];
  return SEATS.flatMap((seat) => [holderOf(company, seat, today) ?? [], alternatesOf(company, seat, today)].flat());
}

/** Who may act for each seat today, those who left left out. */
export async function committeeOf(reading: Reading): Promise<Committee> {
  const company = await companyOf(reading);
  const standing = await standingOf(reading, seated(company, reading.today));
  const gone = Object.keys(standing).filter((person) => standing[person] === 'LEFT');
  return committeeOn(company, reading.today, gone);
}

/** A metric by its code, or null where there is none. */
export async function metricOf({ reader }: Pick<Reading, 'reader'>, code: string): Promise<Metric | null> {
  const state = await reader.state(metricFold, `metric-${code}`);
  return state.status === 'DEFINED' ? state : null;
}

/** Metrics that exist, by code, of those named. */
export async function metricsOf(reading: Pick<Reading, 'reader'>, codes: readonly string[]): Promise<Readonly<Record<string, Metric>>> {
  const distinct = [...new Set(codes)];
  const found = await Promise.all(distinct.map((code) => metricOf(reading, code)));
  return Object.fromEntries(found.flatMap((metric) => (metric === null ? [] : [[metric.code, metric]])));
}

/** Whether an owner exists: a person who joined, or a unit. */
export async function ownerKnown(reading: Pick<Reading, 'reader'>, owner: string): Promise<boolean> {
  const unit = unitOfOwner(owner);
  if (unit === null) return (await personOf(reading, owner)).status !== 'ABSENT';
  const company = await companyOf(reading);
  return company.status !== 'ABSENT' && unitOf(company, unit) !== undefined;
}

/**
 * The stream of an owner's facts of a metric, `facts-<ownerId>-<metric>`. A unit's code becomes its UUIDv5 under the log,
 * so that what stands between the dashes is a UUID whoever owns (`architecture.md`, Streams and ids).
 */
export function factsStream(logId: string, owner: string, metric: string): string {
  return `facts-${unitOfOwner(owner) === null ? owner : uuidV5(logId, owner)}-${metric}`;
}

/** The facts of an owner and metric as of the decision. */
export const factsStateOf = ({ reader, logId }: Pick<Gathering, 'reader' | 'logId'>, owner: string, metric: string): Promise<FactsState> =>
  reader.state(factsFold, factsStream(logId, owner, metric));

/** A goal by its id; `ABSENT` where there is none. */
export const goalOf = ({ reader }: Pick<Reading, 'reader'>, goalId: string): Promise<GoalState> => reader.state(goalFold, `goal-${goalId}`);

/** Whether a goal is live, and its period; null where there is none. */
export async function goalSummaryOf(reading: Pick<Reading, 'reader'>, goalId: string): Promise<{ readonly live: boolean; readonly period: Span } | null> {
  const goal = await goalOf(reading, goalId);
  return goal.status === 'ABSENT' ? null : { live: goal.status === 'LIVE', period: goal.period };
}

/** People who answer for what an owner owns: the person, or the head of the unit on the day. */
export async function answeringFor(reading: Pick<Reading, 'reader'>, owner: string, on: Day): Promise<readonly string[]> {
  const unit = unitOfOwner(owner);
  if (unit === null) return [owner];
  const company = await companyOf(reading);
  const head = company.status === 'ABSENT' ? null : headOf(company, unit, on);
  return head === null ? [] : [head];
}
