import { Inject } from '@nestjs/common';
import { Args, ArgsType, Context, Field, ID, InputType, Resolver, Subscription } from '@nestjs/graphql';
import { sees } from '@assay/domain';
import { eventDocumentOf, eventView, readableEvents, streamOfKey, visibleEvents, type AppraisalDocument, type ChangedItem, type EventStreamDocument, type RecalibrationDocument, type TargetDocument } from '@assay/read-models';
import { Type } from 'class-transformer';
import { IsOptional, IsString, ValidateNested } from 'class-validator';
import { Access } from '../edge/access.guard.js';
import { GraphqlContext } from '../edge/context.js';
import { inputTypeOf } from '../edge/derive-types.js';
import { decodeNodeId } from '../edge/node-id.js';
import { PositionScalar } from '../edge/scalars.js';
import { liveAt, type Positioned } from '../reading/documents.js';
import { keyOfId, placed, type Placed } from '../reading/placed.js';
import { Reading } from '../reading/reading.js';
import { appraisalSource, recalibrationSource, targetSource, type Source } from '../reading/sources.js';
import { eventFilter, type EventFilter } from './event.resolver.js';
import { shownEvent, type ShownEvent } from './event.js';
import { follow, type Follow, type Message } from './follow.js';
import { AppraisalMessageView, EventMessageView, RecalibrationMessageView, TargetMessageView } from './message.view.js';
import { eventsById } from './trail.js';

const EventFilterInput = inputTypeOf('EventFilter', eventFilter);
const AFTER = 'Position after which changes are replayed before live ones follow, as the last message gave it; live ones only where left out.';

/** Arguments of `eventRecorded`. */
@ArgsType()
export class EventRecordedArgs {
  @Field(() => EventFilterInput, { nullable: true, description: 'Only events for which all of this holds.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => EventFilterInput)
  filter?: EventFilter | null;

  @Field(() => PositionScalar, { nullable: true, description: AFTER })
  @IsOptional()
  @IsString()
  after?: string | null;
}

/** Which documents somebody wants to hear of. */
@InputType('ChangeFilter', { description: 'Which documents to hear of; all you may read where nothing is given. All that is given must hold.' })
export class ChangeFilter {
  @Field(() => ID, { nullable: true, description: 'Id of one document, as it was read.' })
  @IsOptional()
  @IsString()
  id?: string | null;

  @Field(() => String, { nullable: true, description: 'Id of the person whose it is: subject, owner, or affected.' })
  @IsOptional()
  @IsString()
  personId?: string | null;

  @Field(() => String, { nullable: true, description: 'Stream of the cycle, e.g. cycle-QUARTER-2026Q3.' })
  @IsOptional()
  @IsString()
  cycle?: string | null;
}

/** Arguments of the subscriptions to documents. */
@ArgsType()
export class ChangedArgs {
  @Field(() => ChangeFilter, { nullable: true, description: 'Which documents to hear of.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => ChangeFilter)
  filter?: ChangeFilter | null;

  @Field(() => PositionScalar, { nullable: true, description: AFTER })
  @IsOptional()
  @IsString()
  after?: string | null;
}

type Messages = Promise<AsyncIterableIterator<Readonly<Record<string, Message<object>>>>>;
/** What of a document a filter asks about. */
interface Concern<Doc> {
  readonly people: (doc: Doc) => readonly string[];
  readonly cycle: (doc: Doc) => string;
}

/** What happens, as it happens (`api.md`, Subscriptions). */
@Resolver()
export class SubscriptionResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Subscription(() => EventMessageView, { description: 'Every event that you may read, once and in order.' })
  @Access()
  eventRecorded(@Args() { filter, after }: EventRecordedArgs, @Context() context: GraphqlContext): Messages {
    const { log } = this.reading.ports;
    return follow<EventStreamDocument, object>(this.reading.ports, context, {
      view: eventView,
      field: 'eventRecorded',
      after: after == null ? null : Number(after),
      shown: async (item, { event }, principal) => {
        if (streamOfKey(item.key) !== event.stream || !sees(visibleEvents(principal), item.access)) return undefined;
        const document = eventDocumentOf(event);
        if (!wanted(document, filter ?? {})) return undefined;
        const [readable] = await readableEvents(log, [document], { principal });
        return { event: readable === undefined ? null : shownEvent(readable), view: null };
      },
    });
  }

  @Subscription(() => AppraisalMessageView, { description: 'Appraisals that you may read, each time they or what they rest on change.' })
  @Access()
  appraisalChanged(@Args() args: ChangedArgs, @Context() context: GraphqlContext): Messages {
    const concern: Concern<AppraisalDocument> = { people: ({ subjectId }) => [subjectId], cycle: ({ cycle }) => cycle };
    return this.changes('appraisalChanged', { source: appraisalSource, args, concern }, context);
  }

  @Subscription(() => TargetMessageView, { description: 'Targets that you may read, each time they or what came of them change.' })
  @Access()
  targetChanged(@Args() args: ChangedArgs, @Context() context: GraphqlContext): Messages {
    const concern: Concern<TargetDocument> = { people: ({ owner }) => [owner], cycle: ({ cycle }) => cycle };
    return this.changes('targetChanged', { source: targetSource, args, concern }, context);
  }

  @Subscription(() => RecalibrationMessageView, { description: 'Recalibrations that you may read, each time they move on.' })
  @Access()
  recalibrationChanged(@Args() args: ChangedArgs, @Context() context: GraphqlContext): Messages {
    const concern: Concern<RecalibrationDocument> = { people: ({ affected }) => affected, cycle: ({ cycle }) => cycle };
    return this.changes('recalibrationChanged', { source: recalibrationSource, args, concern }, context);
  }

  private changes<Doc extends Positioned & object>(field: string, of: { readonly source: Source<Doc>; readonly args: ChangedArgs; readonly concern: Concern<Doc> }, context: GraphqlContext): Messages {
    const { source, args, concern } = of;
    const key = args.filter?.id == null ? null : keyIn(source, args.filter.id);
    const following: Follow<Doc, Placed<Doc>> = {
      view: source.view,
      field,
      after: args.after == null ? null : Number(args.after),
      shown: async (item, { event, position }, principal) => {
        const { doc } = item;
        if (doc === null || !sees(source.visible(principal), item.access) || !concerns(doc, concern, args.filter)) return undefined;
        if (key !== null && item.key !== key) return undefined;
        await this.reading.ports.readModels.atLeast([eventView], position);
        const [told] = await eventsById(this.reading.ports, [event.id], principal);
        return { event: told ?? null, view: documentAt(source, { ...item, doc }, { position, recordedAt: event.recordedAt }) };
      },
    };
    return follow(this.reading.ports, context, following);
  }
}

/** An id of another type is of no document here: nothing will be heard of it, as of one that may not be read. */
function keyIn(source: Source, id: string): string {
  const node = decodeNodeId(id);
  return node.type === source.type ? keyOfId(source, node.key) : '';
}

function documentAt<Doc extends Positioned & object>(source: Source<Doc>, { key, doc, isStale }: ChangedItem<Doc> & { readonly doc: Doc }, { position, recordedAt }: { readonly position: number; readonly recordedAt: number }): Placed<Doc> {
  return placed(source, { key, doc, stale: isStale ? { since: recordedAt, reason: 'PARKED' } : null }, liveAt(position));
}

function concerns<Doc>(doc: Doc, { people, cycle }: Concern<Doc>, filter: ChangeFilter | null | undefined): boolean {
  if (filter?.personId != null && !people(doc).includes(filter.personId)) return false;
  return filter?.cycle == null || cycle(doc) === filter.cycle;
}

function wanted(event: Pick<ShownEvent, 'stream' | 'category' | 'type' | 'actor' | 'correlationId' | 'commandId' | 'recordedAt'>, filter: EventFilter): boolean {
  const { stream, category, types, actorId, correlationId, commandId, from, to } = filter;
  const pairs = [
    [stream, event.stream],
    [category, event.category],
    [actorId, event.actor],
    [correlationId, event.correlationId],
    [commandId, event.commandId],
  ] as const;
  if (pairs.some(([asked, is]) => asked != null && asked !== is)) return false;
  if (types != null && !types.some((one) => one === event.type)) return false;
  return (from == null || event.recordedAt >= Date.parse(from)) && (to == null || event.recordedAt < Date.parse(to));
}
