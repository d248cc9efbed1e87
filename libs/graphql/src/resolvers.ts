import type { Type } from '@nestjs/common';
import { NodeResolver } from './edge/node.resolver.js';
import { EventResolver } from './events/event.resolver.js';
import { SubscriptionResolver } from './events/subscription.resolver.js';
import { AppraisalResolver } from './resolvers/appraisal.resolver.js';
import { CompositeResolver, CycleResolver, RecalibrationResolver, SchemeResolver } from './resolvers/cycle.resolver.js';
import { CompanyResolver, PersonResolver } from './resolvers/directory.resolver.js';
import { GoalCascadeNodeResolver, GoalResolver, MetricResolver } from './resolvers/goal.resolver.js';
import { LogResolver } from './resolvers/log.resolver.js';
import { MUTATION_RESOLVERS } from './resolvers/mutations.js';
import { DerivationSourceResolver, ScoreResolver } from './resolvers/score.resolver.js';
import { FactResolver, TargetResolver } from './resolvers/target.resolver.js';

/** Every resolver class of the API: what the application provides and `docs/reference/schema.graphql` is printed from. */
export const RESOLVERS: readonly Type[] = [
  NodeResolver,
  CompanyResolver,
  PersonResolver,
  GoalResolver,
  GoalCascadeNodeResolver,
  MetricResolver,
  TargetResolver,
  FactResolver,
  CycleResolver,
  RecalibrationResolver,
  SchemeResolver,
  CompositeResolver,
  AppraisalResolver,
  ScoreResolver,
  DerivationSourceResolver,
  EventResolver,
  LogResolver,
  SubscriptionResolver,
  ...MUTATION_RESOLVERS,
];
