import { Inject } from '@nestjs/common';
import { Args, Context, ID, Info, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { GoalDocument, MetricDocument, TargetDocument, TemplateDocument } from '@assay/read-models';
import { cascadeOf, type CascadeNode } from '@assay/domain';
import type { GraphQLResolveInfo } from 'graphql';
import { Access } from '../edge/access.guard.js';
import { connectionType } from '../edge/connection.view.js';
import { GraphqlContext } from '../edge/context.js';
import { daysOverlapping, equalTo, filterBy, oneOfThese, recordedSince, type ShownConnection } from '../reading/lists.js';
import { MomentArgs } from '../reading/moment.input.js';
import type { Shown } from '../reading/moment.js';
import type { Placed } from '../reading/placed.js';
import { Reading } from '../reading/reading.js';
import { goalSource, metricSource, targetSource, templateSource } from '../reading/sources.js';
import { GoalCascadeNodeView, GoalCascadeView, GoalView } from '../views/goal.view.js';
import { MetricView, RoleTemplateView } from '../views/metric.view.js';
import { TargetView } from '../views/target.view.js';
import { apiError } from '../edge/error-codes.js';
import { atOf } from './at.js';
import { GoalsArgs, goalOrders, MetricsArgs, metricOrders, TemplatesArgs, templateOrders } from './lists.input.js';

const GoalConnection = connectionType(GoalView, 'Goal');
const MetricConnection = connectionType(MetricView, 'Metric');
const TemplateConnection = connectionType(RoleTemplateView, 'RoleTemplate');
const CASCADE_NODES_MAX = 5_000;
type CascadeParent = CascadeNode & { readonly shown: Shown };

/** Goals and their cascade. */
@Resolver(() => GoalView)
export class GoalResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Query(() => GoalConnection, { description: 'Goals.' })
  @Access()
  goals(@Args() args: GoalsArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ShownConnection<Placed<GoalDocument>>> {
    const { unit, metric, parentId, status, from, to, updatedSince } = args.filter ?? {};
    const filter = filterBy({ ownerUnit: equalTo(unit), metric: equalTo(metric), parent: equalTo(parentId), status: equalTo(status), recordedAt: recordedSince(updatedSince), ...daysOverlapping(from, to) });
    return this.reading.list(args, context, { source: goalSource, filter, orders: goalOrders, info });
  }

  @Query(() => GoalView, { nullable: true, description: 'A goal; null where there is none or you may not read it.' })
  @Access()
  goal(@Args('id', { type: () => ID, description: 'Id as it was read.' }) id: string, @Args() args: MomentArgs, @Context() context: GraphqlContext): Promise<Placed<GoalDocument> | null> {
    return this.reading.byId(goalSource, id, { ...args, context });
  }

  @Query(() => GoalCascadeView, { description: 'Goals with what their targets add up to: all of them, or those beneath one. Sums are over targets that you may read.' })
  @Access()
  async goalCascade(
    @Args('root', { type: () => ID, nullable: true, description: 'Id of the goal whose cascade it is; every goal where left out.' }) root: string | null,
    @Args() args: MomentArgs,
    @Context() context: GraphqlContext,
  ): Promise<GoalCascadeView> {
    const { at, key } = root == null ? { at: await this.reading.at(args, context), key: undefined } : await this.reading.keyAt(goalSource, root, { ...args, context });
    const goals = beneath(await this.reading.documents.all(goalSource, {}, at), key);
    const targets = await this.reading.documents.all(targetSource, { status: { eq: 'LIVE' }, goal: { in: goals.map(({ goalId }) => goalId) } }, at);
    const accumulations = Object.fromEntries(goals.flatMap(({ metric, accumulation }) => (accumulation === null ? [] : [[metric, accumulation]])));
    const nodes = cascadeOf(goals, targets, accumulations);
    if (nodes.length > CASCADE_NODES_MAX) throw apiError('QUERY_TOO_COMPLEX', `The cascade has more than ${String(CASCADE_NODES_MAX)} goals: ask for that beneath one of them.`);
    return { position: at.shown.position, nodes: nodes.map((node) => ({ ...node, shown: at.shown })) };
  }

  @ResolveField('parent', () => GoalView, { nullable: true, description: 'The goal above; null at the root.' })
  async parentGoal(@Parent() { parent, ...goal }: Placed<GoalDocument>, @Context() context: GraphqlContext): Promise<Placed<GoalDocument> | null> {
    return parent === null ? null : this.reading.documents.one(goalSource, `goal-${parent}`, atOf(goal, context));
  }

  @ResolveField('metric', () => MetricView, { nullable: true, description: 'The metric; null where it is not defined.' })
  metricOf(@Parent() goal: Placed<GoalDocument>, @Context() context: GraphqlContext): Promise<Placed<MetricDocument> | null> {
    return this.reading.documents.one(metricSource, `metric-${goal.metric}`, atOf(goal, context));
  }
}

/** Nodes of a cascade lead to what they are about. */
@Resolver(() => GoalCascadeNodeView)
export class GoalCascadeNodeResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @ResolveField('goal', () => GoalView, { nullable: true, description: 'The goal.' })
  goal(@Parent() node: CascadeParent, @Context() context: GraphqlContext): Promise<Placed<GoalDocument> | null> {
    return this.reading.documents.one(goalSource, `goal-${node.goalId}`, atOf(node, context));
  }

  @ResolveField('targets', () => [TargetView], { description: 'The targets summed and then those listed beside, of those you may read.' })
  async targets(@Parent() node: CascadeParent, @Context() context: GraphqlContext): Promise<readonly Placed<TargetDocument>[]> {
    const keys = [...node.summed, ...node.listed].map((id) => `target-${id}`);
    const found = await this.reading.documents.many(targetSource, keys, atOf(node, context));
    return found.filter((target) => target !== null);
  }
}

/** Metrics. */
@Resolver(() => MetricView)
export class MetricResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Query(() => MetricConnection, { description: 'Metrics.' })
  @Access()
  metrics(@Args() args: MetricsArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ShownConnection<Placed<MetricDocument>>> {
    const { codes, accumulation, direction, updatedSince } = args.filter ?? {};
    const filter = filterBy({ code: oneOfThese(codes), accumulation: equalTo(accumulation), direction: equalTo(direction), recordedAt: recordedSince(updatedSince) });
    return this.reading.list(args, context, { source: metricSource, filter, orders: metricOrders, info });
  }

  @Query(() => TemplateConnection, { description: 'Role templates.' })
  @Access()
  templates(@Args() args: TemplatesArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ShownConnection<Placed<TemplateDocument>>> {
    const { roles, updatedSince } = args.filter ?? {};
    const filter = filterBy({ role: oneOfThese(roles), recordedAt: recordedSince(updatedSince) });
    return this.reading.list(args, context, { source: templateSource, filter, orders: templateOrders, info });
  }
}

/** A goal and all beneath it; every goal where no key is given. */
function beneath(goals: readonly Placed<GoalDocument>[], key: string | null | undefined): readonly Placed<GoalDocument>[] {
  if (key === undefined) return goals;
  const reached = new Set(goals.filter((goal) => goal.key === key).map(({ goalId }) => goalId));
  for (let before = -1; before < reached.size; ) {
    before = reached.size;
    for (const { goalId, parent } of goals) if (parent !== null && reached.has(parent)) reached.add(goalId);
  }
  return goals.filter(({ goalId }) => reached.has(goalId));
}
