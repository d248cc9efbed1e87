import { Inject } from '@nestjs/common';
import { Args, ArgsType, Context, Field, ID, Info, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { unitOfOwner, type Progress } from '@assay/domain';
import { loadProgress, recalibrationKey, type CycleDocument, type FactDocument, type GoalDocument, type MetricDocument, type PersonDocument, type RecalibrationDocument, type TargetDocument } from '@assay/read-models';
import { IsOptional, IsString } from 'class-validator';
import type { GraphQLResolveInfo } from 'graphql';
import { Access } from '../edge/access.guard.js';
import type { Edge } from '../edge/connection.js';
import { connectionType } from '../edge/connection.view.js';
import { GraphqlContext } from '../edge/context.js';
import { DateScalar } from '../edge/scalars.js';
import { daysBetween, daysOverlapping, equalTo, filterBy, oneOfThese, recordedSince, type ShownConnection } from '../reading/lists.js';
import { MomentArgs, MomentListArgs } from '../reading/moment.input.js';
import type { Placed } from '../reading/placed.js';
import { Reading } from '../reading/reading.js';
import { cycleSource, factSource, goalSource, metricSource, personSource, recalibrationSource, targetSource, companySource } from '../reading/sources.js';
import { CycleView, RecalibrationView } from '../views/cycle.view.js';
import { GoalView } from '../views/goal.view.js';
import { MetricView } from '../views/metric.view.js';
import { PersonView } from '../views/person.view.js';
import { FactView } from '../views/scheme.view.js';
import { ProgressRowView, TargetView } from '../views/target.view.js';
import { UnitView } from '../views/company.view.js';
import { atOf } from './at.js';
import { FactsArgs, factOrders, TargetsArgs, targetOrders } from './lists.input.js';
import { unitOfDocument, type PlacedUnit } from './unit.js';

const TargetConnection = connectionType(TargetView, 'Target');
const FactConnection = connectionType(FactView, 'Fact');
const ProgressConnection = connectionType(ProgressRowView, 'ProgressRow');
type ProgressRow = Progress & { readonly target: Placed<TargetDocument> };

/** Which targets the progress board shows, and to which day. */
@ArgsType()
export class ProgressArgs extends MomentListArgs {
  @Field(() => DateScalar, { description: 'The day, included: targets whose period holds it, and attainment to it.' })
  @IsString()
  day: string;

  @Field(() => String, { nullable: true, name: 'unit', description: 'Code of the unit that the targets are for.' })
  @IsOptional()
  @IsString()
  unit?: string | null;

  @Field(() => String, { nullable: true, description: 'Id of the person who owns the targets.' })
  @IsOptional()
  @IsString()
  personId?: string | null;

  @Field(() => String, { nullable: true, description: 'Stream of the cycle, e.g. cycle-QUARTER-2026Q3.' })
  @IsOptional()
  @IsString()
  cycle?: string | null;
}
const boardOrders = { OWNER_ASC: { column: 'owner', direction: 'ASC' } } as const;

/** Targets, and what they have come to on a day. */
@Resolver(() => TargetView)
export class TargetResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Query(() => TargetConnection, { description: 'Targets that you may read.' })
  @Access()
  targets(@Args() args: TargetsArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ShownConnection<Placed<TargetDocument>>> {
    const { owners, unit, role, metric, goalId, cycle, level, status, from, to, updatedSince } = args.filter ?? {};
    const equal = { ownerUnit: equalTo(unit), role: equalTo(role), metric: equalTo(metric), goal: equalTo(goalId), cycle: equalTo(cycle), level: equalTo(level), status: equalTo(status) };
    const filter = filterBy({ ...equal, owner: oneOfThese(owners), recordedAt: recordedSince(updatedSince), ...daysOverlapping(from, to) });
    return this.reading.list(args, context, { source: targetSource, filter, orders: targetOrders, info });
  }

  @Query(() => TargetView, { nullable: true, description: 'A target with its phases and versions, e.g. for a timeline; null where there is none or you may not read it.' })
  @Access()
  target(@Args('id', { type: () => ID, description: 'Id as it was read.' }) id: string, @Args() args: MomentArgs, @Context() context: GraphqlContext): Promise<Placed<TargetDocument> | null> {
    return this.reading.byId(targetSource, id, { ...args, context });
  }

  @Query(() => ProgressConnection, { description: 'The progress board: live targets by owner, as of a day. What nobody measured shows no data, never zero.' })
  @Access()
  async progressBoard(@Args() args: ProgressArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ShownConnection<ProgressRow>> {
    const { day, unit, personId, cycle } = args;
    const filter = filterBy({ status: { eq: 'LIVE' }, ownerUnit: equalTo(unit), owner: equalTo(personId), cycle: equalTo(cycle), ...daysOverlapping(day, day) });
    const page = await this.reading.list(args, context, { source: targetSource, filter, orders: boardOrders, info });
    const shown = page.nodes[0]?.shown;
    const asOf = shown?.historical ? { asOf: { upTo: shown.position, ...(shown.effectiveOn === null ? {} : { effectiveOn: shown.effectiveOn }) } } : {};
    const rows = await loadProgress(this.reading.ports.readModels, { keys: page.nodes.map(({ key }) => key), day, ...asOf });
    const edges = page.edges.flatMap(({ cursor, node }): readonly Edge<ProgressRow>[] => {
      const progress = rows.get(node.key);
      return progress === undefined ? [] : [{ cursor, node: { ...progress, target: node } }];
    });
    return { ...page, edges, nodes: edges.map(({ node }) => node) };
  }

  @ResolveField('owner', () => PersonView, { nullable: true, description: 'The person who owns it; null where a unit does, and where hidden from you.' })
  async ownerPerson(@Parent() target: Placed<TargetDocument>, @Context() context: GraphqlContext): Promise<Placed<PersonDocument> | null> {
    return unitOfOwner(target.owner) === null ? this.reading.documents.one(personSource, `person-${target.owner}`, atOf(target, context)) : null;
  }

  @ResolveField('unit', () => UnitView, { nullable: true, description: 'The unit it is for; null where hidden from you.' })
  async unitOfTarget(@Parent() target: Placed<TargetDocument>, @Context() context: GraphqlContext): Promise<PlacedUnit | null> {
    const company = await this.reading.documents.one(companySource, 'company', atOf(target, context));
    const unit = company?.units.find(({ code }) => code === target.unit);
    return unit === undefined ? null : unitOfDocument(unit, target.shown);
  }

  @ResolveField('goal', () => GoalView, { nullable: true, description: 'The goal it serves; null where hidden from you.' })
  goalOf(@Parent() target: Placed<TargetDocument>, @Context() context: GraphqlContext): Promise<Placed<GoalDocument> | null> {
    return this.reading.documents.one(goalSource, `goal-${target.goal}`, atOf(target, context));
  }

  @ResolveField('metric', () => MetricView, { nullable: true, description: 'The metric; null where it is not defined.' })
  metricOf(@Parent() target: Placed<TargetDocument>, @Context() context: GraphqlContext): Promise<Placed<MetricDocument> | null> {
    return this.reading.documents.one(metricSource, `metric-${target.metric}`, atOf(target, context));
  }

  @ResolveField('cycle', () => CycleView, { nullable: true, description: 'The cycle; null where hidden from you.' })
  cycleOf(@Parent() target: Placed<TargetDocument>, @Context() context: GraphqlContext): Promise<Placed<CycleDocument> | null> {
    return this.reading.documents.one(cycleSource, target.cycle, atOf(target, context));
  }

  @ResolveField('openRecalibration', () => RecalibrationView, { nullable: true, description: 'The undecided or applying recalibration it is in; null where it is in none, and where hidden from you.' })
  async openRecalibration(@Parent() target: Placed<TargetDocument>, @Context() context: GraphqlContext): Promise<Placed<RecalibrationDocument> | null> {
    const { openRecalibrationId: id, cycle } = target;
    return id === null ? null : this.reading.documents.one(recalibrationSource, recalibrationKey(cycle, id), atOf(target, context));
  }
}

/** Facts. */
@Resolver(() => FactView)
export class FactResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Query(() => FactConnection, { description: 'Facts that you may read, each in its last wording.' })
  @Access()
  facts(@Args() args: FactsArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ShownConnection<Placed<FactDocument>>> {
    const { owners, metric, source, factId, status, from, to, updatedSince } = args.filter ?? {};
    const equal = { metric: equalTo(metric), source: equalTo(source), factId: equalTo(factId), status: equalTo(status) };
    const filter = filterBy({ ...equal, owner: oneOfThese(owners), occurredOn: daysBetween(from, to), recordedAt: recordedSince(updatedSince) });
    return this.reading.list(args, context, { source: factSource, filter, orders: factOrders, info });
  }

  @ResolveField('owner', () => PersonView, { nullable: true, description: 'The person who owns it; null where a unit does, and where hidden from you.' })
  async ownerPerson(@Parent() fact: Placed<FactDocument>, @Context() context: GraphqlContext): Promise<Placed<PersonDocument> | null> {
    return unitOfOwner(fact.owner) === null ? this.reading.documents.one(personSource, `person-${fact.owner}`, atOf(fact, context)) : null;
  }

  @ResolveField('metric', () => MetricView, { nullable: true, description: 'The metric.' })
  metricOf(@Parent() fact: Placed<FactDocument>, @Context() context: GraphqlContext): Promise<Placed<MetricDocument> | null> {
    return this.reading.documents.one(metricSource, `metric-${fact.metric}`, atOf(fact, context));
  }
}
