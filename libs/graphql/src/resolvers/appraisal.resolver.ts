import { Inject } from '@nestjs/common';
import { Args, Context, ID, Info, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Principal, VisibleEvaluation, Visibility } from '@assay/domain';
import { hasRole, visibleAppraisals } from '@assay/domain';
import type { AppraisalDocument, AppraisalFigures, CycleDocument, PersonDocument, SchemeDocument, TargetDocument } from '@assay/read-models';
import type { GraphQLResolveInfo } from 'graphql';
import { Access } from '../edge/access.guard.js';
import { connectionType } from '../edge/connection.view.js';
import { GraphqlContext } from '../edge/context.js';
import { evaluationsFor, figuresFor, revisionFor, type Sight } from '../reading/appraisal-sight.js';
import { principalIn } from '../reading/documents.js';
import { daysOverlapping, equalTo, filterBy, holds, recordedSince, type ShownConnection } from '../reading/lists.js';
import { MomentArgs } from '../reading/moment.input.js';
import type { Placed } from '../reading/placed.js';
import { Reading } from '../reading/reading.js';
import { appraisalSource, cycleSource, personSource, schemeSource, targetSource } from '../reading/sources.js';
import { AppraisalView, EvaluationView, PublishedRevisionView } from '../views/appraisal.view.js';
import { CycleView } from '../views/cycle.view.js';
import { PersonView } from '../views/person.view.js';
import { SchemeView } from '../views/scheme.view.js';
import { TargetView } from '../views/target.view.js';
import { atOf } from './at.js';
import { AppraisalsArgs, appraisalOrders } from './lists.input.js';
import { seenBy } from '../reading/seen.js';

const AppraisalConnection = connectionType(AppraisalView, 'Appraisal');
type Shown = Placed<AppraisalDocument>;

/**
 * Appraisals. What depends on the reader's sight is resolved here, field by field, so that an appraisal is shown alike
 * wherever it is reached from: a list, a node, a mutation, a subscription.
 */
@Resolver(() => AppraisalView)
export class AppraisalResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Query(() => AppraisalConnection, { description: 'Appraisals that you may read.' })
  @Access()
  async appraisals(@Args() args: AppraisalsArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ShownConnection<Shown>> {
    const { personId, superiorId, awaitedFrom, targetId, cycle, level, role, unit, schemeId, status, grade, from, to, updatedSince } = args.filter ?? {};
    const equal = { subject: equalTo(personId), superior: equalTo(superiorId), cycle: equalTo(cycle), level: equalTo(level), role: equalTo(role), unit: equalTo(unit), scheme: equalTo(schemeId), status: equalTo(status), grade: equalTo(grade) };
    const principal = await principalIn(context);
    const byFigure = grade != null || args.orderBy?.startsWith('TOTAL') === true;
    const awaited = byFigure ? { ...holds(awaitedFrom), none: [principal.personId] } : holds(awaitedFrom);
    const filter = filterBy({ ...equal, awaited, targets: holds(targetId), recordedAt: recordedSince(updatedSince), ...daysOverlapping(from, to) });
    const visibility = byFigure ? fullSight(principal) : visibleAppraisals(principal);
    return this.reading.list(args, context, { source: appraisalSource, filter, orders: appraisalOrders, visibility, info });
  }

  @Query(() => AppraisalView, { nullable: true, description: 'An appraisal; null where there is none or you may not read it.' })
  @Access()
  appraisal(@Args('id', { type: () => ID, description: 'Id as it was read.' }) id: string, @Args() args: MomentArgs, @Context() context: GraphqlContext): Promise<Shown | null> {
    return this.reading.byId(appraisalSource, id, { ...args, context });
  }

  @ResolveField('sight', () => String)
  async sight(@Parent() appraisal: Shown, @Context() context: GraphqlContext): Promise<Sight> {
    return (await seenBy(this.reading, appraisal, context)).sight;
  }

  @ResolveField('score', () => Object)
  async score(@Parent() appraisal: Shown, @Context() context: GraphqlContext): Promise<AppraisalFigures | null> {
    return figuresFor(await seenBy(this.reading, appraisal, context));
  }

  @ResolveField('total', () => String)
  async total(@Parent() appraisal: Shown, @Context() context: GraphqlContext): Promise<string | null> {
    return (await seenBy(this.reading, appraisal, context)).sight === 'FULL' ? appraisal.total : null;
  }

  @ResolveField('grade', () => String)
  async grade(@Parent() appraisal: Shown, @Context() context: GraphqlContext): Promise<string | null> {
    return (await seenBy(this.reading, appraisal, context)).sight === 'FULL' ? appraisal.grade : null;
  }

  @ResolveField('revisions', () => [PublishedRevisionView])
  async revisions(@Parent() appraisal: Shown, @Context() context: GraphqlContext): Promise<readonly object[]> {
    const { sight } = await seenBy(this.reading, appraisal, context);
    return appraisal.revisions.map((revision) => revisionFor(revision, sight));
  }

  @ResolveField('evaluations', () => [EvaluationView], { description: 'Evaluations that are in. While sealed an author sees their own ratings and nobody else any.' })
  async evaluationsSeen(@Parent() appraisal: Shown, @Context() context: GraphqlContext): Promise<readonly VisibleEvaluation[]> {
    return evaluationsFor(this.reading.ports.log, await seenBy(this.reading, appraisal, context));
  }

  @ResolveField('subject', () => PersonView, { nullable: true, description: 'The person appraised; null where hidden from you.' })
  subject(@Parent() appraisal: Shown, @Context() context: GraphqlContext): Promise<Placed<PersonDocument> | null> {
    return this.reading.documents.one(personSource, `person-${appraisal.subjectId}`, atOf(appraisal, context));
  }

  @ResolveField('superior', () => PersonView, { nullable: true, description: 'The superior; null at the top, and where hidden from you.' })
  async superior(@Parent() appraisal: Shown, @Context() context: GraphqlContext): Promise<Placed<PersonDocument> | null> {
    return appraisal.superiorId === null ? null : this.reading.documents.one(personSource, `person-${appraisal.superiorId}`, atOf(appraisal, context));
  }

  @ResolveField('cycle', () => CycleView, { nullable: true, description: 'The cycle; null where hidden from you.' })
  cycleOf(@Parent() appraisal: Shown, @Context() context: GraphqlContext): Promise<Placed<CycleDocument> | null> {
    return this.reading.documents.one(cycleSource, appraisal.cycle, atOf(appraisal, context));
  }

  @ResolveField('scheme', () => SchemeView, { nullable: true, description: 'The scheme; null where hidden from you.' })
  scheme(@Parent() appraisal: Shown, @Context() context: GraphqlContext): Promise<Placed<SchemeDocument> | null> {
    return this.reading.documents.one(schemeSource, `scheme-${appraisal.schemeId}`, atOf(appraisal, context));
  }

  @ResolveField('targets', () => [TargetView], { description: 'The targets its indicators are held to, of those you may read.' })
  async targets(@Parent() appraisal: Shown, @Context() context: GraphqlContext): Promise<readonly Placed<TargetDocument>[]> {
    const keys = [...new Set(appraisal.indicators.flatMap(({ targetId }) => (targetId === null ? [] : [`target-${targetId}`])))];
    const found = await this.reading.documents.many(targetSource, keys, atOf(appraisal, context));
    return found.filter((target) => target !== null);
  }
}

/**
 * Where a list is filtered or ordered by figures, it may hold only rows of which the reader sees them: otherwise place and
 * number would tell them. Who is awaited is left out by the filter beside this.
 */
function fullSight(principal: Principal): Visibility {
  if (hasRole(principal, 'HR', 'COMMITTEE', 'AUDITOR')) return 'ALL';
  if (principal.roles.size === 0) return 'NONE';
  return { any: (['subject', 'superior'] as const).map((column) => ({ column, in: [principal.personId] })) };
}
