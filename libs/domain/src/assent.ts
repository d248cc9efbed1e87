import { z } from 'zod';
import { FORBIDDEN, allow, reject } from './kernel/decision.js';
import type { Rejection, Verdict } from './kernel/decision.js';
import type { Principal } from './kernel/access.js';
import { defineEvents } from './kernel/event.js';
import type { EventOf, Recorded, RecordedOf } from './kernel/event.js';
import { canonicalText } from './kernel/canonical.js';
import { sha256Hex } from './kernel/hash.js';
import { mayWrite } from './kernel/principal.js';
import { oneOf, sha256, uuid } from './kernel/schema.js';

/** Seats of the special committee (§3.1). */
export const SEATS = ['MARKETING_DIRECTOR', 'HR', 'FINANCE'] as const;
export type Seat = (typeof SEATS)[number];
/** A seat as a field of events and commands. */
export const seat = oneOf('Seat', SEATS);

/**
 * Who may act for each seat on a day: its holder, or its alternates while nobody holds it; empty where there is
 * neither. `committeeOn` folds it from the company.
 */
export type Committee = Readonly<Record<Seat, readonly string[]>>;

/** How many different seats it takes (`domain.md`, Company, Assent). */
export const SEATS_NEEDED = 2;

const ballotData = {
  seat,
  /** Person who acted for the seat. */
  member: uuid,
  /** Event that made the proposal, and the SHA-256 of its data's canonical JSON. */
  proposalEventId: uuid,
  proposalDigest: sha256,
};

/** Events of every stream that takes proposals; spread them into the aggregate's own table. */
export const assentEvents = defineEvents({
  CommitteeAssented: {
    version: 1,
    doc: 'A committee seat assented to a proposal of this stream.',
    data: z.strictObject(ballotData),
  },
  CommitteeDeclined: {
    version: 1,
    doc: 'A committee seat declined a proposal of this stream; `closes` where too few seats are left to assent.',
    data: z.strictObject({ ...ballotData, closes: z.boolean() }),
  },
});
export type AssentEvent = EventOf<typeof assentEvents>;

/** Input of the commands that assent to or decline a proposal: which seat, and exactly which proposal was read. */
export const ballotInput = z.strictObject({ seat, proposalEventId: uuid, proposalDigest: sha256 });
export type Ballot = Readonly<z.infer<typeof ballotInput>>;

/** A proposal as the fold of its stream keeps it. */
export interface Proposal {
  readonly eventId: string;
  readonly digest: string;
  readonly proposer: string;
  readonly assents: readonly { readonly seat: Seat; readonly member: string }[];
  readonly declines: readonly { readonly seat: Seat; readonly member: string }[];
  /** Too few seats are left that could assent: it is declined for good. */
  readonly declined: boolean;
}

/** The fold of the event that makes a proposal (`GoalRevisionProposed`, `SchemeVersionProposed`, ...). */
export function proposalOf(event: Pick<Recorded, 'id' | 'data' | 'meta'>): Proposal {
  const digest = sha256Hex(canonicalText(event.data));
  return { eventId: event.id, digest, proposer: event.meta.actor, assents: [], declines: [], declined: false };
}

/** The fold of a ballot; one for another proposal leaves this one as it is. */
export function withBallot(proposal: Proposal, event: RecordedOf<AssentEvent>): Proposal {
  if (event.data.proposalEventId !== proposal.eventId) return proposal;
  const given = { seat: event.data.seat, member: event.data.member };
  return event.type === 'CommitteeAssented'
    ? { ...proposal, assents: [...proposal.assents, given] }
    : { ...proposal, declines: [...proposal.declines, given], declined: event.data.closes };
}

/** What a ballot is judged by: the acting member, today's committee, and who has a part in the matter. */
export interface BallotWorld {
  readonly actor: string;
  readonly committee: Committee;
  /** Person ids of owners and subjects; the proposer is excluded by itself. */
  readonly excluded: readonly string[];
}
/**
 * A ballot that counts: the event to append, and what comes of it. `ASSENTED`: it was the second seat, so the deciding
 * event is appended in the same append. `DECLINED`: the proposal is over. `OPEN`: it goes on.
 */
export interface BallotCast {
  readonly event: AssentEvent;
  readonly outcome: 'OPEN' | 'ASSENTED' | 'DECLINED';
}

/**
 * A seat's assent to a proposal (`domain.md`, Company): two different seats and two different people, neither the
 * proposer, an owner nor the subject. The seat is the actor's by `mayAssent`, checked before.
 * Rejects `PROPOSAL_NOT_OPEN` (none, decided, or another digest), `SELF_ASSENT`, `ASSENT_GIVEN`.
 */
export function assent(proposal: Proposal | null, ballot: Ballot, world: BallotWorld): BallotCast | Rejection {
  const refused = refuse(proposal, ballot, world);
  if (refused !== null || proposal === null) return refused ?? reject('PROPOSAL_NOT_OPEN');
  const outcome = proposal.assents.length + 1 >= SEATS_NEEDED ? 'ASSENTED' : 'OPEN';
  return { event: { type: 'CommitteeAssented', data: { ...ballot, member: world.actor } }, outcome };
}

/**
 * A seat's refusal. One refusal ends nothing as long as two other seats can still assent, so no seat has a veto; it
 * ends the proposal where they cannot. Rejects as `assent` does.
 */
export function decline(proposal: Proposal | null, ballot: Ballot, world: BallotWorld): BallotCast | Rejection {
  const refused = refuse(proposal, ballot, world);
  if (refused !== null || proposal === null) return refused ?? reject('PROPOSAL_NOT_OPEN');
  const spent = [...proposal.assents, ...proposal.declines, { seat: ballot.seat, member: world.actor }];
  const closes = proposal.assents.length + assentsLeft(proposal, spent, world) < SEATS_NEEDED;
  return {
    event: { type: 'CommitteeDeclined', data: { ...ballot, member: world.actor, closes } },
    outcome: closes ? 'DECLINED' : 'OPEN',
  };
}

/**
 * Whether a proposal can be assented to at all today; where not, proposing is refused with `SEATS_INCOMPLETE`, so that
 * none lies there that nobody can decide. `excluded` includes the proposer.
 */
export function canBeAssented(committee: Committee, excluded: readonly string[]): boolean {
  return assentsPossible(committee, excluded) >= SEATS_NEEDED;
}

/**
 * Whether a proposal still waits for ballots that may come: not decided, not declined, and enough seats left today that
 * may assent. One that is not open may be proposed anew; one that is stands in the way (`PROPOSAL_OPEN`).
 */
export function isOpen(proposal: Proposal | null, { committee, excluded }: Omit<BallotWorld, 'actor'>): boolean {
  if (proposal === null || proposal.declined || proposal.assents.length >= SEATS_NEEDED) return false;
  const spent = [...proposal.assents, ...proposal.declines];
  return proposal.assents.length + assentsLeft(proposal, spent, { committee, excluded }) >= SEATS_NEEDED;
}

/** Policy of every command that takes a `Ballot`: who acts for the seat today (`domain.md`, Who may do what). */
export function mayAssent(principal: Principal, ballot: { readonly seat: Seat }): Verdict {
  return mayWrite(principal) && principal.seats.has(ballot.seat) ? allow('COMMITTEE') : FORBIDDEN;
}

function refuse(proposal: Proposal | null, ballot: Ballot, world: BallotWorld): Rejection | null {
  if (proposal === null || proposal.declined || proposal.assents.length >= SEATS_NEEDED)
    return reject('PROPOSAL_NOT_OPEN');
  if (proposal.eventId !== ballot.proposalEventId || proposal.digest !== ballot.proposalDigest)
    return reject('PROPOSAL_NOT_OPEN');
  if (world.actor === proposal.proposer || world.excluded.includes(world.actor)) return reject('SELF_ASSENT');
  const given = [...proposal.assents, ...proposal.declines];
  const again = given.some((one) => one.seat === ballot.seat || one.member === world.actor);
  return again ? reject('ASSENT_GIVEN') : null;
}

/** How many assents could still come from seats and members that have not voted. */
function assentsLeft(
  { proposer }: Proposal,
  spent: Proposal['assents'],
  { committee, excluded }: Omit<BallotWorld, 'actor'>,
): number {
  const left: Committee = { ...committee, ...Object.fromEntries(spent.map((given) => [given.seat, []])) };
  return assentsPossible(left, [...excluded, proposer, ...spent.map(({ member }) => member)]);
}

/** How many assents could still come, two at most: from different seats and different people. */
function assentsPossible(committee: Committee, excluded: readonly string[]): number {
  const able = SEATS.map((one) => committee[one].filter((member) => !excluded.includes(member)));
  const seats = able.filter((members) => members.length > 0).length;
  return Math.min(seats, new Set(able.flat()).size, SEATS_NEEDED);
}
