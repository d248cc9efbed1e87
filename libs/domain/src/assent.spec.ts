import { describe, expect, it } from '@jest/globals';
import { assent, canBeAssented, decline, isOpen, mayAssent, proposalOf, SEATS, withBallot } from './assent.js';
import type { AssentEvent, Ballot, BallotWorld, Committee, Proposal, Seat } from './assent.js';
import { canonicalText } from './kernel/canonical.js';
import { sha256Hex } from './kernel/hash.js';
import type { Principal, Role } from './kernel/access.js';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const director = id(1);
const hr = id(2);
const finance = id(3);
const proposer = id(4);
const owner = id(5);
const committee: Committee = { MARKETING_DIRECTOR: [director], HR: [hr], FINANCE: [finance] };

const meta = {
  actor: proposer,
  authority: 'HR',
  commandId: id(9),
  commandDigest: '0'.repeat(64),
  correlationId: id(9),
};
const proposal = proposalOf({ id: id(10), data: { value: '5' }, meta });
const ballot = (seat: Seat, over: Partial<Ballot> = {}): Ballot => ({
  seat,
  proposalEventId: proposal.eventId,
  proposalDigest: proposal.digest,
  ...over,
});
const world = (actor: string, over: Partial<BallotWorld> = {}): BallotWorld => ({
  actor,
  committee,
  excluded: [owner],
  ...over,
});

function given(...events: readonly AssentEvent[]): Proposal {
  return events.reduce(
    (state, event, index) =>
      withBallot(state, {
        ...event,
        id: id(20 + index),
        stream: 's',
        revision: index,
        position: index,
        schemaVersion: 1,
        meta,
        recordedAt: 0,
      }),
    proposal,
  );
}
const assented = (seat: Seat, member: string): AssentEvent => ({
  type: 'CommitteeAssented',
  data: { ...ballot(seat), member },
});
const declined = (seat: Seat, member: string, closes = false): AssentEvent => ({
  type: 'CommitteeDeclined',
  data: { ...ballot(seat), member, closes },
});

describe('assent (domain.md, Company)', () => {
  it('names the proposal by the digest of its canonical data', () => {
    expect(proposal.digest).toBe(sha256Hex(canonicalText({ value: '5' })));
  });

  const open = given();
  const one = given(assented('HR', hr));
  const two = given(assented('HR', hr), assented('FINANCE', finance));
  const oneDeclined = given(declined('HR', hr));
  const over = given(declined('HR', hr), declined('FINANCE', finance, true));
  const rows: readonly (readonly [string, Proposal | null, Ballot, BallotWorld, unknown, unknown])[] = [
    ['no proposal', null, ballot('HR'), world(hr), 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN'],
    [
      'another proposal',
      open,
      ballot('HR', { proposalEventId: id(99) }),
      world(hr),
      'PROPOSAL_NOT_OPEN',
      'PROPOSAL_NOT_OPEN',
    ],
    [
      'another digest',
      open,
      ballot('HR', { proposalDigest: 'f'.repeat(64) }),
      world(hr),
      'PROPOSAL_NOT_OPEN',
      'PROPOSAL_NOT_OPEN',
    ],
    ['assented already', two, ballot('MARKETING_DIRECTOR'), world(director), 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN'],
    ['declined already', over, ballot('MARKETING_DIRECTOR'), world(director), 'PROPOSAL_NOT_OPEN', 'PROPOSAL_NOT_OPEN'],
    ['the proposer', open, ballot('HR'), world(proposer), 'SELF_ASSENT', 'SELF_ASSENT'],
    ['an owner', open, ballot('HR'), world(owner), 'SELF_ASSENT', 'SELF_ASSENT'],
    ['the same seat by another', one, ballot('HR'), world(director), 'ASSENT_GIVEN', 'ASSENT_GIVEN'],
    ['the same member for another seat', one, ballot('FINANCE'), world(hr), 'ASSENT_GIVEN', 'ASSENT_GIVEN'],
    ['who declined before', oneDeclined, ballot('HR'), world(hr), 'ASSENT_GIVEN', 'ASSENT_GIVEN'],
    ['the first seat', open, ballot('HR'), world(hr), 'OPEN', 'OPEN'],
    ['the second seat', one, ballot('FINANCE'), world(finance), 'ASSENTED', 'OPEN'],
    ['a seat after another declined', oneDeclined, ballot('FINANCE'), world(finance), 'OPEN', 'DECLINED'],
    [
      'the last seat after one of each',
      given(declined('HR', hr), assented('FINANCE', finance)),
      ballot('MARKETING_DIRECTOR'),
      world(director),
      'ASSENTED',
      'DECLINED',
    ],
    [
      'a seat while another has a part in it',
      open,
      ballot('HR'),
      world(hr, { excluded: [finance] }),
      'OPEN',
      'DECLINED',
    ],
    [
      'a seat while one alternate stands in for both others',
      open,
      ballot('HR'),
      world(hr, { committee: { ...committee, FINANCE: [director] } }),
      'OPEN',
      'DECLINED',
    ],
  ];
  it.each(rows)('by %s', (_, state, cast, of, onAssent, onDecline) => {
    const outcome = (result: ReturnType<typeof assent>) => ('rejected' in result ? result.rejected : result.outcome);
    expect(outcome(assent(state, cast, of))).toBe(onAssent);
    expect(outcome(decline(state, cast, of))).toBe(onDecline);
  });

  it('appends the ballot with seat, member and the proposal it names', () => {
    expect(assent(open, ballot('HR'), world(hr))).toEqual({ event: assented('HR', hr), outcome: 'OPEN' });
    expect(decline(oneDeclined, ballot('FINANCE'), world(finance))).toEqual({
      event: declined('FINANCE', finance, true),
      outcome: 'DECLINED',
    });
  });

  it('leaves a proposal alone when the ballot names another', () => {
    const other: AssentEvent = {
      type: 'CommitteeAssented',
      data: { ...ballot('HR', { proposalEventId: id(99) }), member: hr },
    };
    expect(given(other)).toBe(proposal);
  });

  it.each([
    ['none', null, [], false],
    ['a new one', open, [], true],
    ['one that two seats cannot decide any more', open, [hr, finance], false],
    ['one with a seat to come', one, [], true],
    ['one decided', two, [], false],
    ['one declined', over, [], false],
  ] as const)('a proposal is open: %s', (_, state, excluded, expected) => {
    expect(isOpen(state, { committee, excluded })).toBe(expected);
  });

  it.each([
    ['three seats', committee, [], true],
    ['two seats beside an owner', committee, [hr], true],
    ['one seat beside two owners', committee, [hr, finance], false],
    ['one person for all seats', { MARKETING_DIRECTOR: [hr], HR: [hr], FINANCE: [hr] }, [], false],
    ['a vacant seat with an alternate', { ...committee, HR: [], FINANCE: [owner, finance] }, [owner], true],
    ['one seat filled', { MARKETING_DIRECTOR: [director], HR: [], FINANCE: [] }, [], false],
  ] as const)('can be reached with %s: %#', (_, seats, excluded, able) => {
    expect(canBeAssented(seats, excluded)).toBe(able);
  });

  it.each(SEATS.flatMap((held) => SEATS.map((asked) => [held, asked] as const)))(
    'who acts for %s may vote for %s only if it is the same',
    (held, asked) => {
      const member = (roles: readonly Role[]): Principal => ({
        personId: hr,
        roles: new Set(roles),
        manages: new Set(),
        heads: new Set(),
        seats: new Set([held]),
      });
      expect(mayAssent(member(['EMPLOYEE', 'COMMITTEE']), { seat: asked })).toEqual(
        held === asked ? { authority: 'COMMITTEE' } : { denied: 'FORBIDDEN' },
      );
      expect(mayAssent(member(['EMPLOYEE', 'COMMITTEE', 'AUDITOR']), { seat: asked })).toEqual({ denied: 'FORBIDDEN' });
    },
  );
});
