import { describe, expect, it } from '@jest/globals';
import { PROOF } from '../../support/journey.js';
import { QUARTER, type XxTech } from './founding.journey.js';

const RECALIBRATION = 'query ($id: ID!) { recalibration(id: $id) { status trigger dataReview { attainment } feedback { givenBy agrees } decision { reason } targetDocuments { goalId versions { mode effectiveFrom quantities { target } } } } }';

export function control(company: () => XxTech): void {
  const stream = (metric: string, owner: string): string | undefined => company().targets[`${QUARTER.stream} ${metric} ${owner}`];
  /** A target's own id, as recalibrations name it. */
  const uuid = async (metric: string, owner: string): Promise<string> => (await company().journey.ask('lead', 'query ($id: ID!) { target(id: $id) { targetId } }', { id: stream(metric, owner) })).target.targetId;
  let cycle: string;
  let recalibration: { id: string; recalibrationId: string };

  describe('§1.3 process control', () => {
    it('takes data from the CRM: facts with their source, once each however often they are sent', async () => {
      const { journey, id } = company();
      await journey.until('2025-02-10');
      const facts = [{ source: 'crm', factId: 'deal-1', occurredOn: '2025-01-20', value: '900000' }];
      const first = await journey.as('crm').say('recordFacts', { owner: id.li, metric: 'revenue', facts }, 'factStream { factsCount }');
      const again = await journey.as('crm').say('recordFacts', { owner: id.li, metric: 'revenue', facts }, 'factStream { factsCount }');
      expect([first.factStream.factsCount, again.factStream.factsCount]).toEqual([1, 1]);
      expect(await journey.as('crm').refusal('recordFacts', { owner: id.li, metric: 'revenue', facts: [{ ...facts[0], value: '1' }] })).toBe('FACT_CONTRADICTS');
      await journey.settle();
      const read = await journey.ask('li', '{ facts(filter: { metric: "revenue" }) { nodes { source factId factRevision occurredOn value status } } }');
      expect(read.facts.nodes).toEqual([{ source: 'crm', factId: 'deal-1', factRevision: 1, occurredOn: '2025-01-20', value: '900000', status: 'RECORDED' }]);
    });

    it('shows on the board, as of a day, attainment beside the share of days gone and key actions beside their plan', async () => {
      const { journey, id } = company();
      await journey.as('li').say('recordKeyAction', { id: stream('new_customers', 'li'), keyAction: 'visit', count: 6, evidence: PROOF });
      await journey.as('lead').say('confirmKeyAction', { id: stream('new_customers', 'li'), keyAction: 'visit', count: 5 });
      await journey.settle();
      const { progressBoard } = await journey.ask('lead', 'query ($who: String!) { progressBoard(day: "2025-02-10", personId: $who) { nodes { target { metricCode level } actual attainment deviation noData elapsedShare keyActionCompletion keyActionsDone keyActionsPlanned } } }', { who: id.li });
      const row = (metric: string) => progressBoard.nodes.find(({ target }: { target: { metricCode: string; level: string } }) => target.metricCode === metric && target.level === 'QUARTER');
      expect(row('revenue')).toMatchObject({ actual: '900000', attainment: '0.48', deviation: '-0.52', noData: false });
      expect(Number(row('revenue').elapsedShare)).toBeGreaterThan(0.4);
      expect(row('retention')).toMatchObject({ actual: null, attainment: null, noData: true });
      expect(row('new_customers')).toMatchObject({ keyActionCompletion: '0.5', keyActionsDone: 5, keyActionsPlanned: 10 });
    });

    it('freezes a running target: after the grace days it changes only by a recalibration', async () => {
      const { journey } = company();
      await journey.until('2025-02-13');
      expect(await journey.as('lead').refusal('changeTarget', { id: stream('revenue', 'li'), reason: 'A rival cut prices.', quantities: { target: '1650000' } })).toBe('TARGET_FROZEN');
    });

    it('keeps the strategy: a request that leaves the goal’s sum is refused', async () => {
      const { journey } = company();
      cycle = (await journey.ask('lead', `{ cycles(filter: { level: QUARTER }) { nodes { id } } }`)).cycles.nodes[0].id;
      const alone = [{ target: await uuid('new_customers', 'li'), mode: 'PRORATE', from: '2025-02-20', quantities: { target: '20' } }];
      expect(await journey.as('lead').refusal('requestRecalibration', { id: cycle, adjust: alone, trigger: 'COMPETITOR_MOVE', reason: 'A rival cut prices.' })).toBe('STRATEGY_LEFT');
    });

    it('calibrates on a shock: a trigger, a data review by the server, the owners’ feedback, then a decision', async () => {
      const { journey, id } = company();
      const adjust = [
        { target: await uuid('revenue', 'li'), mode: 'PRORATE', from: '2025-02-20', quantities: { target: '1650000' } },
        { target: await uuid('revenue', 'wang'), mode: 'PRORATE', from: '2025-02-20', quantities: { target: '2100000' } },
      ];
      const asked = await journey.as('lead').say('requestRecalibration', { id: cycle, adjust, trigger: 'COMPETITOR_MOVE', reason: 'A rival cut prices in one region.' }, 'recalibration { id recalibrationId status dataReview { attainment } }');
      ({ recalibration } = asked);
      expect(asked.recalibration).toMatchObject({ status: 'FEEDBACK', dataReview: [{ attainment: '0.48' }, { attainment: null }] });
      const decision = { id: cycle, recalibration: recalibration.recalibrationId, reason: 'The review shows it.' };
      expect(await journey.as('director').refusal('approveRecalibration', decision)).toBe('FEEDBACK_OPEN');
      for (const by of ['li', 'wang']) await journey.as(by).say('giveFeedback', { id: cycle, recalibration: recalibration.recalibrationId, agrees: true, comment: 'Fair.' });
      expect(await journey.as('lead').error('approveRecalibration', decision)).toBe('FORBIDDEN');
      await journey.as('director').say('approveRecalibration', decision);
      await journey.settle();
      const { recalibration: applied } = await journey.ask('lead', RECALIBRATION, { id: recalibration.id });
      expect(applied).toMatchObject({ status: 'APPLIED', trigger: 'COMPETITOR_MOVE', feedback: [{ givenBy: id.li, agrees: true }, { givenBy: id.wang, agrees: true }], decision: { reason: 'The review shows it.' } });
      const goal = company().goals['revenue'];
      const adjusted = (target: string) => ({ goalId: goal, versions: [{ mode: 'REPLACE', effectiveFrom: QUARTER.from, quantities: { target: '1875000' } }, { mode: 'PRORATE', effectiveFrom: '2025-02-20', quantities: { target } }] });
      expect(applied.targetDocuments).toEqual([adjusted('1650000'), adjusted('2100000')]);
    });

    it('does not change from morning to evening: beyond the cycle’s limit a recalibration is refused', async () => {
      const { journey } = company();
      const adjust = [
        { target: await uuid('revenue', 'li'), mode: 'PRORATE', from: '2025-02-23', quantities: { target: '1875000' } },
        { target: await uuid('revenue', 'wang'), mode: 'PRORATE', from: '2025-02-23', quantities: { target: '1875000' } },
      ];
      expect(await journey.as('lead').refusal('requestRecalibration', { id: cycle, adjust, trigger: 'OTHER', triggerText: 'Second thoughts', reason: 'Back again.' })).toBe('TOO_OFTEN');
    });
  });
}
