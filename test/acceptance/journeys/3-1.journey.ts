import { describe, expect, it } from '@jest/globals';
import type { XxTech } from './founding.journey.js';
import { quarterContent } from './2-1.journey.js';

const PENDING = 'query ($id: ID!) { scheme(id: $id) { pending { approved proposal { eventId digest proposer assents { seat } } } versions { number effectiveFrom } } }';

/** Two seats assent to exactly what was proposed. */
export async function assented({ journey }: XxTech, id: string | undefined): Promise<void> {
  await journey.settle();
  const { eventId, digest } = (await journey.ask('hr', PENDING, { id })).scheme.pending.proposal;
  for (const [by, seat] of [['director', 'MARKETING_DIRECTOR'], ['finance', 'FINANCE']]) await journey.as(by ?? '').say('assentToSchemeVersion', { id, seat, proposalEventId: eventId, proposalDigest: digest });
}

export function committee(company: () => XxTech): void {
  describe('§3.1 the special committee', () => {
    it('approves indicators by the votes of two seats, the proposer’s own not among them', async () => {
      const { journey, schemes, id } = company();
      const scheme = schemes['QUARTER'];
      expect(await journey.as('hr').refusal('publishSchemeVersion', { id: scheme, effectiveFrom: '2024-12-02' })).toBe('NOT_APPROVED');
      await journey.settle();
      const { proposal } = (await journey.ask('auditor', PENDING, { id: scheme })).scheme.pending;
      expect(proposal.proposer).toBe(id.hr);
      const vote = { id: scheme, proposalEventId: proposal.eventId, proposalDigest: proposal.digest };
      expect(await journey.as('hr').refusal('assentToSchemeVersion', { ...vote, seat: 'HR' })).toBe('SELF_ASSENT');
      await journey.as('director').say('assentToSchemeVersion', { ...vote, seat: 'MARKETING_DIRECTOR' });
      expect(await journey.as('director').refusal('assentToSchemeVersion', { ...vote, seat: 'MARKETING_DIRECTOR' })).toBe('ASSENT_GIVEN');
      const decided = await journey.as('finance').say('assentToSchemeVersion', { ...vote, seat: 'FINANCE' }, 'scheme { pending { approved proposal { assents { seat } } } }');
      expect(decided.scheme.pending).toEqual({ approved: true, proposal: { assents: [{ seat: 'MARKETING_DIRECTOR' }, { seat: 'FINANCE' }] } });
    });

    it('is bound to what was proposed: a ballot for another digest is refused', async () => {
      const { journey, schemes } = company();
      const scheme = schemes['QUARTER'];
      await journey.as('hr').say('publishSchemeVersion', { id: scheme, effectiveFrom: '2024-12-02' });
      // The next version, for when the market is open and retention weighs more; in force from the second quarter on.
      const { indicators, ...rest } = quarterContent(3000);
      const content = { ...rest, indicators: indicators.map((one) => (one.code === 'retention' ? { ...one, weight: 3000 } : one)) };
      await journey.as('hr').say('proposeSchemeVersion', { id: scheme, content });
      await journey.settle();
      const { eventId } = (await journey.ask('finance', PENDING, { id: scheme })).scheme.pending.proposal;
      expect(await journey.as('finance').refusal('assentToSchemeVersion', { id: scheme, seat: 'FINANCE', proposalEventId: eventId, proposalDigest: '0'.repeat(64) })).toBe('PROPOSAL_NOT_OPEN');
      await assented(company(), scheme);
      await journey.as('hr').say('publishSchemeVersion', { id: scheme, effectiveFrom: '2025-04-01' });
      await journey.settle();
      const { versions } = (await journey.ask('li', PENDING, { id: scheme })).scheme;
      expect(versions).toEqual([{ number: 1, effectiveFrom: '2024-12-02' }, { number: 2, effectiveFrom: '2025-04-01' }]);
    });

    it('writes down every vote, readable to the auditor by actor and seat', async () => {
      const { journey, id } = company();
      const { events } = await journey.ask('auditor', '{ events(filter: { types: [CommitteeAssented] }) { nodes { actorId data { ... on CommitteeAssented { seat } } } } }');
      const votes = [{ actorId: id.director, data: { seat: 'MARKETING_DIRECTOR' } }, { actorId: id.finance, data: { seat: 'FINANCE' } }];
      expect(events.nodes).toEqual([...votes, ...votes]);
    });
  });
}
