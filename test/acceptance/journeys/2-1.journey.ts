import { describe, expect, it } from '@jest/globals';
import type { XxTech } from './founding.journey.js';

const DIMENSIONS = [{ code: 'QUANTITATIVE', names: { en: 'Quantitative', zh: '定量' } }, { code: 'QUALITATIVE', names: { en: 'Qualitative', zh: '定性' } }];
const KINDS = ['SELF', 'SUPERIOR', 'CROSS_DEPARTMENT'];
export const measured = (code: string, weight: number) => ({ code, names: { en: code, zh: code }, dimension: 'QUANTITATIVE', weight, kind: 'QUANTITATIVE', metric: code, curve: { type: 'LINEAR' }, raters: [] });
const rated = (code: string, weight: number) => ({ code, names: { en: code, zh: code }, dimension: 'QUALITATIVE', weight, kind: 'QUALITATIVE', raters: KINDS });

/** §4: 70 % quantitative (sales 40, retention 20, lead conversion 10) and 30 % qualitative (innovation 15, teamwork 15). */
export const quarterContent = (sales = 4000) => ({
  level: 'QUARTER',
  roles: ['SALES'],
  dimensions: DIMENSIONS,
  evaluatorWeights: { SELF: 2000, SUPERIOR: 5000, CROSS_DEPARTMENT: 3000 },
  indicators: [measured('revenue', sales), measured('retention', 2000), measured('lead_conversion', 1000), rated('innovation', 1500), rated('teamwork', 1500)],
  outcomes: { coefficients: [{ level: 'QUARTER', grade: 'S', base: 'BONUS', coefficient: '0.50' }, { level: 'QUARTER', grade: 'C', base: 'PERFORMANCE_PAY', coefficient: '-0.20' }], promotion: null, improvementPlan: null },
});

export function indicators(company: () => XxTech): void {
  describe('§2.1 indicators, never sales alone', () => {
    it('are weighed in basis points that come to the whole, else the scheme is refused by name', async () => {
      const { journey, schemes } = company();
      const { scheme } = await journey.as('hr').say('draftScheme', { names: { en: 'Sales, quarterly', zh: '销售季度' } }, 'scheme { id }');
      schemes['QUARTER'] = scheme.id;
      expect(await journey.as('hr').refusal('proposeSchemeVersion', { id: scheme.id, content: quarterContent(4001) })).toBe('WEIGHTS_UNBALANCED');
    });

    it('are proposed with quantitative and qualitative ones side by side', async () => {
      const { journey, schemes } = company();
      const { scheme } = await journey.as('hr').say('proposeSchemeVersion', { id: schemes['QUARTER'], content: quarterContent() }, 'scheme { pending { approved content { indicators { code kind weight } bands { grade from } } } }');
      const { indicators: proposed, bands } = scheme.pending.content;
      const weightOf = (kind: string): number => proposed.filter((one: { kind: string }) => one.kind === kind).reduce((sum: number, { weight }: { weight: number }) => sum + weight, 0);
      expect([weightOf('QUANTITATIVE'), weightOf('QUALITATIVE')]).toEqual([7000, 3000]);
      expect(bands).toEqual([{ grade: 'S', from: '95' }, { grade: 'A', from: '85' }, { grade: 'B', from: '70' }, { grade: 'C', from: null }]);
    });
  });
}
