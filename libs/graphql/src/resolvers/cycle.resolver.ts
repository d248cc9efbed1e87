import { Inject } from '@nestjs/common';
import { Args, Context, ID, Info, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { visibleRecalibrations } from '@assay/domain';
import type { CompositeDocument, CycleDocument, PersonDocument, RecalibrationDocument, SchemeDocument, TargetDocument } from '@assay/read-models';
import type { GraphQLResolveInfo } from 'graphql';
import { Access } from '../edge/access.guard.js';
import { connectionType } from '../edge/connection.view.js';
import { GraphqlContext } from '../edge/context.js';
import { principalIn } from '../reading/documents.js';
import { daysOverlapping, equalTo, filterBy, holds, recordedSince, type ShownConnection } from '../reading/lists.js';
import { MomentArgs } from '../reading/moment.input.js';
import type { Placed } from '../reading/placed.js';
import { Reading } from '../reading/reading.js';
import { compositeSource, cycleSource, personSource, recalibrationSource, schemeSource, targetSource } from '../reading/sources.js';
import { CycleView, RecalibrationView } from '../views/cycle.view.js';
import { PersonView } from '../views/person.view.js';
import { CompositeView, SchemeView } from '../views/scheme.view.js';
import { TargetView } from '../views/target.view.js';
import { atOf } from './at.js';
import { CompositesArgs, compositeOrders, CyclesArgs, cycleOrders, RecalibrationsArgs, recalibrationOrders, SchemesArgs, schemeOrders } from './lists.input.js';

const CycleConnection = connectionType(CycleView, 'Cycle');
const RecalibrationConnection = connectionType(RecalibrationView, 'Recalibration');
const SchemeConnection = connectionType(SchemeView, 'Scheme');
const CompositeConnection = connectionType(CompositeView, 'Composite');

/** Cycles. */
@Resolver(() => CycleView)
export class CycleResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Query(() => CycleConnection, { description: 'Cycles.' })
  @Access()
  cycles(@Args() args: CyclesArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ShownConnection<Placed<CycleDocument>>> {
    const { level, status, from, to, updatedSince } = args.filter ?? {};
    const filter = filterBy({ level: equalTo(level), status: equalTo(status), recordedAt: recordedSince(updatedSince), ...daysOverlapping(from, to) });
    return this.reading.list(args, context, { source: cycleSource, filter, orders: cycleOrders, info });
  }

  @Query(() => CycleView, { nullable: true, description: 'A cycle; null where there is none or you may not read it.' })
  @Access()
  cycle(@Args('id', { type: () => ID, description: 'Id as it was read.' }) id: string, @Args() args: MomentArgs, @Context() context: GraphqlContext): Promise<Placed<CycleDocument> | null> {
    return this.reading.byId(cycleSource, id, { ...args, context });
  }

  /** The number would tell of recalibrations that one may not read. */
  @ResolveField('recalibrationsCount', () => Int, { nullable: true })
  async recalibrationsCount(@Parent() cycle: Placed<CycleDocument>, @Context() context: GraphqlContext): Promise<number | null> {
    return visibleRecalibrations(await principalIn(context)) === 'ALL' ? cycle.recalibrationsCount : null;
  }
}

/** Recalibrations. */
@Resolver(() => RecalibrationView)
export class RecalibrationResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Query(() => RecalibrationConnection, { description: 'Recalibrations that you may read.' })
  @Access()
  recalibrations(@Args() args: RecalibrationsArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ShownConnection<Placed<RecalibrationDocument>>> {
    const { cycle, status, requesterId, targetId, owner, metric, trigger, correlationId, feedbackDueFrom, updatedSince } = args.filter ?? {};
    const equal = { cycle: equalTo(cycle), status: equalTo(status), requester: equalTo(requesterId), trigger: equalTo(trigger), correlation: equalTo(correlationId) };
    const listed = { targets: holds(targetId), owner: holds(owner), metrics: holds(metric), feedbackDue: holds(feedbackDueFrom) };
    const filter = filterBy({ ...equal, ...listed, recordedAt: recordedSince(updatedSince) });
    return this.reading.list(args, context, { source: recalibrationSource, filter, orders: recalibrationOrders, info });
  }

  @Query(() => RecalibrationView, { nullable: true, description: 'A recalibration; null where there is none or you may not read it.' })
  @Access()
  recalibration(@Args('id', { type: () => ID, description: 'Id as it was read.' }) id: string, @Args() args: MomentArgs, @Context() context: GraphqlContext): Promise<Placed<RecalibrationDocument> | null> {
    return this.reading.byId(recalibrationSource, id, { ...args, context });
  }

  @ResolveField('cycle', () => CycleView, { nullable: true, description: 'The cycle; null where hidden from you.' })
  cycleOf(@Parent() one: Placed<RecalibrationDocument>, @Context() context: GraphqlContext): Promise<Placed<CycleDocument> | null> {
    return this.reading.documents.one(cycleSource, one.cycle, atOf(one, context));
  }

  @ResolveField('requester', () => PersonView, { nullable: true, description: 'The person who asked for it; null where hidden from you.' })
  requesterPerson(@Parent() one: Placed<RecalibrationDocument>, @Context() context: GraphqlContext): Promise<Placed<PersonDocument> | null> {
    return this.reading.documents.one(personSource, `person-${one.requester}`, atOf(one, context));
  }

  @ResolveField('targetDocuments', () => [TargetView], { description: 'The targets themselves, of those that are there and you may read.' })
  async targetDocuments(@Parent() one: Placed<RecalibrationDocument>, @Context() context: GraphqlContext): Promise<readonly Placed<TargetDocument>[]> {
    const found = await this.reading.documents.many(targetSource, one.targets.map(({ target }) => `target-${target}`), atOf(one, context));
    return found.filter((target) => target !== null);
  }
}

/** Schemes. */
@Resolver(() => SchemeView)
export class SchemeResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Query(() => SchemeConnection, { description: 'Schemes.' })
  @Access()
  schemes(@Args() args: SchemesArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ShownConnection<Placed<SchemeDocument>>> {
    const { level, role, status, updatedSince } = args.filter ?? {};
    const filter = filterBy({ levels: holds(level), roles: holds(role), status: equalTo(status), recordedAt: recordedSince(updatedSince) });
    return this.reading.list(args, context, { source: schemeSource, filter, orders: schemeOrders, info });
  }

  @Query(() => SchemeView, { nullable: true, description: 'A scheme; null where there is none or you may not read it.' })
  @Access()
  scheme(@Args('id', { type: () => ID, description: 'Id as it was read.' }) id: string, @Args() args: MomentArgs, @Context() context: GraphqlContext): Promise<Placed<SchemeDocument> | null> {
    return this.reading.byId(schemeSource, id, { ...args, context });
  }
}

/** Composites. */
@Resolver(() => CompositeView)
export class CompositeResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Query(() => CompositeConnection, { description: 'Composed years that you may read.' })
  @Access()
  composites(@Args() args: CompositesArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ShownConnection<Placed<CompositeDocument>>> {
    const { personId, year, grade, updatedSince } = args.filter ?? {};
    const filter = filterBy({ subject: equalTo(personId), year: equalTo(year), grade: equalTo(grade), recordedAt: recordedSince(updatedSince) });
    return this.reading.list(args, context, { source: compositeSource, filter, orders: compositeOrders, info });
  }

  @ResolveField('person', () => PersonView, { nullable: true, description: 'The person; null where hidden from you.' })
  person(@Parent() one: Placed<CompositeDocument>, @Context() context: GraphqlContext): Promise<Placed<PersonDocument> | null> {
    return this.reading.documents.one(personSource, `person-${one.personId}`, atOf(one, context));
  }
}
