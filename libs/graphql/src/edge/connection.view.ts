import type { Type } from '@nestjs/common';
import { Field, Int, ObjectType } from '@nestjs/graphql';
import { PositionScalar } from './scalars.js';
import type { ConnectionOf, Edge, PageBounds } from './connection.js';

/** Where a page lies in its list, as far as the caller may see it. */
@ObjectType({ description: 'Where a page lies in its list, as far as the caller may see it.' })
export class PageInfo implements PageBounds {
  @Field(() => Boolean, { description: 'Whether visible rows follow this page.' })
  hasNextPage: boolean;
  @Field(() => Boolean, { description: 'Whether visible rows precede this page.' })
  hasPreviousPage: boolean;
  @Field(() => String, { nullable: true, description: 'Cursor of the first row; null on an empty page.' })
  startCursor: string | null;
  @Field(() => String, { nullable: true, description: 'Cursor of the last row; null on an empty page.' })
  endCursor: string | null;
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
    @Field(() => PositionScalar, { nullable: true, description: 'Position that the page shows: a lower bound where it is live, exact where it is historical; null of a list that is not of the log.' })
    position?: number | null;
  }
  connections.set(name, Connection);
  return Connection;
}
