import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sees, visibleAppraisals, visibleCycles, visibleFacts, visibleGoals, visibleMetrics, visiblePeople, visibleRecalibrations, visibleSchemes, visibleTargets, type Principal, type Visibility } from '@assay/domain';
import { endOfDay } from '@assay/event-log';
import { accessRowOf, appraisalView, columnsOf, cycleView, eventView, factView, goalView, metricView, personView, recalibrationView, schemeView, targetView, visibleEvents, type EventDocument, type View } from '@assay/read-models';
import { startGraphqlApp, type Answer, type GraphqlApp } from '../support/graphql-app.js';
import { FOUNDED_ON, foundTeam, PEOPLE, QUARTER, type Member, type Team } from '../support/team.js';

const ZONE = 'Asia/Shanghai';
let app: GraphqlApp;
let team: Team;
beforeAll(async () => {
  app = await startGraphqlApp({ name: 'Access', timeZone: ZONE }, endOfDay(FOUNDED_ON, ZONE) - 43_200_000);
  team = await foundTeam(app);
  const { stage, id } = team;
  const fact = { source: 'crm', factId: 'f1', occurredOn: FOUNDED_ON, value: '5', evidence: 'a'.repeat(64) };
  for (const owner of [id.seller, id.other]) await stage.must({ key: `facts of ${owner}`, by: id.finance, aggregate: 'facts', type: 'RecordFacts', data: { owner, metric: 'visits', facts: [{ ...fact, factId: owner }] } });
  const adjust = [{ target: team.target, mode: 'PRORATE', from: QUARTER.from, quantities: { target: '410' } }];
  await stage.must({ key: 'recalibration', by: id.lead, aggregate: 'cycle', type: 'RequestRecalibration', id: 'QUARTER-2026Q3', data: { adjust, trigger: 'MARKET_SHOCK' }, reason: 'The market moved.' });
  await app.simulated.simulation.settle();
}, 120_000);
afterAll(() => app.close());

/** Lists by the policy that guards their rows. */
const LISTS: Readonly<Record<string, readonly [view: View, visible: (principal: Principal) => Visibility]>> = {
  people: [personView, visiblePeople],
  metrics: [metricView, visibleMetrics],
  goals: [goalView, visibleGoals],
  targets: [targetView, visibleTargets],
  cycles: [cycleView, visibleCycles],
  recalibrations: [recalibrationView, visibleRecalibrations],
  schemes: [schemeView, visibleSchemes],
  appraisals: [appraisalView, visibleAppraisals],
  facts: [factView, visibleFacts],
};
const totalOf = ({ data }: Answer, field: string): unknown => (data?.[field] as { readonly totalCount: unknown } | undefined)?.totalCount;
const principalOf = async (who: Member): Promise<Principal> => app.runtime.principals.of(team.id[who], app.simulated.simulation.now);

describe('every list holds exactly the rows that its policy lets through', () => {
  it.each(['admin', ...PEOPLE] as const)('for %s, live and as of a moment', async (who) => {
    const principal = await principalOf(who);
    const { position } = await app.runtime.store.head();
    const fields = Object.keys(LISTS);
    const answer = await app.ask(who, `{ ${fields.map((field) => `${field} { totalCount }`).join(' ')} }`);
    for (const [field, [view, visible]] of Object.entries(LISTS)) {
      const all = await app.runtime.readModels.all(view, { visibility: 'ALL' });
      const shown = all.filter(({ doc }) => sees(visible(principal), accessRowOf(columnsOf(view.columns, doc)))).length;
      expect([field, totalOf(answer, field)]).toEqual([field, shown]);
      const past = await app.ask(who, `{ ${field}(asOf: { position: "${String(position)}" }) { totalCount } }`);
      expect([field, totalOf(past, field)]).toEqual([field, shown]);
    }
  });

  it.each(['admin', ...PEOPLE] as const)('for %s in the audit trail: the events of what they may read, and no other', async (who) => {
    const principal = await principalOf(who);
    const streams = await app.runtime.readModels.all(eventView, { visibility: 'ALL' });
    const readable = new Set(streams.filter(({ doc }) => sees(visibleEvents(principal), accessRowOf(columnsOf(eventView.columns, doc)))).map(({ key }) => key));
    let expected = 0;
    for (const key of readable) {
      const { totalCount } = await app.runtime.readModels.history<EventDocument>(eventView, { visibility: 'ALL', filter: { key: { eq: key } }, count: true });
      expected += totalCount ?? 0;
    }
    expect(totalOf(await app.ask(who, '{ events { totalCount } }'), 'events')).toBe(expected);
    expect(expected).toBeGreaterThan(0);
  });

  it('and none for somebody whom the log does not know', async () => {
    const answer = await app.ask('nobody', '{ people { totalCount } }');
    expect(answer.errors?.[0]?.extensions).toEqual({ code: 'FORBIDDEN' });
  });
});
