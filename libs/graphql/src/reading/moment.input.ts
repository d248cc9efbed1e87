import { ArgsType, Field, InputType } from '@nestjs/graphql';
import { Type } from 'class-transformer';
import { IsOptional, IsString, ValidateNested } from 'class-validator';
import { ConnectionArgs } from '../edge/connection.input.js';
import { DateScalar, DateTimeScalar, PositionScalar } from '../edge/scalars.js';
import type { MomentRequest } from './moment.js';

/** The moment of knowledge: a position of the log, or an instant, which stands for the last position recorded by then. */
@InputType('AsOfInput', { description: 'When we knew: exactly one of position and time. The whole answer below the field is as it was known then; rights are those of now.' })
export class AsOfInput {
  @Field(() => PositionScalar, { nullable: true, description: 'Last position that was known, inclusive; beyond the head of the log it is refused (POSITION_AHEAD).' })
  @IsOptional()
  @IsString()
  position?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'An instant before that of the last event (else AS_OF_TOO_RECENT); the answer names the position it stands for.' })
  @IsOptional()
  @IsString()
  time?: string | null;
}

const AS_OF = 'Shows what was known at a moment of the past, by folding the log up to it. Costs 20; at most 4 moments an operation.';
const EFFECTIVE_ON = 'Leaves out what was not yet true at the end of this day, company time: facts, target versions and assignments of later days. What is reckoned is provisional.';
const AT_LEAST = 'Waits, at most 2 s, until the answer shows this position (else NOT_YET_VISIBLE): give the position of a mutation to read your own write.';

/** The arguments of every root field that shows the log's contents (`architecture.md`, History and replay; Freshness). */
@ArgsType()
export class MomentArgs implements MomentRequest {
  @Field(() => AsOfInput, { nullable: true, description: AS_OF })
  @IsOptional()
  @ValidateNested()
  @Type(() => AsOfInput)
  asOf?: AsOfInput | null;

  @Field(() => DateScalar, { nullable: true, description: EFFECTIVE_ON })
  @IsOptional()
  @IsString()
  effectiveOn?: string | null;

  @Field(() => PositionScalar, { nullable: true, description: AT_LEAST })
  @IsOptional()
  @IsString()
  atLeast?: string | null;
}

/** For lists whose rows are what happened: nothing of them is cut by a day. */
@ArgsType()
export class AsOfListArgs extends ConnectionArgs implements MomentRequest {
  @Field(() => AsOfInput, { nullable: true, description: AS_OF })
  @IsOptional()
  @ValidateNested()
  @Type(() => AsOfInput)
  asOf?: AsOfInput | null;

  @Field(() => PositionScalar, { nullable: true, description: AT_LEAST })
  @IsOptional()
  @IsString()
  atLeast?: string | null;
}

/** The arguments of every list of documents. */
@ArgsType()
export class MomentListArgs extends AsOfListArgs {
  @Field(() => DateScalar, { nullable: true, description: EFFECTIVE_ON })
  @IsOptional()
  @IsString()
  effectiveOn?: string | null;
}
