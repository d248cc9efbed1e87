import type { Type } from '@nestjs/common';
import { ArgsType, Field, Int, ObjectType } from '@nestjs/graphql';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { Kind, type GraphQLResolveInfo, type SelectionSetNode } from 'graphql';
import { PAGE_SIZE_DEFAULT } from './cost.js';
import { badInput } from './error-codes.js';

export const PAGE_SIZE_MAX = 100;

@ObjectType({ description: 'Where a page lies in its list, as far as the caller may see it.' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether visible rows follow this page.' })
  hasNextPage: boolean;
  @Field(() => Boolean, { description: 'Whether visible rows precede this page.' })
  hasPreviousPage: boolean;
  @Field(() => String, { nullable: true, description: 'Cursor of the first row; null on an empty page.' })
  startCursor: string | null;
  @Field(() => String, { nullable: true, description: 'Cursor of the last row; null on an empty page.' })
  endCursor: string | null;
}

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

/** What to read: `size` rows from the start (`FORWARD`) or the end (`BACKWARD`) of what lies between the two cursors. */
export interface Page {
  readonly size: number;
  readonly direction: 'FORWARD' | 'BACKWARD';
  readonly after: string | null;
  readonly before: string | null;
}

/** The page that arguments ask for; `BAD_USER_INPUT` where both `first` and `last` are given. */
export function pageOf({ first, last, after, before }: ConnectionArgs): Page {
  const both = typeof first === 'number' && typeof last === 'number';
  if (both) throw badInput('Give first or last, not both.');
  const backward = typeof last === 'number';
  return { size: (backward ? last : first) ?? PAGE_SIZE_DEFAULT, direction: backward ? 'BACKWARD' : 'FORWARD', after: after ?? null, before: before ?? null };
}

/** A row with its place. */
export interface Edge<T> {
  readonly cursor: string;
  readonly node: T;
}
export interface ConnectionOf<T> {
  readonly edges: readonly Edge<T>[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number | null;
}

/** A page as the read models give it: rows in the list's order, whichever end they were read from. */
export interface Slice<T> {
  readonly rows: readonly T[];
  readonly hasNext: boolean;
  readonly hasPrevious: boolean;
  /** Null where it was not asked for. */
  readonly totalCount: number | null;
}

/** The Relay connection of a slice. */
export function connectionOf<T>({ rows, hasNext, hasPrevious, totalCount }: Slice<T>, cursorOf: (row: T) => string): ConnectionOf<T> {
  const edges = rows.map((node) => ({ cursor: cursorOf(node), node }));
  return {
    edges,
    nodes: rows,
    pageInfo: { hasNextPage: hasNext, hasPreviousPage: hasPrevious, startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null },
    totalCount,
  };
}

const connections = new Map<string, Type<ConnectionOf<unknown>>>();

/** The class of `<name>Connection` with `<name>Edge`, made once per name. */
export function connectionType<T extends object>(node: Type<T>, name: string): Type<ConnectionOf<T>> {
  // One name always stands for one node type: the schema itself would refuse two.
  const known = connections.get(name) as Type<ConnectionOf<T>> | undefined;
  if (known) return known;

  @ObjectType(`${name}Edge`, { description: `A ${name} with its place in the list.` })
  class ConnectionEdge implements Edge<T> {
    @Field(() => String, { description: 'Opaque; holds the order, the filter and the place, not the row.' })
    cursor: string;
    @Field(() => node, { description: `The ${name}.` })
    node: T;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}, of rows the caller may see.` })
  class Connection implements ConnectionOf<T> {
    @Field(() => [ConnectionEdge], { description: 'Rows with their cursors.' })
    edges: ConnectionEdge[];
    @Field(() => [node], { description: 'The same rows without cursors.' })
    nodes: T[];
    @Field(() => PageInfo, { description: 'Where the page lies.' })
    pageInfo: PageInfo;
    @Field(() => Int, { nullable: true, description: 'How many rows the caller may see, exact up to 10,000; null beyond.' })
    totalCount: number | null;
  }
  connections.set(name, Connection);
  return Connection;
}

/** Whether a field is selected below the one being resolved, so that a costly one (`totalCount`) is computed only then. */
export function isSelected(info: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments'>, name: string): boolean {
  const within = (set: SelectionSetNode | undefined): boolean =>
    set?.selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return selection.name.value === name;
      if (selection.kind === Kind.INLINE_FRAGMENT) return within(selection.selectionSet);
      return within(info.fragments[selection.name.value]?.selectionSet);
    }) ?? false;
  return info.fieldNodes.some(({ selectionSet }) => within(selectionSet));
}
