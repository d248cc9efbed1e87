import { beforeAll, describe, expect, it } from '@jest/globals';
import { addDays, type Recorded } from '@assay/domain';
import { appraisalFold, cycleFold, Reader } from '@assay/commands';
import { dayAt } from '@assay/event-log';
import { DEMO_ZONE, demoDates, loadDemo, morningOf, type DemoDates } from '@assay/demo';
import { memoryTarget, type SimulationTarget } from '@assay/runtime';

/** Days on which somebody may start for the first time; what is asked of A and today is checked by hand. */
const MID_QUARTER = '2025-08-20';
/** Four working days into a quarter: the first day on which it is A. */
const FIRST_DAYS = '2025-07-07';
const YEARS_END = '2025-12-31';
const PAST_A = '2025-10-03';

interface Loaded {
  readonly target: SimulationTarget;
  readonly events: readonly Recorded[];
  readonly dates: DemoDates;
  readonly parked: readonly unknown[];
}

async function load(today: string): Promise<Loaded> {
  const parked: unknown[] = [];
  const target = memoryTarget({ clock: () => morningOf(today), onParked: (work) => parked.push(work) });
  await loadDemo(target, { seed: 1, today, issuer: 'test' }, { progress: () => undefined, signal: new AbortController().signal, endsAt: morningOf(today) });
  return { target, events: await target.store.readAll({ afterPosition: -1, max: 100_000 }), dates: demoDates(today), parked };
}

const reader = ({ target, events }: Loaded): Reader => new Reader(target.executor.cache, events.length - 1);
const ofType = ({ events }: Loaded, type: string): readonly Recorded[] => events.filter((event) => event.type === type);
const streamsOf = (loaded: Loaded, type: string): readonly string[] => ofType(loaded, type).map(({ stream }) => stream);
const dayOf = ({ recordedAt }: Recorded): string => dayAt(recordedAt, DEMO_ZONE);

async function appraisalsIn(loaded: Loaded, cycle: string) {
  const ids = await loaded.target.finder.appraisalsOf({ cycle }, loaded.events.length - 1);
  return Promise.all(ids.map((id) => reader(loaded).state(appraisalFold, `appraisal-${id}`)));
}
const statusesIn = async (loaded: Loaded, cycle: string): Promise<readonly string[]> => [...new Set((await appraisalsIn(loaded, cycle)).map(({ status }) => status))];

/** What holds of a demo on whatever day it is first started. */
function holds(today: string): () => Loaded {
  const held: { loaded?: Loaded } = {};
  const loaded = (): Loaded => {
    if (held.loaded === undefined) throw new Error('not loaded');
    return held.loaded;
  };
  beforeAll(async () => void (held.loaded = await load(today)), 120_000);

  it('ends with today, with nothing parked, and lets the clock run on', () => {
    expect(loaded().parked).toEqual([]);
    expect(loaded().events.at(-1)).toMatchObject({ type: 'SimulationEnded', recordedAt: morningOf(today) });
    expect(loaded().events.slice(0, -1).every(({ recordedAt }) => recordedAt <= morningOf(today))).toBe(true);
  });

  it('has 24 people in four roles and their line, a committee with alternates, cycles of three levels', () => {
    const roles = ofType(loaded(), 'PersonJoined').map(({ data }) => (data as { readonly role: string }).role);
    expect(roles.length).toBe(24);
    expect(['SALES', 'MARKETING', 'PLANNING', 'CHANNEL'].map((role) => roles.filter((one) => one === role).length)).toEqual([4, 3, 3, 3]);
    expect([ofType(loaded(), 'SeatFilled').length, ofType(loaded(), 'AlternateNamed').length]).toEqual([3, 3]);
    const levels = streamsOf(loaded(), 'CycleOpened').map((stream) => stream.split('-')[1]);
    expect(new Set(levels)).toEqual(new Set(['MONTH', 'QUARTER', 'YEAR']));
  });

  it('has one whole business year, all of it final, with its composites', async () => {
    const { dates } = loaded();
    const year = dates.cycles.find(({ level }) => level === 'YEAR');
    const before = dates.cycles.filter(({ period }) => period.to < dates.quarters.A1.period.from);
    expect([before.filter(({ level }) => level === 'QUARTER').length, before.filter(({ level }) => level === 'MONTH').length]).toEqual([4, 12]);
    for (const { stream } of before) expect([stream, await statusesIn(loaded(), stream)]).toEqual([stream, ['FINAL']]);
    expect(streamsOf(loaded(), 'CompositePublished').every((stream) => stream.endsWith(`-${year?.code ?? ''}`))).toBe(true);
    expect(ofType(loaded(), 'CompositePublished').length).toBe(13);
  });

  it('has A-1 published and awaiting interviews, and A running with targets', async () => {
    const { A1, A, A2 } = loaded().dates.quarters;
    const statuses = await statusesIn(loaded(), A1.stream);
    expect(statuses.every((status) => status === 'PUBLISHED' || status === 'COMMUNICATED')).toBe(true);
    expect((await appraisalsIn(loaded(), A1.stream)).every((one) => one.status !== 'ABSENT' && one.revisions.at(-1)?.interview === null)).toBe(true);
    expect(A1.period.from).toBe(addDays(A2.period.to, 1));
    expect(await reader(loaded()).state(cycleFold, A.stream)).toMatchObject({ status: 'OPEN' });
    expect(ofType(loaded(), 'TargetSet').filter(({ data }) => (data as { readonly cycle: string }).cycle === A.stream).length).toBe(48);
  });

  it('has recalibrations approved, rejected and running, feedback on it open', async () => {
    const { A, A3, A4 } = loaded().dates.quarters;
    const states = await Promise.all([A4, A3, A].map(({ stream }) => reader(loaded()).state(cycleFold, stream)));
    expect(states.map((state) => (state.status === 'ABSENT' ? [] : state.recalibrations.map(({ status }) => status)))).toEqual([['REJECTED'], ['APPLIED'], ['FEEDBACK']]);
    expect(ofType(loaded(), 'RecalibrationRequested').map(dayOf).at(-1)).toBe(loaded().dates.requestedOn);
  });

  it('has evaluations of three kinds, facts restated, retracted and late, a transfer and a leaver', () => {
    const { transferOn, leftFrom, lateFactOn, quarters } = loaded().dates;
    const kinds = ofType(loaded(), 'EvaluationSubmitted').map(({ data }) => (data as { readonly kind: string }).kind);
    expect(new Set(kinds)).toEqual(new Set(['SELF', 'SUPERIOR', 'CROSS_DEPARTMENT']));
    expect(ofType(loaded(), 'FactRestated').length).toBeGreaterThanOrEqual(1);
    expect(ofType(loaded(), 'FactRetracted').length).toBe(1);
    const late = ofType(loaded(), 'FactRecorded').filter((fact) => dayOf(fact) === lateFactOn && (fact.data as { readonly occurredOn: string }).occurredOn <= quarters.A2.period.to);
    expect(late.some(({ data }) => (data as { readonly factId: string }).factId.startsWith('late-'))).toBe(true);
    expect(ofType(loaded(), 'PersonTransferred').map(({ data }) => (data as { readonly from: string }).from)).toEqual([transferOn]);
    expect(transferOn.slice(8)).toBe('15');
    expect(ofType(loaded(), 'PersonLeft').map(({ data }) => (data as { readonly from: string }).from)).toEqual([leftFrom]);
  });
  return loaded;
}

describe.each([MID_QUARTER, FIRST_DAYS, YEARS_END, PAST_A])('the demo of a first start on %s', (today) => {
  const loaded = holds(today);
  if (today !== PAST_A) return;
  it('has today’s quarter open too, with targets, where today is past A', async () => {
    const next = loaded().dates.cycles.find(({ level, period }) => level === 'QUARTER' && period.from <= today && today <= period.to);
    expect(next?.period.from).toBe(addDays(loaded().dates.quarters.A.period.to, 1));
    expect(await reader(loaded()).state(cycleFold, next?.stream ?? '')).toMatchObject({ status: 'OPEN' });
    expect(ofType(loaded(), 'TargetSet').some(({ data }) => (data as { readonly cycle: string }).cycle === next?.stream)).toBe(true);
  });
  it('is the same events, to the byte, when it is loaded again', async () => {
    expect((await load(today)).events).toEqual(loaded().events);
  }, 120_000);
});
