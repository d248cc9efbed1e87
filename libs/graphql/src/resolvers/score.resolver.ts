import { Inject } from '@nestjs/common';
import { Args, ArgsType, Context, Field, ID, Info, InputType, Int, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { scoreChange, type FlatDerivationNode } from '@assay/domain';
import { appraisalView, type AppraisalDocument, type ScoreHistoryRow } from '@assay/read-models';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, Min, ValidateNested } from 'class-validator';
import { Decimal } from 'decimal.js';
import type { GraphQLResolveInfo } from 'graphql';
import { Access } from '../edge/access.guard.js';
import { connectionOf, isSelected, pageOf, type ConnectionOf } from '../edge/connection.js';
import { GraphqlContext } from '../edge/context.js';
import { enumOf } from '../edge/derive-types.js';
import { DateScalar } from '../edge/scalars.js';
import { visibleAppraisals } from '@assay/domain';
import { principalIn } from '../reading/documents.js';
import { DERIVATION_NODES_MAX, nodesOf, type DerivationLocale, type Explained } from '../reading/explain.js';
import { filterBy } from '../reading/lists.js';
import { AsOfInput, AsOfListArgs, MomentArgs } from '../reading/moment.input.js';
import type { MomentRequest } from '../reading/moment.js';
import { Reading } from '../reading/reading.js';
import { appraisalAt, scoreExplanation, scoreExplanationText, subjectNameOf, type ScoreExplanation } from '../reading/score-explanation.js';
import { seenBy } from '../reading/seen.js';
import { DerivationNodeView, DerivationSourceView, ScoreComparisonView, ScoreExplanationView, ScoreHistoryConnection, type ScoreHistoryEntryView } from '../views/score.view.js';

const LOCALES = ['EN', 'ZH_CN'] as const;
const LocaleEnum = enumOf('Locale', LOCALES);

/** Which score to explain. */
@ArgsType()
export class ExplainArgs extends MomentArgs {
  @Field(() => ID, { description: 'Id of the appraisal, as it was read.' })
  @IsString()
  appraisal: string;

  @Field(() => Int, { nullable: true, description: 'A published revision, recomputed from its basis; the score at the moment where left out.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  revision?: number | null;
}

/** One of two scores to compare. */
@InputType('ScoreMomentInput', { description: 'A score: of a published revision, or at a moment; the present one where nothing is given.' })
export class ScoreMomentInput implements MomentRequest {
  @Field(() => Int, { nullable: true, description: 'A published revision, recomputed from its basis.' })
  @IsOptional()
  @IsInt()
  @Min(1)
  revision?: number | null;

  @Field(() => AsOfInput, { nullable: true, description: 'When we knew.' })
  @IsOptional()
  @ValidateNested()
  @Type(() => AsOfInput)
  asOf?: AsOfInput | null;

  @Field(() => DateScalar, { nullable: true, description: 'Leaves out what was not yet true at the end of this day.' })
  @IsOptional()
  @IsString()
  effectiveOn?: string | null;
}

/** Which appraisal’s history. */
@ArgsType()
export class ScoreHistoryArgs extends AsOfListArgs {
  @Field(() => ID, { description: 'Id of the appraisal, as it was read.' })
  @IsString()
  appraisal: string;
}

/** Two scores of one appraisal. */
@ArgsType()
export class CompareArgs {
  @Field(() => ID, { description: 'Id of the appraisal, as it was read.' })
  @IsString()
  appraisal: string;

  @Field(() => ScoreMomentInput, { description: 'The first score.' })
  @ValidateNested()
  @Type(() => ScoreMomentInput)
  from: ScoreMomentInput;

  @Field(() => ScoreMomentInput, { description: 'The second score.' })
  @ValidateNested()
  @Type(() => ScoreMomentInput)
  to: ScoreMomentInput;
}

/** The language of a derivation, where it is not that of the request. */
@ArgsType()
export class LocaleArgs {
  // Nest types the function by what it returns; an enum object is all it needs.
  @Field(() => LocaleEnum as unknown as StringConstructor, { nullable: true, description: 'Language of the words; that of Accept-Language where left out.' })
  @IsOptional()
  @IsIn(LOCALES)
  locale?: (typeof LOCALES)[number] | null;
}

/** Score histories, explanations and comparisons. Null where the appraisal is not there, may not be read, or its figures are hidden. */
@Resolver(() => ScoreExplanationView)
export class ScoreResolver {
  constructor(@Inject(Reading) private readonly reading: Reading) {}

  @Query(() => ScoreHistoryConnection, { nullable: true, description: 'Changes of a score in the log’s order. Null where there is no such appraisal or its figures are hidden from you.' })
  @Access()
  async scoreHistory(@Args() args: ScoreHistoryArgs, @Context() context: GraphqlContext, @Info() info: GraphQLResolveInfo): Promise<ConnectionOf<ScoreHistoryEntryView> | null> {
    const { shown, at } = await appraisalAt(this.reading, args.appraisal, { ...args, context });
    if (shown === null || (await seenBy(this.reading, shown, context)).sight !== 'FULL') return null;
    const { size, direction, after, before } = pageOf(args);
    const bounds = { ...(direction === 'FORWARD' ? { first: size } : { last: size }), ...(after === null ? {} : { after }), ...(before === null ? {} : { before }) };
    const filter = filterBy({ key: { eq: shown.key }, position: at.shown.historical ? { lte: at.shown.position } : null });
    const visibility = visibleAppraisals(await principalIn(context));
    const page = await this.reading.ports.readModels.history<ScoreHistoryRow>(appraisalView, { visibility, filter, count: isSelected(info, 'totalCount'), ...bounds });
    const connection = connectionOf(page, ({ cursor }) => cursor);
    const edges = connection.edges.map(({ cursor, node: { doc } }) => ({ cursor, node: { ...doc, indicators: doc.change.indicators ?? [] } }));
    return { ...connection, edges, nodes: edges.map(({ node }) => node), ...{ position: at.shown.position } };
  }

  @Query(() => ScoreExplanationView, { nullable: true, description: 'A score with its derivation down to event ids. Null where there is no such appraisal or revision, or its figures are hidden from you.' })
  @Access()
  async explainScore(@Args() { appraisal, revision, ...moment }: ExplainArgs, @Context() context: GraphqlContext): Promise<ScoreExplanation | null> {
    return scoreExplanation(this.reading, { ...moment, appraisal, revision: revision ?? null }, context);
  }

  @Query(() => ScoreComparisonView, { nullable: true, description: 'Two scores of one appraisal and what differs. Null where one of them is not there, or the figures are hidden from you.' })
  @Access()
  async compareScore(@Args() args: CompareArgs, @Context() context: GraphqlContext): Promise<object | null> {
    const from = await scoreExplanation(this.reading, { ...args.from, appraisal: args.appraisal, revision: args.from.revision ?? null }, context);
    const to = await scoreExplanation(this.reading, { ...args.to, appraisal: args.appraisal, revision: args.to.revision ?? null }, context);
    if (from === null || to === null) return null;
    const change = scoreChange(from.score, to.score);
    const [before, after] = [from.score.total, to.score.total];
    const totalDifference = before === null || after === null ? null : new Decimal(after).minus(before).toFixed();
    return { from, to, differs: change !== null, totalDifference, indicators: change?.indicators ?? [] };
  }

  @ResolveField('appraisalId', () => String)
  appraisalId(@Parent() { appraisal }: ScoreExplanation): string {
    return appraisal.appraisalId;
  }

  @ResolveField('subjectId', () => String)
  subjectId(@Parent() { appraisal }: ScoreExplanation): string {
    return appraisal.subjectId;
  }

  @ResolveField('subjectName', () => String)
  subjectName(@Parent() parent: ScoreExplanation): Promise<string | null> {
    return subjectNameOf(this.reading, parent);
  }

  @ResolveField('cycleStream', () => String)
  cycleStream(@Parent() { appraisal }: ScoreExplanation): string {
    return appraisal.cycle;
  }

  @ResolveField('eligible', () => Object)
  eligible(@Parent() { appraisal }: ScoreExplanation): AppraisalDocument['eligible'] {
    return appraisal.eligible;
  }

  @ResolveField('schemeId', () => String)
  schemeId(@Parent() { appraisal }: ScoreExplanation): string {
    return appraisal.schemeId;
  }

  @ResolveField('schemeVersion', () => Int)
  schemeVersion(@Parent() { appraisal }: ScoreExplanation): number {
    return appraisal.schemeVersion;
  }

  @ResolveField('figures', () => Object)
  figures(@Parent() { score }: ScoreExplanation): Explained['score'] {
    return score;
  }

  @ResolveField('nodes', () => [DerivationNodeView])
  nodesIn(@Parent() parent: ScoreExplanation, @Args() { locale }: LocaleArgs, @Context() context: GraphqlContext): readonly object[] {
    const nodes = nodesOf(parent, localeFor(locale, context)).slice(0, DERIVATION_NODES_MAX);
    return nodes.map(({ source, ...node }: FlatDerivationNode) => ({ ...node, source: source === null ? null : { eventId: source, positions: parent.positions } }));
  }

  @ResolveField('truncated', () => Boolean)
  truncated(@Parent() parent: ScoreExplanation): boolean {
    return nodesOf(parent, 'en').length > DERIVATION_NODES_MAX;
  }

  @ResolveField('text', () => String, { description: 'The whole derivation as an indented text tree, headed by what it is of and when.' })
  text(@Parent() parent: ScoreExplanation, @Args() { locale }: LocaleArgs, @Context() context: GraphqlContext): Promise<string> {
    return scoreExplanationText(this.reading, parent, localeFor(locale, context));
  }
}

/** Where a leaf came from. */
@Resolver(() => DerivationSourceView)
export class DerivationSourceResolver {
  @ResolveField('position', () => Object)
  async position(@Parent() { eventId, positions }: { readonly eventId: string; readonly positions: Explained['positions'] }): Promise<number | null> {
    return (await positions()).get(eventId) ?? null;
  }
}

function localeFor(given: LocaleArgs['locale'], { locale }: GraphqlContext): DerivationLocale {
  if (given == null) return locale === 'zh' ? 'zh-CN' : 'en';
  return given === 'ZH_CN' ? 'zh-CN' : 'en';
}
