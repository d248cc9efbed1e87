import '../words/fields.js';
import '../words/types.js';
import { Field, Int, ObjectType } from '@nestjs/graphql';
import { LEVELS, names, SEATS, type Proposal, type Span } from '@assay/domain';
import type { Stale } from '@assay/read-models';
import { enumOf, objectTypeOf } from '../edge/derive-types.js';
import { Node } from '../edge/node.view.js';
import { DateScalar, DateTimeScalar, PositionScalar, Sha256Scalar, UuidScalar } from '../edge/scalars.js';
import type { Shown } from '../reading/moment.js';

/** Names in both languages, as the domain's schema has them. */
export const NamesType = objectTypeOf('Names', names);
/** Enums that several types share. */
export const LevelEnum = enumOf('Level', LEVELS);
export const SeatEnum = enumOf('Seat', SEATS);

/** First and last day, both included. */
@ObjectType('Span', { description: 'Days from a first to a last one, both included, in the time zone of the company.' })
export class SpanView implements Span {
  @Field(() => DateScalar, { description: 'First day.' })
  from: string;
  @Field(() => DateScalar, { description: 'Last day, included.' })
  to: string;
}

/** The moment a document shows. */
@ObjectType('Shown', { description: 'The moment that an answer shows.' })
export class ShownView implements Shown {
  @Field(() => PositionScalar, { description: 'Everything recorded up to this position is in it; of a historical answer nothing later is.' })
  position: number;
  @Field(() => Boolean, { description: 'Folded from the log as of a moment, rather than the present.' })
  historical: boolean;
  @Field(() => DateScalar, { nullable: true, description: 'Day after whose end nothing was counted as true; null where the present day is not cut.' })
  effectiveOn: string | null;
}

/** Why a document may be behind its events. */
@ObjectType('Stale', { description: 'The document is parked: an event could not be folded into it, and nothing may be published that rests on it.' })
export class StaleView {
  @Field(() => DateTimeScalar, { description: 'Since when.' })
  since: number;
  @Field(() => String, { description: 'A word for why, e.g. FOLD_FAILED.' })
  reason: string;
}

/** What every document of an aggregate shows of itself. */
@ObjectType({ isAbstract: true })
export abstract class DocumentView extends Node {
  @Field(() => Int, { description: 'Revision of its own stream, from 0: what a mutation gives as expectedRevision.' })
  revision: number;
  @Field(() => PositionScalar, { description: 'Position that this answer shows: a lower bound where it is live, exact where it is historical.' })
  position: number;
  @Field(() => PositionScalar, { description: 'Position of the last event of its own stream.' })
  lastPosition: number;
  @Field(() => ShownView, { description: 'The moment it shows.' })
  shown: Shown;
  @Field(() => StaleView, { nullable: true, description: 'Why it may be behind its events; null where it is not.' })
  stale: Stale | null;
}

/** A seat's vote. */
@ObjectType('SeatVote', { description: 'A vote of a committee seat on a proposal.' })
export class SeatVoteView {
  @Field(() => SeatEnum, { description: 'The seat.' })
  seat: string;
  @Field(() => UuidScalar, { description: 'Id of the person who acted for it.' })
  member: string;
}

/** A proposal before the committee. */
@ObjectType('Proposal', { description: 'What lies before the committee. A ballot names the event and digest, so that it is for exactly what was read.' })
export class ProposalView implements Proposal {
  @Field(() => UuidScalar, { description: 'Event that made the proposal.' })
  eventId: string;
  @Field(() => Sha256Scalar, { description: 'SHA-256 of its canonical content.' })
  digest: string;
  @Field(() => String, { description: 'Id of the person who made it, or SYSTEM.' })
  proposer: string;
  @Field(() => [SeatVoteView], { description: 'Seats that assented.' })
  assents: Proposal['assents'];
  @Field(() => [SeatVoteView], { description: 'Seats that declined.' })
  declines: Proposal['declines'];
  @Field(() => Boolean, { description: 'Too few seats are left that could assent.' })
  declined: boolean;
}
