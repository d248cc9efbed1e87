import { describe, expect, it } from '@jest/globals';
import { compileFrontends, FrontendWalk } from '../../support/frontend-walk.js';
import type { XxTech } from './founding.journey.js';

const COMPILE_MS_MAX = 240_000;

/** Each seller acknowledges their result in a frontend. */
export function frontends(company: () => XxTech): void {
  describe('a frontend', () => {
    it('compiles against the schema', () => compileFrontends(), COMPILE_MS_MAX);

    it.each([
      ['urql', 'li'],
      ['relay', 'wang'],
    ] as const)('with %s lists, explains, acknowledges once, shows a rule’s refusal and misses no change over a lost connection', async (frontend, who) => {
      const { journey, appraisals } = company();
      const walk = new FrontendWalk(frontend, { url: journey.app.url, token: await journey.app.token(who) });
      expect(await walk.told('listed')).toEqual({ listed: 1, pages: 1 });
      expect(await walk.told('nodes')).toEqual({ agrees: null, nodes: expect.any(Number), moved: expect.any(Number) });
      const [accepted, refused] = [await walk.told('outcome'), await walk.told('outcome', 2)];
      expect(accepted).toMatchObject({ outcome: { __typename: 'AcknowledgeResultAccepted', repeated: false, appraisal: { status: 'COMMUNICATED' } } });
      expect(refused).toMatchObject({ outcome: { __typename: 'Rejection', code: 'NOTHING_CHANGES' } });
      // The connection was cut after the first: what happens now is heard over the next one, after the position heard last.
      const evidence = { name: 'note.txt', mediaType: 'text/plain', sizeBytes: 12, sha256: 'a'.repeat(64), location: 'archive/note.txt' };
      const { position } = await journey.as(who).say('submitEvidence', { id: appraisals[`QUARTER ${who}`], ...evidence });
      await walk.told('heard', 2);
      const first = Object(accepted['outcome']).position;
      expect(await walk.end()).toEqual({ heardAll: [first, position] });
    });
  });
}
