import { describe, expect, it } from '@jest/globals';
import { PROOF } from '../../support/journey.js';
import { QUARTER, type Name, type XxTech } from './founding.journey.js';

const RATINGS: Readonly<Record<'li' | 'wang', Readonly<Record<string, readonly [innovation: string, teamwork: string]>>>> = {
  li: { SELF: ['90', '100'], SUPERIOR: ['80', '90'], CROSS_DEPARTMENT: ['70', '80'] },
  wang: { SELF: ['80', '80'], SUPERIOR: ['80', '80'], CROSS_DEPARTMENT: ['80', '80'] },
};
const SHOWN = 'query ($id: ID!) { appraisal(id: $id) { schemeVersion isSealed due { kind isIn } evaluations { kind ratings { value } } evidence { name sha256 } status total grade score { pending { indicator code } } } }';

export function appraisal(company: () => XxTech): void {
  const of = (who: Name): string | undefined => company().appraisals[`QUARTER ${who}`];
  const rate = (by: string, who: 'li' | 'wang', kind: string) => {
    const [innovation, teamwork] = RATINGS[who][kind] ?? [];
    return { by, input: { id: of(who), kind, ratings: [{ indicator: 'innovation', value: innovation }, { indicator: 'teamwork', value: teamwork }] } };
  };
  const submit = ({ by, input }: ReturnType<typeof rate>) => company().journey.as(by).say('submitEvaluation', input);

  describe('§2.3 the process', () => {
    it('opens for each person with the scheme version then in force, and an evidence package', async () => {
      const { journey, id, appraisals } = company();
      for (const who of ['li', 'wang'] as const) {
        const evaluators = [{ kind: 'CROSS_DEPARTMENT', evaluatorId: id.peer }];
        const { appraisal: opened } = await journey.as('hr').say('openAppraisal', { personId: id[who], cycle: QUARTER.stream, segmentFrom: QUARTER.from, evaluators }, 'appraisal { id schemeVersion }');
        appraisals[`QUARTER ${who}`] = opened.id;
        expect(opened.schemeVersion).toBe(1);
      }
      await journey.until('2025-04-01');
      const { appraisal: filed } = await journey.as('li').say('submitEvidence', { id: of('li'), name: 'contract.pdf', mediaType: 'application/pdf', sizeBytes: 48_213, sha256: PROOF, location: 'archive/2025/contract.pdf' }, 'appraisal { evidence { name sha256 } }');
      expect(filed.evidence).toEqual([{ name: 'contract.pdf', sha256: PROOF }]);
    });

    it('measures what the CRM delivers in the quarter', async () => {
      const { journey, id } = company();
      const delivered = [
        { who: 'li', metric: 'revenue', factId: 'deal-2', occurredOn: '2025-03-12', value: '1052500' },
        { who: 'li', metric: 'retention', factId: 'retention-li', occurredOn: '2025-03-31', value: '0.945' },
        { who: 'li', metric: 'lead_conversion', factId: 'leads-li', occurredOn: '2025-03-31', value: '0.16' },
        { who: 'wang', metric: 'revenue', factId: 'deal-3', occurredOn: '2025-03-20', value: '1580000' },
        { who: 'wang', metric: 'retention', factId: 'retention-wang', occurredOn: '2025-03-31', value: '0.81' },
        { who: 'wang', metric: 'lead_conversion', factId: 'leads-wang', occurredOn: '2025-03-31', value: '0.2' },
      ];
      for (const { who, metric, ...fact } of delivered) await journey.as('crm').say('recordFacts', { owner: id[who], metric, facts: [{ source: 'crm', ...fact }] });
    });

    it('is rated by oneself, the superior and another department, each sealed to the others until all are in', async () => {
      const { journey } = company();
      expect(await journey.as('peer').refusal('submitEvaluation', { id: of('li'), kind: 'SUPERIOR', ratings: [] })).toBe('NOT_AN_EVALUATOR');
      await submit(rate('lead', 'li', 'SUPERIOR'));
      await submit(rate('peer', 'li', 'CROSS_DEPARTMENT'));
      await journey.settle();
      const { appraisal: seen } = await journey.ask('hr', SHOWN, { id: of('li') });
      expect(seen).toMatchObject({ isSealed: true, status: 'SEALED', due: expect.arrayContaining([{ kind: 'SELF', isIn: false }, { kind: 'SUPERIOR', isIn: true }]) });
      expect(seen.evaluations.map(({ ratings }: { ratings: unknown }) => ratings)).toEqual([null, null]);
      expect(seen.score.pending).toContainEqual({ indicator: 'teamwork', code: 'SEALED' });
      await submit(rate('li', 'li', 'SELF'));
      for (const [by, kind] of [['wang', 'SELF'], ['lead', 'SUPERIOR'], ['peer', 'CROSS_DEPARTMENT']]) await submit(rate(by ?? '', 'wang', kind ?? ''));
      await journey.settle();
      const { appraisal: open } = await journey.ask('li', SHOWN, { id: of('li') });
      expect(open).toMatchObject({ isSealed: false, status: 'UNSEALED' });
      expect(open.evaluations).toHaveLength(3);
    });

    it('has no result before the data is cut off, and one that nobody typed in after it', async () => {
      const { journey } = company();
      expect(await journey.as('hr').refusal('publishScore', { id: of('li') })).toBe('CUT_OFF_NOT_REACHED');
      await journey.until('2025-04-09');
      for (const who of ['li', 'wang'] as const) await journey.as('hr').say('publishScore', { id: of(who) });
      expect(await journey.as('hr').refusal('finalizeAppraisal', { id: of('li') })).toBe('NOT_COMMUNICATED');
    });

    it('is talked over face to face, with data and cases, and the talk is on record', async () => {
      const { journey } = company();
      for (const who of ['li', 'wang'] as const) await journey.as('lead').say('recordInterview', { id: of(who), heldOn: '2025-04-09', notes: 'Conversion is behind: two cases gone through.' });
      await journey.settle();
      const { appraisal: told } = await journey.ask('li', 'query ($id: ID!) { appraisal(id: $id) { status total grade filingEndsOn revisions { revision interview { heldOn notes } communication { channel } acknowledgement } } }', { id: of('li') });
      expect(told).toMatchObject({ status: 'COMMUNICATED', total: '98.20', grade: 'S', filingEndsOn: '2025-04-23' });
      expect(told.revisions).toEqual([{ revision: 1, interview: { heldOn: '2025-04-09', notes: 'Conversion is behind: two cases gone through.' }, communication: { channel: 'INTERVIEW' }, acknowledgement: null }]);
    });
  });
}

/** After the subjects have acknowledged their results. */
export function finalResult(company: () => XxTech): void {
  const of = (who: Name): string | undefined => company().appraisals[`QUARTER ${who}`];
  describe('§2.3 the end of the process', () => {
    it('waits for the filing window, unless the subject renounces it', async () => {
      const { journey } = company();
      expect(await journey.as('hr').refusal('finalizeAppraisal', { id: of('wang') })).toBe('FILING_OPEN');
      await journey.until('2025-04-24');
      for (const who of ['li', 'wang'] as const) await journey.as('hr').say('finalizeAppraisal', { id: of(who) });
      expect(await journey.as('hr').refusal('finalizeAppraisal', { id: of('li') })).toBe('ALREADY_FINAL');
      await journey.settle();
      const { appraisals } = await journey.ask('lead', `{ appraisals(filter: { cycle: "${QUARTER.stream}" }, orderBy: TOTAL_DESC) { nodes { status total grade subject { name } revisions { acknowledgement } } } }`);
      const acknowledged = [{ acknowledgement: 'ACKNOWLEDGED' }];
      expect(appraisals.nodes).toEqual([
        { status: 'FINAL', total: '98.20', grade: 'S', subject: { name: 'li' }, revisions: acknowledged },
        { status: 'FINAL', total: '84.00', grade: 'B', subject: { name: 'wang' }, revisions: acknowledged },
      ]);
    });
  });
}
