import { ArgsType, Field, Int } from '@nestjs/graphql';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { PAGE_SIZE_MAX } from './connection.js';
import { PAGE_SIZE_DEFAULT } from './cost.js';

/** The arguments of every list (`api.md`, Schema, Lists). `pageOf` reads them. */
@ArgsType()
export class ConnectionArgs {
  @Field(() => Int, { nullable: true, description: `Rows from the start of the list or after \`after\`, 1 to ${String(PAGE_SIZE_MAX)}; ${String(PAGE_SIZE_DEFAULT)} where neither first nor last is given.` })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(PAGE_SIZE_MAX)
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'A cursor of this list; the page begins after it. It holds even where its row is gone.' })
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  after?: string | null;

  @Field(() => Int, { nullable: true, description: `Rows up to the end of the list or before \`before\`, 1 to ${String(PAGE_SIZE_MAX)}; not together with first.` })
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(PAGE_SIZE_MAX)
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'A cursor of this list; the page ends before it. It holds even where its row is gone.' })
  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  before?: string | null;
}
