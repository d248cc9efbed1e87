import { describe, expect, it } from '@jest/globals';
import type { Json } from '../../support/journey.js';
import { QUARTER, type XxTech } from './founding.journey.js';

const WHY = 'query ($id: ID!) { explainScore(appraisal: $id, revision: 1) { agrees truncated figures { total grade indicators { code effectiveWeight effectiveTarget { target } actual attainment score } } nodes(locale: EN) { rule source { eventId } } zh: text(locale: ZH_CN) } }';

export function theCase(company: () => XxTech): void {
  const of = (): string | undefined => company().appraisals['QUARTER li'];
  describe('§4 the case of XX Tech', () => {
    it('scores 70 % by what was measured and 30 % by what was rated, reckoned here by hand', async () => {
      const { explainScore } = await company().journey.ask('li', WHY, { id: of() });
      const indicators = [
        // 1,875,000 for 50 days and 1,650,000 for 40 come to 1,775,000; 1,952,500 of it is 110 %.
        { code: 'revenue', effectiveWeight: '4000', effectiveTarget: { target: '1775000' }, actual: '1952500', attainment: '1.1', score: '110' },
        { code: 'retention', effectiveWeight: '2000', effectiveTarget: { target: '0.9' }, actual: '0.945', attainment: '1.05', score: '105' },
        { code: 'lead_conversion', effectiveWeight: '1000', effectiveTarget: { target: '0.2' }, actual: '0.16', attainment: '0.8', score: '80' },
        // 20 % of 90, 50 % of 80, 30 % of 70; and of 100, 90, 80.
        { code: 'innovation', effectiveWeight: '1500', effectiveTarget: null, actual: null, attainment: null, score: '79' },
        { code: 'teamwork', effectiveWeight: '1500', effectiveTarget: null, actual: null, attainment: null, score: '89' },
      ];
      // 0.4 * 110 + 0.2 * 105 + 0.1 * 80 + 0.15 * 79 + 0.15 * 89
      expect(explainScore).toMatchObject({ agrees: true, truncated: false, figures: { total: '98.20', grade: 'S', indicators } });
    });

    it('explains every figure down to events that are in the log', async () => {
      const { journey } = company();
      const { explainScore } = await journey.ask('auditor', WHY, { id: of() });
      expect(explainScore.zh).toContain('98.20');
      const sources = new Set<string>(explainScore.nodes.flatMap(({ source }: { source: { eventId: string } | null }) => (source === null ? [] : [source.eventId])));
      expect(sources.size).toBeGreaterThan(10);
      const events: { eventId: string }[] = [];
      for (let after: string | null = null, more = true; more; ) {
        const page: Json = (await journey.ask('auditor', 'query ($after: String) { events(first: 100, after: $after) { nodes { eventId } pageInfo { hasNextPage endCursor } } }', { after })).events;
        events.push(...page.nodes);
        [after, more] = [page.pageInfo.endCursor, page.pageInfo.hasNextPage];
      }
      const recorded = new Set(events.map(({ eventId }) => eventId));
      expect([...sources].filter((id) => !recorded.has(id))).toEqual([]);
    });

    it('tells what moved the score, and what it was on a day of the past', async () => {
      const { journey } = company();
      const { scoreHistory } = await journey.ask('li', 'query ($id: ID!) { scoreHistory(appraisal: $id, last: 50) { nodes { eventType after { total } } } }', { id: of() });
      const moved = scoreHistory.nodes.map(({ eventType }: { eventType: string }) => eventType);
      expect(moved).toEqual(expect.arrayContaining(['FactRecorded', 'EvaluationsUnsealed']));
      const { then } = await journey.ask('li', 'query ($id: ID!) { then: appraisal(id: $id, asOf: { time: "2025-04-01T15:59:00Z" }) { status revisions { revision } } }', { id: of() });
      expect(then.revisions).toEqual([]);
    });

    it('splits the year’s aim into what sales and marketing do in the quarter', async () => {
      const { targets } = await company().journey.ask('director', `{ targets(first: 50, filter: { cycle: "${QUARTER.stream}" }) { nodes { metricCode role versions { quantities { target } } goal { parent { metricCode } } } } }`);
      const set = (metric: string) => targets.nodes.filter(({ metricCode }: { metricCode: string }) => metricCode === metric).map(({ role, versions }: { role: string; versions: { quantities: { target: string } }[] }) => [role, versions[0]?.quantities.target]);
      expect(set('new_customers')).toEqual([['SALES', '30'], ['SALES', '30']]);
      expect(set('order_value')).toEqual([['SALES', '57500'], ['SALES', '57500']]);
      expect(set('white_papers')).toEqual([['MARKETING', '4']]);
      expect(set('acquisition_cost')).toEqual([['MARKETING', '800']]);
    });
  });
}
