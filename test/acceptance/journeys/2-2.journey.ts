import { describe, expect, it } from '@jest/globals';
import { MONTH, YEAR, type XxTech } from './founding.journey.js';
import { measured } from './2-1.journey.js';
import { assented } from './3-1.journey.js';

const simple = (level: string, metric: string, cycleWeights: Readonly<Record<string, number>> | null) => ({
  level,
  cycleWeights,
  totalCap: null,
  roles: ['SALES'],
  dimensions: [{ code: 'QUANTITATIVE', names: { en: 'Quantitative', zh: '定量' } }],
  evaluatorWeights: {},
  indicators: [measured(metric, 10_000)],
  outcomes: { coefficients: [], promotion: null, improvementPlan: null },
});
/** §2.2: the month's process 30 %, the quarter's results 40 %, the year's strategy 30 %. */
const WEIGHTS = { MONTH: 3000, QUARTER: 4000, YEAR: 3000 };

/** From publication to final, without an interview: HR waives it and hands the result over. */
async function settled({ journey }: XxTech, appraisal: string | undefined): Promise<void> {
  await journey.as('hr').say('publishScore', { id: appraisal });
  await journey.as('li').say('openResult', { id: appraisal });
  await journey.as('hr').say('waiveInterview', { id: appraisal, reason: 'Talked over in the weekly meeting.' });
  await journey.as('li').say('renounceFiling', { id: appraisal });
  await journey.as('hr').say('finalizeAppraisal', { id: appraisal });
}

/** Schemes of the other two levels, in force from the founding on. */
export function levels(company: () => XxTech): void {
  describe('§2.2 three levels of cycles', () => {
    it.each([
      ['MONTH', 'new_customers', null],
      ['YEAR', 'revenue', WEIGHTS],
    ])('have a scheme each: %s', async (level, metric, weights) => {
      const { journey, schemes } = company();
      const { scheme } = await journey.as('hr').say('draftScheme', { names: { en: `Sales, ${level}`, zh: level } }, 'scheme { id }');
      schemes[level] = scheme.id;
      await journey.as('hr').say('proposeSchemeVersion', { id: scheme.id, content: simple(level, metric, weights) });
      await assented(company(), scheme.id);
      await journey.as('hr').say('publishSchemeVersion', { id: scheme.id, effectiveFrom: '2024-12-02' });
    });
  });
}

/** The rest of the year after the quarter's result is final. */
export function composite(company: () => XxTech): void {
  const open = async (level: string, cycle: { readonly stream: string; readonly from: string }): Promise<void> => {
    const { journey, id, appraisals } = company();
    const { appraisal } = await journey.as('hr').say('openAppraisal', { personId: id.li, cycle: cycle.stream, segmentFrom: cycle.from, evaluators: [] }, 'appraisal { id }');
    appraisals[`${level} li`] = appraisal.id;
  };
  const deliver = (metric: string, fact: { readonly factId: string; readonly occurredOn: string; readonly value: string }) => company().journey.as('crm').say('recordFacts', { owner: company().id['li'], metric, facts: [{ source: 'crm', ...fact }] });

  describe('§2.2 the year', () => {
    it('appraises a month by what was done in it', async () => {
      const { journey, appraisals } = company();
      await open('MONTH', MONTH);
      await journey.until('2025-06-01');
      await deliver('new_customers', { factId: 'customers-may', occurredOn: '2025-05-20', value: '12' });
      await journey.until('2025-06-08');
      await settled(company(), appraisals['MONTH li']);
      await journey.settle();
      const { appraisal } = await journey.ask('li', 'query ($id: ID!) { appraisal(id: $id) { level status total grade } }', { id: appraisals['MONTH li'] });
      expect(appraisal).toEqual({ level: 'MONTH', status: 'FINAL', total: '120.00', grade: 'S' });
    });

    it('is composed of months, quarters and the year only once it is over and its parts are final', async () => {
      const { journey, id, appraisals } = company();
      const publish = { personId: id.li, year: YEAR.code };
      expect(await journey.as('hr').refusal('publishComposite', publish)).toBe('YEAR_NOT_OVER');
      await open('YEAR', YEAR);
      await journey.until('2025-12-30');
      await deliver('revenue', { factId: 'deal-4', occurredOn: '2025-11-11', value: '4797500' });
      await journey.until('2026-01-11');
      expect(await journey.as('hr').refusal('publishComposite', publish)).toBe('PART_NOT_FINAL');
      await settled(company(), appraisals['YEAR li']);
      await journey.settle();
      await journey.as('hr').say('publishComposite', publish);
      expect(await journey.as('hr').refusal('publishComposite', publish)).toBe('COMPOSITE_EXISTS');
    });

    it('comes to 30 % + 40 % + 30 % of them', async () => {
      const { journey } = company();
      await journey.settle();
      const { composites } = await journey.ask('li', '{ composites { nodes { year status total grade coverage revisions { parts { level code total } } } } }');
      // 0.3 * 120.00 + 0.4 * 98.20 + 0.3 * 90.00
      expect(composites.nodes).toEqual([{ year: '2025', status: 'RATED', total: '102.28', grade: 'S', coverage: 10_000, revisions: [expect.anything()] }]);
    });
  });
}
