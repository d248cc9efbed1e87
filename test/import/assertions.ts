import { expect, it } from '@jest/globals';
import type { DerivationNode, Recorded } from '@assay/domain';
import { recomputePublished } from '@assay/read-models';
import { Decimal } from 'decimal.js';
import type { ImportReport } from '../../apps/cli/src/import/report.js';
import { QUARTERS, type ExpectedQuarter, type Oracle } from './oracle.js';
import type { Replayed } from './replayed.js';

/** What is asserted of: the log, what it should come to, and what the replay said of itself. */
export interface Asserted {
  readonly replayed: Replayed;
  readonly oracle: Oracle;
  readonly report: ImportReport;
}

/** Compared as numbers: a total has two places, a reckoned one as many as it needs. */
const plain = (total: string | null): string => new Decimal(total ?? 'NaN').toFixed();
const actorOf = ({ meta }: Recorded): string => meta.actor;

/** The sources of the leaves of a derivation. */
function leavesOf({ source, inputs }: DerivationNode): readonly string[] {
  return [...(source === undefined ? [] : [source]), ...inputs.flatMap(leavesOf)];
}

/** The assertions of a replay of the example company, whatever export it is of (`api.md`, Import of a CRM export). */
export function assertReplay(of: () => Asserted): void {
  it('reads every row: facts of closed deals, open ones counted, none refused', () => {
    const { report, oracle } = of();
    expect({ ...report.counts, reports: 0 }).toEqual({
      ...{ rows: oracle.rows, open: oracle.open, refused: 0, recorded: oracle.facts, restated: 0, retracted: 0, unchanged: 0, reports: 0 },
      ...{ people: oracle.agents.length + oracle.managers.length, targets: oracle.agents.length * QUARTERS.length * 3 },
    });
    expect([report.refusals, report.refusedSteps]).toEqual([[], []]);
    expect(report.hindsight).toBe(true);
  });

  it('publishes four quarters of every agent, each total and grade as reckoned by hand from the rows', async () => {
    const { replayed, oracle } = of();
    const published = await Promise.all(oracle.quarters.map(async ({ agent, quarter }) => (await replayed.appraisalOf(agent, quarter)).revisions.map(({ total, grade }) => ({ agent, quarter, total: plain(total), grade }))));
    expect(published.flat()).toEqual(oracle.quarters.map(({ agent, quarter, total, grade }) => ({ agent, quarter, total, grade })));
  });

  it('finalizes each after interview, acknowledgement and filing window', async () => {
    const { replayed, oracle } = of();
    for (const { agent, quarter } of oracle.quarters) {
      const { status, revisions, managerId } = await replayed.appraisalOf(agent, quarter);
      const [only] = revisions;
      expect({ status, acknowledgement: only?.acknowledgement, channel: only?.communicated?.channel }).toEqual({ status: 'FINAL', acknowledgement: 'ACKNOWLEDGED', channel: 'OPENED' });
      const interview = replayed.events.find(({ id }) => id === only?.interview?.eventId);
      expect(interview?.meta.actor).toBe(managerId);
    }
  });

  it('explains each score down to events of the log, and reckons it again from its basis digit by digit', async () => {
    const { replayed, oracle } = of();
    const ids = new Set(replayed.events.map(({ id }) => id));
    for (const { agent, quarter } of oracle.quarters) {
      const { appraisalId } = await replayed.appraisalOf(agent, quarter);
      const again = await recomputePublished(replayed.target.store, `appraisal-${appraisalId}`, 1);
      const leaves = again === null ? [] : leavesOf(again.score.derivation);
      expect({ agrees: again?.agrees, some: leaves.length > 0, unknown: leaves.filter((leaf) => !ids.has(leaf)) }).toEqual({ agrees: true, some: true, unknown: [] });
    }
  });

  assertPending(of);
  assertRecalibration(of);
  assertYear(of);
}

function assertPending(of: () => Asserted): void {
  it('measures 0 of value and count without a deal, and has two people rule the win rate not applicable', async () => {
    const { replayed, oracle } = of();
    const silent = oracle.quarters.filter(({ actual }) => actual.win_rate === null);
    expect(silent.length).toBeGreaterThan(0);
    expect(replayed.ofType('IndicatorRuledNotApplicable')).toHaveLength(silent.length);
    for (const { agent, quarter } of silent) {
      const appraisal = await replayed.appraisalOf(agent, quarter);
      const { indicators } = await replayed.scoreAt(appraisal);
      expect(indicators.map(({ code, state, actual }) => ({ code, state, actual }))).toEqual([
        { code: 'sales_value', state: 'SCORED', actual: '0' },
        { code: 'won_deals', state: 'SCORED', actual: '0' },
        { code: 'win_rate', state: 'NOT_APPLICABLE', actual: undefined },
      ]);
      const own = replayed.events.filter(({ stream }) => stream === `appraisal-${appraisal.appraisalId}`);
      const [proposer, ruler] = ['IndicatorStateProposed', 'IndicatorRuledNotApplicable'].map((type) => own.filter((event) => event.type === type).map(actorOf));
      expect(proposer).toEqual([appraisal.managerId]);
      expect(ruler).toEqual([replayed.idOf('Samuel Ortiz')]);
    }
  });
}

const isLowered = ({ unit, quarter }: ExpectedQuarter): boolean => unit === 'East' && quarter === '2017Q3';

function assertRecalibration(of: () => Asserted): void {
  it('recalibrates East in the third quarter: a request for each manager, one correlation, the effective targets as reckoned by hand', async () => {
    const { replayed, oracle } = of();
    const requests = replayed.ofType('RecalibrationRequested');
    const managers = await Promise.all(oracle.quarters.filter(isLowered).map(async ({ agent, quarter }) => (await replayed.appraisalOf(agent, quarter)).managerId));
    expect(new Set(requests.map(actorOf))).toEqual(new Set(managers));
    expect(new Set(requests.map(({ meta }) => meta.correlationId)).size).toBe(1);
    expect(replayed.ofType('TargetRecalibrated')).toHaveLength(oracle.quarters.filter(isLowered).length * 2);
    for (const { agent, quarter, effective } of oracle.quarters) {
      const { indicators } = await replayed.scoreAt(await replayed.appraisalOf(agent, quarter));
      for (const { code, effectiveTarget } of indicators.filter(({ state }) => state === 'SCORED'))
        // As numbers, to 30 significant digits.
        expect(new Decimal(effectiveTarget?.target ?? 'NaN').toSignificantDigits(30).toFixed()).toBe(effective[code as keyof typeof effective].toSignificantDigits(30).toFixed());
    }
  });

  it('shows in the history of each score of East what the recalibration moved, and moves no other', async () => {
    const { replayed, oracle } = of();
    const applied = replayed.ofType('TargetRecalibrated').map(({ position }) => position);
    const [before, after] = [Math.min(...applied) - 1, Math.max(...applied)];
    for (const expected of oracle.quarters.filter(({ quarter }) => quarter === '2017Q3')) {
      const appraisal = await replayed.appraisalOf(expected.agent, expected.quarter);
      const [old, recalibrated] = [await replayed.scoreAt(appraisal, before), await replayed.scoreAt(appraisal, after)];
      const figures = ({ indicators }: typeof old) => indicators.map(({ code, effectiveTarget, raw }) => ({ code, target: effectiveTarget?.target, raw }));
      if (!isLowered(expected)) expect(recalibrated.total).toBe(old.total);
      else {
        expect(figures(old)[0]?.target).toBe(expected.target.sales_value.toFixed());
        expect(new Decimal(figures(recalibrated)[0]?.target ?? 'NaN').toFixed(6)).toBe(expected.effective.sales_value.toFixed(6));
        const [less, more] = [figures(old)[0]?.raw, figures(recalibrated)[0]?.raw];
        if (less !== undefined && more !== undefined && !new Decimal(less).isZero()) expect(new Decimal(more).gt(less)).toBe(true);
      }
    }
  });
}

function assertYear(of: () => Asserted): void {
  it('composes the year of every agent from the four final quarters', async () => {
    const { replayed, oracle } = of();
    for (const agent of oracle.agents) {
      const { parts, total } = await replayed.compositeOf(agent);
      const quarters = oracle.quarters.filter((one) => one.agent === agent);
      expect(parts.map((part) => plain(part.total))).toEqual(quarters.map((one) => one.total));
      const mean = quarters.reduce((sum, one) => sum.plus(one.total), new Decimal(0)).div(quarters.length);
      expect(plain(total)).toBe(mean.toDecimalPlaces(2, Decimal.ROUND_HALF_UP).toFixed());
    }
  });

  it('tells events in their own time, then ends the simulation', async () => {
    const { replayed } = of();
    const { clock, simulationOffset } = await replayed.company();
    expect({ clock, simulationOffset, last: replayed.events.at(-1)?.type }).toEqual({ clock: 'SIMULATED', simulationOffset: 0, last: 'SimulationEnded' });
    const late = replayed.ofType('FactRecorded').filter(({ data, recordedAt }) => {
      // As its type says.
      const { occurredOn } = data as { readonly occurredOn: string };
      // 20:00 in New York is midnight or one o'clock in UTC.
      const told = recordedAt - Date.parse(`${occurredOn}T00:00:00Z`);
      return told !== 24 * 3_600_000 && told !== 25 * 3_600_000;
    });
    expect(late).toEqual([]);
  });
}
