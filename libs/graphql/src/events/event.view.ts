import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { EventDocument } from '@assay/read-models';
import { connectionType } from '../edge/connection.view.js';
import { enumOf } from '../edge/derive-types.js';
import { Node } from '../edge/node.view.js';
import { DateScalar, DateTimeScalar, JsonScalar, PositionScalar, UuidScalar } from '../edge/scalars.js';
import { EVENT_TYPES, EventData } from './event-data.js';

/** Every type of event. */
export const EventTypeEnum = enumOf('EventType', EVENT_TYPES);

/** An event of the audit trail as its reader may see it. */
@ObjectType('Event', { implements: [Node], description: 'What happened: an event of the log, as you may see it.' })
export class EventView extends Node implements Omit<EventDocument, 'data'> {
  @Field(() => UuidScalar, { description: 'Id of the event.' })
  eventId: string;
  @Field(() => String, { description: 'Its stream, e.g. person- and an id.' })
  stream: string;
  @Field(() => Int, { description: 'Its place in the stream, from 0.' })
  revision: number;
  @Field(() => PositionScalar, { description: 'Its place in the log.' })
  position: number;
  @Field(() => DateTimeScalar, { description: 'When it was recorded, by the log’s clock.' })
  recordedAt: number;
  @Field(() => String, { description: 'Category of the stream, e.g. appraisal.' })
  category: string;
  @Field(() => EventTypeEnum, { description: 'What happened.' })
  type: string;
  @Field(() => Int, { description: 'Version of the shape of its data.' })
  schemaVersion: number;
  @Field(() => String, { name: 'actorId', description: 'Id of the person or integration who acted, or SYSTEM.' })
  actor: string;
  @Field(() => String, { description: 'The policy that allowed it, e.g. MANAGER.' })
  authority: string;
  @Field(() => UuidScalar, { description: 'Id of the command.' })
  commandId: string;
  @Field(() => UuidScalar, { description: 'One id through everything that one intention set in motion.' })
  correlationId: string;
  @Field(() => UuidScalar, { nullable: true, description: 'Event that caused it; null where a person began.' })
  causationId: string | null;
  @Field(() => String, { nullable: true, name: 'rootActorId', description: 'Id of the human at the root of the causation chain; null where the actor is that human, or nobody was.' })
  rootActor: string | null;
  @Field(() => String, { nullable: true, description: 'Why; null where no reason was given, or erased.' })
  reason: string | null;
  @Field(() => DateScalar, { nullable: true, description: 'The business day it is true from; null where that is the day of recording.' })
  effectiveOn: string | null;
  @Field(() => Boolean, { description: 'Whether fields are null in its data because they are sealed, to you or to everybody.' })
  sealed: boolean;
  @Field(() => EventData, { description: 'What it says.' })
  data: object;
  @Field(() => JsonScalar, { description: 'The same as JSON, for those who keep it whole. What you may not see is null in its place.' })
  json: unknown;
}
/** Events page by page. */
export const EventConnection = connectionType(EventView, 'Event');
