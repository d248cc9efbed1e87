import { Inject } from '@nestjs/common';
import { Args, ArgsType, Context, ID, Info, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { code, fields, oneOf, text, uuid } from '@assay/domain';
import type { Filter, PersonDocument } from '@assay/read-models';
import type { GraphQLResolveInfo } from 'graphql';
import { z } from 'zod';
import { Access } from '../edge/access.guard.js';
import { GraphqlContext } from '../edge/context.js';
import { listFields } from '../reading/list-args.js';
import { equalTo, filterBy, oneOfThese, type Orders, type ShownConnection } from '../reading/lists.js';
import { decodeNodeId } from '../edge/node-id.js';
import { liveAt, principalIn } from '../reading/documents.js';
import { AsOfListArgs } from '../reading/moment.input.js';
import type { Placed } from '../reading/placed.js';
import { Reading } from '../reading/reading.js';
import { personSource } from '../reading/sources.js';
import { PersonView } from '../views/person.view.js';
import type { ShownEvent } from './event.js';
import { EVENT_TYPES } from './event-data.js';
import { EventConnection, EventView } from './event.view.js';
import { eventsById, trailPage } from './trail.js';

const [firstType = '', ...otherTypes] = EVENT_TYPES;
const eventType = oneOf('EventType', [firstType, ...otherTypes]);
const actor = text(60).register(fields, { description: 'Id of the person or integration who acted, or SYSTEM.' });
const instant = (description: string) => z.string().register(fields, { graphql: 'DateTime', description });

/** Conditions on events. */
export const eventFilter = z.strictObject({
  stream: text(200).register(fields, { description: 'A stream, e.g. cycle-QUARTER-2026Q3.' }).optional(),
  category: code.clone().register(fields, { description: 'A category of streams, e.g. appraisal.' }).optional(),
  types: z.array(eventType).max(100).optional(),
  actorId: actor.optional(),
  correlationId: uuid.optional(),
  commandId: uuid.optional(),
  from: instant('Recorded at this instant or later.').optional(),
  to: instant('Recorded before this instant.').optional(),
});
/** A filter of events as it was given. */
export type EventFilter = Readonly<z.infer<typeof eventFilter>>;

const orders = { POSITION_ASC: { column: 'position', direction: 'ASC' }, POSITION_DESC: { column: 'position', direction: 'DESC' } } as const satisfies Orders;

/** Arguments of the audit trail. */
@ArgsType()
export class EventsArgs extends AsOfListArgs {
  filter?: EventFilter | null;
  orderBy?: string | null;
}
listFields(EventsArgs, { name: 'Event', filter: eventFilter, orders });

/** The audit trail. */
@Resolver(() => EventView)
export class EventResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Query(() => EventConnection, { description: 'The audit trail: events of what you may read, by stream, actor, type and time. By position it is stable.' })
  @Access()
  async events(@Args() args: EventsArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ShownConnection<ShownEvent>> {
    const at = await this.reading.at(args, context);
    const filter = { ...trailFilter(args.filter ?? {}), ...filterBy({ position: at.shown.historical ? { lte: at.shown.position } : null }) };
    return trailPage(this.reading.ports, { page: args, filter, newestFirst: args.orderBy === 'POSITION_DESC', info }, at);
  }

  @Query(() => EventView, { nullable: true, description: 'An event; null where there is none or you may not read it.' })
  @Access()
  async event(@Args('id', { type: () => ID, description: 'Id as it was read.' }) id: string, @Context() context: GraphqlContext): Promise<ShownEvent | null> {
    const { type, key } = decodeNodeId(id);
    const [found] = await eventsById(this.reading.ports, [type === 'Event' ? key : ''], await principalIn(context));
    return found ?? null;
  }

  @ResolveField('actor', () => PersonView, { nullable: true, description: 'The person who acted; null of SYSTEM and integrations, and where hidden from you.' })
  actorPerson(@Parent() event: ShownEvent, @Context() context: GraphqlContext): Promise<Placed<PersonDocument> | null> {
    return this.reading.documents.one(personSource, `person-${event.actor}`, { context, shown: liveAt(event.position) });
  }
}

/** The filter in columns of the trail. */
export function trailFilter({ stream, category, types, actorId, correlationId, commandId, from, to }: EventFilter): Filter {
  const time = from == null && to == null ? null : { ...(from == null ? {} : { gte: Date.parse(from) }), ...(to == null ? {} : { lt: Date.parse(to) }) };
  return filterBy({ stream: equalTo(stream), category: equalTo(category), type: oneOfThese(types), actor: equalTo(actorId), correlation: equalTo(correlationId), commandId: equalTo(commandId), recordedAt: time });
}
