import { describe, expect, it } from '@jest/globals';
import { MONTH, QUARTER, YEAR, type Name, type XxTech } from './founding.journey.js';

const YEAR_SPAN = { from: '2025-01-01', to: '2025-12-31' };
const REVENUE_LAST_YEAR = 10_000_000;

/** Quantities of a seller's targets; each of the two carries half of what the year asks for. */
const SELLER = {
  [QUARTER.stream]: { revenue: '1875000', retention: '0.9', lead_conversion: '0.2', new_customers: '30', order_value: '57500' },
  [MONTH.stream]: { new_customers: '10' },
  [YEAR.stream]: { revenue: '7500000' },
};

export function targets(company: () => XxTech): void {
  const goal = async (metric: string, value: string, parent?: string): Promise<void> => {
    const { journey, goals } = company();
    const { goal: made } = await journey.as('director').say('setGoal', { names: { en: metric, zh: metric }, metric, unit: 'HQ', value, period: YEAR_SPAN, parent: parent ?? null }, 'goal { goalId }');
    goals[metric] = made.goalId;
  };
  const content = (owner: Name, metric: string) => {
    const { id, goals } = company();
    return { owner: id[owner], role: 'SALES', unit: 'SALES', goal: goals[metric], metric, cycle: QUARTER.stream };
  };

  describe('§1.1 targets', () => {
    it('anchor strategy: “revenue +50 %” becomes a goal with a value, and goals beneath it', async () => {
      const { journey, goals } = company();
      await goal('revenue', String(REVENUE_LAST_YEAR * 1.5));
      for (const [metric, value] of [['new_customers', '240'], ['order_value', '57500'], ['retention', '0.9'], ['lead_conversion', '0.2'], ['white_papers', '16'], ['acquisition_cost', '800']]) await goal(metric ?? '', value ?? '', goals['revenue']);
      await journey.settle();
      const { goalCascade } = await journey.ask('li', '{ goalCascade { nodes { depth value goal { metricCode parent { metricCode } } } } }');
      expect(goalCascade.nodes).toHaveLength(7);
      expect(goalCascade.nodes[0]).toEqual({ depth: 0, value: '15000000', goal: { metricCode: 'revenue', parent: null } });
      expect(goalCascade.nodes.slice(1).every(({ depth, goal: { parent } }: { depth: number; goal: { parent: { metricCode: string } } }) => depth === 1 && parent.metricCode === 'revenue')).toBe(true);
    });

    it.each([
      ['quantifiable', 'TARGET_NOT_QUANTIFIED', { quantities: {} }],
      ['with dated nodes inside its cycle', 'TARGET_NOT_TIME_BOUND', { milestones: [{ code: 'half', names: { en: 'Half', zh: '过半' }, day: '2025-04-01', weight: 1 }] }],
      ['set for a cycle that is there', 'TARGET_NOT_TIME_BOUND', { cycle: 'cycle-QUARTER-2031Q1' }],
    ])('are %s, else refused as %s', async (_, code, broken) => {
      expect(await company().journey.as('lead').refusal('setTarget', { ...content('li', 'revenue'), quantities: { target: '1875000' }, ...broken })).toBe(code);
    });

    it('are traceable to a live goal of their period, else refused as TARGET_NOT_TRACEABLE', async () => {
      const { journey } = company();
      const { goal: later } = await journey.as('director').say('setGoal', { names: { en: 'Next year', zh: '明年' }, metric: 'revenue', unit: 'HQ', value: '1', period: { from: '2026-01-01', to: '2026-12-31' }, parent: null }, 'goal { id goalId }');
      expect(await journey.as('lead').refusal('setTarget', { ...content('li', 'revenue'), goal: later.goalId, quantities: { target: '1875000' } })).toBe('TARGET_NOT_TRACEABLE');
      await journey.as('director').say('retireGoal', { id: later.id });
    });

    it('are set by the manager, each to its owner, and add up beneath their goal', async () => {
      const { journey, targets: made, goals } = company();
      for (const owner of ['li', 'wang'] as const) {
        for (const [cycle, quantities] of Object.entries(SELLER)) {
          for (const [metric, target] of Object.entries(quantities)) {
            const milestones = [{ code: 'half', names: { en: 'Half', zh: '过半' }, day: MONTH.stream === cycle ? '2025-05-15' : '2025-02-15', weight: 1 }];
            const keyActions = metric === 'new_customers' ? [{ code: 'visit', names: { en: 'Visit', zh: '拜访' }, planned: 10, dueOn: cycle === MONTH.stream ? '2025-05-29' : '2025-03-31' }] : [];
            const { target: one } = await journey.as('lead').say('setTarget', { ...content(owner, metric), cycle, quantities: { target }, milestones, keyActions }, 'target { id }');
            made[`${cycle} ${metric} ${owner}`] = one.id;
          }
        }
      }
      await journey.settle();
      const { goalCascade } = await journey.ask('director', 'query { goalCascade { nodes { goalId level allocated unallocated overAllocated } } }');
      expect(goalCascade.nodes.find(({ goalId }: { goalId: string }) => goalId === goals['revenue'])).toEqual({ goalId: goals['revenue'], level: 'YEAR', allocated: '15000000', unallocated: '0', overAllocated: '0' });
    });

    it('are set twice for the same only as a refusal', async () => {
      expect(await company().journey.as('lead').refusal('setTarget', { ...content('li', 'revenue'), quantities: { target: '1' } })).toBe('TARGET_EXISTS');
    });
  });
}
