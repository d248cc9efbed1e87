import { describe, expect, it } from '@jest/globals';
import { QUARTER, type XxTech } from './founding.journey.js';

const level = (metrics: Readonly<Record<string, string>>) => [{ level: 'QUARTER', metrics: Object.entries(metrics).map(([metric, target]) => ({ metric, defaults: { target } })), keyActions: [], evaluatorUnits: [] }];
const TEMPLATES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  CHANNEL: { terminals: '200' },
  MARKETING: { white_papers: '4', acquisition_cost: '800' },
  PLANNING: { white_papers: '1' },
  SALES: { new_customers: '30', order_value: '57500' },
};
/** An e-commerce sale: pre-sale, burst, return. */
const CAMPAIGN = [
  { code: 'presale', names: { en: 'Pre-sale', zh: '预售期' }, order: 1, from: '2025-01-05', to: '2025-01-25', plannedShare: 2000 },
  { code: 'burst', names: { en: 'Burst', zh: '爆发期' }, order: 2, from: '2025-01-26', to: '2025-02-08', plannedShare: 6000 },
  { code: 'return', names: { en: 'Return', zh: '返场期' }, order: 3, from: '2025-02-09', to: '2025-02-22', plannedShare: 2000 },
];

export function decomposition(company: () => XxTech): void {
  describe('§1.2 the split', () => {
    it('goes by role: each has a template with what it is measured by', async () => {
      const { journey } = company();
      for (const [role, metrics] of Object.entries(TEMPLATES)) await journey.as('hr').say('publishRoleTemplate', { role, names: { en: role, zh: role }, levels: level(metrics) });
      await journey.settle();
      const { templates } = await journey.ask('zhao', '{ templates(orderBy: ROLE_ASC) { nodes { role levels { level metrics { metric } } } } }');
      expect(templates.nodes).toEqual(Object.entries(TEMPLATES).map(([role, metrics]) => ({ role, levels: [{ level: 'QUARTER', metrics: Object.keys(metrics).map((metric) => ({ metric })) }] })));
    });

    it('goes by scenario: a campaign’s phases stand in the target, dated, in order and with their share', async () => {
      const { journey, id, goals, targets } = company();
      const content = { owner: id.zhao, role: 'MARKETING', unit: 'MARKETING', goal: goals['white_papers'], metric: 'white_papers', cycle: QUARTER.stream, quantities: { target: '4' } };
      const [first, ...rest] = CAMPAIGN;
      expect(await journey.as('director').refusal('setTarget', { ...content, phases: [{ ...first, from: '2024-12-20' }, ...rest] })).toBe('TARGET_NOT_TIME_BOUND');
      const { target } = await journey.as('director').say('setTarget', { ...content, phases: CAMPAIGN }, 'target { id }');
      targets['white_papers'] = target.id;
      const cost = { ...content, metric: 'acquisition_cost', goal: goals['acquisition_cost'], quantities: { target: '800', limit: '1000' } };
      targets['acquisition_cost'] = (await journey.as('director').say('setTarget', cost, 'target { id }')).target.id;
    });

    it('is a timeline that a Gantt chart draws without computing', async () => {
      const { journey, targets } = company();
      await journey.settle();
      const { target } = await journey.ask('zhao', 'query ($id: ID!) { target(id: $id) { period { from to } phases { code names { zh } order from to plannedShare } } }', { id: targets['white_papers'] });
      expect(target).toEqual({ period: { from: QUARTER.from, to: QUARTER.to }, phases: CAMPAIGN.map(({ code, names: { zh }, ...dated }) => ({ code, names: { zh }, ...dated })) });
    });
  });
}
