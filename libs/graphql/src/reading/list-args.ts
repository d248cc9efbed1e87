import '../words/fields.js';
import '../words/types.js';
import type { Type } from '@nestjs/common';
import { Field } from '@nestjs/graphql';
import { Type as Transformed } from 'class-transformer';
import { IsIn, IsOptional, ValidateNested } from 'class-validator';
import type { z } from 'zod';
import { enumOf, inputTypeOf, prototypeOf } from '../edge/derive-types.js';
import type { Orders } from './lists.js';

/** The filter and order of one list. */
export interface ListFields {
  /** Begins the names of the types made: `Target` for `TargetFilter` and `TargetOrder`. */
  readonly name: string;
  readonly filter: z.ZodObject;
  readonly orders: Orders;
  /** Words of the order enum that move while one pages, with what to know of them. */
  readonly moving?: string;
}

/**
 * Gives an arguments class its `filter` and `orderBy`, made of the schema and the orders (`api.md`, Lists). The class
 * declares both properties; the first order is the default.
 */
export function listFields(args: Type, { name, filter, orders, moving }: ListFields): void {
  const filterType = inputTypeOf(`${name}Filter`, filter, { description: `Conditions on a list of ${name}; all that are given must hold.` });
  const words = Object.keys(orders);
  const order = enumOf(`${name}Order`, words);
  const prototype = prototypeOf(args);
  Field(() => filterType, { nullable: true, description: 'Only rows for which all of this holds.' })(prototype, 'filter');
  IsOptional()(prototype, 'filter');
  ValidateNested()(prototype, 'filter');
  Transformed(() => filterType)(prototype, 'filter');
  const note = moving === undefined ? '' : ` ${moving}`;
  // Nest types the function by what it returns; an enum object is all it needs.
  Field(() => order as Type, { nullable: true, description: `Order of the rows, ties by id; ${words[0] ?? ''} where left out.${note}` })(prototype, 'orderBy');
  IsOptional()(prototype, 'orderBy');
  IsIn(words)(prototype, 'orderBy');
}

/** What descriptions of orders by a moving figure say. */
export const MOVES = 'A key that moves while one pages may skip or repeat a row; updatedSince closes the gap.';
